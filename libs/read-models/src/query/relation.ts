import type { ColumnType } from '../view/columns.js';
import { quoted, tablesOf } from '../store/tables.js';
import type { View } from '../view/view.js';

/** What a query reads: a view's documents, or the rows of its history under their documents' access. */
export interface Relation {
  readonly from: string;
  /** Type and SQL of what may be filtered and ordered by. */
  readonly columns: Readonly<Record<string, { readonly type: ColumnType; readonly sql: string }>>;
  /** What makes the order total. */
  readonly tie: readonly string[];
  readonly doc: string;
  /** Columns of the document's row, for visibility. */
  readonly access: Readonly<Record<string, ColumnType>>;
}

const columnsAs = (
  alias: string,
  definitions: Readonly<Record<string, { readonly type: ColumnType }>>,
): Relation['columns'] =>
  Object.fromEntries(
    Object.entries(definitions).map(([name, { type }]) => [name, { type, sql: `${alias}.${quoted(name)}` }]),
  );

const accessOf = (view: View): Relation['access'] =>
  Object.fromEntries(Object.entries(view.columns).map(([name, { type }]) => [name, type]));

const COMMON = { key: { type: 'text' }, position: { type: 'bigint' }, recordedAt: { type: 'bigint' } } as const;

/** A view's documents. */
export function documentsOf(view: View): Relation {
  const { rows, parked } = tablesOf(view);
  return {
    from: `${rows} AS r LEFT JOIN ${parked} AS p ON p.key = r.key`,
    columns: columnsAs('r', { ...view.columns, ...COMMON }),
    tie: ['key'],
    doc: 'r.doc',
    access: accessOf(view),
  };
}

/** The rows of a view's history. */
export function historyOf(view: View): Relation {
  const { rows, history, parked } = tablesOf(view);
  return {
    from: `${history} AS h JOIN ${rows} AS r ON r.key = h.key LEFT JOIN ${parked} AS p ON p.key = h.key`,
    columns: columnsAs('h', { ...view.history?.columns, ...COMMON, seq: { type: 'integer' } }),
    tie: ['position', 'key', 'seq'],
    doc: 'h.doc',
    access: accessOf(view),
  };
}
