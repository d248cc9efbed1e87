import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { uuidV5, type Recorded } from '@assay/domain';
import { dayAt } from '@assay/event-log';
import { openLog, openRuntime, type Runtime, type RuntimeOptions } from '@assay/runtime';
import { EventStoreDouble } from '../eventstoredb/double.js';
import { testDatabase } from '../support/database.js';
import { urlOf } from '../support/graphql-app.js';

/** Where the log of an engine is, as the runtime is told of it. */
interface Place {
  readonly reach: Partial<Pick<RuntimeOptions, 'databaseUrl' | 'databaseOwnerUrl' | 'eventStore'>>;
  close(): Promise<void>;
}
const onEmbedded = (): Promise<Place> => Promise.resolve({ reach: {}, close: () => Promise.resolve() });
const onDouble = async (): Promise<Place> => {
  const [database, double] = [await testDatabase(), await EventStoreDouble.start({ systemEventEvery: 7 })];
  const close = async (): Promise<void> => {
    await double.close();
    await database.close();
  };
  return { reach: { databaseUrl: urlOf(database.app), databaseOwnerUrl: urlOf(database.owner), eventStore: { url: double.url } }, close };
};
const ENGINES = [['embedded PostgreSQL', onEmbedded], ['EventStoreDB (double)', onDouble]] as const;

/** Resolves with the cycle's events once there are so many; nothing but the log itself is waited for. */
async function eventsOf(runtime: Runtime, stream: string, count: number): Promise<readonly Recorded[]> {
  for (;;) {
    const { position } = await runtime.store.head();
    const events = await runtime.store.readStream(stream);
    if (events.length >= count) return events;
    await runtime.store.moved(position, 1_000, new AbortController().signal);
  }
}

/** Opens the cycle of a quarter long over, so that its cut-off is due at once. */
async function openCycle(runtime: Runtime, adminId: string, code: string): Promise<string> {
  const outcome = await runtime.executor.execute({
    aggregate: 'cycle',
    type: 'OpenCycle',
    data: {
      level: 'QUARTER',
      code,
      cutOffOn: `${code.slice(0, 4)}-12-30`,
      evaluationDueOn: `${code.slice(0, 4)}-12-31`,
    },
    commandId: uuidV5(runtime.logId, code),
    issuer: await runtime.principals.of(adminId),
  });
  expect(outcome).toMatchObject({ accepted: { repeated: false } });
  return `cycle-QUARTER-${code}`;
}

describe.each(ENGINES)('conformance: %s', (_engine, placed) => {
  let place: Place;
  let folder: string;
  const problems: unknown[] = [];
  const open = (): Promise<Runtime> =>
    openRuntime({
      ...place.reach,
      dataDir: folder,
      log: 'timers',
      say: () => undefined,
      onParked: (work) => problems.push(work),
      onError: (error) => problems.push(error),
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-timers-'));
    place = await placed();
  });
  afterAll(async () => {
    await place.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('[P17] timer-fires-once-across-restarts-and-two-processes', async () => {
    const first = await open();
    const { adminId } = await openLog(first, {
      name: 'Timers',
      timeZone: 'Asia/Shanghai',
      businessYearFirstMonth: 1,
      admin: { issuer: 'https://id.example.com', subject: 'admin' },
    });
    const from = dayAt(await first.store.now(), 'Asia/Shanghai');
    await first.executor.execute({
      aggregate: 'company',
      type: 'GrantRole',
      data: { person: adminId, role: 'HR', from },
      commandId: uuidV5(first.logId, 'role'),
      issuer: await first.principals.of(adminId),
    });
    const unattended = await openCycle(first, adminId, '2020Q1');
    await first.close();

    const [left, right] = await Promise.all([open(), open()]);
    left.start();
    right.start();
    expect((await eventsOf(left, unattended, 2)).map(({ type, meta }) => [type, meta.actor, meta.rootActor])).toEqual([
      ['CycleOpened', adminId, undefined],
      ['CycleDataCutOff', 'SYSTEM', adminId],
    ]);
    const attended = await openCycle(right, adminId, '2020Q2');
    await eventsOf(left, attended, 2);
    await Promise.all([left.close(), right.close()]);

    const again = await open();
    await again.processes.drain();
    await again.processes.fire(await again.store.now());
    expect((await again.store.readStream(unattended)).map(({ type }) => type)).toEqual([
      'CycleOpened',
      'CycleDataCutOff',
    ]);
    expect((await again.store.readStream(attended)).map(({ type }) => type)).toEqual([
      'CycleOpened',
      'CycleDataCutOff',
    ]);
    await again.close();
    expect(problems).toEqual([]);
  }, 120_000);
});

const given = process.env['EVENTSTORE_URL'];
const DECLARED: Readonly<Record<string, string>> = {
  memory: 'timers are kept in PostgreSQL; over the log in memory a dry run fires its own, and its log never restarts',
  ...(given === undefined || given === '' ? {} : { 'EventStoreDB (server)': 'a server belongs to one log, and this one is shared by the cases; the double has it' }),
  'PostgreSQL over TCP': 'timers are reached over the same pool as on the embedded server; nothing about them depends on the socket',
};
describe.each(Object.entries(DECLARED))('conformance: %s', (_engine, reason) => {
  it(`[P17] timer-fires-once-across-restarts-and-two-processes (declared: ${reason})`, () => expect(reason.length).toBeGreaterThan(10));
});
