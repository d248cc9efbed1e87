import type pg from 'pg';
import { withClient, type Connection } from './connection.js';
import { LogError } from './errors.js';

/** The logins of an embedded cluster: who owns the logs, and who serves (`architecture.md`, PostgreSQL adapter). */
export const OWNER_ROLE = 'assay_owner';
export const APP_ROLE = 'assay_app';
const LOG_NAME = /^[a-z][a-z0-9_-]{0,39}$/;
/** What a simultaneous CREATE of the same role or database fails with. */
const ALREADY_THERE = new Set(['42710', '42P04', '23505']);

/** The database of a log. Names: a small letter, then up to 39 of a-z, 0-9, dash, underscore; else `InvalidEvent`. */
export function databaseNameOf(log: string): string {
  if (!LOG_NAME.test(log)) throw new LogError('InvalidEvent', `"${log}" cannot name a log: a-z, 0-9, - and _, beginning with a letter, at most 40`, { log });
  return `assay_${log}`;
}

/** Makes the two roles and the log's database where they are missing. Nobody else may connect to it. */
export async function ensureDatabase(admin: Connection, database: string, passwords: { owner: string; app: string }): Promise<void> {
  await withClient({ ...admin, database: 'postgres' }, async (client) => {
    const there = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (there.rowCount === 1) return;
    await tolerant(client, `CREATE ROLE ${OWNER_ROLE} LOGIN PASSWORD ${client.escapeLiteral(passwords.owner)}`);
    await tolerant(client, `CREATE ROLE ${APP_ROLE} LOGIN PASSWORD ${client.escapeLiteral(passwords.app)}`);
    await tolerant(client, `CREATE DATABASE ${client.escapeIdentifier(database)} OWNER ${OWNER_ROLE}`);
    await client.query(`REVOKE ALL ON DATABASE ${client.escapeIdentifier(database)} FROM PUBLIC`);
    await client.query(`GRANT CONNECT, TEMPORARY ON DATABASE ${client.escapeIdentifier(database)} TO ${APP_ROLE}`);
  });
}

async function tolerant(client: pg.Client, statement: string): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!ALREADY_THERE.has(code)) throw error;
  }
}

/**
 * The connection to a log on a PostgreSQL server: the database that the connection names is the log `main`, and
 * `<database>_<log>` any other. Names as for `databaseNameOf`.
 */
export function serverConnection(connection: Connection, log: string): Connection {
  databaseNameOf(log);
  if (log === 'main') return connection;
  if (connection.connectionString === undefined) return { ...connection, database: `${connection.database ?? ''}_${log}` };
  const url = new URL(connection.connectionString);
  url.pathname = `${url.pathname}_${log}`;
  return { ...connection, connectionString: url.href };
}

/** Makes the database of a log on a server, as the owner named in `base`, where it is missing; that login may create databases. */
export async function ensureServerDatabase(base: Connection, log: string): Promise<void> {
  if (log === 'main') return;
  await withClient(base, async (client) => {
    const name = `${client.database ?? ''}_${log}`;
    const there = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (there.rowCount !== 1) await tolerant(client, `CREATE DATABASE ${client.escapeIdentifier(name)}`);
  });
}
