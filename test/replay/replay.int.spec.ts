import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appraisalFold, wasRejected, type ParkedWork } from '@assay/commands';
import { canonicalText, sha256Hex, uuidV5, type KnownAppraisal, type Principal, type PublishedRevision, type Recorded } from '@assay/domain';
import type { EventStore } from '@assay/event-log';
import { allViews, appraisalView, ReadModels, recomputePublished, versionedName, type AppraisalDocument, type ViewRow } from '@assay/read-models';
import { openRuntime, openSimulation, type OpenSimulation, type Runtime, type SimulationTarget } from '@assay/runtime';
import { replay } from '../../apps/cli/src/import/replay.js';
import { REPLAY_ISSUER } from '../../apps/cli/src/import/replay-company.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { dumped, foldedFresh } from '../support/fresh-fold.js';
import { generatedImport, type GeneratedImport } from '../support/generated-import.js';
import { reach } from '../support/reach.js';

const SEED = 20_170_101;
const AGENTS = 12;
const DEALS = 260;
const METRIC = 'sales_value';

/** A fact that was committed after a publication had read its facts and before it was appended itself. */
interface SlippedIn {
  readonly appraisal: string;
  readonly facts: string;
  readonly revision: number;
  readonly position: number;
}

/** The log and its views after a generated export was replayed, with a fact slipped in before each publication. */
class Replayed {
  readonly slipped: SlippedIn[] = [];
  private simulated: OpenSimulation | null = null;
  private finance: Principal | null = null;

  private constructor(readonly runtime: Runtime) {}

  static async from(runtime: Runtime, { input, company }: GeneratedImport): Promise<Replayed> {
    const replayed = new Replayed(runtime);
    replayed.intercept();
    const { logId, store, executor, finder, principals, accountDigest } = runtime;
    const target: SimulationTarget = { logId, store, executor, finder, principals, accountDigest, clock: Date.now, begin: (opening, from) => replayed.begin(opening, from) };
    const report = await replay(target, { input, company }, { progress: () => undefined, signal: new AbortController().signal, dryRun: false });
    expect(report).toMatchObject({ refusals: [], refusedSteps: [] });
    return replayed;
  }

  private async begin(opening: Parameters<SimulationTarget['begin']>[0], from: number): Promise<OpenSimulation> {
    this.simulated = await openSimulation(this.runtime, opening, from);
    return this.simulated;
  }

  /** The publication has been decided, on the facts it has read, when its append reaches the store: here another comes first. */
  private intercept(): void {
    const { store } = this.runtime;
    const append = store.append.bind(store);
    store.append = async (stream, events, ...rest) => {
      if (events[0]?.type === 'ScorePublished') await this.slipIn(stream);
      return append(stream, events, ...rest);
    };
  }

  private async slipIn(appraisal: string): Promise<void> {
    const { executor, principals } = this.runtime;
    const state = await (await executor.reader()).state(appraisalFold, appraisal);
    if (state.status === 'ABSENT' || this.simulated === null) throw new Error(`${appraisal} is published and not there`);
    const { simulation } = this.simulated;
    this.finance ??= await principals.find(REPLAY_ISSUER, 'finance');
    if (this.finance === null) throw new Error('nobody of finance is there');
    const fact = { source: 'by-hand', factId: `slipped ${appraisal}`, occurredOn: state.period.to, value: '99999', evidence: sha256Hex(appraisal) };
    const data = { owner: state.subjectId, metric: METRIC, facts: [fact] };
    const outcome = await simulation.execute({ aggregate: 'facts', type: 'RecordFacts', data, commandId: uuidV5(this.runtime.logId, `slipped ${appraisal}`), issuer: this.finance });
    if (wasRejected(outcome)) throw new Error(JSON.stringify(outcome.rejection));
    const { stream, revision, position } = outcome.accepted;
    this.slipped.push({ appraisal, facts: stream, revision, position: position ?? -1 });
  }
}

const byKey = <Doc>(rows: readonly ViewRow<Doc>[]): ReadonlyMap<string, string> => new Map([...rows].sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ key, doc }) => [key, canonicalText(doc)]));

