import type pg from 'pg';
import { withClient, type Connection } from './connection.js';
import { LogError } from './errors.js';

/** The logins of an embedded cluster: who owns the logs, and who serves (`architecture.md`, PostgreSQL adapter). */
export const OWNER_ROLE = 'assay_owner';
export const APP_ROLE = 'assay_app';
/** In database `postgres`: two that change the same database's grants at once would fail. */
const MAKING_LOCK = 7_305_520_002;
const LOG_NAME = /^[a-z][a-z0-9_-]{0,39}$/;
/** What a simultaneous CREATE of the same role or database fails with. */
const ALREADY_THERE = new Set(['42710', '42P04', '23505']);

/** The database of a log. Names: a small letter, then up to 39 of a-z, 0-9, dash, underscore; else `InvalidEvent`. */
export function databaseNameOf(log: string): string {
  if (!LOG_NAME.test(log)) throw new LogError('InvalidEvent', `"${log}" cannot name a log: a-z, 0-9, - and _, beginning with a letter, at most 40`, { log });
  return `assay_${log}`;
}

/**
 * Makes the two roles and the log's database where they are missing. Nobody else may connect to it. A process that was
 * killed half-way has left what is made up for here: the last step says that all are done.
 */
export async function ensureDatabase(admin: Connection, database: string, passwords: { owner: string; app: string }): Promise<void> {
  await withClient({ ...admin, database: 'postgres' }, async (client) => {
    const granted = await client.query(`SELECT 1 FROM pg_database d, aclexplode(d.datacl) a JOIN pg_roles r ON r.oid = a.grantee WHERE d.datname = $1 AND r.rolname = $2`, [database, APP_ROLE]);
    if ((granted.rowCount ?? 0) > 0) return;
    await client.query('SELECT pg_advisory_lock($1)', [MAKING_LOCK]);
    await tolerant(client, `CREATE ROLE ${OWNER_ROLE} LOGIN PASSWORD ${client.escapeLiteral(passwords.owner)}`);
    await tolerant(client, `CREATE ROLE ${APP_ROLE} LOGIN PASSWORD ${client.escapeLiteral(passwords.app)}`);
    await tolerant(client, `CREATE DATABASE ${client.escapeIdentifier(database)} OWNER ${OWNER_ROLE}`);
    await client.query(`REVOKE ALL ON DATABASE ${client.escapeIdentifier(database)} FROM PUBLIC`);
    await client.query(`GRANT CONNECT, TEMPORARY ON DATABASE ${client.escapeIdentifier(database)} TO ${APP_ROLE}`);
  });
}

/** Both logins of a log in an embedded cluster. */
export const loginsOf = (server: Connection, database: string, passwords: { readonly owner: string; readonly app: string }): { readonly owner: Connection; readonly app: Connection } => ({
  owner: { ...server, database, user: OWNER_ROLE, password: passwords.owner },
  app: { ...server, database, user: APP_ROLE, password: passwords.app },
});

/** As `ensureDatabase`, making nothing: a log whose database is missing is `Unavailable`. */
export async function demandDatabase(admin: Connection, database: string): Promise<void> {
  const there = await withClient({ ...admin, database: 'postgres' }, (client) => client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]));
  if (there.rowCount !== 1) throw new LogError('Unavailable', `there is no log ${database.replace('assay_', '')} here; name another by --log, or another folder by ASSAY_DATA`, { database });
}

async function tolerant(client: pg.Client, statement: string): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!ALREADY_THERE.has(code)) throw error;
  }
}
