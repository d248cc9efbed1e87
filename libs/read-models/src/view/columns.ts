/** The column types a view may have, as PostgreSQL names them. */
export type ColumnType = 'text' | 'text[]' | 'date' | 'bigint' | 'integer' | 'numeric' | 'boolean';

/** `date`, `bigint` beyond 2^53 and `numeric` are strings; lists are for `text[]`. */
export type ColumnValue = string | number | boolean | readonly string[] | null;

/** A column: its type, and its value in a document; undefined is null. */
export interface ColumnDefinition<Doc> {
  readonly type: ColumnType;
  of(doc: Doc): ColumnValue | undefined;
}
/** Columns by name. */
export type ColumnDefinitions<Doc> = Readonly<Record<string, ColumnDefinition<Doc>>>;

/** The columns every row has beside those its view declares. */
export const RESERVED: ReadonlySet<string> = new Set(['key', 'doc', 'position', 'recordedAt', 'seq']);

/** The typed columns of one document. */
export function columnsOf<Doc>(definitions: ColumnDefinitions<Doc>, doc: Doc): Record<string, ColumnValue> {
  return Object.fromEntries(Object.entries(definitions).map(([name, column]) => [name, column.of(doc) ?? null]));
}
