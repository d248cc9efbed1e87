import type pg from 'pg';
import { withClient, type Connection } from '../connection.js';
import { LogError } from '../errors.js';
import { codeOf } from './driver-errors.js';

/** A schema of ours and how it came to be: migrations in order, each applied once. */
export interface SchemaHistory {
  readonly schema: 'assay' | 'order_index';
  /** What it is, in words that a fault begins with. */
  readonly what: string;
  readonly migrations: readonly string[];
  /** What the login that serves may do. */
  readonly grantsTo: (appRole: string) => string;
  /** Arbitrary but fixed: migrations are made under this lock. */
  readonly lock: number;
}

/** SQLSTATE of what a login may not do. */
const DENIED = '42501';

/**
 * Brings a schema up to date, as its owner, and grants the app login what it needs. Any number of processes may do so at
 * once. `Unavailable` where the schema is of a later release than this one.
 */
export async function migrateSchema(history: SchemaHistory, owner: Connection, appRole: string): Promise<void> {
  const { schema, migrations } = history;
  await withClient(owner, async (client) => {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [history.lock]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await client.query(`CREATE TABLE IF NOT EXISTS ${schema}.migration (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`);
    const applied = await appliedVersion(history, client);
    refuseLater(history, applied);
    for (const [index, statements] of migrations.entries()) {
      if (index < applied) continue;
      await client.query(statements);
      await client.query(`INSERT INTO ${schema}.migration (version) VALUES ($1)`, [index + 1]);
    }
    await client.query(history.grantsTo(client.escapeIdentifier(appRole)));
    await client.query('COMMIT');
  });
}

/** Sees, as a login that serves alone, that the schema is there as this release needs it; one that is not there is made by that login, where it may. */
export async function demandSchema(history: SchemaHistory, app: Connection, appRole: string): Promise<void> {
  if (await withClient(app, (client) => isMigrated(history, client))) return;
  try {
    await migrateSchema(history, app, appRole);
  } catch (error) {
    if (codeOf(error) !== DENIED) throw error;
    throw new LogError('Unauthorized', `${history.what} is not what this release needs (${history.migrations.length}), and the login that serves may not change it; start once with DATABASE_OWNER_URL set`, {}, error);
  }
}

async function isMigrated(history: SchemaHistory, client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [`${history.schema}.migration`]);
  if (rows[0]?.there !== true) return false;
  const applied = await appliedVersion(history, client);
  refuseLater(history, applied);
  return applied === history.migrations.length;
}

/** A later release may have changed what the functions take and give. */
function refuseLater({ what, migrations }: SchemaHistory, applied: number): void {
  if (applied <= migrations.length) return;
  throw new LogError('Unavailable', `${what} is of a later release (${applied}) than this one (${migrations.length}); start that release again, or a later one`, { applied });
}

async function appliedVersion({ schema }: SchemaHistory, client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ version: number }>(`SELECT coalesce(max(version), 0) AS version FROM ${schema}.migration`);
  return rows[0]?.version ?? 0;
}
