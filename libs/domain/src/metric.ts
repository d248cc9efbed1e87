import { z } from 'zod';
import { canonicalText } from './kernel/canonical.js';
import { accept, defineCommands, reject } from './kernel/decision.js';
import type { CommandOf, Decision, DecisionContext } from './kernel/decision.js';
import { never } from './kernel/defect.js';
import type { RecordedOf } from './kernel/event.js';
import { metricFields } from './metric.events.js';
import type { MetricEvent } from './metric.events.js';

/** The command of `metric-<code>` (`domain.md`, Metrics and facts). */
export const metricCommands = defineCommands({
  DefineMetric: {
    doc: 'Define a metric; again, as long as no fact or target names it.',
    input: z.strictObject(metricFields),
    creates: true,
  },
});
export type MetricCommand = CommandOf<typeof metricCommands>;

/** `ABSENT` before `MetricDefined`; then what the last one says, with its event. */
export type MetricState =
  { readonly status: 'ABSENT' } | ({ readonly status: 'DEFINED'; readonly eventId: string } & MetricEvent['data']);
/** A metric that exists. */
export type Metric = Extract<MetricState, { readonly status: 'DEFINED' }>;
/** Before `MetricDefined`. */
export const initialMetric: MetricState = { status: 'ABSENT' };

/** What a decision on a metric needs of other streams. */
export interface MetricWorld extends DecisionContext {
  /** Whether any fact or target names the metric. */
  readonly inUse: boolean;
}

/** The fold of `metric-<code>`. */
export function evolveMetric(_state: MetricState, event: RecordedOf<MetricEvent>): MetricState {
  switch (event.type) {
    case 'MetricDefined':
      return { status: 'DEFINED', ...event.data, eventId: event.id };
    default:
      return never(event.type);
  }
}

/**
 * Decides a metric's definition. Rejects `METRIC_BROKEN` (`BINARY` without `LATEST`, `scoring.md` §3), `NOTHING_CHANGES`,
 * `METRIC_IN_USE`.
 */
export function decideMetric(state: MetricState, { data }: MetricCommand, world: MetricWorld): Decision<MetricEvent> {
  if (data.direction === 'BINARY' && data.accumulation !== 'LATEST') return reject('METRIC_BROKEN');
  if (state.status === 'DEFINED') {
    const { status: _status, eventId: _eventId, ...defined } = state;
    if (canonicalText(defined) === canonicalText(data)) return reject('NOTHING_CHANGES');
    if (world.inUse) return reject('METRIC_IN_USE');
  }
  return accept({ type: 'MetricDefined', data });
}
