import { readFile, writeFile } from 'node:fs/promises';
import { join, dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { factsFold, factsStream, targetFold } from '@assay/commands';
import { lifeIn, type Principal } from '@assay/domain';
import { dryTarget } from '../../apps/cli/src/import/dry-run.js';
import { readImport } from '../../apps/cli/src/import/input.js';
import { importLive } from '../../apps/cli/src/import/live.js';
import type { ImportReport } from '../../apps/cli/src/import/report.js';
import type { SimulationTarget } from '@assay/runtime';
import { emptyTarget, generatedFolder, replayInto, type ExportFolder } from './export-folder.js';
import { Replayed } from './replayed.js';

const SEED = 5;
const REPLAY_MS_MAX = 120_000;
const NOTHING = { restated: 0, retracted: 0, recorded: 0, refused: 0, targets: 0, people: 0 };

let folder: ExportFolder;
let target: SimulationTarget;
let replayed: Replayed;
let rows: readonly (readonly string[])[];
beforeAll(async () => {
  folder = await generatedFolder({ seed: SEED, agents: 12, deals: 150 });
  target = emptyTarget();
  await replayInto(target, folder);
  replayed = await Replayed.read(target);
  // The generator quotes nothing, so that a line is its cells.
  rows = (await readFile(folder.files.opportunities, 'utf8')).trimEnd().split('\n').map((line) => line.split(','));
}, REPLAY_MS_MAX);
afterAll(() => folder.remove());

const [ID, AGENT, STAGE, CLOSED, VALUE] = [0, 1, 4, 6, 7] as const;
type Cells = readonly string[];
const cell = (row: Cells, index: number): string => row[index] ?? '';
const withCells = (row: Cells, cells: Readonly<Record<number, string>>): Cells => row.map((old, index) => cells[index] ?? old);

interface Importing {
  readonly full?: boolean;
  readonly dryRun?: boolean;
  readonly person?: Principal;
  readonly targets?: string;
}

/** Imports the export with its rows edited, in one file after the other: each has its own name. */
let files = 0;
async function importing(edit: (row: Cells) => readonly Cells[], { full = false, dryRun = false, person, targets }: Importing = {}): Promise<ImportReport> {
  files += 1;
  const opportunities = join(dirname(folder.files.targets), `edited-${String(files)}.csv`);
  const [header = [], ...deals] = rows;
  await writeFile(opportunities, [header, ...deals.flatMap(edit)].map((row) => `${row.join(',')}\n`).join(''));
  const input = await readImport({ opportunities, mapping: folder.files.mapping, ...(targets === undefined ? {} : { targets }) });
  const options = { full, dryRun, person: person ?? null, progress: () => undefined, signal: new AbortController().signal };
  return importLive(dryRun ? await dryTarget(target) : target, input, options);
}

const same = (row: Cells): readonly Cells[] => [row];
const wonDeal = (nth: number): Cells => rows.filter((row) => cell(row, STAGE) === 'Won')[nth] ?? [];
const only = (deal: Cells, cells: Readonly<Record<number, string>>) => (row: Cells): readonly Cells[] => [cell(row, ID) === cell(deal, ID) ? withCells(row, cells) : row];

/** What an agent's facts of a metric say of a deal: its last value; null: retracted; undefined: nothing. */
async function saying(agent: string, metric: string, deal: Cells): Promise<string | null | undefined> {
  const reader = await target.executor.reader();
  const life = lifeIn(await reader.state(factsFold, factsStream(target.logId, replayed.idOf(agent), metric)), { source: 'crm', factId: cell(deal, ID) });
  return life === undefined ? undefined : life.retraction === null ? life.revisions.at(-1)?.value : null;
}

describe('an import into a log of today', () => {
  it('finds nothing to do where the replay recorded everything, and reports the file anew once', async () => {
    const first = await importing(same);
    expect(first.counts).toMatchObject({ ...NOTHING, unchanged: replayed.ofType('FactRecorded').length });
    const { position } = await target.store.head();
    files -= 1;
    const again = await importing(same);
    expect(again.counts).toMatchObject({ ...NOTHING, reports: 0 });
    expect((await target.store.head()).position).toBe(position);
  });

  it('restates a fact whose row has changed', async () => {
    const deal = wonDeal(0);
    const { counts } = await importing(only(deal, { [VALUE]: '31415.9' }));
    expect(counts).toMatchObject({ ...NOTHING, restated: 1 });
    expect(await saying(cell(deal, AGENT), 'sales_value', deal)).toBe('31415.9');
    expect((await importing(same)).counts).toMatchObject({ ...NOTHING, restated: 1 });
    expect(await saying(cell(deal, AGENT), 'sales_value', deal)).toBe(cell(deal, VALUE));
  });

  it('retracts value and count of a deal won no longer, and restates its rate', async () => {
    const deal = wonDeal(1);
    expect((await importing(only(deal, { [STAGE]: 'Lost', [VALUE]: '0' }))).counts).toMatchObject({ ...NOTHING, retracted: 2, restated: 1 });
    const said = () => Promise.all(['sales_value', 'won_deals', 'win_rate'].map((metric) => saying(cell(deal, AGENT), metric, deal)));
    expect(await said()).toEqual([null, null, '0']);
    expect((await importing(same)).counts).toMatchObject({ ...NOTHING, restated: 3 });
    expect(await said()).toEqual([cell(deal, VALUE), '1', '1']);
  });

  it('retracts a deal that belongs to somebody else there, and records it here', async () => {
    const deal = wonDeal(2);
    const from = cell(deal, AGENT);
    const to = rows.map((row) => cell(row, AGENT)).find((agent) => agent !== from && agent !== 'sales_agent') ?? '';
    expect((await importing(only(deal, { [AGENT]: to }))).counts).toMatchObject({ ...NOTHING, retracted: 3, recorded: 3 });
    expect([await saying(from, 'won_deals', deal), await saying(to, 'won_deals', deal)]).toEqual([null, '1']);
    expect((await importing(same)).counts).toMatchObject({ ...NOTHING, retracted: 3, restated: 3 });
    expect([await saying(from, 'won_deals', deal), await saying(to, 'won_deals', deal)]).toEqual(['1', null]);
  });

  it('retracts the facts of a deal that is open again', async () => {
    const deal = wonDeal(3);
    const report = await importing(only(deal, { [STAGE]: 'Engaging', [CLOSED]: '', [VALUE]: '' }));
    expect(report.counts).toMatchObject({ ...NOTHING, retracted: 3 });
    expect(await saying(cell(deal, AGENT), 'win_rate', deal)).toBeNull();
    await importing(same);
  });

  it('retracts a missing row only of a full export', async () => {
    const deal = wonDeal(4);
    const without = (row: Cells): readonly Cells[] => (cell(row, ID) === cell(deal, ID) ? [] : [row]);
    expect((await importing(without)).counts).toMatchObject(NOTHING);
    expect((await importing(without, { full: true })).counts).toMatchObject({ ...NOTHING, retracted: 3 });
    await importing(same);
  });

  it('refuses the rows of whom it does not know, and leaves what they said before', async () => {
    const deal = wonDeal(5);
    const report = await importing(only(deal, { [AGENT]: 'Nobody Known' }), { full: true });
    expect(report.counts).toMatchObject({ ...NOTHING, refused: 1 });
    expect(report.refusals).toEqual([expect.objectContaining({ file: 'OPPORTUNITIES', reason: 'PERSON_UNKNOWN' })]);
    expect(await saying(cell(deal, AGENT), 'win_rate', deal)).toBe('1');
  });

  it('decides a dry run alike and appends nothing', async () => {
    const deal = wonDeal(6);
    const to = rows.map((row) => cell(row, AGENT)).find((agent) => agent !== cell(deal, AGENT) && agent !== 'sales_agent') ?? '';
    const { position } = await target.store.head();
    const dry = await importing(only(deal, { [AGENT]: to }), { dryRun: true });
    expect((await target.store.head()).position).toBe(position);
    files -= 1;
    expect(dry).toEqual({ ...(await importing(only(deal, { [AGENT]: to }))), dryRun: true });
    await importing(same);
  });
});

describe('targets of an import', () => {
  const CYCLE = 'QUARTER-2018Q3';
  const write = async (value: string): Promise<string> => {
    const [agent] = ownAgents();
    const file = join(dirname(folder.files.targets), 'live-targets.csv');
    await writeFile(file, `agent,cycle,metric,target\n${agent ?? ''},${CYCLE},won_deals,${value}\n${agent ?? ''},QUARTER-2017Q1,won_deals,${value}\nNobody,${CYCLE},won_deals,1\n`);
    return file;
  };
  const ownAgents = (): readonly string[] => [...new Set(rows.slice(1).map((row) => cell(row, AGENT)))].sort((a, b) => (a < b ? -1 : 1));
  const managerOf = async (agent: string): Promise<Principal> => {
    const { managerId } = await replayed.appraisalOf(agent, '2017Q1');
    return target.principals.of(managerId ?? '');
  };

  beforeAll(async () => {
    const officer = await target.principals.of(replayed.idOf('Yuki Tanaka'));
    const issue = async (aggregate: string, type: string, data: Readonly<Record<string, unknown>>) => expect(await target.executor.execute({ aggregate, type, data, commandId: '6f0f5f0e-0000-4000-8000-000000000001', issuer: officer })).toHaveProperty('accepted');
    await issue('cycle', 'OpenCycle', { level: 'QUARTER', code: '2018Q3', cutOffOn: '2018-10-05', evaluationDueOn: '2018-10-09' });
    const goal = { names: { en: 'Won deals, third quarter', zh: '成交單數，三季度' }, parent: null, metric: 'won_deals', unit: 'HQ', period: { from: '2018-07-01', to: '2018-09-30' }, value: '100' };
    await issue('goal', 'SetGoal', goal);
  });

  it('are set, left and changed by the person of the token; what the rules or their rights refuse is named by its line', async () => {
    const [agent = ''] = ownAgents();
    const person = await managerOf(agent);
    const first = await importing(same, { person, targets: await write('7') });
    expect(first.counts).toMatchObject({ targets: 1, refused: 2 });
    expect(first.refusals.map(({ line, reason }) => [line, reason])).toEqual([
      [3, 'PERIOD_CLOSED'],
      [4, 'PERSON_UNKNOWN'],
    ]);
    const again = await importing(same, { person, targets: await write('7.0') });
    expect(again.counts).toMatchObject({ targets: 0, refused: 2 });
    expect((await importing(same, { person, targets: await write('9') })).counts).toMatchObject({ targets: 1, refused: 2 });
    const ids = await target.finder.targetsOf({ ownerId: replayed.idOf(agent), cycle: `cycle-${CYCLE}` }, (await target.store.head()).position);
    const state = await (await target.executor.reader()).state(targetFold, `target-${ids[0] ?? ''}`);
    expect(state).toMatchObject({ status: 'LIVE', versions: [{ quantities: { target: '7' } }, { quantities: { target: '9' } }] });
  });

  it('are refused to who may not set them', async () => {
    const person = await target.principals.of(replayed.idOf('Petra Novak'));
    const { refusals } = await importing(same, { person, targets: await write('11') });
    expect(refusals.map(({ reason }) => reason)).toEqual(['FORBIDDEN', 'FORBIDDEN', 'PERSON_UNKNOWN']);
  });

  it('need the token of a person', async () => {
    await expect(importing(same, { targets: await write('5') })).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('ASSAY_TOKEN') });
  });
});

describe('a log that cannot take it', () => {
  it('is told what it lacks', async () => {
    const input = await readImport({ opportunities: folder.files.opportunities, mapping: folder.files.mapping });
    const options = { full: false, dryRun: false, person: null, progress: () => undefined, signal: new AbortController().signal };
    await expect(importLive(emptyTarget(), input, options)).rejects.toMatchObject({ code: 'USAGE' });
    const foreign = { ...input, mapping: { ...input.mapping, source: 'other' } };
    await expect(importLive(target, foreign, options)).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('registerIntegration') });
  });
});
