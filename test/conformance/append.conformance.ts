import { expect } from '@jest/globals';
import type { AppendEvent, EventLog } from '@assay/event-log';
import { withClient } from '@assay/event-log';
import { appendEach, errorOf, event, events, namesOf, type Cases } from './engine.js';

const headOf = async (log: EventLog): Promise<number> => (await log.head()).position;
/** Values that TypeScript would not let through, as a caller without types would send them. */
// The cast is the attack.
const hostile = (data: unknown): AppendEvent => ({ ...event('hostile'), data: data as AppendEvent['data'] });

async function refusedBeforeIo(log: EventLog, attempt: () => Promise<unknown>, code: string): Promise<void> {
  expect(await errorOf(attempt())).toMatchObject({ code });
  expect(await headOf(log)).toBe(-1);
}

/** Append (`conformance.md`). */
export const appendCases: Cases = {
  A01: async ({ log }) => {
    const result = await log.append('s', [event('a')], 'NO_STREAM');
    expect(result).toMatchObject({ revision: 0, position: 0, cursor: log.cursorOf(0) });
    expect(namesOf(await log.readStream('s'))).toEqual(['a']);
  },
  A02: async ({ log }) => {
    await appendEach(log, 's', ['a', 'b']);
    expect(await errorOf(log.append('s', [event('c')], 'NO_STREAM'))).toMatchObject({ code: 'RevisionConflict', facts: { expected: -1, actual: 1 } });
  },
  A03: async ({ log }) => {
    await appendEach(log, 's', ['a', 'b']);
    expect(await log.append('s', [event('c')], 1)).toMatchObject({ revision: 2, position: 2 });
  },
  A04: async ({ log }) => {
    await appendEach(log, 's', ['a', 'b']);
    expect(await errorOf(log.append('s', [event('c')], 0))).toMatchObject({ code: 'RevisionConflict' });
  },
  A05: async ({ log }) => {
    await appendEach(log, 's', ['a']);
    expect(await errorOf(log.append('s', [event('c')], 7))).toMatchObject({ code: 'RevisionConflict' });
    expect(await errorOf(log.append('t', [event('d')], 0))).toMatchObject({ code: 'RevisionConflict' });
  },
  A07: async ({ log }) => {
    await appendEach(log, 's', ['a', 'b', 'c']);
    expect(await errorOf(log.append('s', [event('d')], 0))).toMatchObject({ facts: { stream: 's', expected: 0, actual: 2 }, retryable: false });
    expect(await errorOf(log.append('t', [event('d')], 4))).toMatchObject({ facts: { stream: 't', expected: 4, actual: -1 } });
  },
  A08: async ({ log }) => {
    await log.append('s', [event('a')], 'NO_STREAM');
    // The last of the three stands in the log already: nothing of the append may stay.
    expect(await errorOf(log.append('t', [event('b'), event('c'), event('a')], 'NO_STREAM'))).toMatchObject({ code: 'DuplicateMismatch' });
    expect(await errorOf(log.readStream('t'))).toMatchObject({ code: 'StreamNotFound' });
    expect(await headOf(log)).toBe(0);
  },
  A09: async ({ log }) => {
    await log.append('s', [event('before')], 'NO_STREAM');
    expect(await log.append('s', events('many', 50), 0)).toMatchObject({ revision: 50, position: 50 });
    const stored = await log.readStream('s', { from: 1 });
    expect(stored.map(({ revision, position }) => [revision, position])).toEqual(Array.from({ length: 50 }, (_, index) => [index + 1, index + 1]));
    expect(namesOf(stored)).toEqual(Array.from({ length: 50 }, (_, index) => `many-${index}`));
  },
  A10: async ({ log }) => refusedBeforeIo(log, () => log.append('s', [], 'NO_STREAM'), 'InvalidEvent'),
  A11: async ({ log }) => refusedBeforeIo(log, () => log.append('s', events('many', 1001), 'NO_STREAM'), 'TooLarge'),
  A12: async ({ log }) => {
    const half = 'x'.repeat(450 * 1024);
    await refusedBeforeIo(log, () => log.append('s', [event('a', half), event('b', half), event('c', half)], 'NO_STREAM'), 'TooLarge');
    await refusedBeforeIo(log, () => log.append('s', [event('a', 'x'.repeat(900 * 1024))], 'NO_STREAM'), 'TooLarge');
  },
  A13: async ({ log }) => {
    expect(await log.append('s', events('many', 1000), 'NO_STREAM')).toMatchObject({ revision: 999 });
    const fits = 'x'.repeat(900 * 1024 - 200);
    await log.append('t', [event('large', fits)], 'NO_STREAM');
    const [large] = await log.readStream('t');
    expect(large?.body.length).toBe(fits.length + 2);
  },
  A14: async ({ log }) => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    let deep: unknown = 1;
    for (let depth = 0; depth < 200_000; depth += 1) deep = [deep];
    const values = [1n, NaN, Infinity, cycle, undefined, [undefined], { a: undefined }, '\ud800', { '\udc00': 1 }, 'a\u0000b', () => 1, Symbol('s'), new Date(0), deep];
    for (const value of values) await refusedBeforeIo(log, () => log.append('s', [hostile(value)], 'NO_STREAM'), 'InvalidEvent');
  },
  A15: async ({ log }) => {
    const stream = '目標-\u{1F600} %_\\\u0001"\'';
    const data = { 文: '\u{1F4A9}\u0007\u001f\u2028"\\/', bytes: Buffer.from(Array.from({ length: 256 }, (_, index) => index)).toString('base64') };
    await log.append(stream, [event('a', data, { type: '事件 type' })], 'NO_STREAM');
    const [stored] = await log.readStream(stream);
    expect(stored).toMatchObject({ stream, type: '事件 type' });
    expect(JSON.parse(Buffer.from(stored?.body ?? []).toString('utf8'))).toEqual(data);
    expect(await log.readAll({ streams: ['目標-\u{1F600} %_\\'] })).toHaveLength(1);
    expect(await log.readAll({ streams: ['目標-\u{1F600} %%'] })).toHaveLength(0);
  },
  A16: async ({ log }) => {
    await refusedBeforeIo(log, () => log.append('$s', [event('a')], 'NO_STREAM'), 'InvalidEvent');
    await refusedBeforeIo(log, () => log.append('s', [event('a', {}, { type: '$t' })], 'NO_STREAM'), 'InvalidEvent');
    for (const name of ['', 'a\u0000', '\ud800', 'x'.repeat(513)]) await refusedBeforeIo(log, () => log.append(name, [event('a')], 'NO_STREAM'), 'InvalidEvent');
  },
  A17: async ({ log, another }) => {
    const other = await another();
    for (let revision = -1; revision < 4; revision += 1) {
      const tried = await Promise.allSettled(
        Array.from({ length: 50 }, (_, writer) => (writer % 2 === 0 ? log : other).append('s', [event(`${revision}/${writer}`)], revision < 0 ? 'NO_STREAM' : revision)),
      );
      expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const one of tried) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'RevisionConflict', facts: { actual: revision + 1 } });
    }
    expect((await log.readStream('s')).map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4]);
    await other.close();
  },
  A18: async ({ log }) => {
    const names = Array.from({ length: 20 }, (_, index) => String(index));
    await Promise.all(Array.from({ length: 64 }, (_, writer) => appendEach(log, `s-${writer}`, names.map((name) => `${writer}/${name}`))));
    expect(await headOf(log)).toBe(64 * 20 - 1);
    for (let writer = 0; writer < 64; writer += 1) expect(namesOf(await log.readStream(`s-${writer}`))).toEqual(names.map((name) => `${writer}/${name}`));
  },
  A19: async ({ log }) => {
    await appendEach(log, 's', ['a']);
    const before = await log.readAll({});
    await errorOf(log.append('s', [event('b'), event('c')], 'NO_STREAM'));
    expect((await log.readAll({})).map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    // The ids of the refused append are as good as new.
    expect(await log.append('s', [event('b'), event('c')], 0)).toMatchObject({ revision: 2, position: 2 });
  },
  A20: async ({ log }) => {
    const called = new AbortController();
    called.abort();
    await refusedBeforeIo(log, () => log.append('s', [event('a')], 'NO_STREAM', { signal: called.signal }), 'Aborted');
    const calling = new AbortController();
    const pending = Promise.allSettled([log.append('s', [event('a')], 'NO_STREAM', { signal: calling.signal })]);
    calling.abort();
    // Called off in the queue; an engine without a queue has done it by then. Never refused and written.
    const [outcome] = await pending;
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'Aborted' });
    expect(await headOf(log)).toBe(outcome.status === 'rejected' ? -1 : 0);
  },
  A21: async ({ sql }) => {
    const log = await sql.client({ limits: { queueEventsMax: 20, queueBytesMax: 10_000 } });
    const tried = await Promise.allSettled(Array.from({ length: 100 }, (_, index) => log.append(`s-${index}`, [event(String(index))], 'NO_STREAM')));
    const refused = tried.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThanOrEqual(80);
    for (const one of refused) expect(one).toMatchObject({ reason: { code: 'Overloaded', retryable: true } });
    expect(await headOf(log)).toBe(100 - refused.length - 1);
    expect(await errorOf(log.append('large', [event('large', 'x'.repeat(20_000))], 'NO_STREAM'))).toMatchObject({ code: 'Overloaded' });
    expect(await log.append('after', [event('after')], 'NO_STREAM')).toMatchObject({ revision: 0 });
    await log.close();
  },
  A22: async ({ log }) => refusedBeforeIo(log, () => log.append('s', [event('a'), event('b'), event('a', { other: 1 })], 'NO_STREAM'), 'InvalidEvent'),
  A23: async ({ log, sql }) => {
    // The owner makes the table refuse one event, as a full disk or a broken constraint would: the error names no append.
    await withClient(sql.owner, (client) => client.query(`ALTER TABLE assay.event ADD CONSTRAINT culprit CHECK (type <> 'Culprit')`));
    const tried = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => log.append(`s-${index}`, [event(String(index), {}, { type: index === 7 ? 'Culprit' : 'Tested' })], 'NO_STREAM')),
    );
    expect(tried.flatMap((one, index) => (one.status === 'rejected' ? [index] : []))).toEqual([7]);
    expect(tried[7]).toMatchObject({ reason: { code: 'InvalidEvent' } });
    expect(await headOf(log)).toBe(18);
  },
};
