import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectDbClient, NO_STREAM, openEventStoreLog } from '@assay/event-log';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { EventStoreDouble } from './double.js';

let database: TestDatabase;
let follower: EventStoreDouble;
let leader: EventStoreDouble;
beforeEach(async () => {
  [database, leader] = [await testDatabase(), await EventStoreDouble.start()];
  const leads = { host: '127.0.0.1', port: leader.port };
  follower = await EventStoreDouble.start({ follows: leads });
  // A server hands appends on to its leader; this one has none to hand them to.
  follower.faults.inject('append', { kind: 'FAIL', failure: 'NOT_LEADER', leader: leads }, { times: 'UNTIL_CLEARED' });
});
afterEach(async () => {
  await follower.close();
  await leader.close();
  await database.close();
});

/** A follower may lag: what it does not show is no proof that it is not there. It says who leads, and the client goes there. */
describe('a log whose address is that of a follower', () => {
  it('is read and written at the leader', async () => {
    const [followed, led] = [follower.eventCount, leader.eventCount];
    const log = await openEventStoreLog({ connect: () => connectDbClient(follower.url), ...database });
    for (const revision of [NO_STREAM, 0, 1] as const) await log.append('s-1', [{ id: randomUUID(), type: 'Tested', schemaVersion: 1, data: {}, meta: {} }], revision);
    const other = await openEventStoreLog({ connect: () => connectDbClient(follower.url), app: database.app, keepsIndex: false });
    expect(await other.readStream('s-1')).toHaveLength(3);
    await other.probe();
    await other.close();
    await log.close();
    // Which log it is, and the three.
    expect([follower.eventCount - followed, leader.eventCount - led]).toEqual([0, 4]);
  });
});
