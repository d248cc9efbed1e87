import { createHash, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openEmbedded, withClient, type Connection } from '@assay/event-log';

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
  await dropLeftOvers(embedded.owner);
  return {
    owner: embedded.owner,
    app: embedded.app,
    close: async () => {
      await drop(embedded.owner, embedded.owner.database ?? '');
      await embedded.close();
    },
  };
}

const maintenance = (owner: Connection): Connection => ({ ...owner, database: 'postgres' });

async function drop(owner: Connection, database: string): Promise<void> {
  await withClient(maintenance(owner), (client) => client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(database)} WITH (FORCE)`));
}

/** Databases of test processes that were killed. */
async function dropLeftOvers(owner: Connection): Promise<void> {
  const { rows } = await withClient(maintenance(owner), (client) =>
    client.query<{ datname: string }>(`SELECT datname FROM pg_database WHERE datname LIKE 'assay\\_t-%'`),
  );
  for (const { datname } of rows) {
    if (!isAlive(Number(datname.split('-')[1]))) await drop(owner, datname).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
