import { createHash, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openEmbedded, withClient, type Connection } from '@assay/event-log';
import { systemCode } from './system-code.js';

export interface TestDatabase {
  readonly owner: Connection;
  readonly app: Connection;
  close(): Promise<void>;
}

/** One cluster per checkout and user, kept between runs, without fsync: a start takes a fraction of a second. */
const checkout = createHash('sha256').update(resolve('.')).digest('hex').slice(0, 12);
const CLUSTER = join(tmpdir(), `assay-test-${checkout}-${process.getuid?.() ?? 0}`);

/**
 * An empty database for one test file, in the cluster that all test files of this checkout share. Call it in
 * `beforeAll` and `close()` in `afterAll`, after the connections of the file are closed. Not for tests of durability
 * or of a server's death: these open a cluster of their own with `openEmbedded`.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const log = `t-${process.pid}-${randomUUID().slice(0, 8)}`;
  const embedded = await openEmbedded({ dataDir: CLUSTER, log, durable: false });
  await dropLeftOvers(embedded);
  return {
    owner: embedded.owner,
    app: embedded.app,
    close: async () => {
      await dropDatabase(embedded);
      await embedded.close();
    },
  };
}

/** Ends the login's other connections to its database, and waits until they are gone; each login may end only its own. Answers how many there were. */
export async function terminateBackends(login: Connection, queryLike = '%'): Promise<number> {
  const statement = 'SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() AND query LIKE $1';
  return withClient(login, async (client) => (await client.query(statement, [queryLike])).rowCount ?? 0);
}

/** Drops a database that a test may have left connections to. Not by force: its owner may not end an autovacuum worker, the server may. */
export async function dropDatabase({ owner, app }: { readonly owner: Connection; readonly app: Connection }): Promise<void> {
  await terminateBackends(app);
  await terminateBackends(owner);
  await withClient({ ...owner, database: 'postgres' }, (client) => client.query(`DROP DATABASE ${client.escapeIdentifier(owner.database ?? '')}`));
}

/** Databases of test processes that were killed. */
async function dropLeftOvers({ owner, app }: { readonly owner: Connection; readonly app: Connection }): Promise<void> {
  const { rows } = await withClient(owner, (client) => client.query<{ datname: string }>(`SELECT datname FROM pg_database WHERE datname LIKE 'assay\\_t-%'`));
  for (const { datname: database } of rows) {
    // Another test file may be at it too.
    if (!isAlive(Number(database.split('-')[1]))) await dropDatabase({ owner: { ...owner, database }, app: { ...app, database } }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}
