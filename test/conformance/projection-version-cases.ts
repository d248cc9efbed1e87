import { expect } from '@jest/globals';
import type { ReadModels, View } from '@assay/read-models';
import {
  cursorIn,
  freshFold,
  hookedPool,
  readingBy,
  seed,
  stored,
  until,
  type ProjectionCase,
} from './projection-cases.js';
import { sheetView } from './projection-fixture.js';
import { modelsOf, type ProjectionHarness } from './projection-harness.js';

/** A gate in a pool: statements that begin so wait at it while it is shut. */
function gatedPool(
  harness: ProjectionHarness,
  prefix: string,
): { readonly pool: ProjectionHarness['pool']; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { pool: hookedPool(harness.pool, (sql) => (sql.startsWith(prefix) ? opened : undefined)), open };
}

async function manyLines(harness: ProjectionHarness, batches: number): Promise<number> {
  let last = -1;
  for (let batch = 0; batch < batches; batch += 1) {
    last = await harness.append(
      'sheet-2',
      Array.from({ length: 500 }, () => ({ type: 'LineAdded', data: { amount: 1 } })),
    );
  }
  return last;
}

async function liveOn(harness: ProjectionHarness, views: readonly View[]): Promise<ReadModels> {
  const models = modelsOf(harness, views);
  await models.start();
  return models;
}

const sideBySide: ProjectionCase = [
  'P07',
  async (harness) => {
    const [one, two] = [sheetView(), sheetView({ version: 2 })];
    const old = await liveOn(harness, [one]);
    await seed(harness);
    await manyLines(harness, 3);
    const both = await liveOn(harness, [two]);
    const last = await harness.append('sheet-1', [{ type: 'LineAdded', data: { amount: 9 } }]);
    await old.atLeast([one], last);
    await until(async () => (await cursorIn(harness.pool, two)) === last);
    // Who leads knows of its commit a moment after the database does.
    await until(async () => (await both.position([two]).catch(() => -1)) === last);
    await Promise.all([old.stop(), both.stop()]);
    const fresh = await freshFold(harness, two);
    expect(await stored(harness.pool, two)).toEqual(fresh);
    expect(await stored(harness.pool, one)).toEqual(fresh);
  },
];

const oneVersion: ProjectionCase = [
  'P08',
  async (harness) => {
    const [one, two] = [sheetView(), sheetView({ version: 2, factor: 1000 })];
    const old = await liveOn(harness, [one]);
    await seed(harness);
    const gate = gatedPool(harness, 'INSERT INTO read_model."sheet__v2"');
    const next = await liveOn({ ...harness, pool: gate.pool }, [two]);
    await expect(next.position([two])).rejects.toMatchObject({ code: 'PROJECTION_BUILDING' });
    const totals = async (models: ReadModels, view: typeof one): Promise<number[]> =>
      (await models.all(view, { visibility: 'ALL' })).map(({ doc }) => doc.total);
    gate.open();
    let last = -1;
    for (let line = 0; line < 40; line += 1) {
      last = await harness.append('sheet-1', [{ type: 'LineAdded', data: { amount: 1 } }]);
      for (const total of await totals(old, one)) expect(total).toBeLessThan(1000);
      for (const total of await totals(next, two)) expect(total % 1000).toBe(0);
    }
    await until(async () => (await cursorIn(harness.pool, two)) === last);
    expect((await totals(next, two)).map((total) => total / 1000)).toEqual(
      await old.atLeast([one], last).then(() => totals(old, one)),
    );
    await Promise.all([old.stop(), next.stop()]);
  },
];

const noSideEffects: ProjectionCase = [
  'P09',
  async (harness) => {
    const [one, two] = [sheetView(), sheetView({ version: 2 })];
    const old = await liveOn(harness, [one]);
    const heard: number[] = [];
    const listening = (async () => {
      for await (const change of old.changes(one, { after: -1 })) {
        if ('resumeFrom' in change) return;
        heard.push(change.position);
      }
    })();
    const seeded = await seed(harness);
    await old.atLeast([one], seeded);
    const gate = gatedPool(harness, 'INSERT INTO read_model."sheet__v2"');
    const next = await liveOn({ ...harness, pool: gate.pool }, [two]);
    await expect(next.changes(two, { after: -1 }).next()).rejects.toMatchObject({ code: 'PROJECTION_BUILDING' });
    gate.open();
    await until(async () => (await cursorIn(harness.pool, two)) === seeded && (await next.metrics())[0]?.live === true);
    const live = next.changes(two, { after: seeded });
    const first = live.next();
    const last = await harness.append('sheet-1', [{ type: 'LineAdded', data: { amount: 1 } }]);
    expect((await first).value).toMatchObject({ position: last });
    await until(() => heard.at(-1) === last);
    expect(heard).toEqual([...new Set(heard)].sort((a, b) => a - b));
    await Promise.all([old.stop(), next.stop()]);
    await listening;
  },
];

