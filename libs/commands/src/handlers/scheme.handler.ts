import {
  decideScheme,
  mayScheme,
  schemeCommands,
  sees,
  visibleSchemes,
  type SchemeCommand,
  type SchemeEvent,
  type SchemeState,
  type SchemeWorld,
} from '@assay/domain';
import { schemeFold } from '../folds.js';
import { committeeOf, metricsOf, schemesOf } from '../gather.js';
import type { AggregateHandler } from '../handler.js';

/** Commands of `scheme-<id>` (`domain.md`, Schemes). */
export const schemeHandler: AggregateHandler<SchemeState, SchemeCommand, SchemeWorld, SchemeEvent> = {
  aggregate: 'scheme',
  commands: schemeCommands,
  fold: schemeFold,
  stream: (message, ids) => `scheme-${message.type === 'DraftScheme' ? ids.fresh : (message.id ?? '')}`,
  world: async (command, _state, gathering) => {
    const codes = command.type === 'ProposeSchemeVersion' ? command.data.content.indicators.flatMap(({ metric }) => metric ?? []) : [];
    const [committee, metrics, schemes] = await Promise.all([
      committeeOf(gathering),
      metricsOf(gathering, codes),
      command.type === 'PublishSchemeVersion' ? schemesOf(gathering) : [],
    ]);
    return { ...gathering, committee, metrics, schemes };
  },
  mayRead: (principal) => sees(visibleSchemes(principal), {}),
  may: (principal, command) => mayScheme(principal, command),
  decide: decideScheme,
  effectiveOn: (event) => (event.type === 'SchemeVersionPublished' ? event.data.effectiveFrom : undefined),
};