describe(`a replayed export (seed ${SEED})`, () => {
  let database: TestDatabase;
  let dataDir: string;
  let generated: GeneratedImport;
  let runtime: Runtime;
  let replayed: Replayed;
  let head: number;
  let appraisals: readonly ViewRow<AppraisalDocument>[];
  const parked: ParkedWork[] = [];

  beforeAll(async () => {
    [database, dataDir] = [await testDatabase(), await mkdtemp(join(tmpdir(), 'assay-replay-'))];
    generated = await generatedImport({ seed: SEED, agents: AGENTS, deals: DEALS });
    const url = ({ user, password, host, port, database: name }: TestDatabase['app']): string => `postgresql://${user}:${password}@localhost/${name}?host=${encodeURIComponent(host ?? '')}&port=${port}`;
    const failed = (error: unknown): never => {
      throw error;
    };
    runtime = await openRuntime({ dataDir, log: 'main', databaseUrl: url(database.app), databaseOwnerUrl: url(database.owner), say: () => undefined, onParked: (work) => parked.push(work), onError: failed });
    replayed = await Replayed.from(runtime, generated);
    ({ position: head } = await runtime.store.head());
    await reach(runtime.readModels, allViews, head);
    appraisals = await runtime.readModels.all(appraisalView, { visibility: 'ALL' });
  }, 240_000);
  afterAll(async () => {
    await runtime.close();
    await database.close();
    await generated.remove();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('has an appraisal of every agent and quarter, published and final, and parks no work', () => {
    expect(appraisals).toHaveLength(AGENTS * 4);
    expect(new Set(appraisals.map(({ doc }) => doc.status))).toEqual(new Set(['FINAL']));
    expect(parked).toEqual([]);
  });

  it('gives each appraisal alike live, by a rebuild beside it, and as of the head', async () => {
    const live = byKey(appraisals);
    expect(byKey(await rebuilt(runtime))).toEqual(live);
    const moment = runtime.readModels.moment(appraisalView, { upTo: head });
    const asOf = await Promise.all([...live.keys()].map(async (key) => [key, canonicalText(await moment.doc(key))] as const));
    expect(new Map(asOf)).toEqual(live);
    const listed = await runtime.readModels.listAsOf(appraisalView, { upTo: head, visibility: 'ALL' });
    expect(byKey(listed)).toEqual(live);
  }, 60_000);

  it('holds in every table of every view, byte by byte, what a fresh fold gives', async () => {
    const events = await runtime.store.readAll({ afterPosition: -1 });
    for (const view of allViews) {
      const [live, fresh] = [await dumped(view, database.app), await foldedFresh(view, events)];
      expect({ view: view.name, ...live }).toEqual({ view: view.name, ...fresh });
    }
  }, 60_000);

  it('recomputes every published score from its basis, digit by digit', async () => {
    for (const { key, doc } of appraisals) {
      for (const published of doc.revisions) {
        const recomputed = await recomputePublished(runtime.store, key, published.revision);
        expect({ key, agrees: recomputed?.agrees, ...figuresOf(recomputed?.score) }).toEqual({ key, agrees: true, ...figuresOf(published) });
      }
    }
  }, 60_000);

  it('rests each publication on what it had read, not on what was committed before it was appended', async () => {
    expect(new Set(replayed.slipped.map(({ appraisal }) => appraisal))).toEqual(new Set(appraisals.map(({ key }) => key)));
    for (const { appraisal, facts, revision, position } of replayed.slipped) {
      const [published] = await publicationsOf(runtime.store, appraisal);
      const read = published?.data.basis.find(({ stream }) => stream === facts)?.revision ?? -1;
      expect({ appraisal, before: position < (published?.position ?? -1), read }).toEqual({ appraisal, before: true, read: revision - 1 });
    }
  });

  it('shows the facts that slipped in as late, and moves no published total by them', () => {
    for (const { key, doc } of appraisals) {
      const late = doc.score.lateFacts.map(({ factId }) => factId);
      expect({ key, late: late.includes(`slipped ${key}`), total: doc.score.total }).toEqual({ key, late: true, total: doc.revisions[0]?.total });
    }
  });

  it('notices a basis that is not what was read: a fact less, and the recomputation disagrees', async () => {
    const measured = appraisals.filter(({ doc }) => Number(doc.score.indicators.find(({ code }) => code === METRIC)?.actual ?? 0) > 0);
    expect(measured.length).toBeGreaterThan(AGENTS);
    for (const { key, doc } of measured) {
      const recomputed = await recomputePublished(withoutOneFact(runtime.store, doc), key, 1);
      expect({ key, agrees: recomputed?.agrees }).toEqual({ key, agrees: false });
    }
  }, 60_000);
});

const figuresOf = (score: Pick<PublishedRevision, 'status' | 'total' | 'grade'> | undefined) => ({ status: score?.status, total: score?.total, grade: score?.grade });

/** The log with the first fact that took part in an appraisal's score gone from its stream. */
function withoutOneFact(store: EventStore, { subjectId, eligible }: KnownAppraisal): Pick<EventStore, 'readStream'> {
  const stream = `facts-${subjectId}-${METRIC}`;
  const taken = ({ type, data }: Recorded): boolean =>
    type === 'FactRecorded' && typeof data === 'object' && data !== null && 'occurredOn' in data && eligible !== null && String(data.occurredOn) >= eligible.from && String(data.occurredOn) <= eligible.to;
  return {
    readStream: async (name, options) => {
      const events = await store.readStream(name, options);
      const gone = name === stream ? events.findIndex(taken) : -1;
      return gone < 0 ? events : events.filter((_, index) => index !== gone);
    },
  };
}

async function publicationsOf(store: EventStore, stream: string): Promise<readonly { readonly position: number; readonly data: { readonly basis: PublishedRevision['basis'] } }[]> {
  const events = await store.readStream(stream);
  // Events of this type carry this payload: the codec has checked it.
  return events.filter(({ type }) => type === 'ScorePublished').map(({ position, data }) => ({ position, data: data as { readonly basis: PublishedRevision['basis'] } }));
}

/** The next version of the appraisal view, built beside the one that serves, in batches of its own. */
async function rebuilt({ pool, store }: Runtime): Promise<readonly ViewRow<AppraisalDocument>[]> {
  const next = { ...appraisalView, version: appraisalView.version + 1 };
  const beside = new ReadModels({ pool, source: store, views: [next], hashes: { [versionedName(next)]: 'rebuilt' }, runner: { warmBatchEvents: 137 } });
  await beside.start();
  await live(beside);
  await reach(beside, [next], (await store.head()).position);
  const rows = await beside.all(next, { visibility: 'ALL' });
  await beside.stop();
  return rows;
}

/** Resolves once a version that is being built has caught up; one that stopped says why. */
async function live(readModels: ReadModels): Promise<void> {
  for (let [metrics] = await readModels.metrics(); metrics?.live !== true; [metrics] = await readModels.metrics()) expect(metrics?.stopped).toBeNull();
}
