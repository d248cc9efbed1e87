import { describe, expect, it } from '@jest/globals';
import type { Recorded } from '@assay/domain';
import { foldBatch, listAsOf, membersFromLog, MemoryTables, Moment, Prefix, type View } from '@assay/read-models';
import { lineView, plainView, sheetView, type Sheet } from './projection-fixture.js';
import { memoryTestLog, type MemoryTestLog } from './projection-log.js';

/** mulberry32: the same seed, the same story. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

async function story(seed: number, appends: number): Promise<MemoryTestLog> {
  const pick = generator(seed);
  const log = memoryTestLog();
  const name = (kind: string, count: number): string => `${kind}-${pick(count)}`;
  for (let index = 0; index < appends; index += 1) {
    const amount = pick(100);
    const choices = [
      () =>
        log.append(name('sheet', 6), [
          { type: 'SheetOpened', data: { rate: name('rate', 3), team: `t${pick(3)}`, owner: `o${pick(4)}` } },
          { type: 'LineAdded', data: { amount } },
        ]),
      () =>
        log.append(name('sheet', 6), [
          { type: 'LineAdded', data: { amount } },
          { type: 'LineAdded', data: { amount: 1 } },
        ]),
      () => log.append(name('sheet', 6), [{ type: 'SheetRated', data: { rate: name('rate', 3) } }]),
      () => log.append(name('rate', 3), [{ type: 'RateSet', data: { value: amount } }]),
      () => log.append(name('worker', 5), [{ type: 'WorkerJoined', data: { team: `t${pick(3)}` } }]),
      () => log.append(name('worker', 5), [{ type: 'WorkerPaid', data: { amount } }, { type: 'WorkerGreeted' }]),
    ];
    await choices[pick(choices.length)]?.();
  }
  return log;
}

/** Cuts the log into whole appends and those into batches of random length. */
async function projected(
  view: View,
  events: readonly Recorded[],
  cut: (below: number) => number,
): Promise<MemoryTables> {
  const tables = new MemoryTables();
  let from = 0;
  while (from < events.length) {
    let to = Math.min(events.length, from + 1 + cut(9));
    while (to < events.length && events[to]?.meta.commandId === events[to - 1]?.meta.commandId) to += 1;
    tables.apply(await foldBatch(view, events.slice(from, to), { source: tables }));
    from = to;
  }
  return tables;
}

const sorted = (tables: MemoryTables): string =>
  JSON.stringify({
    rows: [...tables.rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1)),
    states: [...tables.states].sort(([a], [b]) => (a < b ? -1 : 1)),
    links: [...tables.links]
      .map(([key, sources]) => [key, [...sources].sort((a, b) => (a < b ? -1 : 1))])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    history: [...tables.history].sort((a, b) => a.position - b.position || (a.key < b.key ? -1 : 1)),
  });

const SEEDS = [1, 2, 3, 5, 8, 13, 21, 34];

describe('a projection is a pure fold', () => {
  it.each(SEEDS)(
    'gives the same rows, links and history however the log is cut into batches (seed %i)',
    async (seed) => {
      const { events } = await story(seed, 120);
      for (const view of [sheetView(), plainView(), lineView]) {
        const whole = sorted(await projected(view, events, () => events.length));
        const single = sorted(await projected(view, events, () => 0));
        const random = sorted(await projected(view, events, generator(seed)));
        expect(single).toBe(whole);
        expect(random).toBe(whole);
      }
    },
  );

  it.each(SEEDS)('answers as of any position what was live there (seed %i)', async (seed) => {
    const { events, source } = await story(seed, 60);
    const view = sheetView();
    const pick = generator(seed);
    for (let probe = 0; probe < 6; probe += 1) {
      const upTo = pick(events.length);
      const live = await projected(view, events.slice(0, upTo + 1), generator(seed));
      const moment = new Moment<Sheet>(view, new Prefix(source, upTo), { groups: membersFromLog(source, view, upTo) });
      for (let key = 0; key < 6; key += 1)
        expect(await moment.doc(`sheet-${key}`)).toEqual(live.rows.get(`sheet-${key}`)?.doc ?? null);
      const list = await listAsOf(source, view, { upTo, visibility: 'ALL' });
      expect(list.map(({ doc }) => doc)).toEqual(
        [...live.rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ doc }) => doc),
      );
    }
  });

  it('keeps its states as plain JSON: a fold goes on from a stored state as from its own', async () => {
    const { events } = await story(55, 80);
    const view = sheetView();
    const direct = await projected(view, events, () => 0);
    const stored = new MemoryTables();
    for (const event of events.map((one) => [one])) {
      stored.apply(JSON.parse(JSON.stringify(await foldBatch(view, event, { source: stored, perAppend: true }))));
    }
    expect([...stored.states]).toEqual([...direct.states]);
  });
});
