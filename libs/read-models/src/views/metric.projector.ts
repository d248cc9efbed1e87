import { evolveMetric, initialMetric, type Metric, type MetricState } from '@assay/domain';
import { defineView } from '../view/view.js';
import { rooted, type DocumentOrigin } from './rooted.js';

/** A metric as it is defined (`domain.md`, Metrics and facts). */
export type MetricDocument = Metric & DocumentOrigin;

/** Metrics by code. */
export const metricView = defineView<MetricDocument>()({
  name: 'metric',
  version: 1,
  root: 'metric',
  categories: { metric: rooted<MetricState>({ initial: initialMetric, evolve: evolveMetric }) },
  compute: ({ key, root: { state, position }, states }) => (state.status === 'ABSENT' ? null : { ...state, revision: states.revision(key), position }),
  columns: {
    code: { type: 'text', of: (doc) => doc.code },
    accumulation: { type: 'text', of: (doc) => doc.accumulation },
    direction: { type: 'text', of: (doc) => doc.direction },
  },
  indexes: [['code']],
});
