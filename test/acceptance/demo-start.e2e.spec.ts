import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_ISSUER, demoKey } from '@assay/graphql';
import type { Recorded } from '@assay/domain';
import { loadDemo, morningOf, TOUR_SUBJECTS, tourOf } from '@assay/demo';
import { memoryTarget, openRuntime } from '@assay/runtime';
import { readyAt } from '../support/ready.js';
import { StartedProcess } from '../support/started-process.js';

const SERVER = 'dist/apps/api/src/main.js';
const COMMAND_LINE = 'dist/apps/cli/src/main.js';
const SERVING = /GraphQL +(http:\/\/[^ ]+)\/graphql/;
const TODAY = '2025-08-20';
const PLAN = { seed: 1, today: TODAY, issuer: DEMO_ISSUER };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-demo-'));
  // As a folder in a home: the server's own user may pass through.
  await chmod(folder, 0o711);
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));

const settings = (language: string): Readonly<Record<string, string>> => ({ ASSAY_DATA: folder, PORT: '0', LOG_LEVEL: 'error', LC_ALL: language });
const start = (language = 'C.UTF-8'): StartedProcess => new StartedProcess(SERVER, ['--today', TODAY], settings(language));
const assay = (...argv: readonly string[]): StartedProcess => new StartedProcess(COMMAND_LINE, argv, settings('C.UTF-8'));

interface Health {
  readonly checks: { readonly demo?: { readonly status?: string; readonly detail: string } };
}
/** How far the load is, in percent. */
async function loaded(url: string): Promise<number> {
  const response = await fetch(`${url}/health/ready`);
  const { checks } = (await response.json()) as Health;
  expect([response.status, checks.demo?.status]).toEqual([503, 'LOADING']);
  return Number(/(\d+) %/.exec(checks.demo?.detail ?? '')?.[1]);
}

async function tokens(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(folder, 'demo-tokens.txt'), 'utf8');
  return new Map(text.trim().split('\n').map((line) => [line.split('\t')[0] ?? '', line.split('\t')[2] ?? '']));
}
async function ask(url: string, query: string, token: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ query }) });
  return response.json();
}

/** Events stream by stream: commands of one instant on different streams go out together, in no order of theirs. */
function byStream(events: readonly Recorded[]): ReadonlyMap<string, readonly unknown[]> {
  const streams = new Map<string, unknown[]>();
  for (const { position: _position, ...event } of events.filter(({ type }) => type !== 'SimulationEnded')) streams.set(event.stream, [...(streams.get(event.stream) ?? []), event]);
  return streams;
}

/** The log in the folder up to the end of its simulation, and its id. */
async function recorded(): Promise<{ readonly logId: string; readonly events: readonly Recorded[] }> {
  const fail = (fault: unknown): never => {
    throw new Error(String(fault));
  };
  const runtime = await openRuntime({ dataDir: folder, log: 'main', viewsLater: true, say: () => undefined, onParked: fail, onError: fail });
  try {
    const events = await runtime.store.readAll({ afterPosition: -1, max: 100_000 });
    return { logId: runtime.logId, events: events.slice(0, events.findIndex(({ type }) => type === 'SimulationEnded')) };
  } finally {
    await runtime.close();
  }
}

describe('a first start with its demo', () => {
  let server: StartedProcess;
  let url: string;

  it('is live at once, says how far it is, refuses meanwhile, and goes on after a kill -9', async () => {
    const first = start();
    const live = await first.says(/live at (http:\/\/[^ ]+)/);
    expect((await fetch(`${live}/health/live`)).status).toBe(200);
    expect(await ask(live, '{ viewer { roles } }', await (await demoKey(folder)).sign('sales-1'))).toMatchObject({ errors: [{ extensions: { code: 'UNAVAILABLE', retryable: true } }] });
    let share = 0;
    while (share < 10) share = await loaded(live);
    await first.kill('SIGKILL');
    server = start('zh_CN.UTF-8');
    url = await server.says(SERVING);
    // It goes on where it was, not from the start.
    expect(Number(/(\d+) %/.exec(server.out)?.[1])).toBeGreaterThanOrEqual(share - 1);
    await readyAt(url);
  }, 400_000);

  it('says in under a screen and in the reader’s language what to try, and prints no token into a pipe', async () => {
    await server.says(/Ctrl-C/);
    // Into a pipe a line tells each 10 s how far the load is; how many there are depends on the machine. A terminal keeps none.
    const kept = server.out.split('\n').filter((line) => !/^ {2}\d+ %, /.test(line));
    expect(kept.length).toBeLessThan(30);
    expect(server.out).toContain('员工');
    expect(server.out).not.toMatch(/eyJ/);
    expect((await stat(join(folder, 'demo-tokens.txt'))).mode & 0o777).toBe(0o600);
    expect([...(await tokens()).keys()]).toEqual(TOUR_SUBJECTS.map(({ subject }) => subject));
  });

  it('answers each of its five queries and two mutations, to whom it names', async () => {
    const held = await tokens();
    const document = await readFile(join(folder, 'demo-tour.graphql'), 'utf8');
    const steps = [...document.matchAll(/^# (\S+) .*\n(.*)$/gm)];
    expect(steps.map(([, , operation]) => /^(query|mutation)/.exec(operation ?? '')?.[0]).join(' ')).toBe('query query query query query mutation mutation');
    for (const [, subject, operation] of steps) {
      const answer = await ask(url, operation ?? '', held.get(subject ?? '') ?? '');
      expect(JSON.stringify(answer)).not.toMatch(/"errors"|Rejection|"nodes":\[\]/);
      // A mutation tried again is the same one.
      if (operation?.startsWith('mutation') === true) expect(JSON.stringify(await ask(url, operation, held.get(subject ?? '') ?? ''))).toContain('"repeated":true');
    }
    expect((await (await fetch(`${url}/graphiql`)).text()).includes('query MyTargets')).toBe(true);
  }, 120_000);

  it('is taken away by reset, but not while it is served and not unasked; it is the log of an uninterrupted load', async () => {
    const busy = assay('reset', '--yes');
    expect([(await busy.ended).code, busy.err.includes(url)]).toEqual([2, true]);
    expect(await server.kill('SIGTERM')).toEqual({ code: 0, signal: null });
    const { logId, events } = await recorded();
    const target = memoryTarget({ logId, clock: () => morningOf(TODAY), onParked: () => undefined });
    await loadDemo(target, PLAN, { progress: () => undefined, signal: new AbortController().signal, endsAt: morningOf(TODAY) });
    expect(byStream(events)).toEqual(byStream(await target.store.readAll({ afterPosition: -1, max: 100_000 })));
    expect((await assay('reset').ended).code).toBe(2);
    const reset = assay('reset', '--yes');
    expect([(await reset.ended).code, reset.err]).toEqual([0, '']);
    const again = new StartedProcess(SERVER, ['--empty'], settings('C.UTF-8'));
    expect(await again.says(SERVING)).toContain('http');
    expect(await again.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  }, 400_000);
});

it('speaks of nothing that a later day would refuse: once the feedback is over, the employee files evidence', () => {
  const logId = '00000000-0000-4000-8000-000000000000';
  const names = (today: string): readonly string[] => tourOf(logId, PLAN, { today, locale: 'en' }).map(({ name }) => name);
  expect(names(TODAY)).toContain('Feedback');
  expect(names('2025-08-25')).toEqual(expect.arrayContaining(['Evidence', 'Interview']));
});
