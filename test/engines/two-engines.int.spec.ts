import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadDemo, morningOf } from '@assay/demo';
import type { Recorded } from '@assay/domain';
import { connectDbClient, openEventStoreLog, withClient } from '@assay/event-log';
import { allViews, appraisalView, versionedName } from '@assay/read-models';
import { loadingTarget, openRuntime, type Runtime } from '@assay/runtime';
import type pg from 'pg';
import { replay } from '../../apps/cli/src/import/replay.js';
import { EventStoreDouble } from '../eventstoredb/double.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { generatedImport } from '../support/generated-import.js';
import { urlOf } from '../support/graphql-app.js';

/** Every document of a view by its key, without what may differ: where in the log, and when, something stands. */
type Documents = Readonly<Record<string, readonly string[]>>;
interface Loaded {
  readonly events: readonly Recorded[];
  readonly documents: Documents;
  readonly scores: readonly string[];
}

const TODAY = '2025-08-20';
const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

const fail = (what: unknown): never => {
  throw new Error(`behind the load something went wrong: ${JSON.stringify(what)}`);
};

/** A log on one engine, loaded, with its views whole. */
async function loadedOn(store: { readonly url: string; readonly keysOf: string } | null, load: (runtime: Runtime) => Promise<void>): Promise<Loaded & { readonly logId: string; readonly dataDir: string }> {
  const [database, dataDir] = [await testDatabase(), await mkdtemp(join(tmpdir(), 'assay-engines-'))];
  closing.push(() => database.close(), () => rm(dataDir, { recursive: true, force: true }));
  // The same keys, by which accounts are digested and texts sealed.
  if (store !== null) await cp(join(store.keysOf, 'keys'), join(dataDir, 'keys'), { recursive: true });
  const runtime = await openRuntime({ dataDir, log: 'main', databaseUrl: urlOf(database.app), databaseOwnerUrl: urlOf(database.owner), ...(store === null ? {} : { eventStore: { url: store.url } }), viewsLater: true, say: () => undefined, onParked: fail, onError: fail });
  try {
    expect(runtime.log.capabilities.engine).toBe(store === null ? 'postgres' : 'eventstoredb');
    await load(runtime);
    const events = await runtime.store.readAll({ afterPosition: -1, max: 1_000_000 });
    return { logId: runtime.logId, dataDir, events, ...(await documentsIn(database)) };
  } finally {
    await runtime.close();
  }
}

/** The other engine, holding a log of the same id: ids are derived from it. */
async function doubleFor(logId: string): Promise<EventStoreDouble> {
  const double = await EventStoreDouble.start({ systemEventEvery: 5 });
  closing.push(() => double.close());
  const elsewhere = await testDatabase();
  await (await openEventStoreLog({ connect: () => connectDbClient(double.url), ...elsewhere, id: logId })).close();
  await elsewhere.close();
  return double;
}

async function documentsIn({ app }: TestDatabase): Promise<Pick<Loaded, 'documents' | 'scores'>> {
  return withClient(app, async (client) => {
    const of = async (table: string): Promise<readonly string[]> => {
      const { rows } = await client.query<{ key: string; doc: unknown }>(`SELECT key, doc FROM read_model."${table}"`);
      return rows.map(({ key, doc }) => `${key} ${JSON.stringify(withoutPlace(doc))}`).sort((a, b) => (a < b ? -1 : Number(a > b)));
    };
    const documents: Record<string, readonly string[]> = {};
    for (const view of allViews) documents[view.name] = await of(versionedName(view));
    return { documents, scores: await scoresIn(client) };
  });
}

/** What a row of the history of scores says, as far as it is compared. */
interface Step {
  readonly recordedAt: number;
  readonly after: unknown;
}

/**
 * What each score had come to at the end of each instant. A loader sends what happens at one instant on different streams at
 * once, so that the steps within it may go one way or the other.
 */
async function scoresIn(client: pg.ClientBase): Promise<readonly string[]> {
  const table = versionedName({ name: `${appraisalView.name}_history`, version: appraisalView.version });
  const { rows } = await client.query<{ key: string; doc: Step }>(`SELECT key, doc FROM read_model."${table}" ORDER BY key, position, seq`);
  const last = new Map(rows.map(({ key, doc: { recordedAt, after } }) => [`${key} ${String(recordedAt)}`, JSON.stringify(after)]));
  return [...last].map(([at, came]) => `${at} ${came}`);
}

const PLACE = new Set(['position', 'recordedAt', 'positions', 'lastPosition']);
function withoutPlace(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPlace);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !PLACE.has(name)).map(([name, part]) => [name, withoutPlace(part)]));
}


/** The events of each stream, as their readers see them. */
const byStream = ({ events }: Loaded): readonly string[] =>
  events.map(({ id, stream, revision, type, schemaVersion, data, meta }) => `${stream} ${String(revision).padStart(6, '0')} ${JSON.stringify({ id, type, schemaVersion, data, meta })}`).sort((a, b) => (a < b ? -1 : Number(a > b)));

/** What is loaded by the same commands is the same on both engines. */
function sameOnBoth(load: (runtime: Runtime) => Promise<void>): void {
  let postgres: Loaded;
  let eventStore: Loaded;
  beforeAll(async () => {
    const first = await loadedOn(null, load);
    postgres = first;
    eventStore = await loadedOn({ url: (await doubleFor(first.logId)).url, keysOf: first.dataDir }, load);
  }, 400_000);

  it('has the same events in each stream', () => {
    expect(postgres.events.length).toBeGreaterThan(500);
    expect(byStream(eventStore)).toEqual(byStream(postgres));
    expect(eventStore.events.map(({ position }) => position)).toEqual(eventStore.events.map((_, index) => index));
  });
  it('has the same documents in each view', () => {
    expect(Object.values(postgres.documents).filter((all) => all.length > 0).length).toBeGreaterThan(8);
    expect(eventStore.documents).toEqual(postgres.documents);
  });
  it('has the same scores at the end of each instant', () => {
    expect(postgres.scores.length).toBeGreaterThan(20);
    expect(eventStore.scores).toEqual(postgres.scores);
  });
}

async function demo(runtime: Runtime): Promise<void> {
  const { target, show, close } = loadingTarget(runtime, fail);
  // It ends on its own day, whenever it is run.
  await loadDemo({ ...target, clock: () => morningOf(TODAY) }, { seed: 1, today: TODAY, issuer: 'test' }, { progress: () => undefined, signal: new AbortController().signal, endsAt: morningOf(TODAY) });
  await show();
  await close();
}

async function crmImport(runtime: Runtime): Promise<void> {
  const generated = await generatedImport({ seed: 7, agents: 12, deals: 72 });
  const { target, show, close } = loadingTarget(runtime, fail);
  const report = await replay(target, generated, { progress: () => undefined, signal: new AbortController().signal, dryRun: false });
  expect([report.refusals, report.refusedSteps]).toEqual([[], []]);
  await show();
  await close();
  await generated.remove();
}

describe('the demo company on both engines', () => sameOnBoth(demo));
describe('an import of a CRM export on both engines', () => sameOnBoth(crmImport));
