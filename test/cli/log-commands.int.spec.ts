import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { endOfDay } from '@assay/event-log';
import { DEMO_ISSUER, demoKey, encodeNodeId, markDemo } from '@assay/graphql';
import { allViews, goalView, rebuild, versionedName } from '@assay/read-models';
import { openRuntime, openSimulation, type OpenSimulation, type Runtime } from '@assay/runtime';
import { ReaderGone } from '../../apps/cli/src/command.js';
import { runLine, type Ran } from '../support/command-line.js';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { ISSUER, serveRuntime, urlOf, type ServedLog } from '../support/graphql-app.js';
import { FOUNDED_ON, foundTeam, SECRET, type Member, type Team } from '../support/team.js';

/** Whatever JSON holds: each assertion states the shape. */
type Json = ReturnType<typeof JSON.parse>;
const ZONE = 'Asia/Shanghai';
const noon = (day: string): number => endOfDay(day, ZONE) - 43_200_000;
const READERS = ['hr', 'seller', 'finance', 'auditor', 'other'] as const satisfies readonly Member[];
type Reader = (typeof READERS)[number];

let database: TestDatabase;
let folder: string;
let runtime: Runtime;
let simulated: OpenSimulation;
let served: ServedLog;
let team: Team;
let head: number;

beforeAll(async () => {
  [database, folder] = [await testDatabase(), await mkdtemp(join(tmpdir(), 'assay-cli-'))];
  markDemo(folder, 'main');
  runtime = await openRuntime({ dataDir: folder, log: 'main', databaseUrl: urlOf(database.app), databaseOwnerUrl: urlOf(database.owner), say: () => undefined, onParked: failed, onError: failed });
  simulated = await openSimulation(runtime, { name: 'Command line', timeZone: ZONE, businessYearFirstMonth: 1, admin: { issuer: ISSUER, subject: 'admin' } }, noon(FOUNDED_ON));
  const { simulation } = simulated;
  served = await serveRuntime(runtime, { issuer: ISSUER, executor: { execute: (message) => simulation.execute(message) } });
  team = await foundTeam({ runtime, simulated });
  for (const name of READERS) await team.stage.must({ key: `demo ${name}`, by: team.id.admin, aggregate: 'person', type: 'LinkIdentity', id: team.id[name], data: { issuer: DEMO_ISSUER, subject: name } });
  await simulation.settle();
  head = (await runtime.store.head()).position;
}, 120_000);
afterAll(async () => {
  await served.close();
  await simulated.release();
  await runtime.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const failed = (fault: unknown): never => {
  throw new Error(`behind the log something went wrong: ${String(fault)}`);
};
const where = (): Record<string, string> => ({ ASSAY_DATA: folder, ASSAY_LOG: 'main', DATABASE_URL: urlOf(database.app), DATABASE_OWNER_URL: urlOf(database.owner) });

/** A command on the log, as an operator or as one of its people. */
async function assay(who: Reader | null, argv: readonly string[], { environment = {}, ...options }: NonNullable<Parameters<typeof runLine>[2]> & { readonly environment?: Record<string, string> } = {}): Promise<Ran> {
  const token = who === null ? undefined : await (await demoKey(folder)).sign(who);
  return runLine(argv, { ...where(), ASSAY_TOKEN: token, ...environment }, options);
}
const linesOf = ({ out }: Ran): Json[] => out.trimEnd().split('\n').map((line) => JSON.parse(line));

describe('export events', () => {
  it('writes every position of the log in order, and ends with their count and digest', async () => {
    const ended = await assay('auditor', ['export', 'events']);
    expect(ended).toMatchObject({ code: 0, err: '' });
    const [lines, last] = [linesOf(ended).slice(0, -1), linesOf(ended).at(-1)];
    expect(lines.map(({ position }) => position)).toEqual(Array.from({ length: head + 1 }, (_, position) => position));
    const body = ended.out.slice(0, ended.out.lastIndexOf('\n', ended.out.length - 2) + 1);
    expect(last).toEqual({ count: head + 1, first: 0, last: head, sha256: createHash('sha256').update(body).digest('hex') });
    expect(lines[0]).toMatchObject({ type: 'LogOpened', stream: 'company', recordedAt: expect.stringMatching(/^2026-06-15T.*Z$/) });
  });

  it('shows each reader exactly the events that the API shows them, and marks the others', async () => {
    for (const who of READERS) {
      const answer: Json = await served.ask(who, '{ events(first: 100) { pageInfo { hasNextPage } nodes { position type sealed json } } }');
      expect(answer.data.events.pageInfo).toEqual({ hasNextPage: false });
      const lines = linesOf(await assay(who, ['export', 'events'])).slice(0, -1);
      const seen = lines.filter(({ redacted }) => redacted === undefined);
      expect([who, ...seen.map(({ position, type, sealed, data }) => ({ position: String(position), type, sealed, json: data }))]).toEqual([who, ...answer.data.events.nodes]);
      for (const line of lines.filter(({ redacted }) => redacted !== undefined)) expect(line).toEqual({ position: line.position, redacted: true });
    }
    const other = linesOf(await assay('other', ['export', 'events']));
    expect(other.some(({ redacted }) => redacted === true)).toBe(true);
    // It opens the log once a reader, beside whatever else the machine does.
  }, 30_000);

  it('keeps what is sealed sealed', async () => {
    const { out } = await assay('auditor', ['export', 'events']);
    expect(out).toContain('EvaluationSubmitted');
    expect(out).not.toContain(SECRET.rating);
    expect(out).not.toContain(SECRET.comment);
  });

  it('takes a range of positions or instants, both ends included', async () => {
    const range = linesOf(await assay('auditor', ['export', 'events', '--from', '3', '--to', '5']));
    expect(range.map(({ position }) => position)).toEqual([3, 4, 5, undefined]);
    const [third] = range;
    const { recordedAt } = third;
    const ofInstant = linesOf(await assay('auditor', ['export', 'events', '--from', recordedAt, '--to', recordedAt])).slice(0, -1);
    expect(ofInstant.length).toBeGreaterThan(0);
    expect(new Set(ofInstant.map((line) => line.recordedAt))).toEqual(new Set([recordedAt]));
    expect(linesOf(await assay('auditor', ['export', 'events', '--from', '5', '--to', '4']))).toEqual([{ count: 0, first: null, last: null, sha256: createHash('sha256').digest('hex') }]);
  });

  it('ends quietly where its reader has gone, and with 130 where it is interrupted', async () => {
    const gone = await assay('auditor', ['export', 'events'], { onOut: () => void raise(new ReaderGone('gone')) });
    expect(gone).toEqual({ code: 0, out: '', err: '' });
    const interruption = new AbortController();
    const interrupted = await assay('auditor', ['export', 'events'], { signal: interruption.signal, onOut: () => interruption.abort() });
    expect(interrupted.code).toBe(130);
    expect(interrupted.out).not.toContain('sha256');
  });

  it.each([
    ['no token', null, ['export', 'events'], 'ASSAY_TOKEN'],
    ['another thing', 'auditor', ['export', 'people'], 'export events'],
    ['beyond the head', 'auditor', ['export', 'events', '--to', '999999'], 'ends at position'],
    ['no instant', 'auditor', ['export', 'events', '--from', 'yesterday'], 'DateTime expects'],
  ] as const)('ends with 2 and the remedy: %s', async (_what, who, argv, remedy) => {
    const { code, out, err } = await assay(who, argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(remedy);
  });
});

function raise(error: Error): never {
  throw error;
}

describe('explain', () => {
  const asked = async (who: Reader, id: string, more = ''): Promise<Json> => ((await served.ask(who, `query ($id: ID!) { explainScore(appraisal: $id${more}) { text en: text(locale: EN) zh: text(locale: ZH_CN) } }`, { id })).data as Json).explainScore;

  it('writes the text that the API shows, in both languages, live and as of a moment', async () => {
    const id = encodeNodeId({ type: 'Appraisal', key: team.appraisal });
    const live = await asked('hr', id);
    expect(await assay('hr', ['explain', id])).toEqual({ code: 0, out: `${live.en}\n`, err: '' });
    expect(await assay('hr', ['explain', team.appraisal, '--locale', 'zh-CN'])).toMatchObject({ code: 0, out: `${live.zh}\n` });
    const then = await asked('hr', id, `, asOf: { position: "${String(head)}" }, effectiveOn: "2026-07-31"`);
    expect(await assay('hr', ['explain', id, '--as-of', String(head), '--effective-on', '2026-07-31'])).toMatchObject({ code: 0, out: `${then.en}\n` });
  });

  it('gives programs what the text is made of', async () => {
    const { code, out } = await assay('hr', ['explain', team.appraisal, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ appraisalId: team.appraisal, subjectId: team.id.seller, subjectName: 'Person seller', publishedRevision: null, position: head, nodes: expect.arrayContaining([expect.objectContaining({ depth: 0 })]) });
    expect(out).not.toContain(SECRET.rating);
  });

  it('answers alike what is not there, what may not be read, and what is hidden', async () => {
    const missing = await assay('hr', ['explain', '00000000-0000-4000-8000-000000000000']);
    expect(missing).toMatchObject({ code: 1, out: '' });
    expect(await assay('other', ['explain', team.appraisal])).toEqual(missing);
    expect(await assay('hr', ['explain', team.appraisal, '--revision', '1'])).toEqual(missing);
  });

  it.each([
    [['explain'], 'one appraisal'],
    [['explain', 'x'], 'no id of this API'],
    [['explain', '00000000-0000-4000-8000-000000000000', '--revision', '0'], '--revision'],
    [['explain', '00000000-0000-4000-8000-000000000000', '--as-of', '999999'], 'does not reach that far'],
    [['explain', '00000000-0000-4000-8000-000000000000', '--effective-on', '2026-02-30'], 'Date expects'],
  ])('%j ends with 2 and the remedy', async (argv, remedy) => {
    const { code, out, err } = await assay('hr', argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(remedy);
  });

  it('ends with 2 in a log that was never opened', async () => {
    const empty = await testDatabase();
    const { code, err } = await assay('hr', ['explain', team.appraisal], { environment: { DATABASE_URL: urlOf(empty.app), DATABASE_OWNER_URL: urlOf(empty.owner) } });
    await empty.close();
    expect(code).toBe(2);
    expect(err).toContain('never opened');
  });
});

describe('projections and rebuild', () => {
  const table = (part: string): string => `read_model."${versionedName({ name: `goal${part}`, version: goalView.version })}"`;
  const sql = (text: string, values: readonly unknown[] = []) => runtime.pool.query<Record<string, string>>(text, [...values]);
  const goal = (): string => `goal-${team.goal}`;
  const park = () => sql(`INSERT INTO ${table('_parked')} (key, position, "recordedAt", event_id, code, detail) VALUES ($1, 0, 0, '', 'FOLD_FAILED', 'Error')`, [goal()]);
  const listed = async (): Promise<Json[]> => JSON.parse((await assay(null, ['projections', 'list', '--json'])).out);

  it('lists every projection where it is', async () => {
    const views = allViews.map(({ name, version }) => ({ name, version, state: 'LIVE', position: head, lag: 0, parked: 0, stopped: null }));
    expect(await listed()).toEqual(views.toSorted((a, b) => (a.name < b.name ? -1 : 1)));
    const { code, out, err } = await assay(null, ['projections', 'list']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(new RegExp(`^name +version  state  position  lag  parked\n(.*\n)*appraisal +${String(allViews.find(({ name }) => name === 'appraisal')?.version)}  LIVE +${String(head)} +0 +0\n`));
  });

  it('unparks a key by refolding it from the log’s start', async () => {
    const { rows: before } = await sql(`SELECT doc::text AS doc FROM ${table('')} WHERE key = $1`, [goal()]);
    await sql(`UPDATE ${table('')} SET doc = '{}' WHERE key = $1`, [goal()]);
    await park();
    expect((await listed()).find(({ name }) => name === 'goal')).toMatchObject({ parked: 1 });
    expect(await assay(null, ['projections', 'unpark', 'goal', 'goal-unknown'])).toEqual({ code: 1, out: '0 of 0 keys of goal unparked\n', err: 'assay: goal-unknown is not parked\n' });
    expect(await assay(null, ['projections', 'unpark', 'goal'])).toEqual({ code: 0, out: '1 of 1 keys of goal unparked\n', err: '' });
    expect((await sql(`SELECT doc::text AS doc FROM ${table('')} WHERE key = $1`, [goal()])).rows).toEqual(before);
    expect((await listed()).find(({ name }) => name === 'goal')).toMatchObject({ parked: 0 });
  });

  it('leaves a key parked that is still refused, and says so', async () => {
    await sql(`ALTER TABLE ${table('')} ADD CONSTRAINT refused CHECK (position < 0) NOT VALID`);
    await park();
    const { code, out, err } = await assay(null, ['projections', 'unpark', 'goal', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ name: 'goal', unparked: [], parked: [{ key: goal(), code: 'STORE_REFUSED', detail: '23514' }], notParked: [] });
    expect(err).toContain(`${goal()} is still parked`);
    await sql(`ALTER TABLE ${table('')} DROP CONSTRAINT refused`);
    expect(await assay(null, ['projections', 'unpark', 'goal', goal()])).toMatchObject({ code: 0 });
  });

  it('finds every view the same as its fresh fold, and leaves nothing beside it', async () => {
    const { code, out } = await assay(null, ['rebuild', '--json']);
    expect(JSON.parse(out)).toEqual(allViews.map(({ name, version }) => ({ name, version, position: head, differences: {}, replaced: false })));
    expect(code).toBe(0);
    expect(await listed()).toHaveLength(allViews.length);
    const { rows } = await sql("SELECT tablename FROM pg_tables WHERE tablename LIKE '%rebuild%'");
    expect(rows).toEqual([]);
  });

  it('finds what differs, and replaces it only where asked to', async () => {
    const whole = async () => (await sql(`SELECT t::text AS row FROM ${table('')} t ORDER BY key`)).rows;
    const before = await whole();
    await sql(`UPDATE ${table('')} SET doc = '{}' WHERE key = $1`, [goal()]);
    const found = await assay(null, ['rebuild', 'goal']);
    expect(found).toMatchObject({ code: 1, err: '' });
    expect(found.out).toContain('differs: 1 in rows');
    expect(await whole()).not.toEqual(before);
    const replaced = await assay(null, ['rebuild', 'goal', '--replace', '--json']);
    expect(replaced.code).toBe(0);
    expect(JSON.parse(replaced.out)).toMatchObject([{ name: 'goal', differences: { rows: 1 }, replaced: true }]);
    expect(await whole()).toEqual(before);
    expect(await assay(null, ['rebuild', 'goal'])).toMatchObject({ code: 0 });
  });

  it('clears away what a killed rebuild left, leaves alone what another holds, and leaves nothing itself when it fails', async () => {
    const beside = [table('').replace('goal', 'goal_rebuild'), table('_parked').replace('goal_parked', 'goal_rebuild_parked')] as const;
    await sql(`CREATE TABLE ${beside[0]} (LIKE ${table('')}); CREATE TABLE ${beside[1]} (LIKE ${table('_parked')})`);
    await sql("INSERT INTO read_model.projection (name, version, hash, warm_until, owner, lease_until) VALUES ('goal_rebuild', $1, '', 0, 'somebody', now() + interval '1 hour')", [goalView.version]);
    expect(await assay(null, ['rebuild', 'goal'])).toMatchObject({ code: 3, out: '', err: 'assay: another process is rebuilding goal\n' });
    await sql("UPDATE read_model.projection SET owner = 'assay killed' WHERE name = 'goal_rebuild'");
    expect(await assay(null, ['rebuild', 'goal'])).toMatchObject({ code: 0, err: '' });
    const options = { replace: true, onProgress: () => undefined, signal: AbortSignal.abort(new Error('stop')) };
    const ports = { pool: runtime.pool, source: runtime.store };
    await expect(rebuild(ports, [goalView], options)).rejects.toThrow('stop');
    const poisoned = { ...goalView, compute: () => raise(new Error('poison')) };
    await expect(rebuild(ports, [poisoned], { ...options, signal: new AbortController().signal })).rejects.toMatchObject({ code: 'PROJECTION_STOPPED' });
    expect(await listed()).toHaveLength(allViews.length);
    expect((await sql("SELECT tablename FROM pg_tables WHERE tablename LIKE '%rebuild%'")).rows).toEqual([]);
  });

  it('drops a version that nobody uses, and no other', async () => {
    expect(await assay(null, ['projections', 'drop', 'goal', String(goalView.version)])).toMatchObject({ code: 1, out: '', err: expect.stringContaining('rebuild --replace') });
    expect(await assay(null, ['projections', 'drop', 'goal', '99'])).toMatchObject({ code: 1, err: expect.stringContaining('is not there') });
    await sql("INSERT INTO read_model.projection (name, version, hash, warm_until, owner, lease_until) VALUES ('goal', 99, '', 0, 'somebody', now() + interval '1 minute')");
    await sql(`CREATE TABLE read_model."goal__v99" (LIKE ${table('')}); CREATE TABLE read_model."goal_parked__v99" (LIKE ${table('_parked')})`);
    expect(await assay(null, ['projections', 'drop', 'goal', '99'])).toMatchObject({ code: 1, err: expect.stringContaining('running process') });
    await sql("UPDATE read_model.projection SET lease_until = now() - interval '1 minute' WHERE version = 99");
    expect((await listed()).find(({ version }) => version === 99)).toMatchObject({ name: 'goal', state: 'UNUSED', position: null, lag: head + 1 });
    expect(await assay(null, ['projections', 'drop', 'goal', '99'])).toEqual({ code: 0, out: 'goal 99 is dropped\n', err: '' });
    expect((await sql("SELECT tablename FROM pg_tables WHERE tablename LIKE '%v99'")).rows).toEqual([]);
    expect((await listed()).some(({ version }) => version === 99)).toBe(false);
  });

  it('exports no audit trail part of which is parked', async () => {
    const parked = `read_model."${versionedName({ name: 'event_parked', version: allViews.find(({ name }) => name === 'event')?.version ?? 0 })}"`;
    await sql(`INSERT INTO ${parked} (key, position, "recordedAt", event_id, code, detail) VALUES ('company', 0, 0, '', 'FOLD_FAILED', '')`);
    expect(await assay('auditor', ['export', 'events'])).toMatchObject({ code: 3, out: '', err: expect.stringContaining('parked') });
    expect(await assay(null, ['projections', 'unpark', 'event'])).toMatchObject({ code: 0 });
    expect(await assay('auditor', ['export', 'events'])).toMatchObject({ code: 0 });
    expect(await assay(null, ['rebuild', 'event'])).toMatchObject({ code: 0 });
  });

  it.each([
    [['projections'], 'projections takes'],
    [['projections', 'drop', 'goal'], 'projections takes'],
    [['projections', 'unpark', 'gaol'], 'no view gaol'],
    [['rebuild', 'gaol'], 'no view gaol'],
  ])('%j ends with 2 and the remedy', async (argv, remedy) => {
    const { code, out, err } = await assay(null, argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(remedy);
  });
});

describe('a published score', () => {
  it('is published while every view is replaced, and explained by its revision to those alone who see its figures', async () => {
    const { stage, id } = team;
    const rate = (by: string, kind: string) => stage.must({ key: `rate ${kind}`, by, aggregate: 'appraisal', type: 'SubmitEvaluation', id: team.appraisal, data: { kind, ratings: [{ indicator: 'teamwork', value: '80' }] } });
    // Replaced while the log grows and the views follow it.
    const rebuilding = assay(null, ['rebuild', '--replace', '--json']);
    await simulated.simulation.advance(noon('2026-07-20'));
    await stage.must({ key: 'sold', by: id.finance, aggregate: 'facts', type: 'RecordFacts', data: { owner: id.seller, metric: 'sales', facts: [{ source: 'crm', factId: 'd1', occurredOn: '2026-07-10', value: '300', evidence: 'a'.repeat(64) }] } });
    await rate(id.seller, 'SELF');
    await rate(id.peer, 'CROSS_DEPARTMENT');
    await simulated.simulation.advance(noon('2026-10-12'));
    await stage.must({ key: 'published', by: id.hr, aggregate: 'appraisal', type: 'PublishScore', id: team.appraisal, data: {} });
    await simulated.simulation.settle();
    expect(JSON.parse((await rebuilding).out)).toEqual(allViews.map(({ name, version }) => ({ name, version, position: expect.any(Number), differences: {}, replaced: true })));
    expect(await assay(null, ['rebuild'])).toMatchObject({ code: 0, err: '' });
    const { code, out } = await assay('seller', ['explain', team.appraisal, '--revision', '1', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ publishedRevision: 1, agrees: true, total: expect.any(String), grade: expect.any(String) });
    expect(await assay('finance', ['explain', team.appraisal, '--revision', '1'])).toMatchObject({ code: 1, out: '' });
    expect((await assay('seller', ['export', 'events'])).out).toContain(SECRET.rating);
    expect((await assay('finance', ['export', 'events'])).out).not.toContain(SECRET.rating);
  }, 60_000);
});
