import { expect } from '@jest/globals';
import { appendEach, collect, errorOf, event, namesOf, positionsOf, range, until, type Cases } from './engine.js';
import { behindWire, IN_DOUBT, SHORT_ENGINE, storeOf } from './eventstore-harm.js';
import { REFUSED_OR_IN_DOUBT } from './harm.js';

/** Idempotency and unknown outcome, by the means of an event store. */
export const eventStoreIdempotencyCases: Cases = {
  I07: async (t) => {
    const { wire, client, close } = await behindWire(t);
    await client.append('warm', [event('warm')], 'NO_STREAM');
    wire.mode = 'SWALLOW';
    const pending = client.append('s', [event('a')], 'NO_STREAM');
    await until(async () => (await t.log.head()).position === 1);
    wire.mode = 'PASS';
    expect(await pending).toMatchObject({ revision: 0, position: 1 });
    expect(await t.log.readAll({})).toHaveLength(2);
    await close();
  },
  I08: async (t) => {
    const { wire, client, close } = await behindWire(t);
    await client.append('warm', [event('warm')], 'NO_STREAM');
    wire.mode = 'HOLD';
    expect(await errorOf(client.append('s', [event('a')], 'NO_STREAM', { deadlineMs: 250 }))).toMatchObject({ code: 'OutcomeUnknown', retryable: true });
    expect((await t.log.head()).position).toBe(0);
    wire.release();
    expect(await client.append('s', [event('a')], 'NO_STREAM')).toMatchObject({ revision: 0, position: 1 });
    await close();
    const { double } = storeOf(t);
    if (double === null) return;
    // Absent when it is read back, and it lands later: the repetition finds it.
    const late = double.faults.inject('append', { kind: 'LATE', written: false }, { times: 'UNTIL_CLEARED', stream: 't' });
    const other = await storeOf(t).client({ keepsIndex: false, timeouts: { ...SHORT_ENGINE, attemptMs: 5_000 } });
    const calledOff = new AbortController();
    const doubted = errorOf(other.append('t', [event('b')], 'NO_STREAM', { signal: calledOff.signal }));
    await late.hit();
    calledOff.abort();
    expect(await doubted).toMatchObject({ code: 'OutcomeUnknown' });
    late.clear();
    late.release();
    await until(async () => (await t.log.head()).position === 2);
    expect(await other.append('t', [event('b')], 'NO_STREAM')).toMatchObject({ revision: 0, position: 2 });
  },
  I09: async (t) => {
    const { wire, client, close } = await behindWire(t);
    wire.mode = 'HOLD';
    const doomed = errorOf(client.append('s', [event('a')], 'NO_STREAM', { deadlineMs: 500 }));
    const same = client.append('t', [event('b')], 'NO_STREAM', { deadlineMs: 30_000 });
    // Its transport breaks while another client's appends are on their way.
    const others = range(40).map((index) => t.log.append(`u-${String(index)}`, [event(`c-${String(index)}`)], 'NO_STREAM'));
    wire.cut();
    expect(await Promise.all(others)).toHaveLength(40);
    expect(IN_DOUBT).toContain((await doomed).code);
    wire.release();
    expect(await same).toMatchObject({ revision: 0 });
    await close();
  },
  I10: async (t) => {
    const { wire, client, close } = await behindWire(t, { timeouts: { ...SHORT_ENGINE, attemptMs: 5_000 } });
    await client.append('warm', [event('warm')], 'NO_STREAM');
    wire.mode = 'HOLD';
    expect(await errorOf(client.append('s', [event('a')], 'NO_STREAM', { deadlineMs: 200 }))).toMatchObject({ code: 'OutcomeUnknown' });
    wire.release();
    // The reply comes after its caller has gone; the client goes on.
    expect(await client.append('t', [event('b')], 'NO_STREAM')).toMatchObject({ revision: 0 });
    await close();
  },
};

/** Order and subscription, by the means of an event store. */
export const eventStoreOrderCases: Cases = {
  A21: async (t) => {
    const log = await storeOf(t).client({ limits: { groupEventsMax: 4, queueEventsMax: 20, queueBytesMax: 10_000 } });
    const tried = await Promise.allSettled(range(100).map((index) => log.append(`s-${String(index)}`, [event(String(index))], 'NO_STREAM')));
    const refused = tried.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(76);
    for (const one of refused) expect(one).toMatchObject({ reason: { code: 'Overloaded', retryable: true } });
    expect((await log.head()).position).toBe(23);
    expect(await errorOf(log.append('large', [event('large', 'x'.repeat(20_000))], 'NO_STREAM'))).toMatchObject({ code: 'Overloaded' });
    expect(await log.append('after', [event('after')], 'NO_STREAM')).toMatchObject({ revision: 0 });
  },
  S04: async (t) => {
    await t.log.append('s', [event('a')], 'NO_STREAM');
    const { wire, client, close } = await behindWire(t);
    wire.mode = 'HOLD';
    const refused = errorOf(client.append('t', [event('b')], 'NO_STREAM', { deadlineMs: 600 }));
    expect(await t.log.append('s', [event('c')], 0)).toMatchObject({ position: 1 });
    const { code, retryable } = await refused;
    expect(retryable).toBe(true);
    expect(REFUSED_OR_IN_DOUBT).toContain(code);
    wire.release();
    expect(await client.append('t', [event('b')], 'NO_STREAM')).toMatchObject({ revision: 0, position: 2 });
    expect(positionsOf(await collect(t.log, { after: 'START' }, (seen) => seen.length === 3))).toEqual([0, 1, 2]);
    await close();
  },
  S18: async (t) => {
    const { double, client } = storeOf(t);
    await appendEach(t.log, 's', ['a', 'b', 'c']);
    // What servers send in place of a position: one beyond everything, one whose second half is missing.
    await double?.subscriptions.checkpoint({ commit: 18_446_744_073_709_551_615n, prepare: 18_446_744_073_709_551_615n });
    await double?.subscriptions.checkpoint({ commit: 1_000n, prepare: 0n });
    await t.log.close();
    const restarted = await client();
    await restarted.append('s', [event('d')], 2);
    expect(namesOf(await restarted.readAll({}))).toEqual(['a', 'b', 'c', 'd']);
    expect((await restarted.readAll({})).map(({ position }) => position)).toEqual(range(4));
  },
  R07: async (t) => {
    await t.log.append('s', [event('a')], 'NO_STREAM');
    const { EventStoreDBClient } = await import('@eventstore/db-client');
    const raw = EventStoreDBClient.connectionString(storeOf(t).url);
    await raw.tombstoneStream(`${storeOf(t).namespace}s`);
    await raw.dispose();
    const other = await storeOf(t).client();
    expect(await errorOf(other.readStream('s'))).toMatchObject({ code: 'StreamDeleted', retryable: false });
    expect(await errorOf(other.append('s', [event('b')], 0))).toMatchObject({ code: 'StreamDeleted' });
    // The server's mark of it is no event of the log.
    expect((await t.log.head()).position).toBe(0);
  },
};
