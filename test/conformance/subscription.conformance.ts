import { expect } from '@jest/globals';
import { withClient, type EventLog, type SubscriptionBatch } from '@assay/event-log';
import { appendEach, collect, errorOf, event, events, eventsOf, namesOf, positionsOf, range, until, type Cases } from './engine.js';
import { REFUSED_OR_IN_DOUBT } from './harm.js';

const names = (prefix: string, count: number): readonly string[] => range(count).map((index) => `${prefix}/${index}`);

/** Reads the next batch of a subscription that is followed by hand. */
async function next(iterator: AsyncIterator<SubscriptionBatch>): Promise<SubscriptionBatch> {
  const result = await iterator.next();
  if (result.done === true) throw new Error('the subscription ended');
  return result.value;
}
const follower = (log: EventLog, options: Parameters<EventLog['subscribe']>[0] = { after: 'START' }): AsyncIterator<SubscriptionBatch> => log.subscribe(options)[Symbol.asyncIterator]();

/** Ordering and subscription (`conformance.md`). */
export const subscriptionCases: Cases = {
  S01: async ({ log }) => {
    await Promise.all(range(8).map((writer) => appendEach(log, `s-${writer}`, names(String(writer), 50))));
    const all = (await log.readAll({})).map(({ id }) => id);
    expect(eventsOf(await collect(log, { after: 'START' }, (seen) => seen.length === 400)).map(({ id }) => id)).toEqual(all);
    expect(new Set(all).size).toBe(400);
  },
  S02: async ({ log }) => {
    await Promise.all(range(8).map((writer) => appendEach(log, `s-${writer}`, names(String(writer), 40))));
    const next = new Map<string, number>();
    for (const { stream, revision } of await log.readAll({})) {
      expect(revision).toBe(next.get(stream) ?? 0);
      next.set(stream, revision + 1);
    }
    expect([...next.values()]).toEqual(Array.from({ length: 8 }, () => 40));
  },
  S03: async ({ log, another }) => {
    const other = await another();
    const tail = collect(other, { after: 'START' }, (seen) => seen.length >= 16 * 60);
    await Promise.all(range(16).map((writer) => appendEach(writer % 2 === 0 ? log : other, `s-${writer}`, names(String(writer), 60))));
    expect(positionsOf(await tail)).toEqual(range(16 * 60));
    await other.close();
  },
  S04: async ({ log, sql }) => {
    await log.append('s', [event('a')], 'NO_STREAM');
    const impatient = await sql.client({ timeouts: { statementMs: 300, lockMs: 150, callMs: 400 } });
    await withClient(sql.owner, async (staller) => {
      // An append that has its position and does not commit.
      await staller.query('BEGIN');
      await staller.query('SELECT pg_advisory_xact_lock(4701337)');
      await staller.query(`INSERT INTO assay.event SELECT 1, 'stalled', 0, gen_random_uuid(), type, 1, body, meta, null, null, recorded_at FROM assay.event`);
      // Refused at a lock time-out, or in doubt where one more attempt waits at the deadline.
      const refused = await errorOf(impatient.append('t', [event('b')], 'NO_STREAM', { deadlineMs: 600 }));
      expect(refused.retryable).toBe(true);
      expect(REFUSED_OR_IN_DOUBT).toContain(refused.code);
      expect(await log.readAll({})).toHaveLength(1);
      await staller.query('COMMIT');
    });
    expect(await impatient.append('t', [event('b')], 'NO_STREAM')).toMatchObject({ position: 2 });
    expect(positionsOf(await collect(log, { after: 'START' }, (seen) => seen.length === 3))).toEqual([0, 1, 2]);
    await impatient.close();
  },
  S05: async ({ log, sql }) => {
    await log.append('s', [event('a')], 'NO_STREAM');
    await withClient(sql.app, async (client) => {
      await client.query('BEGIN');
      await client.query(
        `SELECT assay.append(ARRAY['t'], ARRAY[-1]::bigint[], ARRAY[1], ARRAY[1], ARRAY['t'], ARRAY[0]::bigint[], ARRAY[gen_random_uuid()], ARRAY['T'], ARRAY[1],
                ARRAY['1'::bytea], ARRAY['1'::bytea], ARRAY[NULL], ARRAY[NULL], true, NULL, NULL, NULL)`,
      );
      await client.query('ROLLBACK');
    });
    const tail = collect(log, { after: 'START' }, (seen) => seen.length === 2);
    expect(await log.append('t', [event('b')], 'NO_STREAM')).toMatchObject({ position: 1 });
    expect(positionsOf(await tail)).toEqual([0, 1]);
  },
  S06: async ({ log }) => {
    await log.append('before', events('before', 700), 'NO_STREAM');
    const writing = appendEach(log, 'during', names('during', 150));
    const seen = await collect(log, { after: 'START' }, (all) => all.length >= 850);
    await writing;
    expect(positionsOf(seen)).toEqual(range(850));
  },
  S07: async ({ log }) => {
    await appendEach(log, 's', ['a', 'b', 'c']);
    const seen = await collect(log, { after: log.cursorOf(0) }, (all) => all.length === 2);
    expect(namesOf(eventsOf(seen))).toEqual(['b', 'c']);
    expect(seen.at(-1)?.cursor).toBe(log.cursorOf(2));
  },
  S08: async ({ log }) => {
    await appendEach(log, 's', ['a', 'b']);
    const tail = follower(log, { after: 'END' });
    expect(await next(tail)).toMatchObject({ events: [], caughtUp: true, cursor: log.cursorOf(1) });
    await log.append('s', [event('c')], 1);
    expect(namesOf((await next(tail)).events)).toEqual(['c']);
    await tail.return?.();
  },
  S09: async ({ log }) => {
    await log.append('s', events('n', 900), 'NO_STREAM');
    const tail = follower(log);
    const first: SubscriptionBatch[] = [];
    do first.push(await next(tail));
    while (first.at(-1)?.caughtUp !== true);
    expect(eventsOf(first)).toHaveLength(900);
    expect(first.filter(({ caughtUp }) => caughtUp)).toHaveLength(1);
    // Idle: nothing more is said until something is appended.
    const pending = next(tail);
    await log.append('s', [event('last')], 899);
    expect(await pending).toMatchObject({ caughtUp: true, events: [{ position: 900 }] });
    await tail.return?.();
  },
  S10: async ({ log }) => {
    await appendEach(log, 's', ['a', 'b', 'c']);
    const tail = follower(log, { after: 'START', types: ['Never'] });
    expect(await next(tail)).toEqual({ events: [], caughtUp: true, cursor: log.cursorOf(2) });
    await log.append('s', [event('d')], 2);
    expect(await next(tail)).toEqual({ events: [], caughtUp: true, cursor: log.cursorOf(3) });
    await tail.return?.();
  },
  S11: async ({ log }) => {
    await Promise.all(range(4).map((writer) => log.append(`s-${writer % 2}-${writer}`, events(String(writer), 400), 'NO_STREAM')));
    let delivered = -1;
    for await (const { events: got, cursor } of log.subscribe({ after: 'START', streams: ['s-1'] })) {
      delivered = got.at(-1)?.position ?? delivered;
      // Everything of the filter up to the cursor is among what was delivered.
      const rest = await log.readAll({ after: cursor, streams: ['s-1'], max: 1 });
      const missed = (await log.readAll({ after: log.cursorOf(delivered), streams: ['s-1'] })).filter(({ cursor: at }) => at <= cursor);
      expect(missed).toEqual([]);
      if (rest.length === 0) break;
    }
  },
  S12: async ({ log }) => {
    const tail = follower(log);
    await next(tail);
    for (let page = 0; page < 12; page += 1) await log.append(`s-${page}`, events(String(page), 1000), 'NO_STREAM');
    const sizes: number[] = [];
    const positions: number[] = [];
    while (positions.length < 12_000) {
      const { events: got } = await next(tail);
      sizes.push(got.length);
      positions.push(...got.map(({ position }) => position));
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
    expect(positions).toEqual(range(12_000));
    await tail.return?.();
  },
  S13: async ({ log }) => {
    await log.append('s', events('n', 600), 'NO_STREAM');
    await log.append('t', events('m', 600), 'NO_STREAM');
    const handled: string[] = [];
    const consume = async (): Promise<void> => {
      for await (const { cursor } of log.subscribe({ after: 'START' })) {
        if (handled.length === 1) throw new Error('the consumer fails');
        handled.push(cursor);
      }
    };
    await expect(consume()).rejects.toThrow('the consumer fails');
    const resumed = await collect(log, { after: handled[0] ?? '' }, (seen) => seen.at(-1)?.position === 1199);
    expect(positionsOf(resumed)[0]).toBe(500);
    expect(positionsOf(resumed)).toHaveLength(700);
  },
  S14: async ({ log }) => {
    await log.append('s', [event('a')], 'NO_STREAM');
    const stop = new AbortController();
    const bySignal = follower(log, { after: 'START', signal: stop.signal });
    const byReturn = follower(log);
    for (const tail of [bySignal, byReturn]) await next(tail);
    const waiting = [bySignal.next(), byReturn.next()];
    stop.abort();
    await byReturn.return?.();
    for (const ended of await Promise.all(waiting)) expect(ended.done).toBe(true);
    const unheard = log.subscribe({ after: 'START', signal: stop.signal });
    expect(await unheard[Symbol.asyncIterator]().next()).toMatchObject({ done: true });
  },
  S15: async ({ log }) => {
    await log.append('s', [event('a')], 'NO_STREAM');
    const all = range(150).map((subscriber) => collect(log, { after: subscriber % 2 === 0 ? 'START' : log.cursorOf(0) }, (seen) => seen.at(-1)?.position === 50));
    await appendEach(log, 'live', names('live', 50));
    for (const [subscriber, batches] of (await Promise.all(all)).entries()) expect(positionsOf(batches)).toEqual(range(51 - (subscriber % 2), subscriber % 2));
  },
  S16: async ({ log }) => {
    await log.append('s', [event('a')], 'NO_STREAM');
    const foreign = `${'0'.repeat(32)}-${'0'.repeat(16)}`;
    for (const cursor of [foreign, '', '0', 'start', log.cursorOf(0).slice(0, -1), `${log.cursorOf(0)} `]) {
      expect(await errorOf(log.readAll({ after: cursor }))).toMatchObject({ code: 'CursorForeign', retryable: false });
      expect(await errorOf(collect(log, { after: cursor }, () => true))).toMatchObject({ code: 'CursorForeign' });
    }
  },
  S17: async ({ log }) => {
    await log.append('s', events('n', 120), 'NO_STREAM');
    const cursors = (await log.readAll({})).map(({ cursor }) => cursor);
    expect([...cursors].sort((a, b) => (a < b ? -1 : 1))).toEqual(cursors);
    expect(new Set(cursors.map(({ length }) => length)).size).toBe(1);
    const far = [9, 10, 999_999, 1_000_000, Number.MAX_SAFE_INTEGER].map((position) => log.cursorOf(position));
    expect([...far].sort((a, b) => (a < b ? -1 : 1))).toEqual(far);
    await until(async () => (await log.head()).cursor === cursors.at(-1));
  },
};