const resumes: ProjectionCase = [
  'P10',
  async (harness) => {
    const view = sheetView();
    await seed(harness);
    const last = await manyLines(harness, 6);
    let commits = 0;
    let reached = (): void => undefined;
    const third = new Promise<void>((resolve) => {
      reached = resolve;
    });
    const pool = hookedPool(harness.pool, (sql) => {
      if (!sql.startsWith('INSERT INTO read_model."sheet__v1"')) return;
      commits += 1;
      if (commits === 2) reached();
    });
    const first = modelsOf({ ...harness, pool }, [view], { runner: { warmBatchEvents: 1 } });
    await first.start();
    await third;
    await first.stop();
    const stoppedAt = await cursorIn(harness.pool, view);
    expect(stoppedAt).toBeGreaterThan(0);
    expect(stoppedAt).toBeLessThan(last);
    expect((await first.metrics())[0]?.live).toBe(false);
    const readFrom: number[] = [];
    const source = readingBy(harness.source, (options) => {
      readFrom.push(options.afterPosition);
      return harness.source.readAll(options);
    });
    const second = modelsOf({ ...harness, source }, [view]);
    await second.start();
    await until(async () => (await cursorIn(harness.pool, view)) === last);
    await second.stop();
    expect(readFrom[0]).toBe(Math.floor((stoppedAt + 1) / 1000) * 1000 - 1);
    expect(await stored(harness.pool, view)).toEqual(await freshFold(harness, view));
  },
];

const definitionHash: ProjectionCase = [
  'P11',
  async (harness) => {
    const view = sheetView();
    const models = await liveOn(harness, [view]);
    await models.stop();
    const changed = modelsOf(harness, [view], { hashes: { sheet__v1: 'another hash' } });
    await expect(changed.start()).rejects.toMatchObject({ code: 'DEFINITION_CHANGED' });
    const raised = modelsOf(harness, [sheetView({ version: 2 })], { hashes: { sheet__v2: 'another hash' } });
    await raised.start();
    await raised.stop();
    const unchanged = await liveOn(harness, [view]);
    await unchanged.stop();
  },
];

const upcasts: ProjectionCase = [
  'P12',
  async (harness) => {
    const view = sheetView();
    for (const rate of ['a', 'b', 'c'])
      await harness.append(`sheet-${rate}`, [
        { type: 'SheetOpened', data: { rate: `rate-${rate}`, owner: 'ann' } },
        { type: 'LineAdded', data: { amount: 3 } },
      ]);
    await harness.append('rate-a', [{ type: 'RateSet', schemaVersion: 1, data: { percent: '12' } }]);
    await harness.append('rate-b', [{ type: 'RateSet', schemaVersion: 2, data: { percent: 12 } }]);
    const last = await harness.append('rate-c', [{ type: 'RateSet', schemaVersion: 3, data: { value: 12 } }]);
    const models = await liveOn(harness, [view]);
    await until(async () => (await cursorIn(harness.pool, view)) === last);
    const docs = await Promise.all(
      ['a', 'b', 'c'].map(async (key) => (await models.byKeys(view, [`sheet-${key}`], 'ALL'))[0]?.doc),
    );
    expect(docs.map((doc) => ({ ...doc, id: 'sheet' }))).toEqual(
      Array.from({ length: 3 }, () => ({ ...docs[2], id: 'sheet' })),
    );
    expect(docs[2]).toMatchObject({ total: 36 });
    const history = await models.history(view, { visibility: 'ALL' });
    expect(history.rows.map(({ doc }) => doc)).toEqual(
      Array.from({ length: 3 }, () => ({ before: 0, after: 36, by: 'ann' })),
    );
    await models.stop();
    expect(await stored(harness.pool, view)).toEqual(await freshFold(harness, view));
  },
];

const lag: ProjectionCase = [
  'P14',
  async (harness) => {
    const view = sheetView();
    const models = await liveOn(harness, [view]);
    const seeded = await seed(harness);
    await models.atLeast([view], seeded);
    expect((await models.metrics())[0]).toMatchObject({ position: seeded, lag: 0, live: true });
    await models.stop();
    const head = await harness.append('sheet-1', [
      { type: 'LineAdded', data: { amount: 1 } },
      { type: 'LineAdded', data: { amount: 2 } },
    ]);
    await harness.append('rate-a', [{ type: 'RateSet', data: { value: 1 } }]);
    const [metrics] = await models.metrics();
    expect(metrics?.position).toBe(await cursorIn(harness.pool, view));
    expect(metrics?.lag).toBe(head + 1 - seeded);
  },
];

export const versionCases: readonly ProjectionCase[] = [
  sideBySide,
  oneVersion,
  noSideEffects,
  resumes,
  definitionHash,
  upcasts,
  lag,
];
