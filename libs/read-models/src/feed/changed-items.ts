import { categoryOf, type AccessRow, type Recorded } from '@assay/domain';
import type { Pool } from 'pg';
import { jsonValue } from '../projection/slice.js';
import { accessRowOf } from '../query/scan.js';
import { tablesOf } from '../store/tables.js';
import { columnsOf } from '../view/columns.js';
import { rootsOf, type View } from '../view/view.js';
import type { Change } from './change-feed.js';

/** A document at delivery, with the columns by which the edge judges who sees it. Null where there is none (any more). */
export interface ChangedItem<Doc> {
  readonly key: string;
  readonly doc: Doc | null;
  readonly access: AccessRow;
  readonly isStale: boolean;
}
interface LinkedKey {
  readonly source: string;
  readonly key: string;
}
interface KeyRow {
  readonly key: string;
  readonly doc: string | null;
  readonly root: string | null;
  readonly parked: boolean;
}

/** Which documents each event touches, by the links as they are now. A key unlinked since was touched by the event that unlinked it. */
export async function resolveChanges<Doc>(
  pool: Pool,
  view: View<Doc>,
  events: readonly Recorded[],
): Promise<readonly Change<Doc>[]> {
  const folded = events.filter((event) => categoryOf(event.stream) in view.categories);
  if (folded.length === 0) return [];
  const links = await keysOf(pool, view, [...new Set(folded.map(({ stream }) => stream))]);
  const items = await itemsOf(pool, view, [...new Set([...links.values()].flat())]);
  return folded.flatMap((event) => {
    const touched = (links.get(event.stream) ?? []).flatMap((key) => {
      const item = items.get(key);
      return item && (key === event.stream || touches(view, item.root, event)) ? [item.item] : [];
    });
    return touched.length === 0 ? [] : [{ position: event.position, event, items: touched }];
  });
}

async function keysOf<Doc>(
  pool: Pool,
  view: View<Doc>,
  streams: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await pool.query<LinkedKey>(
    `SELECT source, key FROM ${tablesOf(view).link} WHERE source = ANY($1::text[]) ORDER BY key`,
    [streams],
  );
  const roots = rootsOf(view);
  const keys = new Map(streams.map((stream) => [stream, roots.includes(categoryOf(stream)) ? [stream] : []]));
  for (const { source, key } of rows) keys.get(source)?.push(key);
  return keys;
}

async function itemsOf<Doc>(
  pool: Pool,
  view: View<Doc>,
  keys: readonly string[],
): Promise<ReadonlyMap<string, { readonly item: ChangedItem<Doc>; readonly root: unknown }>> {
  const tables = tablesOf(view);
  const { rows } = await pool.query<KeyRow>(
    `SELECT asked.key, r.doc::text AS doc, s.state::text AS root, p.key IS NOT NULL AS parked FROM unnest($1::text[]) AS asked (key)
     LEFT JOIN ${tables.rows} r ON r.key = asked.key LEFT JOIN ${tables.state} s ON s.stream = asked.key LEFT JOIN ${tables.parked} p ON p.key = asked.key`,
    [keys],
  );
  return new Map(
    rows.map(({ key, doc, root, parked }) => {
      // Stored by this very view's `compute`.
      const document = doc === null ? null : (jsonValue(doc) as Doc);
      const access = document === null ? {} : accessRowOf(columnsOf(view.columns, document));
      return [
        key,
        { item: { key, doc: document, access, isStale: parked }, root: root === null ? null : jsonValue(root) },
      ];
    }),
  );
}

function touches<Doc>(view: View<Doc>, root: unknown, event: Recorded): boolean {
  return root === null || view.touches === undefined || view.touches(root as never, event);
}
