import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lookAtEmbedded, openEmbedded, openPostgresLog, START, type Connection, type Embedded } from '@assay/event-log';
import { allViews, appraisalView } from '@assay/read-models';
import { openRuntime, reach, type Runtime } from '@assay/runtime';
import { replay } from '../../apps/cli/src/import/replay.js';
import { openReplayTarget } from '../../apps/cli/src/import/open-target.js';
import { runLine, type Ran } from '../support/command-line.js';
import { testDatabase } from '../support/database.js';
import { dumped } from '../support/fresh-fold.js';
import { generatedImport } from '../support/generated-import.js';
import { homeOf, removeData } from '../support/server-processes.js';

const LOG = 'crm';
const SETTINGS = { DATABASE_URL: undefined, DATABASE_OWNER_URL: undefined, ASSAY_LOG: LOG };

const open = (dataDir: string): Promise<Runtime> =>
  openRuntime({ dataDir, log: LOG, say: () => undefined, onParked: () => undefined, onError: () => undefined });

const urlOf = ({ host = '', port = 5432, user = '', password = '', database = '' }: Connection): string =>
  `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${encodeURIComponent(host)}:${String(port)}/${encodeURIComponent(database)}`;

/** What a log answers: every event opened, every row of every view, every total. */
interface Answers {
  readonly events: readonly unknown[];
  readonly views: readonly unknown[];
  readonly totals: readonly unknown[];
}

async function answersOf(runtime: Runtime, app: Connection): Promise<Answers> {
  const { position } = await runtime.store.head();
  await reach(runtime.readModels, position);
  const appraisals = await runtime.readModels.all(appraisalView, { visibility: 'ALL' });
  const views: unknown[] = [];
  for (const view of allViews) views.push({ view: view.name, ...(await dumped(view, app)) });
  return { events: await runtime.store.readAll({ afterPosition: -1 }), views, totals: appraisals.map(({ key, doc }) => [key, doc.status, doc.revisions.map(({ total, grade }) => [total, grade])]) };
}

/** The log of a folder alone, whatever its keys and views. */
async function eventsIn(dataDir: string, log: string): Promise<number> {
  const embedded = await openEmbedded({ dataDir, log, existing: true });
  const opened = await openPostgresLog({ app: embedded.app });
  try {
    return (await opened.readAll({ after: START })).length;
  } finally {
    await opened.close();
    await embedded.close();
  }
}

