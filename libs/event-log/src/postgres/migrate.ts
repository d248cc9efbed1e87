import type pg from 'pg';
import type { Connection } from '../connection.js';
import { migrateSchema, demandSchema, type SchemaHistory } from './schema-history.js';
import { grantsTo, MIGRATIONS } from './schema.js';

/** Whether the app login is unable to change what the log holds. Boot says it in the log, `/health` shows it. */
export type Protection = 'PROTECTED' | 'UNPROTECTED';

const LOG_SCHEMA: SchemaHistory = { schema: 'assay', what: `the log's schema`, migrations: MIGRATIONS, grantsTo, lock: 4_701_338 };

/** Brings the log's schema up to date, as its owner, and grants the app login what it needs. */
export const migrateLog = (owner: Connection, appRole: string): Promise<void> => migrateSchema(LOG_SCHEMA, owner, appRole);

/** Sees, as a login that serves alone, that the schema is there as this release needs it. */
export const demandMigrated = (app: Connection, appRole: string): Promise<void> => demandSchema(LOG_SCHEMA, app, appRole);

const VIOLATIONS = `
SELECT array_remove(ARRAY[
  CASE WHEN (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN 'the login is a superuser' END,
  CASE WHEN pg_has_role(current_user, c.relowner, 'MEMBER') THEN 'the login owns assay.event' END,
  CASE WHEN pg_has_role(current_user, n.nspowner, 'MEMBER') OR has_schema_privilege('assay', 'CREATE') THEN 'the login may change the schema assay' END,
  CASE WHEN has_table_privilege('assay.event', 'INSERT') OR has_any_column_privilege('assay.event', 'INSERT') THEN 'the login may insert' END,
  CASE WHEN has_table_privilege('assay.event', 'UPDATE') OR has_any_column_privilege('assay.event', 'UPDATE') THEN 'the login may update' END,
  CASE WHEN has_table_privilege('assay.event', 'DELETE') THEN 'the login may delete' END,
  CASE WHEN has_table_privilege('assay.event', 'TRUNCATE') THEN 'the login may truncate' END,
  CASE WHEN has_table_privilege('assay.event', 'TRIGGER') THEN 'the login may create triggers' END,
  CASE WHEN has_table_privilege('assay.log', 'UPDATE') OR has_any_column_privilege('assay.log', 'UPDATE') THEN 'the login may change the clock' END,
  CASE WHEN NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'event_append_only' AND t.tgenabled = 'A')
       THEN 'the trigger that refuses changes is missing or disabled' END,
  CASE WHEN 2 > (SELECT count(*) FROM pg_proc p WHERE p.pronamespace = n.oid AND p.proname IN ('append', 'append_one') AND p.prosecdef
                    AND p.proowner = c.relowner AND 'search_path=pg_catalog, pg_temp' = ANY (p.proconfig))
       THEN 'an append function is not the owner''s, or not sealed' END
], NULL) AS violations
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'assay' AND c.relname = 'event'`;

/** Verifies grants, ownership and triggers as the app login sees them; what it finds wrong, in words. Empty: protected. */
export async function protectionViolations(client: pg.ClientBase): Promise<readonly string[]> {
  const { rows } = await client.query<{ violations: string[] }>(VIOLATIONS);
  return rows[0]?.violations ?? ['assay.event is missing'];
}
