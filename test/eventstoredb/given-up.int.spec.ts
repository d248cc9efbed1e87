import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectDbClient } from '@assay/event-log';
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
});
