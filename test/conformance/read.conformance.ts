import { createHash } from 'node:crypto';
import { expect } from '@jest/globals';
import { appendEach, collect, errorOf, event, events, eventsOf, namesOf, type Cases } from './engine.js';

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const numbersOf = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);

/** Read (`conformance.md`). */
export const readCases: Cases = {
  R01: async ({ log }) => {
    await appendEach(log, 's', NAMES);
    expect(namesOf(await log.readStream('s'))).toEqual(NAMES);
    expect(namesOf(await log.readAll({ after: 'START' }))).toEqual(NAMES);
  },
  R02: async ({ log }) => {
    await appendEach(log, 's', NAMES);
    expect(namesOf(await log.readStream('s', { from: 2 }))).toEqual(['c', 'd', 'e']);
    expect(await log.readStream('s', { from: 5 })).toEqual([]);
  },
  R03: async ({ log }) => {
    await appendEach(log, 's', NAMES);
    expect(namesOf(await log.readStream('s', { direction: 'BACKWARDS' }))).toEqual([...NAMES].reverse());
    expect(namesOf(await log.readStream('s', { direction: 'BACKWARDS', to: 3, max: 2 }))).toEqual(['d', 'c']);
  },
  R04: async ({ log }) => {
    await log.append('s', events('n', 1000), 'NO_STREAM');
    for (const max of [1, 2, 999, 1000, 1001]) expect(await log.readStream('s', { max })).toHaveLength(Math.min(max, 1000));
    expect(await log.readAll({ max: 7 })).toHaveLength(7);
    expect(await log.readAll({ max: 0 })).toHaveLength(0);
  },
  R05: async ({ log }) => {
    await appendEach(log, 's', NAMES);
    expect(namesOf(await log.readStream('s', { from: 1, to: 3 }))).toEqual(['b', 'c', 'd']);
    expect(namesOf(await log.readStream('s', { to: 99 }))).toEqual(NAMES);
  },
  R06: async ({ log }) => {
    expect(await errorOf(log.readStream('none'))).toMatchObject({ code: 'StreamNotFound', retryable: false });
    expect(await log.readAll({ streams: ['none'] })).toEqual([]);
  },
  R08: async ({ log }) => {
    const data = { z: 1, a: [true, null, 'é\u0001\u{1F600}'], nested: { b: 1.5e300, a: -0 } };
    await log.append('s', [event('a', data)], 'NO_STREAM');
    const [byStream] = await log.readStream('s');
    const [byAll] = await log.readAll({});
    const canonical = '{"a":[true,null,"é\\u0001\u{1F600}"],"nested":{"a":0,"b":1.5e+300},"z":1}';
    const digest = (bytes: Uint8Array | undefined): string => createHash('sha256').update(bytes ?? Buffer.alloc(0)).digest('hex');
    expect(digest(byStream?.body)).toBe(digest(Buffer.from(canonical)));
    expect(digest(byAll?.body)).toBe(digest(Buffer.from(canonical)));
    expect(digest(byStream?.metaBytes)).toBe(digest(byAll?.metaBytes));
  },
  R09: async ({ log }) => {
    for (let page = 0; page < 11; page += 1) await log.append(`s-${page % 3}`, events(`p${page}`, 1000), page < 3 ? 'NO_STREAM' : Math.floor(page / 3) * 1000 - 1);
    const all = await log.readAll({});
    expect(all.map(({ position }) => position)).toEqual(numbersOf(11_000));
    expect((await log.readAll({})).map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect((await log.readStream('s-0')).map(({ revision }) => revision)).toEqual(numbersOf(4000));
  },
  R10: async ({ log }) => {
    await log.append('s', events('n', 1000), 'NO_STREAM');
    // More than any pool holds: an iteration that kept something would stop the next ones.
    for (let round = 0; round < 40; round += 1) await collect(log, { after: 'START' }, () => true);
    expect(await log.readStream('s')).toHaveLength(1000);
  },
  R11: async ({ log }) => {
    const numbers = [9007199254740991, -9007199254740991, 1e21, 1e-7, 0.1, 5e-324, 1.7976931348623157e308, 100, -1.5];
    await log.append('s', [event('a', { numbers, text: '9007199254740993' })], 'NO_STREAM');
    const [stored] = await log.readStream('s');
    expect(JSON.parse(Buffer.from(stored?.body ?? []).toString())).toEqual({ numbers, text: '9007199254740993' });
    expect(Buffer.from(stored?.body ?? []).toString()).toContain('1e+21,1e-7,0.1,5e-324');
  },
  R12: async ({ log }) => {
    const last = await appendEach(log, 's', NAMES);
    expect(namesOf(await log.readAll({ after: log.cursorOf(1) }))).toEqual(['c', 'd', 'e']);
    expect(await log.readAll({ after: last?.cursor ?? '' })).toEqual([]);
  },
  R13: async ({ log }) => {
    await appendEach(log, 's', NAMES);
    expect(namesOf(await log.readAll({ upTo: 2 }))).toEqual(['a', 'b', 'c']);
    expect(namesOf(await log.readAll({ after: log.cursorOf(0), upTo: 2, types: ['Tested'] }))).toEqual(['b', 'c']);
  },
  R14: async ({ log }) => {
    await log.append('goal-1', [event('a'), event('b', undefined, { type: 'Other' })], 'NO_STREAM');
    await log.append('target-1', [event('c'), event('d', undefined, { type: 'Other' })], 'NO_STREAM');
    await log.append('goal_2', [event('e')], 'NO_STREAM');
    const read = async (filter: { streams?: readonly string[]; types?: readonly string[] }): Promise<readonly unknown[]> =>
      (await log.readAll(filter)).map(({ id }) => ['a', 'b', 'c', 'd', 'e'].find((name) => event(name).id === id));
    expect(await read({ streams: ['goal-'] })).toEqual(['a', 'b']);
    expect(await read({ streams: ['goal_'] })).toEqual(['e']);
    expect(await read({ types: ['Other'] })).toEqual(['b', 'd']);
    expect(await read({ streams: ['target-', 'goal_'], types: ['Tested'] })).toEqual(['c', 'e']);
    expect(await read({ streams: [], types: [] })).toHaveLength(5);
  },
  R15: async ({ log }) => {
    await appendEach(log, 's', NAMES);
    const all = await log.readAll({});
    expect(all).toHaveLength(NAMES.length);
    expect(all.filter(({ stream, type }) => stream.startsWith('$') || type.startsWith('$'))).toEqual([]);
  },
  R16: async ({ log, another }) => {
    const other = await another();
    await Promise.all([0, 1, 2, 3].map((writer) => appendEach(writer % 2 === 0 ? log : other, `s-${writer}`, numbersOf(50).map((index) => `${writer}/${index}`))));
    const all = await log.readAll({});
    for (const [index, one] of all.entries()) expect(one.recordedAt).toBeGreaterThanOrEqual(all[index - 1]?.recordedAt ?? 0);
    expect(await log.now()).toBeGreaterThanOrEqual(all.at(-1)?.recordedAt ?? Infinity);
    await other.close();
  },
  R17: async ({ log, setClock }) => {
    const now = Date.now();
    for (const [index, at] of [0, 10, 10, 30].entries()) {
      await setClock(now + at);
      await log.append(`s-${index}`, [event(String(index))], 'NO_STREAM');
    }
    const answers = await Promise.all([-1, 0, 9, 10, 11, 29, 30, 31].map((at) => log.positionAt(now + at)));
    expect(answers).toEqual([-1, 0, 0, 2, 2, 2, 3, 3]);
    expect((await log.head()).recordedAt).toBe(now + 30);
  },
  R18: async ({ log }) => {
    const sums: number[] = [];
    let sum = 0;
    for (let index = 0; index < 30; index += 1) {
      await log.append('s', [event(String(index), { add: index })], index === 0 ? 'NO_STREAM' : index - 1);
      sums.push((sum += index));
    }
    // The data appended above.
    const fold = (bodies: readonly Uint8Array[]): number => bodies.reduce((total, body) => total + (JSON.parse(Buffer.from(body).toString()) as { add: number }).add, 0);
    for (const [position, expected] of sums.entries()) expect(fold((await log.readAll({ upTo: position })).map(({ body }) => body))).toBe(expected);
    expect(fold(eventsOf(await collect(log, { after: 'START' }, (seen) => seen.length === 30)).map(({ body }) => body))).toBe(sum);
  },
};
