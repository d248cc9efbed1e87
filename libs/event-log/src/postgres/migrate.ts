import type pg from 'pg';
import { withClient, type Connection } from '../connection.js';
import { LogError } from '../errors.js';
import { codeOf } from './driver-errors.js';
import { grantsTo, MIGRATIONS } from './schema.js';

/** Whether the app login is unable to change what the log holds. Boot says it in the log, `/health` shows it. */
export type Protection = 'PROTECTED' | 'UNPROTECTED';

const MIGRATION_LOCK = 4_701_338;
/** SQLSTATE of what a login may not do. */
const DENIED = '42501';

/**
 * Brings the log's schema up to date, as its owner, and grants the app login what it needs. Any number of processes
 * may do so at once. `Unavailable` where the schema is of a later release than this one.
 */
export async function migrateLog(owner: Connection, appRole: string): Promise<void> {
  await withClient(owner, async (client) => {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    await client.query('CREATE SCHEMA IF NOT EXISTS assay');
    await client.query('CREATE TABLE IF NOT EXISTS assay.migration (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())');
    const applied = await appliedVersion(client);
    refuseLater(applied);
    for (const [index, statements] of MIGRATIONS.entries()) {
      if (index < applied) continue;
      await client.query(statements);
      await client.query('INSERT INTO assay.migration (version) VALUES ($1)', [index + 1]);
    }
    await client.query(grantsTo(client.escapeIdentifier(appRole)));
    await client.query('COMMIT');
  });
}

/** Sees, as a login that serves alone, that the schema is there as this release needs it; a log without one is set up by that login, where it may. */
export async function demandMigrated(app: Connection, appRole: string): Promise<void> {
  if (await withClient(app, isMigrated)) return;
  try {
    await migrateLog(app, appRole);
  } catch (error) {
    if (codeOf(error) !== DENIED) throw error;
    throw new LogError('Unauthorized', `the log's schema is not what this release needs (${MIGRATIONS.length}), and the login that serves may not change it; start once with DATABASE_OWNER_URL set`, {}, error);
  }
}

async function isMigrated(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(`SELECT to_regclass('assay.migration') IS NOT NULL AS there`);
  if (rows[0]?.there !== true) return false;
  const applied = await appliedVersion(client);
  refuseLater(applied);
  return applied === MIGRATIONS.length;
}

/** A later release may have changed what the functions of the log take and give. */
function refuseLater(applied: number): void {
  if (applied <= MIGRATIONS.length) return;
  throw new LogError('Unavailable', `the log's schema is of a later release (${applied}) than this one (${MIGRATIONS.length}); start that release again, or a later one`, { applied });
}

async function appliedVersion(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ version: number }>('SELECT coalesce(max(version), 0) AS version FROM assay.migration');
  return rows[0]?.version ?? 0;
}

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
