import { expect } from '@jest/globals';
import type { ReadModels, View } from '@assay/read-models';
import { cursorIn, freshFold, readingBy, seed, stored, until, type ProjectionCase } from './projection-cases.js';
import { mendedRate, plainView, sheetView } from './projection-fixture.js';
import { modelsOf, type ProjectionHarness } from './projection-harness.js';

const parkedKeys = async (models: ReadModels, view: View): Promise<Record<string, string>> =>
  Object.fromEntries((await models.parked(view)).map(({ key, code }) => [key, code]));

/** A rate breaks under sheet-1; sheet-3 shares a worker with it, sheet-4 turns to the broken rate, sheet-5 states an impossible day. */
async function poison(harness: ProjectionHarness): Promise<number> {
  await harness.append('sheet-3', [{ type: 'SheetOpened', data: { rate: 'rate-b', team: 'x', owner: 'cat' } }]);
  await harness.append('sheet-4', [{ type: 'SheetOpened', data: { rate: 'rate-b', team: '', owner: 'dan' } }]);
  await harness.append('sheet-5', [{ type: 'SheetOpened', data: { rate: 'rate-b', team: '', owner: 'eve' } }]);
  await harness.append('rate-a', [{ type: 'RateBroken' }]);
  await harness.append('sheet-2', [{ type: 'LineAdded', data: { amount: 2 } }]);
  await harness.append('worker-1', [{ type: 'WorkerPaid', data: { amount: 1 } }]);
  await harness.append('rate-a', [{ type: 'RateSet', data: { value: 3 } }]);
  await harness.append('sheet-4', [{ type: 'SheetRated', data: { rate: 'rate-a' } }]);
  await harness.append('sheet-5', [{ type: 'SheetDated', data: { since: '2026-13-45' } }]);
  await harness.append('sheet-1', [{ type: 'LineAdded', data: { amount: 1 } }]);
  return harness.append('sheet-2', [{ type: 'LineAdded', data: { amount: 3 } }]);
}
const PARKED = {
  'sheet-1': 'FOLD_FAILED',
  'sheet-3': 'TOUCHES_PARKED',
  'sheet-4': 'DEPENDS_ON_BROKEN',
  'sheet-5': 'STORE_REFUSED',
};

/** Live first, on an empty log; the poison then comes as one batch, or as it is appended. */
async function poisoned(harness: ProjectionHarness, view: View, asOneBatch: boolean): Promise<ReadModels> {
  const models = modelsOf(harness, [view]);
  await models.start();
  await seed(harness);
  if (asOneBatch) await models.stop();
  const last = await poison(harness);
  const running = asOneBatch ? modelsOf(harness, [view]) : models;
  if (asOneBatch) await running.start();
  await running.atLeast([view], last);
  return running;
}

const parks: ProjectionCase = [
  'P05',
  async (harness) => {
    const view = plainView();
    const models = await poisoned(harness, view, true);
    expect(await parkedKeys(models, view)).toEqual(PARKED);
    const rows = await models.all(view, { visibility: 'ALL' });
    expect(Object.fromEntries(rows.map(({ key, doc, stale }) => [key, [doc.total, stale?.reason ?? null]]))).toEqual({
      'sheet-1': [20, 'FOLD_FAILED'],
      'sheet-2': [30, null],
      'sheet-3': [0, 'TOUCHES_PARKED'],
      'sheet-4': [0, 'DEPENDS_ON_BROKEN'],
      'sheet-5': [0, 'STORE_REFUSED'],
    });
    await expect(models.refuseParked(view, ['sheet-1', 'sheet-2'])).rejects.toMatchObject({
      code: 'PROJECTION_PARKED',
    });
    await models.refuseParked(view, ['sheet-2']);
    expect((await models.metrics())[0]).toMatchObject({ parked: 4, status: 'LEADING', stopped: null });
    await models.stop();
  },
];

const unparks: ProjectionCase = [
  'P06',
  async (harness) => {
    const view = sheetView();
    const models = await poisoned(harness, view, false);
    expect(await parkedKeys(models, view)).toEqual(PARKED);
    const still = await models.unpark(view, ['sheet-1']);
    expect(still.map(({ key, code }) => [key, code])).toEqual([['sheet-1', 'FOLD_FAILED']]);
    expect(await parkedKeys(models, view)).toEqual(PARKED);
    await models.stop();
    const mended = sheetView({ rate: mendedRate });
    const repaired = modelsOf(harness, [mended]);
    await repaired.start();
    expect((await repaired.unpark(mended, ['sheet-5'])).map(({ code, detail }) => [code, detail])).toEqual([
      ['STORE_REFUSED', '22008'],
    ]);
    await repaired.atLeast(
      [mended],
      await harness.append('sheet-5', [{ type: 'SheetDated', data: { since: '2026-11-30' } }]),
    );
    const paying = (async () => {
      for (let time = 0; time < 20; time += 1)
        await harness.append('worker-1', [{ type: 'WorkerPaid', data: { amount: 1 } }]);
    })();
    expect(await repaired.unpark(mended, Object.keys(PARKED))).toEqual([]);
    await paying;
    const last = (await harness.source.head()).position;
    await repaired.atLeast([mended], last);
    await repaired.stop();
    expect(await parkedKeys(repaired, mended)).toEqual({});
    expect(await stored(harness.pool, mended)).toEqual(await freshFold(harness, mended));
  },
];

const unknownType: ProjectionCase = [
  'P13',
  async (harness) => {
    const view = sheetView();
    const models = modelsOf(harness, [view]);
    await models.start();
    const last = await seed(harness);
    await models.atLeast([view], last);
    await harness.append('sheet-1', [{ type: 'Mystery' }]);
    await harness.append('sheet-2', [{ type: 'LineAdded', data: { amount: 1 } }]);
    await until(async () => (await models.metrics())[0]?.status === 'STOPPED');
    expect((await models.metrics())[0]).toMatchObject({
      position: last,
      lag: 2,
      parked: 0,
      stopped: 'event type Mystery is unknown',
    });
    await models.stop();
    await gap(harness);
  },
];

/** A position that is missing stops a projection as an unknown type does: nothing is skipped. */
async function gap(harness: ProjectionHarness): Promise<void> {
  const view = plainView({ name: 'gapped' });
  const source = readingBy(harness.source, async (options) =>
    (await harness.source.readAll({ ...options, upTo: 5 })).filter(({ position }) => position !== 2),
  );
  const models = modelsOf({ ...harness, source }, [view]);
  await models.start();
  await until(async () => (await models.metrics())[0]?.status === 'STOPPED');
  expect(await cursorIn(harness.pool, view)).toBe(-1);
  await models.stop();
}

export const poisonCases: readonly ProjectionCase[] = [parks, unparks, unknownType];
