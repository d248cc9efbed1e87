import type { Day, Visibility } from '@assay/domain';
import { columnsOf, type ColumnType, type ColumnValue, type Filter, type Order, type Page, type ReadModels } from '@assay/read-models';
import { connectionOf, isSelected, pageOf, type ConnectionOf, type PageRequest } from '../edge/connection.js';
import { decodeCursor, encodeCursor, filterDigest, type KeyPart } from '../edge/cursor.js';
import type { GraphQLResolveInfo } from 'graphql';
import type { At, Documents, Positioned } from './documents.js';
import { momentKey } from './moment.js';
import { placed, type Placed } from './placed.js';
import type { Source } from './sources.js';

/** The orders of a list: words of its `orderBy` enum, each a column of the view with a direction. */
export type Orders = Readonly<Record<string, Order>>;

/** A page of a list with the moment it shows. */
export interface ShownConnection<T> extends ConnectionOf<T> {
  readonly position: number;
}

/** What a list is asked for, its filter already in columns of the view. */
export interface ListRequest<Doc> {
  readonly source: Source<Doc & object>;
  readonly page: PageRequest;
  readonly filter: Filter;
  /** Word of the `orderBy` enum with its order. */
  readonly order: { readonly word: string; readonly by: Order };
  readonly visibility: Visibility;
  readonly info: GraphQLResolveInfo;
}

/**
 * One page of the documents a caller may see (`api.md`, Lists). Live, all of it is decided in SQL; as of a moment the
 * list is folded and cut in memory, with cursors that name the moment too.
 */
export async function listOf<Doc extends Positioned & object>(of: { readonly readModels: ReadModels; readonly documents: Documents }, request: ListRequest<Doc>, at: At): Promise<ShownConnection<Placed<Doc>>> {
  const { source, page, filter, order, visibility, info } = request;
  const { size, direction, after, before } = pageOf(page);
  const count = isSelected(info, 'totalCount');
  if (at.shown.historical) return { ...(await pastPage(of.documents, request, at)), position: at.shown.position };
  const bounds = { ...(direction === 'FORWARD' ? { first: size } : { last: size }), ...(after === null ? {} : { after }), ...(before === null ? {} : { before }) };
  const found: Page<Doc> = await of.readModels.page(source.view, { visibility, filter, orderBy: order.by, count, ...bounds });
  const rows = found.rows.map((row) => ({ node: placed(source, row, at.shown), cursor: row.cursor }));
  const connection = connectionOf({ ...found, rows }, ({ cursor }) => cursor);
  return { ...connection, edges: rows, nodes: rows.map(({ node }) => node), position: at.shown.position };
}

async function pastPage<Doc extends Positioned & object>(documents: Documents, request: ListRequest<Doc>, at: At): Promise<ConnectionOf<Placed<Doc>>> {
  const { source, filter, order, visibility } = request;
  const rows = await documents.allVisible(source, { filter, visibility }, at);
  const column = source.view.columns[order.by.column];
  const type = column?.type ?? 'text';
  const keyed = rows.map((row) => ({ row, key: [sortable(columnsOf(source.view.columns, row)[order.by.column] ?? null, type), row.key] as const }));
  return cutPage(keyed, { ...request, type, digest: filterDigest([filter, momentKey(at.shown)]) });
}

/** A column's value as something that a cursor can hold and that compares as the database compares it. */
const sortable = (value: ColumnValue, type: ColumnType): KeyPart => {
  if (value === null || typeof value === 'string') return type === 'numeric' && value !== null ? Number(value) : value;
  return typeof value === 'number' ? value : String(value);
};

interface Cut {
  readonly page: PageRequest;
  readonly order: ListRequest<unknown>['order'];
  readonly digest: string;
  readonly type: ColumnType;
  readonly info: GraphQLResolveInfo;
}

/** Cuts a page out of rows in memory, in the order and by the cursors of keyset paging: nulls last ascending, ties by key. */
export function cutPage<T>(keyed: readonly { readonly row: T; readonly key: readonly KeyPart[] }[], { page, order, digest, info }: Cut): ConnectionOf<T> {
  const sign = order.by.direction === 'DESC' ? -1 : 1;
  const compare = (a: readonly KeyPart[], b: readonly KeyPart[]): number => sign * comparedKeys(a, b);
  const sorted = [...keyed].sort((a, b) => compare(a.key, b.key));
  const { size, direction, after, before } = pageOf(page);
  const place = (cursor: string): readonly KeyPart[] => decodeCursor(cursor, { order: order.word, filter: digest });
  const [from, to] = [after === null ? null : place(after), before === null ? null : place(before)];
  const between = sorted.filter(({ key }) => (from === null || compare(key, from) > 0) && (to === null || compare(key, to) < 0));
  const rows = direction === 'FORWARD' ? between.slice(0, size) : between.slice(-size);
  const [first, last] = [rows[0] ?? between[0], rows.at(-1) ?? between.at(-1)];
  const slice = {
    rows,
    hasPrevious: first === undefined ? from !== null && sorted.some(({ key }) => compare(key, from) <= 0) : sorted.indexOf(first) > 0,
    hasNext: last === undefined ? to !== null && sorted.some(({ key }) => compare(key, to) >= 0) : sorted.indexOf(last) < sorted.length - 1,
    totalCount: isSelected(info, 'totalCount') ? sorted.length : null,
  };
  const connection = connectionOf(slice, ({ key }) => encodeCursor({ order: order.word, filter: digest, key }));
  const edges = connection.edges.map(({ cursor, node }) => ({ cursor, node: node.row }));
  return { ...connection, edges, nodes: edges.map(({ node }) => node) };
}

function comparedKeys(a: readonly KeyPart[], b: readonly KeyPart[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? null;
    if (left === right) continue;
    if (left === null) return 1;
    if (right === null) return -1;
    return left < right ? -1 : 1;
  }
  return 0;
}

/** The filter entries of values that were given; what is null or left out filters nothing. */
export function filterBy(entries: Readonly<Record<string, Filter[string] | null | undefined>>): Filter {
  return Object.fromEntries(Object.entries(entries).flatMap(([column, predicate]) => (predicate == null ? [] : [[column, predicate] as const])));
}
/** Equal to a value, or no condition. */
export const equalTo = (value: string | null | undefined): Filter[string] | null => (value == null ? null : { eq: value });
/** One of the values, or no condition. */
export const oneOfThese = (values: readonly string[] | null | undefined): Filter[string] | null => (values == null ? null : { in: values });
/** A list column that holds the value, or no condition. */
export const holds = (value: string | null | undefined): Filter[string] | null => (value == null ? null : { any: [value] });
/** Recorded after an instant (`updatedSince`), or no condition. */
export const recordedSince = (instant: string | null | undefined): Filter[string] | null => (instant == null ? null : { gte: Date.parse(instant) });
/** A day column between two days, both included, or no condition. */
export const daysBetween = (from: Day | null | undefined, to: Day | null | undefined): Filter[string] | null =>
  from == null && to == null ? null : { ...(from == null ? {} : { gte: from }), ...(to == null ? {} : { lte: to }) };
/** Periods (`periodFrom`, `periodTo`) that overlap the days from and to, both included. */
export const daysOverlapping = (from: Day | null | undefined, to: Day | null | undefined): Record<string, Filter[string] | null> => ({
  periodTo: from == null ? null : { gte: from },
  periodFrom: to == null ? null : { lte: to },
});
