import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, parse, validate } from 'graphql';
import { readCompany, readMapping } from '../../apps/cli/src/import/input.js';
import { nextSteps, replayQueries } from '../../apps/cli/src/import/next-steps.js';
import { Progress } from '../../apps/cli/src/progress.js';
import { COMMANDS } from '../../apps/cli/src/commands.js';
import { runCommandLine } from '../../apps/cli/src/run.js';

const REPLAY_MS_MAX = 120_000;

async function run(...argv: readonly string[]) {
  const written = { out: '', err: '' };
  const io = {
    stdin: (async function* () {})(),
    out: async (text: string) => void (written.out += text),
    err: (text: string) => void (written.err += text),
    terminal: false,
    signal: new AbortController().signal,
  };
  const code = await runCommandLine(argv, io, { commands: COMMANDS, version: '0.0.0' });
  return { code, ...written };
}

let folder: string;
let file: (name: string) => string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-command-'));
  file = (name) => join(folder, name);
  expect(await run('seed', 'crm', '--seed', '3', '--out', folder, '--agents', '12', '--deals', '160')).toMatchObject({ code: 0, err: '' });
});
afterAll(() => rm(folder, { recursive: true }));

const options = (...left: readonly string[]): readonly string[] =>
  Object.entries({ '--people': 'sales_teams.csv', '--targets': 'targets.csv', '--mapping': 'mapping.json', '--company': 'company.json' }).flatMap(([name, value]) => (left.includes(name) ? [] : [name, file(value)]));

