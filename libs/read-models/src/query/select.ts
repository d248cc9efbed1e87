import type { Visibility } from '@assay/domain';
import type { Pool, QueryResult, QueryResultRow } from 'pg';
import { ReadModelError } from '../errors.js';
import { prepared } from '../store/prepared.js';
import { beyondSql, decodePlace, encodePlace, listDigest, orderSql, type Order, type Place } from './keyset.js';
import { columnOf, filterSql, Parameters, visibilitySql, type Filter } from './predicates.js';
import type { Relation } from './relation.js';

/** Why a row may be behind its events: its key is parked since this time (ms). */
export interface Stale {
  readonly since: number;
  readonly reason: string;
}
export interface ViewRow<Doc> {
  readonly key: string;
  readonly doc: Doc;
  /** Position and time (ms) of the last event that touched the key; of the append, for a history row. */
  readonly position: number;
  readonly recordedAt: number;
  readonly stale: Stale | null;
}
export interface PageRow<Doc> extends ViewRow<Doc> {
  readonly cursor: string;
}
export interface SelectOptions {
  readonly visibility: Visibility;
  readonly filter?: Filter;
  /** Ties are broken by the key; without an order the key (position, in a history) orders alone. */
  readonly orderBy?: Order;
  readonly first?: number;
  readonly last?: number;
  /** Cursors of rows of this very list. */
  readonly after?: string;
  readonly before?: string;
  /** Counts the visible rows of the filter, exactly up to 10,000. */
  readonly count?: boolean;
}
export interface Page<Doc> {
  readonly rows: readonly PageRow<Doc>[];
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
  /** Null where not asked for, or above 10,000. */
  readonly totalCount: number | null;
}
export const PAGE_ROWS = 20;
export const PAGE_ROWS_MAX = 100;
const COUNT_MAX = 10_000;

interface Query {
  readonly relation: Relation;
  readonly options: SelectOptions;
  readonly digest: string;
  readonly after: Place | null;
  readonly before: Place | null;
}
interface SqlRow {
  readonly key: string;
  readonly doc: unknown;
  readonly position: string;
  readonly recordedAt: string;
  readonly since: string | null;
  readonly reason: string | null;
  readonly place: readonly (string | null)[];
}

/**
 * One page of the rows that a principal may see. Access, filter, order, count and page flags are all decided in SQL over
 * visible rows only (`api.md`, Lists). `BAD_USER_INPUT`: an unknown column, a foreign cursor, a size out of 1 to 100.
 */
export async function selectPage<Doc>(pool: Pool, relation: Relation, options: SelectOptions): Promise<Page<Doc>> {
  const query = queryOf(relation, options);
  const backwards = options.last !== undefined;
  const size = sizeOf(options);
  const found = await fetchRows(pool, query, { size: size + 1, backwards });
  const more = found.length > size;
  const rows = found.slice(0, size);
  if (backwards) rows.reverse();
  return {
    rows: rows.map((row) => pageRow<Doc>(query, row)),
    hasNext: backwards
      ? await existsOutside(pool, query, 'before')
      : more || (await existsOutside(pool, query, 'before')),
    hasPrevious: backwards
      ? more || (await existsOutside(pool, query, 'after'))
      : await existsOutside(pool, query, 'after'),
    totalCount: options.count ? await countRows(pool, query) : null,
  };
}

/** All visible rows of a filter, in order; more than `max` throws `QUERY_TOO_COMPLEX`. For look-ups of our own, not for pages. */
export async function selectAll<Doc>(
  pool: Pool,
  relation: Relation,
  options: Pick<SelectOptions, 'visibility' | 'filter' | 'orderBy'> & { readonly max: number },
): Promise<readonly ViewRow<Doc>[]> {
  const query = queryOf(relation, options);
  const rows = await fetchRows(pool, query, { size: options.max + 1, backwards: false });
  if (rows.length > options.max)
    throw new ReadModelError('QUERY_TOO_COMPLEX', `more than ${options.max} rows`, { max: options.max });
  return rows.map((row) => viewRow<Doc>(row));
}

function queryOf(relation: Relation, options: SelectOptions): Query {
  const digest = listDigest(options.orderBy, options.filter ?? {});
  const place = (cursor: string | undefined): Place | null =>
    cursor === undefined ? null : decodePlace(digest, cursor, relation.tie.length);
  return { relation, options, digest, after: place(options.after), before: place(options.before) };
}

