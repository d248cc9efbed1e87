import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectDbClient, NO_STREAM, openEventStoreLog, type EventStoreLog } from '@assay/event-log';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { EventStoreDouble } from './double.js';

const event = () => ({ id: randomUUID(), type: 'Tested', schemaVersion: 1, data: {}, meta: { actor: 'ann' } });

let database: TestDatabase;
let double: EventStoreDouble;
let log: EventStoreLog;
let failures: number;
beforeEach(async () => {
  [database, double, failures] = [await testDatabase(), await EventStoreDouble.start(), 0];
  log = await openEventStoreLog({ connect: () => connectDbClient(double.url), ...database, onError: () => void (failures += 1) });
  await log.append('s-1', [event()], NO_STREAM);
});
afterEach(async () => {
  await log.close();
  await double.close();
  await database.close();
});
const failedTimes = async (times: number): Promise<void> => {
  while (failures < times) await delay(20);
};

/** The kernel takes connections for a server that is frozen, and nothing ever comes over them. */
describe('a log whose server is frozen', () => {
  it('finds so again on each connection that it tries, and goes on once the server does', async () => {
    double.freeze();
    await failedTimes(3);
    double.thaw();
    expect(await log.append('s-1', [event()], 0)).toMatchObject({ revision: 1, position: 1 });
  });

  it('closes while it tries one', async () => {
    double.freeze();
    await failedTimes(1);
    await double.frozenBytes();
    await log.close();
    await expect(log.append('s-1', [event()], 0)).rejects.toMatchObject({ code: 'Unavailable' });
  });

  it('is not opened', async () => {
    double.freeze();
    await expect(openEventStoreLog({ connect: () => connectDbClient(double.url), ...database })).rejects.toMatchObject({ code: 'Unavailable', retryable: true });
  });
});
