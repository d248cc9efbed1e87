import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectDbClient, NO_STREAM, openEventStoreLog } from '@assay/event-log';
import { testDatabase } from '../support/database.js';
import { EventStoreDouble } from './double.js';

const STREAM = 's-1';
const SILENCE_MS = 10_000;
type EngineClient = Awaited<ReturnType<typeof connectDbClient>>;

let double: EventStoreDouble;
let client: EngineClient;
beforeEach(async () => {
  double = await EventStoreDouble.start();
  client = await connectDbClient(double.url);
  await client.append({ stream: STREAM, expected: -1, events: [{ id: randomUUID(), type: 'Tested', body: Buffer.from('{}'), metadata: Buffer.from('{}') }] });
  await client.describe(STREAM, { assayLog: randomUUID() }, SILENCE_MS);
});
afterEach(() => double.close());

/** The client ends what is under way on a connection that is given up without an error, as if there were nothing more. */
describe('on a connection that is given up', () => {
  it.each<[string, (on: EngineClient) => Promise<unknown>]>([
    ['the reading of a stream', (on) => on.readStream({ stream: STREAM, from: 0, direction: 'FORWARDS', max: 10 }, SILENCE_MS)],
    ['the reading of everything', (on) => on.readAll({ from: null, direction: 'FORWARDS', max: 10 }, SILENCE_MS)],
    ['the reading of what a stream is', (on) => on.metadataOf(STREAM, SILENCE_MS)],
  ])('%s fails: nothing is not what was there', async (_what, read) => {
    expect(await read(client)).not.toBeNull();
    const hanging = double.faults.inject('read', { kind: 'HANG', after: 0 });
    const outcome = read(client).then((found) => found, (error: unknown) => error);
    await hanging.hit();
    await client.dispose();
    expect(await outcome).toMatchObject({ code: 'Unavailable', retryable: true });
  });

  it('the reading of a log is done again over the next one', async () => {
    const database = await testDatabase();
    const keeper = await openEventStoreLog({ connect: () => connectDbClient(double.url), ...database, namespace: 'n-' });
    await keeper.append('read', [{ id: randomUUID(), type: 'Tested', schemaVersion: 1, data: {}, meta: {} }], NO_STREAM);
    const log = await openEventStoreLog({ connect: () => connectDbClient(double.url), app: database.app, keepsIndex: false, namespace: 'n-', timeouts: { attemptMs: 300 } });
    const hanging = double.faults.inject('read', { kind: 'HANG', after: 0 }, { stream: 'n-read' });
    const found = log.readStream('read');
    await hanging.hit();
    // Its reply does not come, so that the connection of both is given up.
    double.faults.inject('append', { kind: 'HANG', written: true }, { stream: 'n-append' });
    expect(await log.append('append', [{ id: randomUUID(), type: 'Tested', schemaVersion: 1, data: {}, meta: {} }], NO_STREAM)).toMatchObject({ revision: 0 });
    expect(await found).toHaveLength(1);
    await log.close();
    await keeper.close();
    await database.close();
  });
});
