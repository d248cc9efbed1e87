import type { ClientBase } from 'pg';
import type { ColumnType, ColumnValue } from '../view/columns.js';
import { prepared } from './prepared.js';
import { quoted } from './tables.js';

/** A column of the rows to write, as a list of its values. */
export interface WriteColumn {
  readonly name: string;
  readonly type: ColumnType | 'json';
  readonly values: readonly ColumnValue[];
}

/** `["a","b"]` → `{"a","b"}`: a list as PostgreSQL's text form of an array, so that lists of lists can travel as one list of texts. */
export function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join(',')}}`;
}

const asText = (value: ColumnValue): string | null => {
  if (value === null || typeof value === 'string') return value;
  return typeof value === 'object' ? arrayLiteral(value) : String(value);
};

/** Rows by column, and what to do where a key is there already. */
export interface RowsToWrite {
  readonly columns: readonly WriteColumn[];
  readonly onConflict?: string;
}

/**
 * Writes all rows by one statement: every column travels as one list of texts and is cast to its type by the database,
 * so a value that its column cannot hold is refused there (SQLSTATE class 22).
 */
export async function insertRows(
  client: ClientBase,
  table: string,
  { columns, onConflict = '' }: RowsToWrite,
): Promise<void> {
  if ((columns[0]?.values.length ?? 0) === 0) return;
  const names = columns.map(({ name }) => quoted(name));
  const casts = columns.map(({ type }, index) => `c${index}::${type}`);
  const lists = columns.map((_, index) => `$${index + 1}::text[]`);
  const aliases = columns.map((_, index) => `c${index}`);
  const text = `INSERT INTO ${table} (${names.join(', ')}) SELECT ${casts.join(', ')} FROM unnest(${lists.join(', ')}) AS rows (${aliases.join(', ')}) ${onConflict}`;
  await client.query(prepared(text, columns.map(({ values }) => values.map(asText))));
}

/** `ON CONFLICT` for a table that holds one row per key: the newer one replaces it. */
export function replacing(key: string, columns: readonly WriteColumn[]): string {
  const sets = columns
    .filter(({ name }) => name !== key)
    .map(({ name }) => `${quoted(name)} = excluded.${quoted(name)}`);
  return `ON CONFLICT (${quoted(key)}) DO UPDATE SET ${sets.join(', ')}`;
}
