import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generator } from '../support/random.js';
import { readyAt } from '../support/ready.js';
import { killNow, serverProcesses } from '../support/server-processes.js';
import { processesOn, StartedProcess } from '../support/started-process.js';

const SERVER = 'dist/apps/api/src/main.js';
const SERVING = /GraphQL +(http:\/\/[^ ]+)\/graphql/;
const SEED = Number(process.env['ASSAY_FAULTS_SEED'] ?? 20_260_104);
/** The moments, counted from the start of the process: early ones are as likely as late ones by their order of magnitude. */
const MOMENTS = { earliestMs: 300, latestMs: 12_000 } as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-first-'));
  // As a folder in a home: the server's own user may pass through.
  await chmod(folder, 0o711);
});
afterEach(async () => {
  for (const pid of serverProcesses(folder)) killNow(pid);
  await rm(folder, { recursive: true, force: true, maxRetries: 20 });
});
const start = (argv: readonly string[]): StartedProcess => new StartedProcess(SERVER, argv, { ASSAY_DATA: folder, PORT: '0', LOG_LEVEL: 'error' });
/** Without the demo a first start has the same steps but one, and takes seconds. */
const EMPTY = ['--empty'] as const;

/** How far a first start had come, by what it has left. */
async function phase(server: StartedProcess): Promise<string> {
  const names = await readdir(folder);
  if (SERVING.test(server.out)) return 'serving';
  if (server.out.includes('loads its demo')) return 'loading';
  if (existsSync(join(folder, 'keys'))) return 'opening';
  if (names.includes('cluster')) return 'server';
  return names.some((name) => name.startsWith('cluster.draft')) ? 'initdb' : 'before';
}

/** Lets a start run to a moment, or until it serves, and ends it by Ctrl-C or by kill -9. */
async function endAt(moment: number, by: 'SIGINT' | 'SIGKILL', argv: readonly string[]): Promise<string> {
  // A kill -9 leaves the database running; whoever attaches to it next ends it too.
  const before = new Set(processesOn(folder));
  const server = start(argv);
  const timer = new AbortController();
  await Promise.race([delay(moment, undefined, { signal: timer.signal }), server.says(SERVING)]);
  timer.abort();
  const reached = await phase(server);
  if (server.isEnded) throw new Error(`a start ended by itself: ${server.err}`);
  if (by === 'SIGKILL') {
    await server.kill('SIGKILL');
    return `${reached} kill -9`;
  }
  const end = await server.interrupt();
  // While Node still loads the program, the signal itself ends it: a shell says 130 of that too.
  const left = processesOn(folder).filter((one) => !before.has(one));
  expect({ reached, moment, ...end, err: server.err, left }).toEqual({ reached, moment, ...(end.signal === null ? { code: 130, signal: null } : { code: null, signal: 'SIGINT' }), err: '', left: [] });
  return `${reached} Ctrl-C`;
}

/** A start that is let through: it serves, ends in order, and leaves nothing running. */
async function letThrough(argv: readonly string[]): Promise<void> {
  const server = start(argv);
  const url = await server.says(SERVING);
  await readyAt(url);
  expect(await server.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  while (processesOn(folder).length > 0) await delay(20);
}

describe('a first start', () => {
  const folders = [{ what: 'without the demo', argv: EMPTY, ends: 3, seed: SEED }, { what: 'that loads the demo', argv: [], ends: 1, seed: SEED + 3 }];
  it.each(folders)('$what, ended wherever it is, leaves nothing in the way of the next (seed $seed, $ends ends)', async ({ argv, ends, seed }) => {
    const pick = generator(seed);
    const done: string[] = [];
    for (let round = 0; round < ends; round += 1) {
      const share = pick(1000) / 1000;
      const moment = Math.round(MOMENTS.earliestMs * (MOMENTS.latestMs / MOMENTS.earliestMs) ** share);
      done.push(`${await endAt(moment, pick(2) === 0 ? 'SIGINT' : 'SIGKILL', argv)} at ${moment} ms`);
    }
    await letThrough(argv);
    process.stdout.write(`seed ${seed}: ${done.join(', ')}\n`);
  }, 400_000);

  it('is the only one on its folder: another is told where it answers, and ends', async () => {
    const first = start(EMPTY);
    const second = start(EMPTY);
    const url = await Promise.any([first.says(SERVING), second.says(SERVING)]);
    const [serving, told] = SERVING.test(first.out) ? [first, second] : [second, first];
    expect(await told.ended).toEqual({ code: 0, signal: null });
    expect(told.out).toBe(`Assay serves the log main already: ${url}/graphql\n`);
    const third = start(EMPTY);
    await third.ended;
    expect(third.out).toBe(told.out);
    // A holder that was killed holds nothing.
    await serving.kill('SIGKILL');
    await letThrough(EMPTY);
  }, 240_000);
});
