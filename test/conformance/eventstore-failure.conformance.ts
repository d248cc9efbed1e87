import { expect } from '@jest/globals';
import { connectDbClient, openEventStoreLog, type EventStoreLog } from '@assay/event-log';
import { EventStoreDouble } from '../eventstoredb/double.js';
import { testDatabase } from '../support/database.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { appendEach, collect, errorOf, event, events, positionsOf, range, until, type Cases } from './engine.js';
import { behindWire, doubleOf, IN_DOUBT, SHORT_ENGINE, storeOf } from './eventstore-harm.js';
import { writeAndDie } from './harm.js';

/** Failure and recovery, by the means of an event store. */
export const eventStoreFailureCases: Cases = {
  F01: async (t) => {
    const { url, client, double } = storeOf(t);
    await t.log.close();
    const wire = await FaultProxy.to({ connectionString: url });
    const log = await client({ url: wire.connection.connectionString ?? '', timeouts: SHORT_ENGINE });
    await log.append('s', events('a', 10), 'NO_STREAM');
    const tail = collect(log, { after: 'START' }, (seen) => seen.length >= 30);
    wire.refusing = true;
    wire.cut();
    await double?.stop();
    await double?.start();
    const pending = log.append('s', events('b', 20), 9);
    wire.refusing = false;
    expect(await pending).toMatchObject({ revision: 29 });
    expect(positionsOf(await tail)).toEqual(range(30));
    await log.close();
    await wire.close();
  },
  F02: async (t) => {
    const { wire, client, close } = await behindWire(t);
    await client.append('warm', [event('warm')], 'NO_STREAM');
    wire.mode = 'HOLD';
    const before = client.append('s', [event('a')], 'NO_STREAM');
    await new Promise((resolve) => setImmediate(resolve));
    wire.cut();
    wire.release();
    expect(await before).toMatchObject({ revision: 0, position: 1 });
    wire.mode = 'SWALLOW';
    const after = client.append('s', [event('b')], 0);
    await until(async () => (await t.log.head()).position === 2);
    wire.cut();
    wire.mode = 'PASS';
    expect(await after).toMatchObject({ revision: 1, position: 2 });
    expect(await t.log.readAll({})).toHaveLength(3);
    await close();
  },
  F03: async (t) => {
    const { url, app, namespace } = storeOf(t);
    const wire = await FaultProxy.to({ connectionString: url });
    const address = wire.connection.connectionString ?? '';
    wire.refusing = true;
    const open = (): Promise<EventStoreLog> => openEventStoreLog({ connect: () => connectDbClient(address), app, namespace });
    expect(await errorOf(open())).toMatchObject({ code: 'Unavailable', retryable: true });
    wire.refusing = false;
    const log = await open();
    expect(await log.append('s', [event('a')], 'NO_STREAM')).toMatchObject({ revision: 0 });
    await log.close();
    await wire.close();
  },
  F04: async (t) => {
    const double = doubleOf(t);
    const tail = collect(t.log, { after: 'START' }, (seen) => seen.length >= 6);
    await appendEach(t.log, 's', ['a', 'b', 'c']);
    double.subscriptions.end();
    await appendEach(t.log, 't', ['d', 'e', 'f']);
    expect(positionsOf(await tail)).toEqual(range(6));
  },
  F05: async (t) => {
    const double = doubleOf(t);
    await t.log.append('s', [event('a')], 'NO_STREAM');
    const broken = double.faults.inject('append', { kind: 'FAIL', failure: 'INTERNAL' }, { times: 2 });
    expect(await t.log.append('s', [event('b')], 0)).toMatchObject({ revision: 1, position: 1 });
    expect(broken.hits).toBe(2);
  },
  F06: async (t) => {
    const double = doubleOf(t);
    const other = await storeOf(t).client({ keepsIndex: false, timeouts: SHORT_ENGINE });
    const silent = double.faults.inject('features', { kind: 'HANG' });
    expect(await other.append('s', [event('a')], 'NO_STREAM')).toMatchObject({ revision: 0, position: 0 });
    expect(silent.hits).toBe(1);
  },
  F07: async (t) => {
    const double = doubleOf(t);
    double.faults.inject('append', { kind: 'FAIL', failure: 'NOT_LEADER', leader: { host: '127.0.0.1', port: double.port } });
    expect(await t.log.append('s', [event('a')], 'NO_STREAM')).toMatchObject({ revision: 0, position: 0 });
  },
  F08: async (t) => {
    const double = doubleOf(t);
    await t.log.close();
    // The subscription is taken and says nothing, while everything else answers.
    const silent = double.faults.inject('subscribe', { kind: 'HANG' });
    // The answer waits for the index for longer than the case may take: its position comes since the silence was noticed.
    const log = await storeOf(t).client({ timeouts: { placeMs: 600_000 } });
    expect(await log.append('s', [event('a')], 'NO_STREAM')).toMatchObject({ revision: 0, position: 0 });
    expect((await log.head()).position).toBe(0);
    expect(silent.hits).toBe(1);
  },
  F11: async (t) => {
    const database = await testDatabase();
    const { app, owner } = database;
    const double = await EventStoreDouble.start({ tls: true });
    const open = (url: string): Promise<EventStoreLog> => openEventStoreLog({ connect: () => connectDbClient(url), app, owner });
    try {
      for (const credentials of ['admin:wrong', null]) expect(await errorOf(open(double.urlFor({ credentials })))).toMatchObject({ code: 'Unauthorized', retryable: false });
      // It looks like a server that is down; what it is, is said.
      for (const wrong of [double.urlFor({ authority: false }), double.urlFor({ tls: false })]) expect(await errorOf(open(wrong))).toMatchObject({ code: 'Unavailable', message: expect.stringMatching(/certificate|TLS/) });
      const log = await open(double.url);
      expect(await log.append('s', [event('a')], 'NO_STREAM')).toMatchObject({ position: 0 });
      await log.close();
      expect(await t.log.readAll({})).toEqual([]);
    } finally {
      await double.close();
      await database.close();
    }
  },
  F12: async (t) => {
    const { wire, client } = await behindWire(t);
    await client.append('warm', [event('warm')], 'NO_STREAM');
    const tail = collect(client, { after: 'END' }, () => false);
    wire.mode = 'HOLD';
    const pending = range(40).map((index) => errorOf(client.append(`s-${String(index)}`, [event(String(index))], 'NO_STREAM')));
    await new Promise((resolve) => setImmediate(resolve));
    const closing = client.close();
    wire.cut();
    for (const { code } of await Promise.all(pending)) expect([...IN_DOUBT, 'Aborted']).toContain(code);
    await closing;
    await tail;
    expect(await errorOf(client.append('s', [event('x')], 'NO_STREAM'))).toMatchObject({ code: 'Unavailable' });
    await wire.close();
  },
  F13: async (t) => {
    const { url, app, namespace, double } = storeOf(t);
    const acknowledged = await writeAndDie({ eventStore: url, app, namespace }, 50);
    expect(acknowledged.length).toBeGreaterThanOrEqual(50);
    const writers = range(4).map((writer) => appendEach(t.log, `load-${String(writer)}`, range(30).map((index) => `${String(writer)}/${String(index)}`)));
    // As kill -9 of the server does: connections break, and what was acknowledged is there when it is up again.
    for (let round = 0; round < 2; round += 1) {
      await double?.stop();
      await double?.start();
    }
    await Promise.all(writers);
    const all = await t.log.readAll({});
    const ids = all.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(acknowledged.filter((id) => !ids.includes(id))).toEqual([]);
    expect(all.map(({ position }) => position)).toEqual(range(ids.length));
  },
  F18: async (t) => {
    const frozen = await behindWire(t, { timeouts: { ...SHORT_ENGINE, silenceMs: 1_500, readMs: 20_000 } });
    const { wire, client, close } = await behindWire(t);
    await client.append('s', [event('a')], 'NO_STREAM');
    expect(await frozen.client.readStream('s')).toHaveLength(1);
    // Connections stay open and new ones are accepted, and nothing is answered: as a server does that is frozen.
    for (const one of [wire, frozen.wire]) one.mode = 'HOLD';
    // It is the silence that ends it: its deadline is later than that of the case.
    expect(await errorOf(frozen.client.append('s', [event('b')], 0, { deadlineMs: 600_000 }))).toMatchObject({ code: 'OutcomeUnknown' });
    expect(await errorOf(client.readStream('s'))).toMatchObject({ code: 'Unavailable' });
    for (const one of [wire, frozen.wire]) one.release();
    expect(await client.append('s', [event('b')], 0)).toMatchObject({ revision: 1, position: 1 });
    expect(await t.log.readAll({})).toHaveLength(2);
    await frozen.close();
    await close();
  },
  F19: async (t) => {
    const { app, namespace } = storeOf(t);
    for (const url of ['esdb://127.0.0.1:1?tls=false', 'esdb://no-such-host.invalid:2113?tls=false']) {
      expect(await errorOf(openEventStoreLog({ connect: () => connectDbClient(url), app, namespace }))).toMatchObject({ code: 'Unavailable', retryable: true });
    }
    // Appends of a client whose server is away fail with an error that has no type of its own.
    const { wire, client, close } = await behindWire(t);
    wire.refusing = true;
    wire.cut();
    expect(IN_DOUBT).toContain((await errorOf(client.append('s', [event('a')], 'NO_STREAM', { deadlineMs: 500 }))).code);
    await close();
  },
  F23: async (t) => {
    const { app, namespace, double } = storeOf(t);
    await appendEach(t.log, 's', ['a', 'b', 'c']);
    await t.log.close();
    const otherLog = await EventStoreDouble.start();
    const elsewhere = await testDatabase();
    await (await openEventStoreLog({ connect: () => connectDbClient(otherLog.url), ...elsewhere })).close();
    const open = (url: string): Promise<EventStoreLog> => openEventStoreLog({ connect: () => connectDbClient(url), app, namespace });
    expect(await errorOf(open(otherLog.url))).toMatchObject({ code: 'LogDiverged', retryable: false });
    const older = double?.copy({ upTo: 1 });
    if (older !== undefined) {
      const restored = await older;
      expect(await errorOf(open(restored.url))).toMatchObject({ code: 'LogDiverged', retryable: false });
      await restored.close();
    }
    // The log itself opens as before.
    const same = await storeOf(t).client();
    expect(await same.readAll({})).toHaveLength(3);
    await otherLog.close();
    await elsewhere.close();
  },
};
