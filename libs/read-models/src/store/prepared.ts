import { createHash } from 'node:crypto';
import type { QueryConfig } from 'pg';

/** Each connection keeps what it has prepared until it ends; filters come in more forms than that. */
const NAMES_MAX = 1000;
const names = new Map<string, string>();

/**
 * A statement that each connection parses and plans once, and after that only runs: for texts that come again and again.
 * What it returns must be named column by column, since PostgreSQL refuses a prepared `*` whose table has grown.
 */
export function prepared(text: string, values: readonly unknown[]): QueryConfig<unknown[]> {
  const name = nameOf(text);
  return name === undefined ? { text, values: [...values] } : { name, text, values: [...values] };
}

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= NAMES_MAX) return known;
  const name = `assay_${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  names.set(text, name);
  return name;
}
