import { sha256Hex } from '@assay/domain';
import { ReadModelError } from '../errors.js';
import { columnOf, type Filter, type Parameters } from './predicates.js';
import type { Relation } from './relation.js';

/** How a list is ordered: a column, ties by the relation's tie. */
export interface Order {
  readonly column: string;
  readonly direction: 'ASC' | 'DESC';
}
/**
 * A place in an order: the ordering column's value (absent where only the tie orders) and the tie's, in the database's
 * text form, which keeps every digit. It need not have a row any more.
 */
export interface Place {
  readonly value?: string | null;
  readonly tie: readonly string[];
}

/** Binds a cursor to its order and filter, so that one of another list is refused and not misread. */
export function listDigest(order: Order | undefined, filter: Filter): string {
  const sorted = Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256Hex(JSON.stringify([order ?? null, sorted])).slice(0, 16);
}

/** A place as an opaque cursor. */
export const encodePlace = (digest: string, { value, tie }: Place): string =>
  Buffer.from(JSON.stringify([digest, tie, ...(value === undefined ? [] : [value])])).toString('base64url');

/** Reads a cursor back. Malformed, or of another order or filter: `BAD_USER_INPUT`. */
export function decodePlace(digest: string, cursor: string, ties: number): Place {
  const [own, tie, value] = parse(cursor);
  if (own !== digest || !isTie(tie) || tie.length !== ties) throw foreign();
  if (value === undefined) return { tie };
  if (value !== null && typeof value !== 'string') throw foreign();
  return { tie, value };
}

const foreign = (): ReadModelError => new ReadModelError('BAD_USER_INPUT', 'the cursor is not one of this list');

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

function parse(cursor: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (isList(parsed)) return parsed;
  } catch {
    // Not even JSON: the same answer.
  }
  throw foreign();
}

const isTie = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

/**
 * Rows behind (`>`) or before (`<`) a place in ascending order, nulls last, ties by the relation's tie. A descending
 * order is the same order read backwards, so these two are enough.
 */
export function beyondSql(
  relation: Relation,
  at: { readonly place: Place; readonly order?: Order; readonly side: '>' | '<' },
  parameters: Parameters,
): string {
  const { place, order, side } = at;
  const ties = relation.tie.map((name) => columnOf(relation, name));
  const tie = `(${ties.map(({ sql }) => sql).join(', ')}) ${side} (${ties.map(({ type }, index) => parameters.add(place.tie[index], type)).join(', ')})`;
  if (!order) return tie;
  const { sql, type } = columnOf(relation, order.column);
  if (place.value === null || place.value === undefined)
    return side === '>' ? `(${sql} IS NULL AND ${tie})` : `(${sql} IS NOT NULL OR ${tie})`;
  const value = parameters.add(place.value, type);
  return `(${sql} ${side} ${value} OR (${sql} = ${value} AND ${tie})${side === '>' ? ` OR ${sql} IS NULL` : ''})`;
}

/** `ORDER BY` of a list, or of the list read backwards. */
export function orderSql(relation: Relation, order: Order | undefined, reversed: boolean): string {
  const names = [...(order ? [order.column] : []), ...relation.tie];
  const descending = (order?.direction === 'DESC') !== reversed;
  return names
    .map((name) => `${columnOf(relation, name).sql} ${descending ? 'DESC NULLS FIRST' : 'ASC NULLS LAST'}`)
    .join(', ');
}