function sizeOf({ first, last }: SelectOptions): number {
  const size = last ?? first ?? PAGE_ROWS;
  if ((first !== undefined && last !== undefined) || !Number.isInteger(size) || size < 1 || size > PAGE_ROWS_MAX) {
    throw new ReadModelError('BAD_USER_INPUT', `either first or last, from 1 to ${PAGE_ROWS_MAX}`, { first, last });
  }
  return size;
}

function shownSql({ relation, options }: Query, parameters: Parameters): string {
  return `${visibilitySql(options.visibility, relation, parameters)} AND ${filterSql(options.filter ?? {}, relation, parameters)}`;
}

/** A cursor is passed in reading direction; a descending order reads the ascending one backwards. */
function edgeSql(
  { relation, options, after, before }: Query,
  edge: 'after' | 'before',
  parameters: Parameters,
): string {
  const place = edge === 'after' ? after : before;
  if (!place) return 'TRUE';
  const ahead = (edge === 'after') === (options.orderBy?.direction !== 'DESC');
  return beyondSql(relation, { place, order: options.orderBy, side: ahead ? '>' : '<' }, parameters);
}

async function fetchRows(
  pool: Pool,
  query: Query,
  page: { readonly size: number; readonly backwards: boolean },
): Promise<SqlRow[]> {
  const { relation, options } = query;
  const parameters = new Parameters();
  const where = [
    shownSql(query, parameters),
    edgeSql(query, 'after', parameters),
    edgeSql(query, 'before', parameters),
  ].join(' AND ');
  const place = [...relation.tie, ...(options.orderBy ? [options.orderBy.column] : [])].map(
    (name) => `${columnOf(relation, name).sql}::text`,
  );
  const { key, position, recordedAt } = relation.columns;
  const { rows } = await asked<SqlRow>(
    pool,
    `SELECT ${key?.sql} AS key, ${relation.doc} AS doc, ${position?.sql} AS position, ${recordedAt?.sql} AS "recordedAt",
       p."recordedAt" AS since, p.code AS reason, ARRAY[${place.join(', ')}] AS place
     FROM ${relation.from} WHERE ${where} ORDER BY ${orderSql(relation, options.orderBy, page.backwards)} LIMIT ${page.size}`,
    parameters.values,
  );
  return rows;
}

/** Whether visible rows lie on the other side of a cursor: what the page flags say of the side one came from. */
async function existsOutside(pool: Pool, query: Query, edge: 'after' | 'before'): Promise<boolean> {
  if ((edge === 'after' ? query.after : query.before) === null) return false;
  const parameters = new Parameters();
  const where = `${shownSql(query, parameters)} AND (${edgeSql(query, edge, parameters)}) IS NOT TRUE`;
  const { rows } = await asked<{ there: boolean }>(
    pool,
    `SELECT EXISTS (SELECT FROM ${query.relation.from} WHERE ${where}) AS there`,
    parameters.values,
  );
  return rows[0]?.there === true;
}

async function countRows(pool: Pool, query: Query): Promise<number | null> {
  const parameters = new Parameters();
  const { rows } = await asked<{ count: string }>(
    pool,
    `SELECT count(*) AS count FROM (SELECT FROM ${query.relation.from} WHERE ${shownSql(query, parameters)} LIMIT ${COUNT_MAX + 1}) AS visible`,
    parameters.values,
  );
  const count = Number(rows[0]?.count ?? 0);
  return count > COUNT_MAX ? null : count;
}

/** A value that its column's type cannot hold came from a caller, in a filter or a forged cursor. */
async function asked<R extends QueryResultRow>(pool: Pool, sql: string, values: unknown[]): Promise<QueryResult<R>> {
  try {
    return await pool.query<R>(prepared(sql, values));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code.startsWith('22'))
      throw new ReadModelError('BAD_USER_INPUT', 'a value does not fit its column', { sqlState: code }, error);
    throw error;
  }
}

const viewRow = <Doc>({ key, doc, position, recordedAt, since, reason }: SqlRow): ViewRow<Doc> => ({
  key,
  // What the view's own `compute` returned, read back from its JSON.
  doc: doc as Doc,
  position: Number(position),
  recordedAt: Number(recordedAt),
  stale: since === null ? null : { since: Number(since), reason: reason ?? '' },
});

function pageRow<Doc>({ relation, options, digest }: Query, row: SqlRow): PageRow<Doc> {
  const tie = row.place.slice(0, relation.tie.length).map((one) => one ?? '');
  const value = options.orderBy ? (row.place[relation.tie.length] ?? null) : undefined;
  return { ...viewRow<Doc>(row), cursor: encodePlace(digest, value === undefined ? { tie } : { tie, value }) };
}
