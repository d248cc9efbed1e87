import { categoryOf, type AccessRow, type Recorded } from '@assay/domain';
import type { Pool } from 'pg';
import { jsonValue } from '../projection/slice.js';
import { accessRowOf } from '../query/scan.js';
import { tablesOf } from '../store/tables.js';
import { columnsOf } from '../view/columns.js';
import { rootsOf, streamOfKey, type View } from '../view/view.js';

/** A document at delivery, with the columns by which the edge judges who sees it. Null where there is none (any more). */
export interface ChangedItem<Doc> {
  readonly key: string;
  readonly doc: Doc | null;
  readonly access: AccessRow;
  readonly isStale: boolean;
}
/** One event and the documents it touches, as the projection shows them at delivery: at least as new as the event. */
export interface Change<Doc> {
  readonly position: number;
  readonly event: Recorded;
  readonly items: readonly ChangedItem<Doc>[];
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
  const streams = [...new Set(folded.map(({ stream }) => stream))];
  const [links, own] = await Promise.all([keysOf(pool, view, streams), ownKeysOf(pool, view, folded)]);
  const keysBy = (event: Recorded): readonly string[] => [
    ...(own.get(event.id) ?? []),
    ...(links.get(event.stream) ?? []),
  ];
  const items = await itemsOf(pool, view, [...new Set(folded.flatMap(keysBy))]);
  return folded.flatMap((event) => {
    const touched = keysBy(event).flatMap((key) => {
      const item = items.get(key);
      return item && (streamOfKey(key) === event.stream || touches(view, item.root, event)) ? [item.item] : [];
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
  const keys = new Map(streams.map((stream): [string, string[]] => [stream, []]));
  for (const { source, key } of rows) keys.get(source)?.push(key);
  return keys;
}

/** Keys of their own streams that events touch, by event id. Where a stream holds many, its state as it is now says which. */
async function ownKeysOf<Doc>(
  pool: Pool,
  view: View<Doc>,
  events: readonly Recorded[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const roots = rootsOf(view);
  const own = events.filter(({ stream }) => roots.includes(categoryOf(stream)));
  if (!view.keys) return new Map(own.map(({ id, stream }) => [id, [stream]]));
  const { rows } = await pool.query<{ stream: string; state: string }>(
    `SELECT stream, state::text AS state FROM ${tablesOf(view).state} WHERE stream = ANY($1::text[])`,
    [own.map(({ stream }) => stream)],
  );
  const states = new Map(rows.map(({ stream, state }) => [stream, jsonValue(state)]));
  const keysOfEvent = (event: Recorded): readonly string[] => {
    const state = states.get(event.stream);
    return state === undefined ? [] : (view.keys?.(state, event) ?? []);
  };
  return new Map(own.map((event) => [event.id, keysOfEvent(event)]));
}

async function itemsOf<Doc>(
  pool: Pool,
  view: View<Doc>,
  keys: readonly string[],
): Promise<ReadonlyMap<string, { readonly item: ChangedItem<Doc>; readonly root: unknown }>> {
  const tables = tablesOf(view);
  const { rows } = await pool.query<KeyRow>(
    `SELECT asked.key, r.doc::text AS doc, s.state::text AS root, p.key IS NOT NULL AS parked FROM unnest($1::text[]) AS asked (key)
     LEFT JOIN ${tables.rows} r ON r.key = asked.key LEFT JOIN ${tables.state} s ON s.stream = split_part(asked.key, '#', 1) LEFT JOIN ${tables.parked} p ON p.key = asked.key`,
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
  return root === null || view.touches === undefined || view.touches(root, event);
}
