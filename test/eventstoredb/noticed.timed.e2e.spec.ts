import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { connectDbClient, NO_STREAM, openEventStoreLog, type EventStoreLog } from '@assay/event-log';
import { testDatabase } from '../support/database.js';
import { EventStoreDouble } from './double.js';

// What must hold (`architecture.md`, EventStoreDB adapter): a server that says nothing is noticed within 5 s, with the
// time-outs that are served with. Of three turns the shortest counts: others at work on this machine only add.
const NOTICED_MS_MAX = 5_000;
const TURNS = 3;

const append = (log: EventStoreLog, stream: string) => log.append(stream, [{ id: randomUUID(), type: 'Tested', schemaVersion: 1, data: {}, meta: {} }], NO_STREAM);
async function took(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

it('a subscription that says nothing is noticed, and so is a frozen server by who reads', async () => {
  const [subscribed, read]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const [database, double] = [await testDatabase(), await EventStoreDouble.start()];
    const silent = double.faults.inject('subscribe', { kind: 'HANG' });
    const log = await openEventStoreLog({ connect: () => connectDbClient(double.url), ...database });
    subscribed.push(
      await took(async () => {
        await append(log, 's-1');
        while ((await log.head()).position < 0) await delay(5);
      }),
    );
    expect(silent.hits).toBe(1);
    const reader = await openEventStoreLog({ connect: () => connectDbClient(double.url), app: database.app, keepsIndex: false });
    double.freeze();
    read.push(await took(() => expect(reader.readStream('s-1')).rejects.toMatchObject({ code: 'Unavailable' })));
    double.thaw();
    await reader.close();
    await log.close();
    await double.close();
    await database.close();
  }
  process.stdout.write(`${JSON.stringify({ subscribed: subscribed.map(Math.round), read: read.map(Math.round) })}\n`);
  expect(Math.min(...subscribed)).toBeLessThan(NOTICED_MS_MAX);
  expect(Math.min(...read)).toBeLessThan(NOTICED_MS_MAX);
}, 180_000);
