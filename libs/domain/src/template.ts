import { z } from 'zod';
import { canonicalText } from './kernel/canonical.js';
import { accept, defineCommands, fact, reject } from './kernel/decision.js';
import type { CommandOf, Decision, DecisionContext } from './kernel/decision.js';
import { never } from './kernel/defect.js';
import type { RecordedOf } from './kernel/event.js';
import { templateFields } from './template.events.js';
import type { TemplateEvent } from './template.events.js';

/** The command of `template-<role>` (`domain.md`, People). */
export const templateCommands = defineCommands({
  PublishRoleTemplate: {
    doc: 'Say what a role is usually measured by, per level; it replaces what was published before.',
    input: z.strictObject(templateFields),
    creates: true,
  },
});
export type TemplateCommand = CommandOf<typeof templateCommands>;

/** `ABSENT` before `RoleTemplatePublished`; then the last one. */
export type TemplateState =
  { readonly status: 'ABSENT' } | { readonly status: 'PUBLISHED'; readonly template: TemplateEvent['data'] };
/** Before `RoleTemplatePublished`. */
export const initialTemplate: TemplateState = { status: 'ABSENT' };

/** What a decision on a template needs of other streams. */
export interface TemplateWorld extends DecisionContext {
  /** Codes of the metrics that exist, of those named. */
  readonly metrics: readonly string[];
  /** Codes of the units that exist. */
  readonly units: readonly string[];
}

/** The fold of `template-<role>`. */
export function evolveTemplate(_state: TemplateState, event: RecordedOf<TemplateEvent>): TemplateState {
  switch (event.type) {
    case 'RoleTemplatePublished':
      return { status: 'PUBLISHED', template: event.data };
    default:
      return never(event.type);
  }
}

/**
 * Decides a template. Rejects `TEMPLATE_BROKEN` (a level, or inside it a metric or key action, twice), `METRIC_UNKNOWN`,
 * `REFERENCE_UNKNOWN` (a unit), `NOTHING_CHANGES`.
 */
export function decideTemplate(
  state: TemplateState,
  { data }: TemplateCommand,
  world: TemplateWorld,
): Decision<TemplateEvent> {
  const repeated = (list: readonly string[]): boolean => new Set(list).size < list.length;
  const broken = data.levels.some(
    ({ metrics, keyActions }) =>
      repeated(metrics.map(({ metric }) => metric)) || repeated(keyActions.map(({ code }) => code)),
  );
  if (broken || repeated(data.levels.map(({ level }) => level))) return reject('TEMPLATE_BROKEN');
  const named = data.levels.flatMap(({ metrics }) => metrics.map(({ metric }) => metric));
  const metric = named.find((code) => !world.metrics.includes(code));
  if (metric !== undefined) return reject('METRIC_UNKNOWN', fact('metric', metric, 'CODE'));
  const unit = data.levels.flatMap(({ evaluatorUnits }) => evaluatorUnits).find((code) => !world.units.includes(code));
  if (unit !== undefined) return reject('REFERENCE_UNKNOWN', fact('unit', unit, 'CODE'));
  if (state.status === 'PUBLISHED' && canonicalText(state.template) === canonicalText(data))
    return reject('NOTHING_CHANGES');
  return accept({ type: 'RoleTemplatePublished', data });
}
