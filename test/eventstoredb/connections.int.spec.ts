import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { connectDbClient, NO_STREAM, openEventStoreLog } from '@assay/event-log';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { EventStoreDouble } from './double.js';

const STREAM = 's-1';
const MINUTES = 120_000;
const READ_MS = 5_000;

let double: EventStoreDouble;
beforeEach(async () => {
  double = await EventStoreDouble.start();
});
afterEach(() => double.close());

const allClosed = async (): Promise<void> => {
  while (double.connections > 0) await delay(50);
};
const read = async (client: Awaited<ReturnType<typeof connectDbClient>>): Promise<unknown> => client.readAll({ from: null, direction: 'FORWARDS', max: 1 }, READ_MS);

describe('the connections of a client', () => {
  it(
    'are closed with it, also that over which a read hangs',
    async () => {
      const clients = await Promise.all(Array.from({ length: 3 }, () => connectDbClient(double.url)));
      await Promise.all(clients.map(read));
      expect(double.connections).toBeGreaterThanOrEqual(clients.length);
      const hanging = double.faults.inject('read', { kind: 'HANG', after: 0 });
      const outcome = clients[0]?.readStream({ stream: STREAM, from: 0, direction: 'FORWARDS', max: 1 }, MINUTES).catch((error: unknown) => error);
      await hanging.hit();
      await Promise.all(clients.map((client) => client.dispose()));
      await allClosed();
      expect(await outcome).toMatchObject({ code: 'Unavailable' });
    },
    MINUTES,
  );

  it(
    'are closed with the log',
    async () => {
      const database: TestDatabase = await testDatabase();
      const log = await openEventStoreLog({ connect: () => connectDbClient(double.url), ...database });
      await log.append(STREAM, [{ id: randomUUID(), type: 'Tested', schemaVersion: 1, data: {}, meta: {} }], NO_STREAM);
      await log.close();
      await allClosed();
      await database.close();
    },
    MINUTES,
  );

  it('are each one’s own, also where the address names a keep-alive', async () => {
    const before = double.connections;
    const clients = await Promise.all([1, 2].map(() => connectDbClient(`${double.url}&keepAliveTimeout=20000`)));
    await Promise.all(clients.map(read));
    // Each stands twice: from the client, and on to the server.
    expect(double.connections - before).toBe(2 * clients.length);
    await Promise.all(clients.map((client) => client.dispose()));
  });
});

describe('an address with a password in it', () => {
  it.each(['esdb://admin:s3cret@127.0.0.1:1?tls=true&tlsVerifyCert=false', 'esdb://admin:s3cret@127.0.0.1:1?tls=true&tlsCaFle=x', 'esdb://admin:s3c:ret@127.0.0.1:1', 'esdb://admin:s3c@ret@127.0.0.1:1', 'esdb://admin:s3cret@127.0.0.1:port', 'esdb://admin:s3cr%et@127.0.0.1:1'])('is nowhere said where it will not do: %s', async (address) => {
    const said = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const error = await connectDbClient(address).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'Unavailable' });
    expect(JSON.stringify([said.mock.calls, String(error), error])).not.toMatch(/s3c|ret@/);
    said.mockRestore();
  });
});
