import { expect } from '@jest/globals';
import { foldBatch, isReadModelError, PostgresProjection } from '@assay/read-models';
import {
  cursorIn,
  freshFold,
  hashOf,
  hookedPool,
  seed,
  stored,
  tableOf,
  until,
  type ProjectionCase,
} from './projection-cases.js';
import { sheetView, type Sheet } from './projection-fixture.js';
import { modelsOf } from './projection-harness.js';

const LEASE_MS = 10_000;
/** Longer than a case takes on any machine: only who gives it back loses it. */
const LASTING_MS = 60_000;

const checkpointAndRows: ProjectionCase = [
  'P01',
  async (harness) => {
    const view = sheetView();
    await harness.append('rate-a', [{ type: 'RateSet', data: { value: 1 } }]);
    await harness.append('sheet-1', [{ type: 'SheetOpened', data: { rate: 'rate-a', owner: 'ann' } }]);
    const models = modelsOf(harness, [view]);
    await models.start();
    const seen = new Set<number>();
    let cursor = -1;
    const writing = (async () => {
      // Thirty lines, then on only when they were seen: whatever the engine, batches come one after another.
      for (let line = 1; line <= 150; line += 1) {
        const position = await harness.append('sheet-1', [{ type: 'LineAdded', data: { amount: 1 } }]);
        if (line % 30 === 0) await until(() => cursor >= position);
      }
    })();
    while (cursor < 1 + 150) {
      const { rows } = await harness.pool.query<{ cursor: string; doc: Sheet | null }>(
        `SELECT (SELECT position FROM read_model.projection) AS cursor, (SELECT doc FROM ${tableOf(view)} WHERE key = 'sheet-1') AS doc`,
      );
      cursor = Number(rows[0]?.cursor);
      seen.add(cursor);
      expect(rows[0]?.doc?.total ?? 0).toBe(Math.max(0, cursor - 1));
    }
    await writing;
    expect(seen.size).toBeGreaterThanOrEqual(5);
    await models.stop();
  },
];

const crash: ProjectionCase = [
  'P02',
  async (harness) => {
    const view = sheetView();
    const last = await seed(harness);
    let crashes = 0;
    const pool = hookedPool(harness.pool, async (sql, client) => {
      if (sql !== 'COMMIT' || !client || crashes >= 2) return;
      const { rows } = await client.query<{ pid: number }>(`SELECT pg_backend_pid() AS pid FROM ${tableOf(view)}`);
      if (!rows[0]) return;
      crashes += 1;
      await harness.pool.query('SELECT pg_terminate_backend($1, 10000)', [rows[0].pid]);
    });
    const models = modelsOf({ ...harness, pool }, [view], { runner: { backoffMs: 1 } });
    await models.start();
    await until(async () => (await cursorIn(harness.pool, view)) === last);
    await models.stop();
    expect(crashes).toBe(2);
    expect(await stored(harness.pool, view)).toEqual(await freshFold(harness, view));
  },
];

const twoRunners: ProjectionCase = [
  'P03',
  async (harness) => {
    const view = sheetView();
    const last = await seed(harness);
    const projection = new PostgresProjection(harness.pool, view);
    await projection.register({ hash: hashOf(view), head: -1 });
    const first = await projection.acquire('first', LEASE_MS);
    if (!first) throw new Error('nobody else holds it');
    expect(await projection.acquire('second', LEASE_MS)).toBeNull();
    await harness.pool.query(`UPDATE read_model.projection SET lease_until = clock_timestamp() - interval '1 ms'`);
    const second = await projection.acquire('second', LEASE_MS);
    if (!second) throw new Error('the lease has run out');
    expect(second.fence).toBe(first.fence + 1);
    const events = await harness.source.readAll({ afterPosition: -1 });
    const writes = await foldBatch(view, events, { source: projection });
    const late = projection.commit(first, { position: last, writes, leaseMs: LEASE_MS });
    await expect(late).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await cursorIn(harness.pool, view)).toBe(-1);
    await projection.commit(second, { position: last, writes, leaseMs: LEASE_MS });
    expect(await stored(harness.pool, view)).toEqual(await freshFold(harness, view));
    await projection.release(second);
    await oneOfTwoProcesses(harness, view);
    await overtaken(harness, view);
  },
];

/** Two processes follow one log: one leads, and when it stops the other goes on where it was. */
async function oneOfTwoProcesses(
  harness: Parameters<ProjectionCase[1]>[0],
  view: ReturnType<typeof sheetView>,
): Promise<void> {
  const processes = [modelsOf(harness, [view]), modelsOf(harness, [view])];
  for (const models of processes) await models.start();
  const statuses = async (): Promise<string[]> =>
    (await Promise.all(processes.map((models) => models.metrics()))).flat().map(({ status }) => status);
  const position = await harness.append('sheet-1', [{ type: 'LineAdded', data: { amount: 1 } }]);
  for (const models of processes) expect(await models.atLeast([view], position)).toBe(position);
  let seen: readonly string[] = [];
  await until(async () => {
    seen = await statuses();
    return seen.includes('LEADING') && seen.includes('WAITING');
  });
  const [leader, other] = seen[0] === 'LEADING' ? processes : [...processes].reverse();
  await leader?.stop();
  const next = await harness.append('sheet-1', [{ type: 'LineAdded', data: { amount: 1 } }]);
  expect(await other?.atLeast([view], next)).toBe(next);
  await other?.stop();
  expect(await stored(harness.pool, view)).toEqual(await freshFold(harness, view));
}

