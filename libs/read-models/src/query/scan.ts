import { sees, type AccessRow, type Visibility } from '@assay/domain';
import type { RowWrite } from '../projection/slice.js';
import type { ColumnDefinitions, ColumnType, ColumnValue } from '../view/columns.js';
import type { Filter, Predicate } from './predicates.js';

/** The access columns of a document, for judging one row by the kernel's `sees`. */
export function accessRowOf(columns: Readonly<Record<string, ColumnValue>>): AccessRow {
  const entries = Object.entries(columns).filter(
    ([, value]) => value === null || typeof value === 'string' || typeof value === 'object',
  );
  return Object.fromEntries(entries);
}

/** Rows in memory that a filter and a visibility let through, by key: what `selectAll` gives of the same rows in PostgreSQL. */
export function scanRows(
  rows: Iterable<RowWrite>,
  columns: ColumnDefinitions<never>,
  { filter = {}, visibility }: { readonly filter?: Filter; readonly visibility: Visibility },
): readonly RowWrite[] {
  const typeOf = (name: string): ColumnType => columns[name]?.type ?? (name === 'key' ? 'text' : 'bigint');
  const valueOf = (row: RowWrite, name: string): ColumnValue => {
    if (name === 'key' || name === 'position' || name === 'recordedAt') return row[name];
    return row.columns[name] ?? null;
  };
  const passes = (row: RowWrite): boolean =>
    Object.entries(filter).every(([name, predicate]) => holds(valueOf(row, name), predicate, typeOf(name)));
  return [...rows]
    .filter((row) => passes(row) && sees(visibility, accessRowOf(row.columns)))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

function holds(value: ColumnValue, predicate: Predicate, type: ColumnType): boolean {
  const { isNull, any, none, eq } = predicate;
  if (isNull !== undefined && (value === null) !== isNull) return false;
  if (eq === null && value !== null) return false;
  if (any && !(isList(value) && value.some((one) => any.includes(one)))) return false;
  if (none && isList(value) && value.some((one) => none.includes(one))) return false;
  if (predicate.in && !predicate.in.some((one) => order(value, one, type) === 0)) return false;
  const compared = (other: ColumnValue | undefined, allows: (sign: number) => boolean): boolean => {
    if (other === undefined || other === null) return true;
    const sign = order(value, other, type);
    return sign !== null && allows(sign);
  };
  return (
    compared(eq, (sign) => sign === 0) &&
    compared(predicate.gt, (sign) => sign > 0) &&
    compared(predicate.gte, (sign) => sign >= 0) &&
    compared(predicate.lt, (sign) => sign < 0) &&
    compared(predicate.lte, (sign) => sign <= 0)
  );
}

const isList = (value: ColumnValue): value is readonly string[] => Array.isArray(value);
const NUMERIC: ReadonlySet<ColumnType> = new Set(['bigint', 'integer', 'numeric']);

/** Null where either is null, as in SQL. */
function order(a: ColumnValue, b: ColumnValue, type: ColumnType): number | null {
  if (a === null || b === null) return null;
  if (NUMERIC.has(type)) return Math.sign(Number(a) - Number(b));
  const [left, right] = [String(a), String(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
