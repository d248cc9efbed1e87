import { decideMetric, mayMetric, metricCommands, sees, visibleMetrics, type MetricCommand, type MetricEvent, type MetricState, type MetricWorld } from '@assay/domain';
import { metricFold } from '../folds.js';
import type { AggregateHandler } from '../handler.js';

/** The command of `metric-<code>` (`domain.md`, Metrics and facts). */
export const metricHandler: AggregateHandler<MetricState, MetricCommand, MetricWorld, MetricEvent> = {
  aggregate: 'metric',
  commands: metricCommands,
  fold: metricFold,
  stream: ({ data }) => `metric-${String(data.code)}`,
  world: async ({ data }, state, gathering) => {
    // A metric that does not exist yet is in nobody's use.
    const inUse = state.status === 'DEFINED' && (await gathering.finder.metricInUse(data.code, gathering.reader.position));
    return { ...gathering, inUse };
  },
  mayRead: (principal) => sees(visibleMetrics(principal), {}),
  may: mayMetric,
  decide: decideMetric,
};
