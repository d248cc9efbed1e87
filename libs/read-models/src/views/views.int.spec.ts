import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventCatalogue, type Principal, type Role } from '@assay/domain';
import { EventCodec, EventStore, memoryKeyStore, NO_STREAM, openPostgresLog, withClient, type PostgresLog } from '@assay/event-log';
import pg from 'pg';
import { until } from '../../../../test/conformance/projection-cases.js';
import { testDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { readModelsFinder } from '../finder.js';
import { memoryFinder } from '../memory-finder.fixture.js';
import { foldBatch } from '../projection/fold-batch.js';
import { ReadModels } from '../read-models.js';
import { readModelSchemaSql, tablesOf } from '../store/tables.js';
import { MemoryTables } from '../store/memory-tables.js';
import { versionedName, type View } from '../view/view.js';
import { allViews } from './all.js';
import { appraisalView, explanationView } from './appraisal.projector.js';
import { loadCascade } from './cascade.js';
import { visibleEvents } from './event-access.js';
import { eventView } from './event.projector.js';
import { loadProgress } from './progress-board.js';
import { recomputePublished } from './published-score.js';
import { readableEvents } from './readable-events.js';
import { recalibrationView } from './recalibration.projector.js';
import { APPRAISAL, CHILD, CROSS, CYCLE, GOAL, HEAD, HR, id, LI, LI_TARGET, recordedStory, SEALED, SEALED_APPENDS, SEALED_COMMENT, UNIT_TARGET, WU, WU_TARGET } from './story.fixture.js';
import { targetView } from './target.projector.js';

const story = recordedStory();
const head = story.flat().length - 1;
const sealedHead = story.slice(0, SEALED_APPENDS).flat().length - 1;
const appraisalKey = `appraisal-${APPRAISAL}`;
/** The same views a version on: what a rebuild beside the live ones makes. */
const rebuilt = allViews.map((view) => ({ ...view, version: 2 }));
const principal = (personId: string, ...roles: readonly Role[]): Principal => ({ personId, roles: new Set(roles), manages: new Set(), heads: new Set(), seats: new Set() });

let database: TestDatabase;
let log: PostgresLog;
let store: EventStore;
let pool: pg.Pool;
let models: ReadModels;

/** On a machine that does much else at once, a position is waited for longer than users would. */
const modelsOf = (views: readonly View[], waitMsMax = 15_000): ReadModels =>
  new ReadModels({ pool, source: store, views, hashes: Object.fromEntries(views.map((view) => [versionedName(view), 'story'])), freshness: { waitMsMax } });

async function append(from: number, to: number): Promise<void> {
  for (const events of story.slice(from, to)) {
    const [first] = events;
    if (first) await store.append(first.stream, events.map(({ id, type, data, meta }) => ({ id, type, data, meta })), first.revision === 0 ? NO_STREAM : first.revision - 1);
  }
}
/** Everything a view shows, as text: documents with their columns, and history. */
async function shown(view: View): Promise<string> {
  const { rows, history } = tablesOf(view);
  const documents = await pool.query(`SELECT * FROM ${rows} ORDER BY key`);
  const past = view.history ? await pool.query(`SELECT * FROM ${history} ORDER BY position, key, seq`) : { rows: [] };
  return JSON.stringify([documents.rows, past.rows]);
}

beforeAll(async () => {
  database = await testDatabase();
  await withClient(database.owner, (client) => client.query(readModelSchemaSql(client.escapeIdentifier(database.app.user ?? ''))));
  log = await openPostgresLog({ app: database.app, owner: database.owner });
  store = new EventStore(log, new EventCodec({ definitions: eventCatalogue, keys: memoryKeyStore() }));
  pool = new pg.Pool({ ...database.app, max: 6 });
  models = modelsOf(allViews);
  await models.start();
  await append(0, SEALED_APPENDS);
}, 60_000);
afterAll(async () => {
  await models.stop();
  await pool.end();
  await log.close();
  await database.close();
});

describe('before the unsealing', () => {
  it('no table of rows or history holds a rating or what betrays it', async () => {
    await models.atLeast(allViews, sealedHead);
    for (const view of allViews) {
      const text = await shown(view);
      for (const secret of [SEALED.SELF, SEALED.SUPERIOR, '55.5', SEALED_COMMENT]) expect(text).not.toContain(secret);
    }
  });

  it('no page of the trail does, but to its author', async () => {
    const page = await models.history<never>(eventView, { visibility: visibleEvents(principal(HR, 'HR', 'EMPLOYEE')), filter: { type: { eq: 'EvaluationSubmitted' } } });
    expect(page.rows).toHaveLength(2);
    const rows = page.rows.map(({ doc }) => doc);
    expect(JSON.stringify(await readableEvents(store, rows, { principal: principal(HR, 'HR', 'AUDITOR') }))).not.toContain(SEALED.SELF);
    expect(JSON.stringify(await readableEvents(store, rows, { principal: principal(LI, 'EMPLOYEE') }))).toContain(SEALED.SELF);
  });
});

describe('at the head', () => {
  beforeAll(async () => {
    await append(SEALED_APPENDS, story.length);
    await models.atLeast(allViews, head);
  });

  it('parks nothing', async () => {
    for (const view of allViews) expect(await models.parked(view)).toEqual([]);
  });

  it('shows the same live, by a replay, and by a fresh fold in memory, byte for byte', async () => {
    const events = await store.readAll({ afterPosition: -1, max: 1000 });
    for (const view of allViews) {
      const live = await models.all(view, { visibility: 'ALL' });
      const fresh = new MemoryTables();
      fresh.apply(await foldBatch(view, events, { source: fresh }));
      expect(live.length).toBe(fresh.rows.size);
      const moment = models.moment(view, { upTo: head });
      for (const { key, doc, position } of live) {
        expect(JSON.stringify(doc)).toBe(JSON.stringify(await moment.doc(key)));
        expect(JSON.stringify(doc)).toBe(JSON.stringify(fresh.rows.get(key)?.doc));
        expect(position).toBe(fresh.rows.get(key)?.position);
      }
    }
  });

  it('shows the same once rebuilt beside the live versions', async () => {
    const again = modelsOf(rebuilt);
    await again.start();
    await until(async () => (await again.metrics()).every(({ position, status }) => position >= head || status === 'STOPPED'));
    await again.stop();
    for (const [index, view] of allViews.entries()) {
      const second = rebuilt[index];
      if (second) expect(await shown(second)).toBe(await shown(view));
    }
  }, 120_000);

  it('lists as of a position what it showed then', async () => {
    const [row] = await models.listAsOf(appraisalView, { upTo: sealedHead, visibility: 'ALL' });
    expect(row?.doc).toMatchObject({ isSealed: true, total: '50.00' });
    expect(JSON.stringify(row)).not.toContain(SEALED.SELF);
  });

  it('gives a history of the score, page by page', async () => {
    const first = await models.history<{ readonly type: string }>(appraisalView, { visibility: 'ALL', filter: { key: { eq: appraisalKey } }, first: 5, count: true });
    const rest = await models.history<{ readonly type: string }>(appraisalView, { visibility: 'ALL', filter: { key: { eq: appraisalKey } }, first: 5, after: first.rows.at(-1)?.cursor });
    expect([first.totalCount, first.hasNext, rest.hasNext]).toEqual([7, true, false]);
    expect([...first.rows, ...rest.rows].map(({ doc }) => doc.type).at(-1)).toBe('EvaluationsUnsealed');
  });

  it('derives explanations and progress from the states, as a replay does', async () => {
    const live = await models.derive(appraisalView, explanationView(), [appraisalKey]);
    const then = await models.moment(explanationView(), { upTo: head }).doc(appraisalKey);
    expect(JSON.stringify(live.get(appraisalKey))).toBe(JSON.stringify(then));
    const keys = [LI_TARGET, WU_TARGET, UNIT_TARGET].map((id) => `target-${id}`);
    const board = await loadProgress(models, { keys, day: '2026-02-15' });
    expect(keys.map((key) => board.get(key)?.actual)).toEqual(['400', '200', '600']);
    expect([...(await loadProgress(models, { keys, day: '2026-02-15', asOf: { upTo: head } }))]).toEqual([...board]);
    expect(await models.derive(appraisalView, explanationView(), ['appraisal-none'])).toEqual(new Map());
  });

  it('reckons the cascade, live and as it was, over visible targets', async () => {
    const question = { root: GOAL, goals: 'ALL', targets: 'ALL' } as const;
    const live = await loadCascade(models, question);
    expect(live.map(({ goalId, depth, allocated, unallocated, overAllocated }) => [goalId, depth, allocated, unallocated, overAllocated])).toEqual([
      [GOAL, 0, '2000', '0', '0'],
      [CHILD, 1, '2000', '0', '500'],
    ]);
    expect(await loadCascade(models, { ...question, asOf: { upTo: head } })).toEqual(live);
    const mine = await loadCascade(models, { ...question, root: CHILD, targets: { any: [{ column: 'owner', in: [WU] }] } });
    expect(mine.map(({ allocated }) => allocated)).toEqual(['500']);
  });

  it('shows a recalibration to whom it concerns', async () => {
    const seen = async (personId: string) => (await models.all(recalibrationView, { visibility: { any: [{ column: 'owner', in: [personId] }, { column: 'requester', in: [personId] }] } })).length;
    expect([await seen(LI), await seen(HEAD), await seen(WU)]).toEqual([1, 1, 0]);
  });

  it('opens sealed fields of the trail, and of the past only what was open then', async () => {
    const filter = { key: { eq: appraisalKey } };
    const rows = (await models.history<never>(eventView, { visibility: visibleEvents(principal(CROSS, 'EMPLOYEE')), filter, first: 50 })).rows.map(({ doc }) => doc);
    expect(rows).toHaveLength(10);
    expect(JSON.stringify(await readableEvents(store, rows, { principal: principal(HR, 'HR') }))).toContain(SEALED.SUPERIOR);
    expect(JSON.stringify(await readableEvents(store, rows, { principal: principal(HR, 'HR'), upTo: sealedHead }))).not.toContain(SEALED.SUPERIOR);
  });

  it('pages through the trail by stream, actor, type and time under access', async () => {
    const visibility = visibleEvents(principal(WU, 'EMPLOYEE'));
    const page = await models.history<{ readonly type: string }>(eventView, { visibility, filter: { stream: { eq: CYCLE } }, count: true });
    expect(page.rows.map(({ doc }) => doc.type)).toEqual(['CycleOpened', 'CycleDataCutOff']);
    expect(page.totalCount).toBe(2);
    const byActor = await models.history<never>(eventView, { visibility: 'ALL', filter: { actor: { eq: LI }, type: { in: ['FeedbackGiven'] } } });
    expect(byActor.rows).toHaveLength(1);
  });

  it('recomputes no publication that names no basis, nor one that is not there', async () => {
    await expect(recomputePublished(store, appraisalKey, 1)).rejects.toThrow('basis');
    expect(await recomputePublished(store, appraisalKey, 2)).toBeNull();
    expect(await recomputePublished(store, 'appraisal-none', 1)).toBeNull();
  });

  it('finds for handlers what a dry run finds in memory', async () => {
    const [live, dry] = [readModelsFinder(models), memoryFinder(store)];
    const answers = async (finder: typeof live) => [
      await finder.personByIdentity({ issuer: 'https://id', subject: 'li' }, head),
      await finder.personBySourceAccount('d'.repeat(64), head),
      await finder.reportsOf(HEAD, '2026-02-01', head),
      await finder.membersOf('EAST', { from: '2026-03-01', to: '2026-03-31' }, head),
      await finder.people(head),
      await finder.childGoals([GOAL], head),
      await finder.targetsOfGoals([GOAL, CHILD], head),
      await finder.targetsOf({ ownerId: 'unit:EAST' }, head),
      await finder.appraisalsOf({ personId: LI, cycle: CYCLE }, head),
      await finder.schemes(head),
      await finder.metricInUse('sales', head),
      await finder.metricInUse('none', head),
      [...(await finder.factOwners('sales', [{ source: 'crm', factId: 'deal-4' }]))],
    ];
    const found = await answers(live);
    expect(found.slice(0, 3)).toEqual([LI, LI, [LI, WU]]);
    expect(await answers(dry)).toEqual(found);
    expect((await models.page(targetView, { visibility: 'ALL', orderBy: { column: 'attainment', direction: 'DESC' } })).rows).toHaveLength(3);
  });

  it('is unavailable to a handler whose position it does not reach', async () => {
    await models.stop();
    const [metric] = story.flat().filter(({ type }) => type === 'MetricDefined');
    if (!metric) throw new Error('the story defines a metric');
    const { type, data, meta } = metric;
    const { position } = await store.append('metric-late', [{ id: id(9000), type, data, meta }], NO_STREAM);
    const finder = readModelsFinder(modelsOf(allViews, 500));
    await expect(finder.targetsOf({ ownerId: 'unit:EAST' }, position ?? 0)).rejects.toMatchObject({ code: 'Unavailable', retryable: true });
    // Schemes rest on no metric: what was appended since is none of theirs.
    expect(await finder.schemes(position ?? 0)).toHaveLength(1);
  });
});
