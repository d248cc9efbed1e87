import type { Pool } from 'pg';
import { jsonValue, type Ask, type Slice } from '../projection/slice.js';
import { rootsOf, streamOfKey, type View } from '../view/view.js';
import { categoryOf } from '@assay/domain';
import { prepared } from './prepared.js';
import { tablesOf } from './tables.js';

interface LinkRow {
  readonly source: string;
  readonly key: string;
}
interface KeyRow {
  readonly key: string;
  readonly doc: string | null;
  readonly parked: boolean;
}

/** The tables of a view, and the way to them. */
export interface Tables {
  readonly pool: Pool;
  readonly view: View;
}

/** Loads what a batch asked for, and what its links lead to, by at most six statements whatever the batch's size. */
export async function readSlice(tables: Tables, ask: Ask, slice: Slice): Promise<void> {
  const linked = await linksWhere(tables, 'source', ask.linked);
  for (const source of ask.linked) slice.linked.set(source, []);
  collect(slice.linked, linked, ({ source, key }) => [source, key]);
  const keys = new Set([...ask.keys, ...linked.map(({ key }) => key)].filter((key) => !slice.keys.has(key)));
  const links = await linksWhere(tables, 'key', keys);
  await readKeys(tables, { keys, links }, slice);
  const sources = links.map(({ source }) => source);
  const streams = sources.filter((source) => !source.startsWith('@'));
  const groups = sources.filter((source) => source.startsWith('@')).map((source) => source.slice(1));
  await readStates(tables, new Set([...ask.states, ...streams, ...keysAsStreams(tables.view, keys)]), slice);
  await readGroups(tables, new Set([...ask.groups, ...groups]), slice);
}

const keysAsStreams = (view: View, keys: ReadonlySet<string>): readonly string[] =>
  [...keys].map(streamOfKey).filter((stream) => rootsOf(view).includes(categoryOf(stream)));

async function linksWhere(
  { pool, view }: Tables,
  column: 'source' | 'key',
  names: ReadonlySet<string>,
): Promise<readonly LinkRow[]> {
  if (names.size === 0) return [];
  const { rows } = await pool.query<LinkRow>(
    prepared(`SELECT source, key FROM ${tablesOf(view).link} WHERE ${column} = ANY($1::text[])`, [[...names]]),
  );
  return rows;
}

async function readKeys(
  { pool, view }: Tables,
  { keys, links }: { keys: ReadonlySet<string>; links: readonly LinkRow[] },
  slice: Slice,
): Promise<void> {
  if (keys.size === 0) return;
  const tables = tablesOf(view);
  const text = `SELECT asked.key, v.doc::text AS doc, p.key IS NOT NULL AS parked FROM unnest($1::text[]) AS asked (key)
     LEFT JOIN ${tables.rows} v ON v.key = asked.key LEFT JOIN ${tables.parked} p ON p.key = asked.key`;
  const { rows } = await pool.query<KeyRow>(prepared(text, [[...keys]]));
  const sources = new Map<string, readonly string[]>();
  collect(sources, links, ({ source, key }) => [key, source]);
  for (const { key, doc, parked } of rows)
    slice.keys.set(key, { doc: doc === null ? null : jsonValue(doc), links: sources.get(key) ?? [], parked });
}

async function readStates({ pool, view }: Tables, streams: ReadonlySet<string>, slice: Slice): Promise<void> {
  const asked = [...streams].filter((stream) => !slice.states.has(stream));
  if (asked.length === 0) return;
  for (const stream of asked) slice.states.set(stream, null);
  const { rows } = await pool.query<{ stream: string; revision: string; state: string; broken: boolean }>(
    prepared(`SELECT stream, revision, state::text AS state, broken FROM ${tablesOf(view).state} WHERE stream = ANY($1::text[])`, [asked]),
  );
  for (const { stream, revision, state, broken } of rows)
    slice.states.set(stream, { revision: Number(revision), state: jsonValue(state), broken });
}

async function readGroups({ pool, view }: Tables, groups: ReadonlySet<string>, slice: Slice): Promise<void> {
  const asked = [...groups].filter((group) => !slice.groups.has(group));
  if (asked.length === 0) return;
  for (const group of asked) slice.groups.set(group, []);
  const { rows } = await pool.query<{ group: string; stream: string }>(
    prepared(`SELECT "group", stream FROM ${tablesOf(view).member} WHERE "group" = ANY($1::text[])`, [asked]),
  );
  collect(slice.groups, rows, ({ group, stream }) => [group, stream]);
}

/** Gathers rows into lists by name. */
function collect<T>(
  lists: Map<string, readonly string[]>,
  rows: readonly T[],
  entry: (row: T) => readonly [name: string, value: string],
): void {
  const gathered = new Map<string, string[]>();
  for (const row of rows) {
    const [name, value] = entry(row);
    const list = gathered.get(name);
    if (list) list.push(value);
    else gathered.set(name, [value]);
  }
  for (const [name, list] of gathered) lists.set(name, list);
}
