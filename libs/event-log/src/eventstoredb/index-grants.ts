import type pg from 'pg';
import type { Grants } from '../postgres/grants.js';

const GRANTS = `
SELECT array_remove(ARRAY[
  CASE WHEN NOT has_schema_privilege(n.oid, 'USAGE') THEN 'the login may not use the schema order_index' END,
  CASE WHEN NOT has_table_privilege(c.oid, 'SELECT') THEN 'the login may not read order_index.entry' END,
  CASE WHEN EXISTS (SELECT FROM pg_proc p WHERE p.pronamespace = n.oid AND NOT has_function_privilege(p.oid, 'EXECUTE')) THEN 'the login may not extend the order index' END
], NULL) AS missing, array_remove(ARRAY[
  CASE WHEN (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN 'the login is a superuser' END,
  CASE WHEN pg_has_role(current_user, c.relowner, 'MEMBER') THEN 'the login owns order_index.entry' END,
  CASE WHEN pg_has_role(current_user, n.nspowner, 'MEMBER') OR has_schema_privilege(n.oid, 'CREATE') THEN 'the login may change the schema order_index' END,
  CASE WHEN has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER') OR has_any_column_privilege(c.oid, 'INSERT, UPDATE') THEN 'the login may change the order index other than by extending it' END
], NULL) AS violations
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'order_index' AND c.relname = 'entry'`;

/** Looks at what the login that serves may do with the order index, as it sees that itself. */
export async function indexGrantsOf(client: pg.ClientBase): Promise<Grants> {
  const { rows } = await client.query<Grants>(GRANTS);
  return rows[0] ?? { missing: ['order_index.entry is missing'], violations: [] };
}
