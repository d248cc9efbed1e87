import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { openEmbedded, POSTGRES_DECLARED, type Embedded } from '@assay/event-log';
import { dropDatabase, testDatabase } from '../support/database.js';
import { homeOf, syncFaster } from '../support/server-processes.js';
import { logConformance } from './log.conformance.js';
import { openSqlLog, processOf, type SqlDatabase } from './sql-engine.js';

/** A cluster of its own, with fsync: its server is killed and frozen here. */
let folder: string;
let embedded: Embedded;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-conformance-'));
  await chmod(folder, 0o711);
  embedded = await openEmbedded({ dataDir: folder });
  syncFaster(homeOf(folder));
}, 120_000);
afterAll(async () => {
  await embedded.close();
  await rm(folder, { recursive: true, force: true });
}, 120_000);

async function database(): Promise<SqlDatabase> {
  const { owner, app, close } = await openEmbedded({ dataDir: folder, log: `case-${(count += 1)}` });
  return { owner, app, close: () => dropDatabase({ owner, app }).then(close) };
}

logConformance({
  name: 'embedded PostgreSQL',
  adapterDeclares: POSTGRES_DECLARED,
  open: () => openSqlLog({ database, elsewhere: testDatabase, server: processOf(embedded, folder) }),
});