describe('back-up and restore by the command line', () => {
  let folder: string;
  let from: string;
  let to: string;
  let file: string;
  let logId: string;
  let before: Answers;
  let backedUp: Ran;
  let name: string;
  /** Keeps the restored folder's server running from case to case. */
  let held: Embedded | null = null;
  const assay = (dataFolder: string, ...argv: readonly string[]): Promise<Ran> => runLine(argv, { ...SETTINGS, ASSAY_DATA: dataFolder });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-restore-'));
    // As root, the database runs as another user: one that cannot enter would keep its data where nobody clears it away.
    await chmod(folder, 0o755);
    [from, to, file] = [join(folder, 'from'), join(folder, 'to'), join(folder, 'crm.backup')];
    const generated = await generatedImport({ seed: 5, agents: 12, deals: 24 });
    const config = { dataFolder: from, log: LOG, token: undefined, databaseUrl: undefined, databaseOwnerUrl: undefined, oidc: null };
    const target = await openReplayTarget(config, { err: () => undefined });
    await replay(target.target, generated, { progress: () => undefined, signal: new AbortController().signal, dryRun: false });
    await target.close();
    await generated.remove();
    const runtime = await open(from);
    const embedded = await openEmbedded({ dataDir: from, log: LOG });
    before = await answersOf(runtime, embedded.app);
    logId = runtime.logId;
    const people = await runtime.store.readAll({ afterPosition: -1, types: ['PersonJoined'] });
    name = JSON.stringify(people[0]?.data);
    // While it is open and followed.
    backedUp = await assay(from, 'backup', file, '--json');
    await embedded.close();
    await runtime.close();
  }, 120_000);
  afterAll(async () => {
    await held?.close();
    for (const dataDir of [from, to]) await removeData(dataDir);
    await rm(folder, { recursive: true, force: true });
  });

  it('says what the file holds, and that it holds neither keys nor a text about a person', async () => {
    expect(backedUp).toMatchObject({ code: 0, err: expect.stringContaining(join(from, 'keys', logId)) });
    expect(JSON.parse(backedUp.out)).toMatchObject({ file, log: LOG, logId, mode: 'demo', events: before.events.length, lastPosition: before.events.length - 1, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const written = await readFile(file);
    const { name: personName } = JSON.parse(name) as { name: string };
    expect(personName.length).toBeGreaterThan(3);
    expect(written.includes(personName)).toBe(false);
    expect(written.includes(await readFile(join(from, 'keys', 'master.key')))).toBe(false);
  });

  it('verifies a file without a database', async () => {
    expect(await assay(join(folder, 'nothing'), 'restore', file, '--check', '--json')).toMatchObject({ code: 0, err: '', out: expect.stringContaining(JSON.parse(backedUp.out).sha256) });
    expect(await readdir(folder)).not.toContain('nothing');
  });

  it('restores into a fresh folder, as a demo again, and is an error by name without its keys, with another log\u2019s, or with another master key', async () => {
    const { code, out, err } = await assay(to, 'restore', file, '--json');
    expect({ code, answer: JSON.parse(out) }).toMatchObject({ code: 0, answer: { logId, log: LOG, keys: 'MISSING', sha256: JSON.parse(backedUp.out).sha256 } });
    expect(err).toContain(logId);
    held = await openEmbedded({ dataDir: to, log: LOG });
    expect(await readdir(to)).toContain(`${LOG}.demo`);
    const keys = join(to, 'keys');
    await expect(open(to)).rejects.toMatchObject({ code: 'KeyUnavailable', message: expect.stringContaining(logId) });
    await mkdir(join(keys, logId));
    await writeFile(join(keys, logId, 'store.json'), JSON.stringify({ logId: '00000000-0000-4000-8000-000000000000' }));
    await writeFile(join(keys, 'master.key'), randomBytes(32));
    await expect(open(to)).rejects.toMatchObject({ code: 'KeyUnavailable', message: expect.stringContaining(logId) });
    await rm(join(keys, logId), { recursive: true });
    await cp(join(from, 'keys', logId), join(keys, logId), { recursive: true });
    const runtime = await open(to);
    await expect(runtime.store.readAll({ afterPosition: -1 })).rejects.toMatchObject({ code: 'KeyUnavailable' });
    await runtime.close();
  }, 60_000);

  it('answers everything as before once its keys are there: events, views row by row, totals', async () => {
    await cp(join(from, 'keys', 'master.key'), join(to, 'keys', 'master.key'));
    const runtime = await open(to);
    const after = await answersOf(runtime, held?.app ?? {});
    await runtime.close();
    expect(after.totals.length).toBeGreaterThan(30);
    expect(after.totals).toEqual(before.totals);
    expect(after.events).toEqual(before.events);
    expect(after.views).toEqual(before.views);
  }, 60_000);

  it('leaves a log alone that holds events', async () => {
    expect(await assay(to, 'restore', file)).toMatchObject({ code: 2, out: '', err: expect.stringContaining('holds events already') });
    expect(await eventsIn(to, LOG)).toBe(before.events.length);
  }, 30_000);

  it('leaves an empty log, and no mark, where the file is damaged or Ctrl-C comes, and stops what it started', async () => {
    const bytes = await readFile(file);
    bytes.write('~', bytes.indexOf('\n10\t') + 40);
    const damaged = join(folder, 'damaged.backup');
    await writeFile(damaged, bytes);
    expect(await assay(to, 'restore', damaged, '--log', 'second')).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/positions 0 to \d+ /) });
    const stop = new AbortController();
    const running = runLine(['restore', file, '--log', 'second'], { ...SETTINGS, ASSAY_DATA: to }, { signal: stop.signal });
    // The mark is made when the restore begins.
    while (!existsSync(join(to, 'second.demo'))) await nextTurn();
    stop.abort();
    const interrupted = await running;
    expect(interrupted).toMatchObject({ code: 130, out: '' });
    expect(await eventsIn(to, 'second')).toBe(0);
    await held?.close();
    held = null;
    expect(await readdir(to)).not.toContain('second.demo');
    expect((await lookAtEmbedded(to, LOG)).pid).toBeNull();
  }, 60_000);

  it('never serves a log as a demo that was none', async () => {
    const production = join(folder, 'production.backup');
    const text = await readFile(file, 'utf8');
    await writeFile(production, text.replace('"mode":"demo"', '"mode":"production"'));
    expect(await assay(to, 'restore', production)).toMatchObject({ code: 2, err: expect.stringContaining(`${LOG}.demo`) });
  });

  it('restores into a database on a server, by the login that owns it', async () => {
    const database = await testDatabase();
    const server = { ...SETTINGS, ASSAY_DATA: join(folder, 'server'), DATABASE_URL: urlOf(database.app), DATABASE_OWNER_URL: urlOf(database.owner) };
    expect(await runLine(['restore', file, '--quiet'], server)).toMatchObject({ code: 0, err: '' });
    const again = join(folder, 'again.backup');
    expect(await runLine(['backup', again, '--quiet'], server)).toMatchObject({ code: 0, err: '' });
    const rows = async (path: string): Promise<readonly string[]> => (await readFile(path, 'utf8')).split('\n').filter((line) => !line.startsWith('{'));
    expect(await rows(again)).toEqual(await rows(file));
    await database.close();
  }, 30_000);

  it('goes from a folder of another major version to one of this: the file knows none', async () => {
    const data = join(homeOf(to), 'cluster', 'data', 'PG_VERSION');
    const found = await readFile(data, 'utf8');
    await writeFile(data, '15\n');
    expect(await assay(to, 'backup', join(folder, 'old.backup'))).toMatchObject({ code: 3, err: expect.stringContaining('assay restore') });
    await writeFile(data, found);
    expect(await readFile(file, 'utf8')).not.toMatch(/postgres/i);
  }, 30_000);

  it('makes no log that was to be backed up, and no file', async () => {
    expect(await assay(to, 'backup', join(folder, 'x'), '--log', 'nobody')).toMatchObject({ code: 3, err: expect.stringContaining('there is no log nobody') });
    expect(await assay(join(folder, 'empty'), 'backup', join(folder, 'x'))).toMatchObject({ code: 3, err: expect.stringContaining('there is no log in') });
    const twice = await assay(to, 'backup', file);
    expect(twice).toMatchObject({ code: 2, err: expect.stringContaining('replaces no file') });
    expect((await readdir(folder)).filter((entry) => entry.startsWith('x') || entry === 'empty')).toEqual([]);
    await rename(file, `${file}.kept`);
  }, 30_000);
});