/** A process that freezes between an event and the states it rests on, and thaws when another has taken the event in, waits its turn. */
async function overtaken(harness: Parameters<ProjectionCase[1]>[0], view: ReturnType<typeof sheetView>): Promise<void> {
  let thaw = Promise.resolve();
  const frozenPool = hookedPool(harness.pool, () => thaw);
  const frozen = modelsOf({ ...harness, pool: frozenPool }, [view], { runner: { leaseMs: 400 } });
  await frozen.start();
  const first = await harness.append('sheet-1', [{ type: 'LineAdded', data: { amount: 1 } }]);
  await frozen.atLeast([view], first);
  let release = (): void => undefined;
  thaw = new Promise((resolve) => (release = resolve));
  const position = await harness.append('sheet-frozen', [{ type: 'SheetOpened', data: { rate: 'rate-a', owner: 'ann' } }]);
  const other = modelsOf(harness, [view], { runner: { leaseMs: LASTING_MS } });
  await other.start();
  expect(await other.atLeast([view], position)).toBe(position);
  release();
  const status = async (): Promise<string | undefined> => (await frozen.metrics())[0]?.status;
  await until(async () => (await status()) !== 'LEADING');
  expect(await status()).toBe('WAITING');
  await other.stop();
  const next = await harness.append('sheet-frozen', [{ type: 'LineAdded', data: { amount: 1 } }]);
  expect(await frozen.atLeast([view], next)).toBe(next);
  await frozen.stop();
  expect(await stored(harness.pool, view)).toEqual(await freshFold(harness, view));
}

const casMiss: ProjectionCase = [
  'P04',
  async (harness) => {
    const view = sheetView();
    const last = await seed(harness);
    const projection = new PostgresProjection(harness.pool, view);
    await projection.register({ hash: hashOf(view), head: -1 });
    const lease = await projection.acquire('one', LEASE_MS);
    if (!lease) throw new Error('nobody else holds it');
    const writes = await foldBatch(view, await harness.source.readAll({ afterPosition: -1 }), { source: projection });
    const batch = { position: last, writes, leaseMs: LEASE_MS };
    for (const moved of [{ position: 3 }, { epoch: lease.epoch + 1 }, { fence: lease.fence - 1 }]) {
      const error: unknown = await projection.commit({ ...lease, ...moved }, batch).catch((thrown: unknown) => thrown);
      expect(isReadModelError(error, 'LEASE_LOST')).toBe(true);
      expect(await stored(harness.pool, view)).toEqual({ rows: [], states: [], links: [], history: [] });
    }
    await projection.amend(() => Promise.resolve());
    await expect(projection.commit(lease, batch)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(await cursorIn(harness.pool, view)).toBe(-1);
  },
];

const transient: ProjectionCase = [
  'P15',
  async (harness) => {
    const view = sheetView();
    const refusals = ['40001', '40P01', '53100', '55P03', '57014', '57P01', '08006', 'ECONNRESET'];
    const left = [...refusals];
    const pool = hookedPool(harness.pool, (sql) => {
      const code = sql.startsWith('INSERT INTO read_model."sheet__v1"') ? left.shift() : undefined;
      if (code !== undefined) throw Object.assign(new Error('the server is not well'), { code });
    });
    const models = modelsOf({ ...harness, pool }, [view], { runner: { backoffMs: 1, backoffMsMax: 4 } });
    await models.start();
    const last = await seed(harness);
    expect(await models.atLeast([view], last)).toBe(last);
    expect(await harness.cutConnections()).toBeGreaterThan(0);
    const position = await harness.append('sheet-2', [{ type: 'LineAdded', data: { amount: 1 } }]);
    await until(async () => (await cursorIn(harness.pool, view).catch(() => -1)) === position);
    const [metrics] = await models.metrics();
    expect(metrics).toMatchObject({ parked: 0, stopped: null });
    expect(metrics?.retries).toBeGreaterThanOrEqual(refusals.length);
    await models.stop();
    expect(await stored(harness.pool, view)).toEqual(await freshFold(harness, view));
  },
];

const linkInBatch: ProjectionCase = [
  'P16',
  async (harness) => {
    const view = sheetView();
    await harness.append('worker-1', [{ type: 'WorkerPaid', data: { amount: 3 } }]);
    await harness.append('sheet-1', [{ type: 'SheetOpened', data: { rate: 'rate-a', team: 'x', owner: 'ann' } }]);
    await harness.append('rate-a', [{ type: 'RateSet', data: { value: 4 } }]);
    await harness.append('sheet-1', [
      { type: 'SheetRated', data: { rate: 'rate-b' } },
      { type: 'LineAdded', data: { amount: 10 } },
    ]);
    await harness.append('rate-b', [{ type: 'RateSet', data: { value: 7 } }]);
    await harness.append('rate-a', [{ type: 'RateSet', data: { value: 1000 } }]);
    const last = await harness.append('worker-1', [{ type: 'WorkerJoined', data: { team: 'x' } }]);
    const models = modelsOf(harness, [view]);
    await models.start();
    await until(async () => (await cursorIn(harness.pool, view)) === last);
    expect((await models.byKeys(view, ['sheet-1'], 'ALL'))[0]?.doc).toEqual({
      id: 'sheet-1',
      owner: 'ann',
      total: 70,
      pay: 3,
      members: ['worker-1'],
      since: null,
    });
    await models.stop();
    expect(await stored(harness.pool, view)).toEqual(await freshFold(harness, view));
  },
];

export const commitCases: readonly ProjectionCase[] = [
  checkpointAndRows,
  crash,
  twoRunners,
  casMiss,
  transient,
  linkInBatch,
];
