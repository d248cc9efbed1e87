import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wasRejected, type CommandOutcome } from '@assay/commands';
import { uuidV5 } from '@assay/domain';
import { connectDbClient, endOfDay, moveLog, NO_STREAM, openEventStoreLog, openPostgresLog, withClient, type ServedLog, type StoredEvent } from '@assay/event-log';
import { DEMO_ISSUER, demoKey, markDemo } from '@assay/graphql';
import { openRuntime, openSimulation, type Runtime } from '@assay/runtime';
import { EventStoreDouble } from '../eventstoredb/double.js';
import { runLine, type Ran } from '../support/command-line.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { urlOf } from '../support/graphql-app.js';
import { FOUNDED_ON, foundTeam, type Team } from '../support/team.js';

const ZONE = 'Asia/Shanghai';
const FACTS = 300;
const noon = (day: string): number => endOfDay(day, ZONE) - 43_200_000;
const ignored = (): undefined => undefined;

let database: TestDatabase;
let folder: string;
let double: EventStoreDouble;
let team: Team;
/** How many events the log had before it was moved for the first time. */
let told: number;

beforeAll(async () => {
  [database, folder, double] = [await testDatabase(), await mkdtemp(join(tmpdir(), 'assay-migrate-')), await EventStoreDouble.start()];
  markDemo(folder, 'main');
  await at('postgres', async (runtime) => {
    const simulated = await openSimulation(runtime, { name: 'On the move', timeZone: ZONE, businessYearFirstMonth: 1, admin: { issuer: DEMO_ISSUER, subject: 'admin' } }, noon(FOUNDED_ON));
    team = await foundTeam({ runtime, simulated });
    await simulated.simulation.advance(noon('2026-07-20'));
    await record(team, FACTS);
    expect(await assay(['migrate-log', '--to', 'eventstore', '--yes'])).toMatchObject({ code: 2, err: expect.stringContaining('simulated') });
    await simulated.end(noon('2026-07-20') - Date.now());
    await simulated.release();
    told = (await runtime.store.head()).position + 1;
  });
}, 120_000);
afterAll(async () => {
  await double.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const record = ({ stage, id }: Team, count: number) => {
  const facts = Array.from({ length: count }, (_, index) => ({ source: 'crm', factId: `d${String(index)}`, occurredOn: '2026-07-10', value: '1', evidence: 'a'.repeat(64) }));
  return stage.must({ key: 'facts', by: id.finance, aggregate: 'facts', type: 'RecordFacts', data: { owner: id.seller, metric: 'sales', facts } });
};

type Place = 'postgres' | 'eventstore';
/** Work on the log at one of its two places, with everything behind it. */
async function at<T>(place: Place, work: (runtime: Runtime) => Promise<T>): Promise<T> {
  const eventStore = place === 'eventstore' ? { eventStore: { url: double.url } } : {};
  const runtime = await openRuntime({ dataDir: folder, log: 'main', databaseUrl: urlOf(database.app), databaseOwnerUrl: urlOf(database.owner), ...eventStore, say: ignored, onParked: ignored, onError: ignored });
  try {
    return await work(runtime);
  } finally {
    await runtime.close();
  }
}

/** A command line with the settings of both places. */
async function assay(argv: readonly string[], { who = 'admin', environment = {}, ...options }: { readonly who?: string | null; readonly environment?: Record<string, string | undefined> } & NonNullable<Parameters<typeof runLine>[2]> = {}): Promise<Ran> {
  const token = who === null ? undefined : await (await demoKey(folder)).sign(who);
  const where = { ASSAY_DATA: folder, ASSAY_LOG: 'main', DATABASE_URL: urlOf(database.app), DATABASE_OWNER_URL: urlOf(database.owner), EVENTSTORE_URL: double.url, ASSAY_TOKEN: token };
  return runLine(argv, { ...where, ...environment }, options);
}
const migrate = (to: Place, ...more: readonly string[]): Promise<Ran> => assay(['migrate-log', '--to', to, '--yes', '--json', ...more]);

const bytesOf = ({ id, stream, revision, position, type, schemaVersion, body, metaBytes, recordedAt, cursor }: StoredEvent) =>
  ({ id, stream, revision, position, type, schemaVersion, recordedAt, cursor, body: Buffer.from(body).toString('base64'), meta: Buffer.from(metaBytes).toString('base64') });
/** The log alone, as whoever opens it finds it. */
async function logAt<T>(place: Place, work: (log: ServedLog) => Promise<T>): Promise<T> {
  const { app } = database;
  const log = place === 'postgres' ? await openPostgresLog({ app }) : await openEventStoreLog({ app, connect: () => connectDbClient(double.url) });
  try {
    return await work(log);
  } finally {
    await log.close();
  }
}
const eventsAt = (place: Place) => logAt(place, async (log) => (await log.readAll({ max: 10_000 })).map(bytesOf));

/** A command of the company, and one of a person: neither is taken in a closed log. */
const actAt = (place: Place, key: string): Promise<readonly CommandOutcome[]> =>
  at(place, async (runtime) => {
    const issuer = await runtime.principals.of(team.id.hr);
    const commandId = uuidV5(runtime.logId, key);
    const names = { en: key, zh: key };
    return [
      await runtime.executor.execute({ aggregate: 'company', type: 'DefineUnit', data: { code: key, names, parent: null, head: null, from: '2026-08-01' }, commandId, issuer }),
      await runtime.executor.execute({ aggregate: 'scheme', type: 'DraftScheme', data: { names }, commandId, issuer }),
    ];
  });
/** What an append past every decision comes to. */
const append = (stream: string, place: Place): Promise<unknown> => logAt(place, (log) => log.append(stream, [{ id: team.goal, type: 'Told', schemaVersion: 1, data: {}, meta: {} }], NO_STREAM)).catch((error: unknown) => error);
const refusals = (outcomes: readonly CommandOutcome[]) => outcomes.map((outcome) => (wasRejected(outcome) ? outcome.rejection.rejected : 'TAKEN'));
/** Takes away what an owner alone could: the events from a position on. */
const cutOff = (position: number) => own(`ALTER TABLE assay.event DISABLE TRIGGER event_append_only; DELETE FROM assay.event WHERE position >= ${String(position)}; ALTER TABLE assay.event ENABLE ALWAYS TRIGGER event_append_only`);
const own = (statement: string) => withClient(database.owner, (client) => client.query(statement));

describe('a log that cannot be moved', () => {
  it.each([
    ['without a direction', ['migrate-log'], {}, '--to'],
    ['to another engine', ['migrate-log', '--to', 'oracle'], {}, '--to'],
    ['without an event store', ['migrate-log', '--to', 'eventstore'], { environment: { EVENTSTORE_URL: undefined } }, 'EVENTSTORE_URL'],
    ['by nobody', ['migrate-log', '--to', 'eventstore', '--yes'], { who: null }, 'ASSAY_TOKEN'],
    ['without a yes', ['migrate-log', '--to', 'eventstore'], {}, '--yes'],
  ] as const)('%s', async (_what, argv, options, remedy) => {
    expect(await assay(argv, options)).toEqual({ code: 2, out: '', err: expect.stringContaining(remedy) });
  }, 30_000);

  it('stays as it is where nobody agrees', async () => {
    expect(await assay(['migrate-log', '--to', 'eventstore'], { terminal: true })).toMatchObject({ code: 1, out: '' });
    expect((await eventsAt('postgres')).length).toBe(told);
  }, 30_000);
});

describe('a log that is moved', () => {
  it('is closed first, and interrupted it goes on where it ended', async () => {
    const interruption = new AbortController();
    const watching = (async () => {
      while (double.eventCount < told / 10) await delay(1);
      interruption.abort();
    })();
    const interrupted = await assay(['migrate-log', '--to', 'eventstore', '--yes'], { signal: interruption.signal });
    await watching;
    expect(interrupted).toMatchObject({ code: 130, out: '' });
    expect(double.eventCount).toBeLessThan(told);
    const { code, out } = await migrate('eventstore');
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report).toMatchObject({ log: 'main', to: 'eventstore', events: told + 1, lastPosition: told, sha256: expect.stringMatching(/^[0-9a-f]{64}$/), verified: true });
    expect(report.copied).toBeLessThan(told);
    expect(report.copied).toBeGreaterThan(0);
  }, 30_000);

  it('is the same to the byte, closed where it was and reopened where it is', async () => {
    const [before, after] = [await eventsAt('postgres'), await eventsAt('eventstore')];
    expect(after.slice(0, -1)).toEqual(before);
    const [closed, reopened] = after.slice(-2);
    expect([closed, reopened].map((event) => event?.type)).toEqual(['LogClosed', 'LogReopened']);
    const meta = JSON.parse(Buffer.from(reopened?.meta ?? '', 'base64').toString('utf8'));
    expect(meta).toMatchObject({ actor: 'SYSTEM', causationId: closed?.id, rootActor: team.id.admin });
    expect(refusals(await actAt('postgres', 'late'))).toEqual(['LOG_CLOSED', 'LOG_CLOSED']);
    expect(refusals(await actAt('eventstore', 'new'))).toEqual(['TAKEN', 'TAKEN']);
    expect(await assay(['rebuild'])).toMatchObject({ code: 0 });
  }, 30_000);

  it('takes nothing more where it was, of a process that had decided before it was closed and froze', async () => {
    expect(await append('late', 'postgres')).toMatchObject({ code: 'Unavailable' });
    expect((await eventsAt('postgres')).length).toBe(told + 1);
  }, 30_000);

  it('is moved once, however often it is asked for', async () => {
    const { code, out } = await migrate('eventstore');
    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, copied: 0, events: told + 1 });
    expect((await eventsAt('eventstore')).length).toBe(told + 4);
  }, 30_000);

  it('is not moved anew to a server that was emptied, while the index of what was there stands', async () => {
    const emptied = await EventStoreDouble.start();
    try {
      const before = [emptied.eventCount, await eventsAt('postgres')];
      expect(await assay(['migrate-log', '--to', 'eventstore', '--yes'], { environment: { EVENTSTORE_URL: emptied.url } })).toMatchObject({ code: 2, out: '', err: expect.stringContaining('drop the schema order_index') });
      expect([emptied.eventCount, await eventsAt('postgres')]).toEqual(before);
    } finally {
      await emptied.close();
    }
  }, 30_000);

  it('is not taken for moved where an event was tampered with, and the position is said', async () => {
    const position = told + 2;
    await own(`CREATE FUNCTION public.tamper() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.body := convert_to(replace(convert_from(NEW.body, 'UTF8'), 'new', 'old'), 'UTF8'); RETURN NEW; END $$`);
    await own(`CREATE TRIGGER tamper BEFORE INSERT ON assay.event FOR EACH ROW WHEN (NEW.position = ${String(position)}) EXECUTE FUNCTION public.tamper()`);
    expect(await migrate('postgres')).toMatchObject({ code: 1, out: '', err: expect.stringContaining(`position ${String(position)} differs in its body`) });
    await own('DROP TRIGGER tamper ON assay.event; DROP FUNCTION public.tamper()');
    // What is there is no beginning of the log, and nothing can be appended to it.
    expect(await migrate('postgres')).toMatchObject({ code: 2, out: '', err: expect.stringContaining(`position ${String(position)}`) });
    expect(await append('half', 'postgres')).toMatchObject({ code: 'Unavailable' });
    await cutOff(position);
  }, 30_000);

  it.each([
    ['where it was opened again already', () => told + 2],
    ['where it ends with the event that closed it', () => told + 1],
  ])('is not said to be served there while it is closed there, %s', async (_what, end) => {
    await cutOff(end());
    const before = [double.eventCount, await eventsAt('postgres')];
    expect(await migrate('eventstore')).toEqual({ code: 2, out: '', err: expect.stringContaining('--to postgres') });
    expect([double.eventCount, await eventsAt('postgres')]).toEqual(before);
  }, 30_000);

  it('comes back into the database it came from, which takes what is new', async () => {
    const { code, out } = await migrate('postgres');
    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, to: 'postgres', events: told + 5, copied: 4 });
    const [before, after] = [await eventsAt('eventstore'), await eventsAt('postgres')];
    expect(after.slice(0, -1)).toEqual(before);
    expect(refusals(await actAt('eventstore', 'late'))).toEqual(['LOG_CLOSED', 'LOG_CLOSED']);
    expect(refusals(await actAt('postgres', 'home'))).toEqual(['TAKEN', 'TAKEN']);
    expect(await assay(['rebuild', 'company', 'event'], { environment: { EVENTSTORE_URL: undefined } })).toMatchObject({ code: 0 });
    // Recorded by the moved log's clock: it runs on with the offset at which its simulation ended.
    const [last] = (await eventsAt('postgres')).slice(-1);
    expect(last?.recordedAt).toBeLessThan(noon('2026-07-21'));
  }, 30_000);

  it('is not moved back out of what half a move has left, which is finished instead', async () => {
    const [last] = (await eventsAt('postgres')).filter(({ stream }) => stream.startsWith('scheme-')).slice(-1);
    const fault = double.faults.inject('append', { kind: 'FAIL', failure: 'ACCESS_DENIED' }, { stream: last?.stream ?? '' });
    expect(await migrate('eventstore')).toMatchObject({ code: 3, out: '' });
    expect(fault.hits).toBe(1);
    const before = [double.eventCount, await eventsAt('postgres')];
    // What is there is this log, open and real: it could be closed.
    expect((await eventsAt('eventstore')).slice(told).map(({ type }) => type)).toEqual(['LogClosed', 'LogReopened', 'UnitDefined', 'SchemeDrafted', 'LogClosed', 'LogReopened', 'UnitDefined']);
    expect(await migrate('postgres')).toEqual({ code: 2, out: '', err: expect.stringContaining('--to eventstore') });
    expect([double.eventCount, await eventsAt('postgres')]).toEqual(before);
    expect(await migrate('eventstore')).toMatchObject({ code: 0 });
    expect(refusals(await actAt('eventstore', 'whole'))).toEqual(['TAKEN', 'TAKEN']);
    expect(await migrate('postgres')).toMatchObject({ code: 0 });
  }, 60_000);

  it('is served again where it was, where all was copied and nothing was reopened', async () => {
    double.faults.inject('append', { kind: 'FAIL', failure: 'ACCESS_DENIED' });
    expect(await migrate('eventstore')).toMatchObject({ code: 3, out: '' });
    await moveLog({ to: 'EVENTSTORE', app: database.app, owner: database.owner, connect: () => connectDbClient(double.url) });
    expect(await append('late', 'postgres')).toMatchObject({ code: 'Unavailable' });
    const { code, out } = await migrate('postgres');
    expect({ code, ...JSON.parse(out) }).toMatchObject({ code: 0, copied: 0 });
    expect(refusals(await actAt('postgres', 'back'))).toEqual(['TAKEN', 'TAKEN']);
  }, 60_000);

  it('is not moved to a server that holds something else', async () => {
    const foreign = await EventStoreDouble.start();
    try {
      const client = await connectDbClient(foreign.url);
      await client.append({ stream: 'orders', expected: -1, events: [{ id: team.goal, type: 'Ordered', body: Buffer.from('{}'), metadata: Buffer.from('{}') }] });
      await client.dispose();
      const [before, environment] = [foreign.eventCount, { EVENTSTORE_URL: foreign.url }];
      expect(await assay(['migrate-log', '--to', 'eventstore', '--yes'], { environment })).toMatchObject({ code: 2, out: '', err: expect.stringContaining('a server of its own') });
      expect(foreign.eventCount).toBe(before);
      // It was looked at before anything was closed for it.
      expect(refusals(await actAt('postgres', 'still'))).toEqual(['TAKEN', 'TAKEN']);
    } finally {
      await foreign.close();
    }
  }, 30_000);
});
