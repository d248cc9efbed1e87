import { expect } from '@jest/globals';
import { personalText, defineEvents, type EventMeta } from '@assay/domain';
import { EventCodec, EventStore, memoryKeyStore } from '@assay/event-log';
import { z } from 'zod';
import { FaultProxy } from '../support/fault-proxy.js';
import { appendEach, errorOf, event, events, idOf, namesOf, until, type Cases } from './engine.js';

const SHORT = { statementMs: 300, lockMs: 200, callMs: 400 };
const definitions = defineEvents({ Noted: { version: 1, doc: 'A note.', data: z.strictObject({ note: personalText() }) } });
const meta: EventMeta = { actor: 'ada', authority: 'SELF', commandId: idOf('c'), commandDigest: '0'.repeat(64), correlationId: idOf('c') };

/** Idempotency and unknown outcome (`conformance.md`). */
export const idempotencyCases: Cases = {
  I01: async ({ log }) => {
    const first = await log.append('s', events('a', 3), 'NO_STREAM');
    expect(await log.append('s', events('a', 3), 'NO_STREAM')).toEqual(first);
    expect(await log.readAll({})).toHaveLength(3);
  },
  I02: async ({ log }) => {
    const first = await log.append('s', events('a', 2), 'NO_STREAM');
    const second = await log.append('s', [event('b')], 1);
    await log.append('s', [event('c')], 2);
    expect(await log.append('s', events('a', 2), 'NO_STREAM')).toEqual(first);
    expect(await log.append('s', [event('b')], 1)).toEqual(second);
    expect(await log.readAll({})).toHaveLength(4);
  },
  I03: async ({ log, another }) => {
    const first = await log.append('s', events('a', 2), 'NO_STREAM');
    await log.append('s', [event('b')], 1);
    const restarted = await another();
    expect(await restarted.append('s', events('a', 2), 'NO_STREAM')).toEqual(first);
    await restarted.close();
  },
  I04: async ({ log }) => {
    await log.append('s', events('a', 3), 'NO_STREAM');
    const digest = JSON.stringify((await log.readAll({})).map(({ id, body }) => [id, Buffer.from(body).toString()]));
    const overlaps = [
      () => log.append('s', [...events('a', 3), event('more')], 'NO_STREAM'),
      () => log.append('s', [event('a-2'), event('more')], 1),
      () => log.append('s', [event('a-2'), event('more')], 2),
    ];
    for (const overlap of overlaps) expect(await errorOf(overlap())).toMatchObject({ code: 'DuplicateMismatch', retryable: false });
    expect(JSON.stringify((await log.readAll({})).map(({ id, body }) => [id, Buffer.from(body).toString()]))).toBe(digest);
  },
  I05: async ({ log }) => {
    await log.append('s', [event('a')], 'NO_STREAM');
    expect(await errorOf(log.append('t', [event('a')], 'NO_STREAM'))).toMatchObject({ code: 'DuplicateMismatch' });
    expect(await errorOf(log.append('s', [event('a')], 0))).toMatchObject({ code: 'DuplicateMismatch' });
  },
  I06: async ({ log, another }) => {
    await log.append('s', [event('a')], 'NO_STREAM');
    const changes = [event('a', { other: 1 }), event('a', undefined, { type: 'Other' }), event('a', undefined, { schemaVersion: 2 }), event('a', undefined, { meta: { actor: 'other' } })];
    for (const changed of changes) expect(await errorOf(log.append('s', [changed], 'NO_STREAM'))).toMatchObject({ code: 'DuplicateMismatch' });
    expect(namesOf(await log.readStream('s'))).toEqual(['a']);
    // At one moment neither stands in the log yet: from one process, and from two.
    const other = await another();
    for (const [stream, second] of [['t', log], ['u', other]] as const) {
      const appends = [log, second].map((by, n) => by.append(stream, [event(stream, { n }), event(`${stream}-last`)], 'NO_STREAM'));
      const outcomes = await Promise.allSettled(appends);
      const won = outcomes.findIndex(({ status }) => status === 'fulfilled');
      expect(outcomes[1 - won]).toMatchObject({ status: 'rejected', reason: { code: 'DuplicateMismatch' } });
      expect((await log.readStream(stream)).map(({ body }) => Buffer.from(body).toString())).toEqual([`{"n":${String(won)}}`, `{"name":"${stream}-last"}`]);
    }
    await other.close();
  },
  I07: async ({ log, sql }) => {
    const proxy = await FaultProxy.to(sql.app);
    const client = await sql.client({ app: proxy.connection, timeouts: SHORT });
    await client.append('warm', [event('warm')], 'NO_STREAM');
    proxy.mode = 'SWALLOW';
    const pending = client.append('s', [event('a')], 'NO_STREAM');
    await until(async () => (await log.head()).position === 1);
    proxy.mode = 'PASS';
    expect(await pending).toMatchObject({ revision: 0, position: 1 });
    expect(await log.readAll({})).toHaveLength(2);
    await client.close();
    await proxy.close();
  },
  I08: async ({ log, sql }) => {
    const proxy = await FaultProxy.to(sql.app);
    // The connection outlives the deadline: what is kept back on it must still get to the server.
    const client = await sql.client({ app: proxy.connection });
    await client.append('warm', [event('warm')], 'NO_STREAM');
    // Kept back on the wire: absent when it is read back, and it lands later.
    proxy.mode = 'HOLD';
    expect(await errorOf(client.append('s', [event('a')], 'NO_STREAM', { deadlineMs: 1_000 }))).toMatchObject({ code: 'OutcomeUnknown', retryable: true });
    expect((await log.head()).position).toBe(0);
    proxy.release();
    await until(async () => (await log.head()).position === 1);
    expect(await client.append('s', [event('a')], 'NO_STREAM')).toMatchObject({ revision: 0, position: 1 });
    // Nothing ever arrives and nothing was ever sent: that is no doubt.
    proxy.refusing = true;
    proxy.cut();
    const code = (await errorOf(client.append('t', [event('b')], 'NO_STREAM', { deadlineMs: 300 }))).code;
    expect(['OutcomeUnknown', 'Unavailable']).toContain(code);
    await client.close();
    await proxy.close();
  },
  I09: async ({ log, sql }) => {
    const proxy = await FaultProxy.to(sql.app);
    const client = await sql.client({ app: proxy.connection, timeouts: SHORT });
    const called = new AbortController();
    proxy.mode = 'HOLD';
    const doomed = errorOf(client.append('s', [event('a')], 'NO_STREAM', { deadlineMs: 150, signal: called.signal }));
    const same = client.append('t', [event('b')], 'NO_STREAM', { deadlineMs: 30_000 });
    const other = log.append('u', [event('c')], 'NO_STREAM');
    await other;
    expect(['OutcomeUnknown', 'Unavailable']).toContain((await doomed).code);
    proxy.release();
    expect(await same).toMatchObject({ revision: 0 });
    await client.close();
    await proxy.close();
  },
  I10: async ({ log, sql }) => {
    const proxy = await FaultProxy.to(sql.app);
    const client = await sql.client({ app: proxy.connection });
    await client.append('warm', [event('warm')], 'NO_STREAM');
    proxy.mode = 'HOLD';
    expect(await errorOf(client.append('s', [event('a')], 'NO_STREAM', { deadlineMs: 1_000 }))).toMatchObject({ code: 'OutcomeUnknown' });
    proxy.release();
    await until(async () => (await log.head()).position === 1);
    // The reply comes after its caller has gone; the client goes on over the same connection.
    expect(await client.append('t', [event('b')], 'NO_STREAM')).toMatchObject({ revision: 0 });
    await client.close();
    await proxy.close();
  },
  I11: async ({ log, another }) => {
    const twice = await Promise.all([log.append('s', events('a', 2), 'NO_STREAM'), log.append('s', events('a', 2), 'NO_STREAM')]);
    expect(twice[0]).toEqual(twice[1]);
    const other = await another();
    const apart = await Promise.all([log.append('t', [event('b')], 'NO_STREAM'), other.append('t', [event('b')], 'NO_STREAM')]);
    expect(apart[0]).toEqual(apart[1]);
    expect(await log.readAll({})).toHaveLength(3);
    await other.close();
  },
  I12: async ({ log }) => {
    const made = await Promise.all(Array.from({ length: 5 }, () => log.append('created', [event('created')], 'NO_STREAM')));
    expect(new Set(made.map(({ position }) => position))).toEqual(new Set([0]));
    expect(await log.readAll({ streams: ['created'] })).toHaveLength(1);
  },
  I13: async ({ log, another }) => {
    const keys = memoryKeyStore();
    const note = { id: idOf('n'), type: 'Noted', data: { note: 'about somebody' }, meta: { ...meta, reason: 'a reason' } };
    const first = await new EventStore(log, new EventCodec({ definitions, keys })).append('s', [note], 'NO_STREAM');
    const [stored] = await log.readStream('s');
    expect(stored?.bodyText ?? Buffer.from(stored?.body ?? []).toString()).not.toContain('somebody');
    // As after a restart: another client and another codec over the same keys.
    const restarted = await another();
    expect(await new EventStore(restarted, new EventCodec({ definitions, keys })).append('s', [note], 'NO_STREAM')).toEqual(first);
    await restarted.close();
  },
  I14: async ({ log }) => {
    // Ids follow from the command's id, so a second content of the same command meets the first one's ids.
    await appendEach(log, 's', ['a']);
    await log.append('s', [event('command-7', { content: 1 })], 0);
    expect(await errorOf(log.append('s', [event('command-7', { content: 2 })], 0))).toMatchObject({ code: 'DuplicateMismatch' });
    expect(await errorOf(log.append('s', [event('command-7', { content: 2 })], 1))).toMatchObject({ code: 'DuplicateMismatch' });
    expect(await log.readStream('s')).toHaveLength(2);
  },
};
