import { chmod, cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openEmbedded, withClient, type Embedded } from '@assay/event-log';
import { queriesIn } from '../../scripts/document-queries.js';
import { runLine, type Ran } from '../support/command-line.js';
import { urlOf, type ServedLog } from '../support/graphql-app.js';
import { openAndServe, replayedInto } from '../support/served-import.js';
import { removeData } from '../support/server-processes.js';

const SEED = 11;
const GUIDES = 'docs/guides';
const APPRAISALS = '{ appraisals(first: 100, orderBy: TOTAL_DESC) { nodes { id subject { name } total grade status } totalCount pageInfo { endCursor } } }';
const EVENTS = '{ events(first: 100) { nodes { position type recordedAt } pageInfo { endCursor } } }';

/** A PostgreSQL server of its own with one log, and the folder that holds its keys. */
interface Server {
  readonly folder: string;
  readonly database: Embedded;
  assay(...argv: readonly string[]): Promise<Ran>;
}

async function freshServer(folder: string): Promise<Server> {
  const [data, keys] = [join(folder, 'data'), join(folder, 'keys-folder')];
  const database = await openEmbedded({ dataDir: data, log: 'main', durable: false });
  const environment = { ASSAY_DATA: keys, ASSAY_LOG: 'main', DATABASE_URL: urlOf(database.app), DATABASE_OWNER_URL: urlOf(database.owner) };
  return { folder: keys, database, assay: (...argv) => runLine(argv, environment) };
}

/** What the time is now differs from question to question. */
const asksTheClock = (text: string): boolean => /\bnow\b/.test(text);
/** Every query that README and guides show, which is what people ask, and lists whole. */
async function asked(): Promise<readonly string[]> {
  const pages = ['README.md', ...(await readdir(GUIDES)).sort((a, b) => (a < b ? -1 : 1)).map((name) => join(GUIDES, name))];
  const shown = (await Promise.all(pages.map(async (page) => queriesIn(page, await readFile(page, 'utf8'))))).flat();
  return [APPRAISALS, EVENTS, ...shown.filter(({ text, relayOnly }) => text.startsWith('query') && !relayOnly && !asksTheClock(text)).map(({ text }) => text)];
}

describe('a log in PostgreSQL, dumped while it is served and restored into a fresh server', () => {
  let folder: string;
  let first: Server;
  let second: Server;
  let served: ServedLog;
  let restored: ServedLog;
  let variables: Readonly<Record<string, unknown>>;
  let before: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-dump-'));
    // As root, the databases run as another user, who has to come in.
    await chmod(folder, 0o755);
    [first, second] = [await freshServer(join(folder, 'first')), await freshServer(join(folder, 'second'))];
    await replayedInto(first.database, first.folder, SEED);
    served = await openAndServe(first.database, first.folder);
    const listed = Object(await served.ask('hr-officer', APPRAISALS)).data.appraisals.nodes;
    const schemes = Object(await served.ask('auditor', '{ schemes(first: 1) { nodes { id } } }')).data.schemes.nodes;
    variables = { appraisal: listed[0].id, id: schemes[0].id, first: 5, then: '2017-08-18T12:00:00Z' };
    before = await answers(served);
  }, 180_000);
  afterAll(async () => {
    await restored.close();
    await served.close();
    for (const { database } of [first, second]) await database.close();
    for (const name of ['first', 'second']) await removeData(join(folder, name, 'data'));
    await rm(folder, { recursive: true, force: true });
  });
  const answers = async (log: ServedLog): Promise<readonly string[]> => Promise.all((await asked()).map((query) => log.raw('auditor', query, variables)));
  /** The queries that a log answers otherwise than it was answered before; not the answers, which are long. */
  const differing = async (log: ServedLog): Promise<readonly string[]> => {
    const [queries, now] = [await asked(), await answers(log)];
    return queries.filter((_, index) => now[index] !== before[index]);
  };

  it('is another server: it has another identity and no event', async () => {
    const identity = ({ database }: Server) => withClient(database.owner, async (client) => (await client.query<{ id: string }>('SELECT system_identifier::text AS id FROM pg_control_system()')).rows[0]?.id);
    expect(await identity(second)).not.toBe(await identity(first));
  });

  it('is dumped, verified and restored by three commands, and its keys are copied', async () => {
    const file = join(folder, 'main.backup');
    expect(await first.assay('backup', file, '--quiet')).toMatchObject({ code: 0, err: '' });
    expect(await second.assay('restore', file, '--check', '--quiet')).toMatchObject({ code: 0, err: '' });
    expect(await second.assay('restore', file, '--quiet')).toMatchObject({ code: 0 });
    await cp(join(first.folder, 'keys'), join(second.folder, 'keys'), { recursive: true });
    restored = await openAndServe(second.database, second.folder);
  }, 60_000);

  it('gives the same answers to the byte, cursors and positions among them', async () => {
    expect(before.length).toBeGreaterThan(10);
    expect(JSON.parse(before[1] ?? '').data.events.nodes).toHaveLength(100);
    expect(before.filter((answer) => answer.includes('"errors"'))).toEqual([]);
    expect(await differing(restored)).toEqual([]);
  }, 60_000);

  it('goes on: a command is carried out once, and the log it came from stays as it was', async () => {
    const mutation = 'mutation { defineMetric(input: { commandId: "6f3c2f1e-7a54-4c0e-9d53-2b1f0a4c8e11", code: "renewals", names: { en: "Renewals", zh: "续约数" }, unit: "contracts", accumulation: SUM, direction: HIGHER }) { ... on DefineMetricAccepted { position repeated metric { code } } ... on Rejection { code } } }';
    const once = Object(await restored.ask('hr-officer', mutation)).data.defineMetric;
    expect(once).toMatchObject({ repeated: false, metric: { code: 'renewals' } });
    expect(Object(await restored.ask('hr-officer', mutation)).data.defineMetric).toEqual({ ...once, repeated: true });
    expect(await differing(served)).toEqual([]);
  }, 60_000);
});
