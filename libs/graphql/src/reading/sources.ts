import {
  visibleAppraisals,
  visibleCompany,
  visibleComposites,
  visibleCycles,
  visibleFacts,
  visibleGoals,
  visibleMetrics,
  visiblePeople,
  visibleRecalibrations,
  visibleSchemes,
  visibleTargets,
  visibleTemplates,
  type Principal,
  type Visibility,
} from '@assay/domain';
import {
  appraisalView,
  companyView,
  compositeView,
  cycleView,
  factView,
  goalView,
  metricView,
  personView,
  recalibrationView,
  schemeView,
  targetView,
  templateView,
  type View,
} from '@assay/read-models';

/** Where documents of one type of the schema come from, and who may read them. */
export interface Source<Doc extends object = object> {
  /** Name of the type in the schema; its ids say so. */
  readonly type: string;
  readonly view: View<Doc>;
  readonly visible: (principal: Principal) => Visibility;
  /** What stands before the key of an id in the view's keys: `target-`. */
  readonly prefix: string;
}

const source = <Doc extends object>(type: string, view: View<Doc>, of: { readonly visible: Source['visible']; readonly prefix: string }): Source<Doc> => ({ type, view, ...of });

/** The company; one document, of the one stream. */
export const companySource = source('Company', companyView, { visible: visibleCompany, prefix: '' });
export const personSource = source('Person', personView, { visible: visiblePeople, prefix: 'person-' });
export const templateSource = source('RoleTemplate', templateView, { visible: visibleTemplates, prefix: 'template-' });
export const metricSource = source('Metric', metricView, { visible: visibleMetrics, prefix: 'metric-' });
export const goalSource = source('Goal', goalView, { visible: visibleGoals, prefix: 'goal-' });
export const targetSource = source('Target', targetView, { visible: visibleTargets, prefix: 'target-' });
export const cycleSource = source('Cycle', cycleView, { visible: visibleCycles, prefix: 'cycle-' });
export const recalibrationSource = source('Recalibration', recalibrationView, { visible: visibleRecalibrations, prefix: 'cycle-' });
export const schemeSource = source('Scheme', schemeView, { visible: visibleSchemes, prefix: 'scheme-' });
export const appraisalSource = source('Appraisal', appraisalView, { visible: visibleAppraisals, prefix: 'appraisal-' });
export const compositeSource = source('Composite', compositeView, { visible: visibleComposites, prefix: 'composite-' });
export const factSource = source('Fact', factView, { visible: visibleFacts, prefix: 'facts-' });

/** Every source whose documents have ids. */
export const NODE_TYPES: readonly Source[] = [
  companySource,
  personSource,
  templateSource,
  metricSource,
  goalSource,
  targetSource,
  cycleSource,
  recalibrationSource,
  schemeSource,
  appraisalSource,
  compositeSource,
];

/** The view that a mutation shows, by aggregate; facts and imports are shown by folds of their own. */
export const SOURCE_BY_AGGREGATE: Readonly<Record<string, Source>> = {
  company: companySource,
  person: personSource,
  template: templateSource,
  metric: metricSource,
  goal: goalSource,
  target: targetSource,
  cycle: cycleSource,
  scheme: schemeSource,
  appraisal: appraisalSource,
  composite: compositeSource,
};
