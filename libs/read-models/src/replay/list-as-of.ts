import type { Day, Visibility } from '@assay/domain';
import type { EventSource } from '../feed/event-source.js';
import { foldBatch } from '../projection/fold-batch.js';
import type { Filter } from '../query/predicates.js';
import { scanRows } from '../query/scan.js';
import type { ViewRow } from '../query/select.js';
import { MemoryTables } from '../store/memory-tables.js';
import type { View } from '../view/view.js';
import { readCategories } from './read-categories.js';

/** A moment: what was known, and of that what was true. */
export interface AsOf {
  /** Last position that was known, inclusive. */
  readonly upTo: number;
  /** Leaves out what was not yet true at the end of the day. */
  readonly effectiveOn?: Day;
}
/** A list at a moment. */
export interface ListAsOf extends AsOf {
  readonly visibility: Visibility;
  readonly filter?: Filter;
}
const EVENTS_MAX = 100_000;

/**
 * All documents of a view as they were at a position, by folding what its categories recorded until then; by key. At most
 * 100,000 events are read: beyond, `QUERY_TOO_COMPLEX`.
 */
export async function listAsOf<Doc>(
  source: Pick<EventSource, 'readAll'>,
  view: View<Doc>,
  options: ListAsOf,
): Promise<readonly ViewRow<Doc>[]> {
  const tables = new MemoryTables();
  const events = await readCategories(source, Object.keys(view.categories), {
    upTo: options.upTo,
    eventsMax: EVENTS_MAX,
  });
  tables.apply(await foldBatch(view, events, { source: tables, effectiveOn: options.effectiveOn }));
  return scanRows(tables.rows.values(), view.columns, options).map(({ key, doc, position, recordedAt }) => {
    const parking = tables.parked.get(key);
    const stale = parking ? { since: parking.recordedAt, reason: parking.code } : null;
    // What the view's own `compute` returned.
    return { key, doc: doc as Doc, position, recordedAt, stale };
  });
}
