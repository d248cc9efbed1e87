import type { Visibility } from '@assay/domain';
import { ReadModelError } from '../errors.js';
import { quoted } from '../store/tables.js';
import type { ColumnType, ColumnValue } from '../view/columns.js';
import type { Relation } from './relation.js';

/** What a column's value must satisfy; all that is given must hold. `any`: a `text[]` holds one of these; `none`: it holds none. */
export interface Predicate {
  readonly eq?: ColumnValue;
  readonly in?: readonly (string | number)[];
  readonly gt?: string | number;
  readonly gte?: string | number;
  readonly lt?: string | number;
  readonly lte?: string | number;
  readonly any?: readonly string[];
  readonly none?: readonly string[];
  readonly isNull?: boolean;
}
export type Filter = Readonly<Record<string, Predicate>>;

/** Collects the values of a statement; nothing a caller gives becomes SQL text. */
export class Parameters {
  readonly values: unknown[] = [];
  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}

/** The kernel's `sees` as SQL: the same rows, filtered where they are counted and cut into pages. */
export function visibilitySql(visibility: Visibility, relation: Relation, parameters: Parameters): string {
  if (visibility === 'ALL') return 'TRUE';
  if (visibility === 'NONE') return 'FALSE';
  const shown = visibility.any.flatMap(({ column, in: values }) => {
    const type = relation.access[column];
    if (type === undefined) return [];
    const list = parameters.add([...values], 'text[]');
    return [type === 'text[]' ? `r.${quoted(column)} && ${list}` : `r.${quoted(column)} = ANY(${list})`];
  });
  return shown.length === 0 ? 'FALSE' : `(${shown.join(' OR ')})`;
}

/** A filter as SQL; an unknown column is `BAD_USER_INPUT`. */
export function filterSql(filter: Filter, relation: Relation, parameters: Parameters): string {
  const parts = Object.entries(filter).flatMap(([name, predicate]) =>
    predicateSql(columnOf(relation, name), predicate, parameters),
  );
  return parts.length === 0 ? 'TRUE' : parts.join(' AND ');
}

/** A column by name. A name that does not exist is a caller's mistake: `BAD_USER_INPUT`. */
export function columnOf(relation: Relation, name: string): { readonly type: ColumnType; readonly sql: string } {
  const column = Object.hasOwn(relation.columns, name) ? relation.columns[name] : undefined;
  if (!column) throw new ReadModelError('BAD_USER_INPUT', `no column ${name}`, { column: name });
  return column;
}

const COMPARISONS = [
  ['eq', '='],
  ['gt', '>'],
  ['gte', '>='],
  ['lt', '<'],
  ['lte', '<='],
] as const;

function predicateSql(
  { type, sql }: { readonly type: ColumnType; readonly sql: string },
  predicate: Predicate,
  parameters: Parameters,
): readonly string[] {
  const parts: string[] = [];
  for (const [name, operator] of COMPARISONS) {
    const value = predicate[name];
    if (value === null) parts.push(`${sql} IS NULL`);
    else if (value !== undefined) parts.push(`${sql} ${operator} ${parameters.add(value, type)}`);
  }
  if (predicate.in) parts.push(`${sql} = ANY(${parameters.add([...predicate.in], `${type}[]`)})`);
  if (predicate.any) parts.push(`${sql} && ${parameters.add([...predicate.any], 'text[]')}`);
  if (predicate.none) parts.push(`NOT coalesce(${sql} && ${parameters.add([...predicate.none], 'text[]')}, FALSE)`);
  if (predicate.isNull !== undefined) parts.push(`${sql} IS ${predicate.isNull ? '' : 'NOT '}NULL`);
  return parts;
}
