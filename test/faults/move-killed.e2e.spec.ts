import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { wasRejected } from '@assay/commands';
import { uuidV5 } from '@assay/domain';
import { connectDbClient, endOfDay, openEventStoreLog, openPostgresLog, type ServedLog } from '@assay/event-log';
import { DEMO_ISSUER, demoKey, markDemo } from '@assay/graphql';
import { openRuntime, openSimulation, type Runtime } from '@assay/runtime';
import { EventStoreDouble } from '../eventstoredb/double.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { urlOf } from '../support/graphql-app.js';
import { generator } from '../support/random.js';
import { StartedProcess } from '../support/started-process.js';
import { FOUNDED_ON, foundTeam } from '../support/team.js';

const COMMAND_LINE = 'dist/apps/cli/src/main.js';
const ZONE = 'Asia/Shanghai';
/** Each a stream of its own, and so an append of its own at the event store. */
const STREAMS = 200;
const KILLS = 3;
const SEED = Number(process.env['ASSAY_FAULTS_SEED'] ?? 20_260_311);
const noon = (day: string): number => endOfDay(day, ZONE) - 43_200_000;
const ignored = (): undefined => undefined;

let database: TestDatabase;
let folder: string;
let double: EventStoreDouble;
/** How many events there are to be moved. */
let told: number;

beforeAll(async () => {
  [database, folder, double] = [await testDatabase(), await mkdtemp(join(tmpdir(), 'assay-moving-')), await EventStoreDouble.start()];
  markDemo(folder, 'main');
  const runtime = await openRuntime({ dataDir: folder, log: 'main', databaseUrl: urlOf(database.app), databaseOwnerUrl: urlOf(database.owner), say: ignored, onParked: ignored, onError: ignored });
  const simulated = await openSimulation(runtime, { name: 'On the move', timeZone: ZONE, businessYearFirstMonth: 1, admin: { issuer: DEMO_ISSUER, subject: 'admin' } }, noon(FOUNDED_ON));
  const { id } = await foundTeam({ runtime, simulated });
  await simulated.end(noon(FOUNDED_ON) - Date.now());
  await simulated.release();
  await draft(runtime, id.hr);
  told = (await runtime.store.head()).position + 1;
  await runtime.close();
}, 120_000);
afterAll(async () => {
  await double.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function draft(runtime: Runtime, hr: string): Promise<void> {
  const issuer = await runtime.principals.of(hr);
  for (let n = 0; n < STREAMS; n += 1) {
    const outcome = await runtime.executor.execute({ aggregate: 'scheme', type: 'DraftScheme', data: { names: { en: `Scheme ${String(n)}`, zh: `方案${String(n)}` } }, commandId: uuidV5(runtime.logId, `scheme ${String(n)}`), issuer });
    if (wasRejected(outcome)) throw new Error(`refused: ${outcome.rejection.rejected}`);
  }
}

/** A process that moves the log. */
async function moving(): Promise<StartedProcess> {
  const token = await (await demoKey(folder)).sign('admin');
  const settings = { ASSAY_DATA: folder, ASSAY_LOG: 'main', DATABASE_URL: urlOf(database.app), DATABASE_OWNER_URL: urlOf(database.owner), EVENTSTORE_URL: double.url, ASSAY_TOKEN: token };
  return new StartedProcess(COMMAND_LINE, ['migrate-log', '--to', 'eventstore', '--yes', '--json'], settings);
}

async function eventsIn(log: ServedLog): Promise<readonly object[]> {
  const events = await log.readAll({ max: 10_000 });
  await log.close();
  return events.map(({ id, stream, revision, position, type, recordedAt, body, metaBytes }) => ({ id, stream, revision, position, type, recordedAt, body: Buffer.from(body).toString('base64'), meta: Buffer.from(metaBytes).toString('base64') }));
}

describe('a log that is being moved', () => {
  it(`goes on where its mover was killed, and is whole in the end (seed ${String(SEED)})`, async () => {
    const pick = generator(SEED);
    const [begun, killedAt] = [double.eventCount, [] as number[]];
    for (let round = 0; round < KILLS; round += 1) {
      const mover = await moving();
      const wanted = begun + Math.floor((told * (round * 100 + pick(100))) / (KILLS * 100));
      while (double.eventCount < wanted && !mover.isEnded) await delay(1);
      expect(await mover.kill('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
      killedAt.push(double.eventCount - begun);
    }
    expect(Math.max(...killedAt)).toBeLessThan(told);
    const last = await moving();
    expect({ ...(await last.ended), err: last.err }).toMatchObject({ code: 0 });
    expect(JSON.parse(last.out)).toMatchObject({ events: told + 1, lastPosition: told, verified: true });
    const before = await eventsIn(await openPostgresLog({ app: database.app }));
    const after = await eventsIn(await openEventStoreLog({ app: database.app, connect: () => connectDbClient(double.url) }));
    expect(after.slice(0, -1)).toEqual(before);
    expect(after.slice(-2)).toMatchObject([{ type: 'LogClosed' }, { type: 'LogReopened' }]);
    const again = await moving();
    await again.ended;
    expect(JSON.parse(again.out)).toMatchObject({ copied: 0 });
    process.stdout.write(`seed ${String(SEED)}: of ${String(told)} events, killed after ${killedAt.join(', ')}\n`);
  }, 120_000);
});
