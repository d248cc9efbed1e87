import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * What the edge counts, in a registry of its own, so that two applications in one process do not meet. Other parts add
 * theirs to `registry`. No label ever holds what a user typed: cardinality is that of our own names.
 */
export class EdgeMetrics {
  readonly registry = new Registry();
  readonly operations = new Counter({ name: 'assay_graphql_operations_total', help: 'Operations by kind and first error code (OK where none).', labelNames: ['kind', 'code'] as const, registers: [this.registry] });
  readonly seconds = new Histogram({ name: 'assay_graphql_operation_seconds', help: 'Time from a parsed request to its result.', labelNames: ['kind'] as const, buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2, 10], registers: [this.registry] });
  readonly sockets = new Gauge({ name: 'assay_graphql_sockets', help: 'Open WebSocket connections.', registers: [this.registry] });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
