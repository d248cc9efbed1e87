import '../words/fields.js';
import '../words/types.js';
import { appraisalCommands, companyCommands, compositeCommands, cycleCommands, factsCommands, goalCommands, importCommands, metricCommands, personCommands, schemeCommands, targetCommands, templateCommands } from '@assay/domain';
import type { Type } from '@nestjs/common';
import { commandResolver } from '../edge/command-resolver.js';
import { AppraisalView } from '../views/appraisal.view.js';
import { CompanyView } from '../views/company.view.js';
import { CycleView, RecalibrationView } from '../views/cycle.view.js';
import { GoalView } from '../views/goal.view.js';
import { FactStreamView, ImportView } from '../views/import.view.js';
import { MetricView, RoleTemplateView } from '../views/metric.view.js';
import { PersonView } from '../views/person.view.js';
import { CompositeView, SchemeView } from '../views/scheme.view.js';
import { TargetView } from '../views/target.view.js';

const view = (type: Type, field: string) => ({ type: () => type, field, description: `The ${field} as the command left it, folded from its stream. Null where hidden from you.` });

const { OpenCycle, CloseCycle, ...ofRecalibrations } = cycleCommands;

/** One resolver class an aggregate, two for cycles: a mutation for each of its commands that is not the system's. */
export const MUTATION_RESOLVERS: readonly Type[] = [
  commandResolver({ aggregate: 'company', commands: companyCommands, view: view(CompanyView, 'company') }),
  commandResolver({ aggregate: 'person', commands: personCommands, nodeType: 'Person', view: view(PersonView, 'person') }),
  commandResolver({ aggregate: 'template', commands: templateCommands, nodeType: 'RoleTemplate', view: view(RoleTemplateView, 'template') }),
  commandResolver({ aggregate: 'metric', commands: metricCommands, nodeType: 'Metric', view: view(MetricView, 'metric') }),
  commandResolver({ aggregate: 'facts', commands: factsCommands, view: view(FactStreamView, 'factStream') }),
  commandResolver({ aggregate: 'goal', commands: goalCommands, nodeType: 'Goal', view: view(GoalView, 'goal') }),
  commandResolver({ aggregate: 'target', commands: targetCommands, nodeType: 'Target', view: view(TargetView, 'target') }),
  commandResolver({ aggregate: 'cycle', commands: { OpenCycle, CloseCycle }, nodeType: 'Cycle', view: view(CycleView, 'cycle') }),
  // They go to their cycle's stream, and are read as documents of their own.
  commandResolver({ aggregate: 'cycle', commands: ofRecalibrations, nodeType: 'Cycle', view: view(RecalibrationView, 'recalibration'), viewName: 'recalibration' }),
  commandResolver({ aggregate: 'scheme', commands: schemeCommands, nodeType: 'Scheme', view: view(SchemeView, 'scheme') }),
  commandResolver({ aggregate: 'appraisal', commands: appraisalCommands, nodeType: 'Appraisal', view: view(AppraisalView, 'appraisal') }),
  commandResolver({ aggregate: 'composite', commands: compositeCommands, nodeType: 'Composite', view: view(CompositeView, 'composite') }),
  commandResolver({ aggregate: 'import', commands: importCommands, nodeType: 'Import', view: view(ImportView, 'import') }),
];
