import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectDbClient, NO_STREAM, openEventStoreLog, type EventStoreLog } from '@assay/event-log';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { EventStoreDouble } from './double.js';

const STREAM = 's-1';
const event = () => ({ id: randomUUID(), type: 'Tested', schemaVersion: 1, data: {}, meta: { actor: 'ann' } });

let database: TestDatabase;
let double: EventStoreDouble;
let log: EventStoreLog;
beforeEach(async () => {
  [database, double] = [await testDatabase(), await EventStoreDouble.start()];
  log = await openEventStoreLog({ connect: () => connectDbClient(double.url), ...database, timeouts: { attemptMs: 2_000 } });
});
afterEach(async () => {
  await log.close();
  await double.close();
  await database.close();
});

/** `Unavailable` says that nothing was done; of an append that was sent nobody knows that until the log has been read. */
describe('an append in doubt whose reading back fails', () => {
  it('is read back again, and answered as what it is: done', async () => {
    double.faults.inject('append', { kind: 'HANG', written: true }, { stream: STREAM });
    const reading = double.faults.inject('read', { kind: 'FAIL', failure: 'UNAVAILABLE' }, { stream: STREAM });
    expect(await log.append(STREAM, [event()], NO_STREAM)).toMatchObject({ revision: 0, position: 0 });
    expect(reading.hits).toBe(1);
  });

  it('is read back again, and answered as what it is: too late', async () => {
    const first = double.faults.inject('append', { kind: 'HANG', written: false }, { stream: STREAM });
    const reading = double.faults.inject('read', { kind: 'FAIL', failure: 'UNAVAILABLE' }, { stream: STREAM });
    const late = log.append(STREAM, [event()], NO_STREAM).catch((error: unknown) => error);
    await first.hit();
    await log.append(STREAM, [event()], NO_STREAM);
    expect(await late).toMatchObject({ code: 'RevisionConflict', facts: { actual: 0 } });
    expect(reading.hits).toBe(1);
  });

  it('is unknown where no reading back succeeds', async () => {
    double.faults.inject('append', { kind: 'HANG', written: true }, { stream: STREAM });
    double.faults.inject('read', { kind: 'FAIL', failure: 'UNAVAILABLE' }, { stream: STREAM, times: 'UNTIL_CLEARED' });
    expect(await log.append(STREAM, [event()], NO_STREAM, { deadlineMs: 6_000 }).catch((error: unknown) => error)).toMatchObject({ code: 'OutcomeUnknown' });
  });
});