describe('seed', () => {
  it('writes an export with all that a replay needs, the same bytes for the same seed', async () => {
    const again = await mkdtemp(join(tmpdir(), 'assay-command-'));
    await run('seed', 'crm', '--seed', '3', '--out', again, '--agents', '12', '--deals', '160');
    for (const name of ['sales_pipeline.csv', 'sales_teams.csv', 'targets.csv', 'mapping.json', 'company.json'])
      expect(await readFile(join(again, name), 'utf8')).toBe(await readFile(file(name), 'utf8'));
    await rm(again, { recursive: true });
  });

  it.each([
    [['seed', 'erp', '--seed', '1', '--out', 'x'], 'seed crm'],
    [['seed', 'crm', '--seed', '1'], '--out'],
    [['seed', 'crm', '--out', 'x'], '--seed'],
    [['seed', 'crm', '--out', 'x', '--seed', '1.5'], '--seed'],
    [['seed', 'crm', '--out', 'x', '--seed', '1', '--agents', '3'], '--agents'],
  ])('%j ends with 2 and the remedy', async (argv, remedy) => {
    const { code, out, err } = await run(...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(remedy);
  });
});

describe('import', () => {
  it('decides a dry run of a replay in memory, reports it, and writes the refused rows', async () => {
    const opportunities = file('with-a-stranger.csv');
    const rows = await readFile(file('sales_pipeline.csv'), 'utf8');
    await writeFile(opportunities, `${rows}STRANGER,Nobody Known,Relay 100,Opal Retail,Won,2017-03-01,2017-04-01,100\n`);
    const { code, out } = await run('import', 'crm', opportunities, ...options(), '--replay', '--dry-run', '--json', '--refused', file('refused.csv'));
    const report: unknown = JSON.parse(out);
    expect(report).toMatchObject({ dryRun: true, hindsight: true, counts: { rows: 161, refused: 1, targets: 144 }, results: { final: 48, composites: 12 } });
    expect(code).toBe(1);
    expect(await readFile(file('refused.csv'), 'utf8')).toBe('file,line,reason,row\nOPPORTUNITIES,162,PERSON_UNKNOWN,"{""id"":""STRANGER"",""agent"":""Nobody Known""}"\n');
  }, REPLAY_MS_MAX);

  it('tells the report to people too, and ends with 0 where nothing was refused', async () => {
    const { code, out } = await run('import', 'crm', file('sales_pipeline.csv'), ...options(), '--replay', '--dry-run');
    expect(code).toBe(0);
    expect(out).toContain('dry run: nothing was recorded');
    expect(out).toMatch(/ {2}rows +160\n {2}open +\d+\n {2}refused +0\n/);
    expect(out).toContain('hindsight');
  }, REPLAY_MS_MAX);

  it('proposes the targets that seed wrote, and says that they are hindsight', async () => {
    const { code, out } = await run('import', 'crm', file('sales_pipeline.csv'), ...options('--targets'), '--propose-targets', file('proposed.csv'));
    expect(code).toBe(0);
    expect(out).toContain('hindsight');
    const proposed = await readFile(file('proposed.csv'), 'utf8');
    expect(proposed).toBe(await readFile(file('targets.csv'), 'utf8'));
    expect(proposed.trimEnd().split('\n').slice(1).every((line) => line.includes('hindsight'))).toBe(true);
  });

  it.each<[string, () => readonly string[], string]>([
    ['nothing', () => [], 'import crm'],
    ['another kind', () => ['erp', 'x.csv'], 'import crm'],
    ['two files', () => ['crm', 'x.csv', 'y.csv'], 'one opportunities file'],
    ['no mapping', () => ['crm', file('sales_pipeline.csv')], 'examples/crm/mapping.json'],
    ['a missing file', () => ['crm', 'nowhere.csv', '--mapping', file('mapping.json')], 'nowhere.csv'],
    ['a replay without its company', () => ['crm', file('sales_pipeline.csv'), ...options('--company'), '--replay', '--log', 'x'], 'examples/crm/company.json'],
    ['a replay without targets', () => ['crm', file('sales_pipeline.csv'), ...options('--targets'), '--replay', '--log', 'x'], '--propose-targets'],
    ['a replay without a log', () => ['crm', file('sales_pipeline.csv'), ...options(), '--replay'], '--log crm-2017'],
    ['a full replay', () => ['crm', file('sales_pipeline.csv'), ...options(), '--replay', '--full', '--dry-run'], 'leave it out'],
    ['a company without a replay', () => ['crm', file('sales_pipeline.csv'), ...options()], 'add --replay'],
    ['a mapping that is none', () => ['crm', file('sales_pipeline.csv'), '--mapping', file('company.json')], 'crm-mapping.schema.json'],
    ['an unknown option', () => ['crm', '--nonsense'], '--nonsense'],
  ])('ends with 2 and the remedy for %s', async (_, argv, remedy) => {
    const { code, out, err } = await run('import', ...argv());
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(remedy);
  });

  it.each<[string, (company: Record<string, unknown>) => unknown, string]>([
    ['somebody who is not among its people', (company) => ({ ...company, metricsBy: 'nobody' }), '"nobody"'],
    ['somebody without the right', (company) => ({ ...company, metricsBy: 'auditor' }), 'FORBIDDEN'],
    ['a day that is not over', (company) => ({ ...company, endsOn: '2999-01-01' }), '2999-01-01'],
    ['a code that is none', (company) => ({ ...company, cycles: [{ level: 'QUARTER', code: '2017', openedOn: '2016-12-19', by: 'hr-officer', cutOffDays: 5, dueDays: 7 }] }), '2017Q1'],
    ['a manager nowhere above', (company) => ({ ...company, people: [{ key: 'admin', name: 'A', role: 'X', unit: 'HQ', manager: 'ghost' }] }), 'the manager of admin'],
    ['a rule broken', (company) => ({ ...company, goals: { ...Object(company.goals), on: '2016-12-15', tolerance: 0, by: 'finance' } }), 'goal'],
  ])('names what a company file says wrong: %s', async (_, edit, told) => {
    const company: unknown = JSON.parse(await readFile(file('company.json'), 'utf8'));
    const edited = file('edited.json');
    await writeFile(edited, JSON.stringify(edit(Object(company))));
    const { code, err } = await run('import', 'crm', file('sales_pipeline.csv'), ...options('--company'), '--company', edited, '--replay', '--dry-run');
    expect(code).toBe(2);
    expect(err).toContain(told);
  });
});

describe('what to do next', () => {
  it('names log, token and three queries that the schema answers', async () => {
    const schema = buildSchema(await readFile('docs/reference/schema.graphql', 'utf8'));
    const company = await readCompany(file('company.json'));
    const queries = replayQueries(company);
    expect(queries).toHaveLength(3);
    for (const query of queries) expect(validate(schema, parse(query))).toEqual([]);
    const told = nextSteps('crm-2017', company);
    for (const line of ['npm start -- --log crm-2017', 'token hr-officer --log crm-2017', ...queries]) expect(told).toContain(line);
  });

  it('reads the example files as they stand in the repository', async () => {
    expect((await readMapping('examples/crm/mapping.json')).source).toBe('crm');
    expect((await readCompany('examples/crm/company.json')).recalibrations).toHaveLength(1);
  });
});

describe('progress', () => {
  it.each([
    [false, ['b\n', 'd\n']],
    [true, ['\r\u001b[2Kb', '\r\u001b[2Kc', '\r\u001b[2Kd', '\r\u001b[2K']],
  ])('on a terminal: %s', (terminal, expected) => {
    const said: string[] = [];
    let now = 0;
    const progress = new Progress({ terminal, err: (text) => void said.push(text) }, { quiet: false, clock: () => now });
    for (const [at, text] of [[50, 'a'], [10_000, 'b'], [15_000, 'c'], [20_000, 'd']] as const) {
      now = at;
      progress.say(text);
    }
    progress.end();
    expect(said).toEqual(expected);
  });
});
