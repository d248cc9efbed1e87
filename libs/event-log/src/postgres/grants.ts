import type pg from 'pg';
import { protectionViolations } from './migrate.js';

/** What the app login may do as of now, in words: what it lacks, and what it has beyond that. Both empty: as it should be. */
export interface Grants {
  /** Without these the log cannot be served. */
  readonly missing: readonly string[];
  /** With these what is recorded is not protected from its own application. */
  readonly violations: readonly string[];
}

const MISSING = `
SELECT array_remove(ARRAY[
  CASE WHEN NOT has_schema_privilege(n.oid, 'USAGE') THEN 'the login may not use the schema assay' END,
  CASE WHEN NOT has_table_privilege(c.oid, 'SELECT') THEN 'the login may not read assay.event' END,
  CASE WHEN EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = n.oid AND NOT has_function_privilege(p.oid, 'EXECUTE') AND p.proname IN ('append', 'append_one', 'log_now', 'position_at'))
       THEN 'the login may not append' END
], NULL) AS missing
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'assay' AND c.relname = 'event'`;

/** Looks at the grants as the app login sees them. */
export async function grantsOf(client: pg.ClientBase): Promise<Grants> {
  const { rows } = await client.query<{ missing: string[] }>(MISSING);
  const missing = rows[0]?.missing ?? ['assay.event is missing'];
  // Without the schema the rest cannot even be asked.
  return { missing, violations: missing.length > 0 ? [] : await protectionViolations(client) };
}
