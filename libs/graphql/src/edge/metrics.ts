import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * What the edge counts, in a registry of its own, so that two applications in one process do not meet. Other parts add
 * theirs to `registry`. No label ever holds what a user typed: cardinality is that of our own names.
 */
export class EdgeMetrics {
  readonly registry = new Registry();
  readonly operations = new Counter({ name: 'assay_graphql_operations_total', help: 'GraphQL operations by kind, root field (several, introspection, or none where it was refused unread) and code of the first error (OK where none).', labelNames: ['kind', 'operation', 'code'] as const, registers: [this.registry] });
  readonly seconds = new Histogram({ name: 'assay_graphql_operation_seconds', help: 'Seconds from a checked request to its result, queries and mutations.', labelNames: ['kind', 'operation'] as const, buckets: [0.001, 0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10], registers: [this.registry] });
  readonly sockets = new Gauge({ name: 'assay_graphql_sockets', help: 'Open WebSocket connections.', registers: [this.registry] });

  readonly subscriptions: Gauge = new Gauge({ name: 'assay_graphql_subscriptions', help: 'Live subscriptions over all WebSocket connections.', registers: [this.registry], collect: () => this.subscriptions.set(this.liveSubscriptions()) });
  /** Put here by who serves sockets. */
  liveSubscriptions: () => number = () => 0;

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
