export * from './errors.js';
export type { FeedOptions, ResumeFrom } from './feed/change-feed.js';
export type { Change, ChangedItem } from './feed/changed-items.js';
export type { EventSource } from './feed/event-source.js';
export { Freshness, type CursorState, type FreshnessOptions, type ViewId } from './feed/freshness.js';
export { isPassing } from './projection/classify.js';
export { foldBatch } from './projection/fold-batch.js';
export type { ParkCode, Parking } from './projection/slice.js';
export type { RunnerOptions, RunnerStatus } from './projection/runner.js';
export type { Filter, Predicate } from './query/predicates.js';
export type { Order } from './query/keyset.js';
export { accessRowOf, scanRows } from './query/scan.js';
export {
  PAGE_ROWS,
  PAGE_ROWS_MAX,
  type Page,
  type PageRow,
  type SelectOptions,
  type Stale,
  type ViewRow,
} from './query/select.js';
export { ReadModels, type ProjectionMetrics, type ReadModelsOptions } from './read-models.js';
export { listAsOf, type AsOf } from './replay/list-as-of.js';
export { rebuild, type Rebuilt, type RebuildOptions, type RebuildPorts } from './replay/rebuild.js';
export { Moment } from './replay/replay.js';
export { membersFromLog, Prefix } from './replay/stream-folds.js';
export { PostgresProjection, type Lease, type Registration } from './store/postgres-projection.js';
export { dropProjection, registeredProjections, type Dropped, type RegisteredProjection } from './store/registered.js';
export { MemoryTables } from './store/memory-tables.js';
export { readModelSchemaSql } from './store/tables.js';
export {
  columnsOf,
  type ColumnDefinition,
  type ColumnDefinitions,
  type ColumnType,
  type ColumnValue,
} from './view/columns.js';
export * from './view/view.js';
export * from './finder.js';
export * from './views/all.js';
export * from './views/appraisal.projector.js';
export * from './views/cascade.js';
export * from './views/company.projector.js';
export * from './views/composite.projector.js';
export * from './views/cycle.projector.js';
export { visibleEvents } from './views/event-access.js';
export * from './views/event.projector.js';
export * from './views/fact.projector.js';
export * from './views/goal.projector.js';
export * from './views/metric.projector.js';
export * from './views/person.projector.js';
export * from './views/progress-board.js';
export * from './views/published-score.js';
export * from './views/readable-events.js';
export * from './views/recalibration.projector.js';
export type { DocumentOrigin } from './views/rooted.js';
export * from './views/scheme.projector.js';
export type { ScoreHistoryRow, ScoreTotals } from './views/score-history.js';
export * from './views/target.projector.js';
export * from './views/template.projector.js';
export * from './generated/definition-hashes.js';
