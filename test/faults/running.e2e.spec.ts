import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { addDays, periodOf } from '@assay/domain';
import { openEmbedded, withClient, type Connection } from '@assay/event-log';
import { terminateBackends } from '../support/database.js';
import { FaultProxy } from '../support/fault-proxy.js';
import { readyAt } from '../support/ready.js';
import { homeOf, killNow, syncFaster } from '../support/server-processes.js';
import { processesOn, StartedProcess } from '../support/started-process.js';
import { codeOf, ServedProcess } from '../support/served-process.js';

const WRITERS = 6;
const PLENTY = { RATE_PER_PRINCIPAL: '100000', RATE_PER_ADDRESS: '100000' };
const DAY_MS = 86_400_000;
const ACCEPT = 'mutation ($input: AcceptClockStepInput!) { acceptClockStep(input: $input) { ... on Accepted { position } ... on Rejection { code rule } } }';
const OPEN = 'mutation ($input: OpenCycleInput!) { openCycle(input: $input) { ... on Accepted { position } ... on Rejection { code rule } } }';

let folder: string;
let owner: Connection;
let app: Connection;
/** The application with the embedded database, and another on the same log that reaches it over a wire. */
let served: ServedProcess;
let remote: ServedProcess;
let wire: FaultProxy;

const urlTo = ({ user = '', password = '', database = '', port = 0 }: Connection): string => `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-running-'));
  await chmod(folder, 0o711);
  served = await ServedProcess.start({ ASSAY_DATA: folder, ...PLENTY });
  syncFaster(homeOf(folder));
  const embedded = await openEmbedded({ dataDir: folder });
  ({ owner, app } = embedded);
  await embedded.close();
  wire = await FaultProxy.to(app);
  remote = await ServedProcess.start({ ASSAY_DATA: folder, DATABASE_URL: urlTo(wire.connection), ...PLENTY });
}, 180_000);
afterAll(async () => {
  await remote.stop();
  await wire.close();
  await served.stop();
  expect(processesOn(folder)).toEqual([]);
  await rm(folder, { recursive: true, force: true });
}, 120_000);

/** Writers on both applications while `harm` is done round after round; what was acknowledged is there, once. */
async function underLoad({ name, rounds }: { readonly name: string; readonly rounds: number }, harm: (round: number) => Promise<void>): Promise<void> {
  let over = false;
  const written: string[] = [];
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (let n = 0; !over; n += 1) {
      const code = `${name}-${writer}-${n}`;
      await (writer % 2 === 0 ? served : remote).defined(code);
      written.push(code);
    }
  });
  for (let round = 0; round < rounds; round += 1) {
    const before = written.length;
    await harm(round);
    // Every harm is got over by those who write before the next one comes.
    while (written.length < before + WRITERS) await delay(5);
  }
  over = true;
  await Promise.all(writers);
  const defined = await withClient(app, (client) => client.query<{ code: string }>(`SELECT convert_from(body, 'UTF8')::json ->> 'code' AS code FROM assay.event WHERE type = 'UnitDefined'`));
  const codes = defined.rows.map(({ code }) => code).filter((code) => code.startsWith(name));
  expect(new Set(codes)).toEqual(new Set(written));
  expect(codes).toHaveLength(written.length);
  for (const server of [served, remote]) {
    expect(server.process.isEnded).toBe(false);
    await readyAt(server.url);
  }
}

/** The server's process id; 0 while there is none. */
function postmaster(): number {
  try {
    return Number(readFileSync(join(folder, 'cluster', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return 0;
  }
}

/** Moves the database's clock; 0 sets it right. */
async function shiftClock(ms: number): Promise<void> {
  const clock = `floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint + ${ms}`;
  await withClient(owner, (client) => client.query(`CREATE OR REPLACE FUNCTION assay.clock() RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT ${clock} $$`));
}
const lastRecorded = async (): Promise<number> => {
  const { log } = await served.insist<{ readonly log: { readonly headRecordedAt: string } }>('{ log { headRecordedAt } }');
  return Date.parse(log.headRecordedAt);
};
const logNow = async (): Promise<number> => {
  const { log } = await served.insist<{ readonly log: { readonly now: string } }>('{ log { now } }');
  return Date.parse(log.now);
};

describe('a running application', () => {
  it('loses nothing while all its connections are cut, by the server and on the wire', async () => {
    await underLoad({ name: 'cut', rounds: 10 }, async (round) => {
      if (round % 2 === 0) for (const login of [app, owner]) await terminateBackends(login);
      else wire.cut();
    });
  }, 240_000);

  it('loses nothing while the database is restarted, in order and not', async () => {
    await underLoad({ name: 'restart', rounds: 4 }, async (round) => {
      const before = postmaster();
      // As an operator restarts it, and as the system takes it away.
      if (round % 2 === 0) process.kill(before, 'SIGINT');
      else killNow(before);
      while ([0, before].includes(postmaster())) await delay(10);
    });
  }, 240_000);

  it('refuses writes while the clock is behind, says so, reads on, and goes on once an administrator accepts the step', async () => {
    const before = await lastRecorded();
    await shiftClock(-3_600_000);
    const refused = await served.define('behind');
    expect([codeOf(refused), refused.errors?.[0]?.extensions['retryable']]).toEqual(['UNAVAILABLE', true]);
    // What was found well is told for a quarter of a second.
    while ((await served.ready()).status === 200) await delay(50);
    expect(await served.ready()).toMatchObject({ status: 503, body: expect.stringContaining('acceptClockStep') });
    expect((await served.units()).length).toBeGreaterThan(0);
    const { acceptClockStep } = await served.insist<{ readonly acceptClockStep: object }>(ACCEPT, { input: { commandId: randomUUID() } });
    expect(acceptClockStep).toHaveProperty('position');
    await served.defined('accepted');
    await readyAt(served.url);
    // Time stands in the log until the clock has come up with it.
    const stood = await lastRecorded();
    expect(stood).toBe(before);
    await shiftClock(0);
    await remote.defined('right-again');
    expect(await lastRecorded()).toBeGreaterThan(stood);
  }, 120_000);

  it('carries out what became due when the clock goes forth, and stands by it when the clock comes back', async () => {
    const today = new Date(await logNow()).toISOString();
    const code = `${today.slice(0, 4)}Q${Math.ceil(Number(today.slice(5, 7)) / 3)}`;
    const period = periodOf('QUARTER', code, 1);
    if (period === null) throw new Error(`no quarter ${code}`);
    const cutOffOn = addDays(period.to, 7);
    const { openCycle } = await served.insist<{ readonly openCycle: object }>(OPEN, { input: { commandId: randomUUID(), level: 'QUARTER', code, cutOffOn, evaluationDueOn: cutOffOn } });
    expect(openCycle).toHaveProperty('position');
    await shiftClock(Date.parse(cutOffOn) + 3 * DAY_MS - Date.parse(today));
    while ((await cycleStatus(code)) !== 'CUT_OFF') await delay(50);
    await shiftClock(0);
    expect(codeOf(await served.define('came-back'))).toBe('UNAVAILABLE');
    await served.insist(ACCEPT, { input: { commandId: randomUUID() } });
    await served.defined('came-back');
    expect(await cycleStatus(code)).toBe('CUT_OFF');
  }, 120_000);

  it('is one for all who use its folder: the command line works beside it, and beside another command line', async () => {
    const before = postmaster();
    const lines = ['{"a":1}', '{"b":2}'].map(() => new StartedProcess('dist/apps/cli/src/main.js', ['projections', 'list', '--json'], { ASSAY_DATA: folder }));
    for (const line of lines) expect([await line.ended, line.out]).toEqual([{ code: 0, signal: null }, expect.stringContaining('LIVE')]);
    expect(postmaster()).toBe(before);
    await served.defined('beside');
  }, 120_000);
});

async function cycleStatus(code: string): Promise<string | undefined> {
  const { cycles } = await served.insist<{ readonly cycles: { readonly nodes: readonly { readonly code: string; readonly status: string }[] } }>('{ cycles(first: 20) { nodes { code status } } }');
  return cycles.nodes.find((one) => one.code === code)?.status;
}
