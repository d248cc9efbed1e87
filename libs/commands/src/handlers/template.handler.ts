import {
  decideTemplate,
  mayTemplate,
  sees,
  templateCommands,
  visibleTemplates,
  type TemplateCommand,
  type TemplateEvent,
  type TemplateState,
  type TemplateWorld,
} from '@assay/domain';
import { templateFold } from '../folds.js';
import { companyOf, metricsOf } from '../gather.js';
import type { AggregateHandler } from '../handler.js';

/** The command of `template-<role>` (`domain.md`, People). */
export const templateHandler: AggregateHandler<TemplateState, TemplateCommand, TemplateWorld, TemplateEvent> = {
  aggregate: 'template',
  commands: templateCommands,
  fold: templateFold,
  stream: ({ data }) => `template-${String(data.role)}`,
  world: async ({ data }, _state, gathering) => {
    const named = data.levels.flatMap(({ metrics }) => metrics.map(({ metric }) => metric));
    const [metrics, company] = await Promise.all([metricsOf(gathering, named), companyOf(gathering)]);
    const units = company.status === 'ABSENT' ? [] : company.units.map(({ code }) => code);
    return { ...gathering, metrics: Object.keys(metrics), units };
  },
  mayRead: (principal) => sees(visibleTemplates(principal), {}),
  may: mayTemplate,
  decide: decideTemplate,
};
