import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { urlOf } from '../../../test/support/graphql-app.js';
import { openRuntime, type Runtime } from './open-runtime.js';

const ROUNDS = 4;
const PROCESSES = 6;

describe('a log with everything behind it', () => {
  let database: TestDatabase;
  let dataDir: string;
  beforeAll(async () => {
    database = await testDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'assay-runtime-'));
  });
  afterAll(async () => {
    await database.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('is opened by several at once, the first time and later', async () => {
    const urls = { databaseUrl: urlOf(database.app), databaseOwnerUrl: urlOf(database.owner) };
    const told: unknown[] = [];
    const open = (): Promise<Runtime> => openRuntime({ dataDir, log: 'main', ...urls, viewsLater: true, say: (line) => told.push(line), onParked: (work) => told.push(work), onError: (error) => told.push(error) });
    for (let round = 0; round < ROUNDS; round += 1) {
      const opened = await Promise.allSettled(Array.from({ length: PROCESSES }, open));
      const failures = opened.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      for (const one of opened) if (one.status === 'fulfilled') await one.value.close();
      expect(failures).toEqual([]);
    }
    expect(told).toEqual([]);
  });
});
