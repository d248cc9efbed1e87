import { openPostgresLog, withClient, type Connection, type Embedded, type PostgresLog } from '@assay/event-log';
import type { SqlAccess, TestLog } from './engine.js';

/** What a SQL engine is made of: where an empty database comes from, and what may be done to the server. */
export interface SqlDatabase {
  readonly owner: Connection;
  readonly app: Connection;
  readonly close: () => Promise<void>;
}
export interface SqlEngineOptions {
  readonly database: () => Promise<SqlDatabase>;
  readonly elsewhere: () => Promise<SqlDatabase>;
  readonly server: SqlAccess['server'];
}

/** A fresh log in a fresh database. */
export async function openSqlLog({ database, elsewhere, server }: SqlEngineOptions): Promise<TestLog> {
  const { owner, app, close } = await database();
  const log = await openPostgresLog({ app, owner });
  const client = (options: Partial<Parameters<typeof openPostgresLog>[0]>): Promise<PostgresLog> => openPostgresLog({ app, ...options });
  return {
    log,
    another: () => client({}),
    setClock: (ms) => setClock(owner, ms),
    sql: { owner, app, client, elsewhere, server },
    close: async () => {
      await log.close();
      await close();
    },
  };
}

/** The clock is a function of the schema; only its owner can put another in its place. */
async function setClock(owner: Connection, ms: number | null): Promise<void> {
  const clock = ms === null ? 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint' : `${ms}::bigint`;
  await withClient(owner, (client) => client.query(`CREATE OR REPLACE FUNCTION assay.clock() RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT ${clock} $$`));
}

/** The server's process of an embedded cluster. */
export const processOf = (embedded: Embedded, dataDir: string): SqlAccess['server'] => ({ pid: () => embedded.pid(), dataDir });
