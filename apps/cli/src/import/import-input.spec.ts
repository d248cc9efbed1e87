import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DealOrder } from './deal-order.js';
import { rowsOf, teamOf, type Deal, type Row } from './deals.js';
import { generateExport } from './generate.js';
import { crmMapping, dayOf, quantityOf, type CrmMapping } from './mapping.js';
import { TargetProposal } from './propose-targets.js';

const SEED = 2017;
const MAPPING: CrmMapping = crmMapping.parse({
  source: 'crm',
  opportunities: {
    columns: { id: 'opportunity_id', agent: 'sales_agent', stage: 'deal_stage', closeDate: 'close_date', value: 'close_value' },
    stages: { won: ['Won'], lost: ['Lost'], open: ['Prospecting', 'Engaging'] },
  },
  people: { columns: { agent: 'sales_agent', manager: 'manager', unit: 'regional_office' } },
  metrics: { value: 'sales_value', count: 'won_deals', winRate: 'win_rate' },
  covers: { from: '2017-01-01', to: '2017-12-31' },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-rows-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function rows(bytes: string | Uint8Array, mapping: CrmMapping = MAPPING): Promise<readonly Row[]> {
  const file = join(folder, 'rows.csv');
  await writeFile(file, bytes);
  const all: Row[] = [];
  for await (const row of rowsOf(file, mapping)) all.push(row);
  return all;
}
const HEADER = 'opportunity_id,sales_agent,deal_stage,close_date,close_value\n';

describe('cells', () => {
  it.each([
    ['2017-03-01', 'YYYY-MM-DD', '2017-03-01'],
    ['1.3.2017', 'DD.MM.YYYY', '2017-03-01'],
    ['03/01/2017', 'MM/DD/YYYY', '2017-03-01'],
    ['01/03/2017', 'DD/MM/YYYY', '2017-03-01'],
    ['2017/3/1', 'YYYY/MM/DD', '2017-03-01'],
    ['2017-02-29', 'YYYY-MM-DD', null],
    ['', 'YYYY-MM-DD', null],
    ['tomorrow', 'YYYY-MM-DD', null],
  ] as const)('reads the day %j in the format %s as %j', (cell, format, expected) => {
    expect(dayOf(cell, format)).toBe(expected);
  });

  it.each([
    ['1054', '.', '1054'],
    ['1,054.50', '.', '1054.5'],
    ['1.054,50', ',', '1054.5'],
    ['-3,5', ',', '-3.5'],
    ['0012', '.', '12'],
    ['-0', '.', '0'],
    ['1e3', '.', null],
    ['', '.', null],
    ['1,05', '.', null],
    ['1234567890123456789', '.', null],
  ] as const)('reads the quantity %j with the decimal sign %j as %j', (cell, sign, expected) => {
    expect(quantityOf(cell, sign)).toBe(expected);
  });
});

describe('rows', () => {
  it('tells closed deals, open ones and refused ones apart, each by its line', async () => {
    const read = await rows(
      `${HEADER}A,Ada,Won,2017-03-01,10\nB,Ada,Lost,2017-03-02,0\nC,Ada,Engaging,,\nD,Ada,Sold,2017-03-02,1\nE,,Won,2017-03-02,1\nF,Ada,Won,x,1\nG,Ada,Won,2018-01-01,1\nH,Ada,Won,2017-03-02,much\nA,Bo,Won,2017-03-03,3\nI,Ada\n`,
    );
    const told = read.map((row) => ('deal' in row ? `${String(row.deal.line)} ${row.deal.id} ${row.deal.value}` : 'open' in row ? `${String(row.line)} open` : `${String(row.refused.line)} ${row.refused.reason.split(':')[0] ?? ''}`));
    expect(told).toEqual(['2 A 10', '3 B 0', '4 open', '5 STAGE_UNKNOWN', '6 AGENT_MISSING', '7 DATE_BROKEN', '8 OUTSIDE_COVERAGE', '9 VALUE_BROKEN', '10 ID_TWICE', '11 COLUMNS']);
  });

  it('reads UTF-8 with a byte order mark and GB18030, and refuses the wrong encoding', async () => {
    const withMark = await rows(`\ufeff${HEADER}A,王芳,Won,2017-03-01,10\n`);
    // 王芳 in GB18030.
    const chinese = Buffer.concat([Buffer.from(`${HEADER}A,`), Buffer.from([0xcd, 0xf5, 0xb7, 0xbc]), Buffer.from(',Won,2017-03-01,10\n')]);
    const read = await rows(chinese, { ...MAPPING, encoding: 'gb18030' });
    expect([withMark, read].map(([row]) => (row && 'deal' in row ? row.deal.agent : ''))).toEqual(['王芳', '王芳']);
    await expect(rows(chinese)).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('names a column that is missing', async () => {
    await expect(rows('a,b\n1,2\n')).rejects.toThrow('opportunity_id');
  });
});

describe('order', () => {
  it('merges runs from disk into (close date, line)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 28 }), { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), async (days, runDealsMax) => {
        const order = new DealOrder(runDealsMax);
        const deals = days.map((one, line): Deal => ({ line, id: String(line), agent: 'a', won: true, closedOn: `2017-03-${String(one).padStart(2, '0')}`, value: '1', rowSha256: '' }));
        for (const deal of deals) await order.add(deal);
        const got: Deal[] = [];
        for await (const deal of order.inOrder()) got.push(deal);
        await order.dispose();
        expect(got).toEqual([...deals].sort((a, b) => (a.closedOn < b.closedOn ? -1 : a.closedOn > b.closedOn ? 1 : a.line - b.line)));
      }),
      { seed: SEED, numRuns: 50 },
    );
  });
});

describe('the generated export', () => {
  it('gives the same bytes for the same seed, and others for another', () => {
    const options = { seed: SEED, agents: 12, deals: 200 };
    expect(generateExport(options)).toEqual(generateExport(options));
    expect(generateExport({ ...options, seed: 1 })).not.toEqual(generateExport(options));
  });

  it('reads without a refused row, with open deals and agents who close nothing', async () => {
    const made = generateExport({ seed: SEED, agents: 16, deals: 400 });
    const read = await rows(made['sales_pipeline.csv']);
    const file = join(folder, 'sales_teams.csv');
    await writeFile(file, made['sales_teams.csv']);
    const team = await teamOf(file, MAPPING);
    const closing = new Set(read.flatMap((row) => ('deal' in row ? [row.deal.agent] : [])));
    expect(read.filter((row) => 'refused' in row)).toEqual([]);
    expect(read.filter((row) => 'open' in row).length).toBeGreaterThan(50);
    expect(new Set(team.map(({ agent }) => agent)).size).toBe(16);
    expect(team.filter(({ agent }) => !closing.has(agent))).toHaveLength(2);
  });
});

describe('proposed targets', () => {
  it('take the median over agents with a closed deal, and the company’s win rate half up', () => {
    const proposal = new TargetProposal(MAPPING, [{ cycle: 'QUARTER-2017Q1', from: '2017-01-01', to: '2017-03-31' }]);
    const deal = (agent: string, won: boolean, value: string): Deal => ({ line: 0, id: '', agent, won, closedOn: '2017-03-05', value, rowSha256: '' });
    for (const one of [deal('Ada', true, '1040'), deal('Ada', true, '10'), deal('Bo', true, '2149'), deal('Bo', false, '0'), deal('Cy', false, '0'), deal('Dee', true, '9000')]) proposal.add(one);
    proposal.add({ ...deal('Ada', true, '1'), closedOn: '2017-04-01' });
    const team = ['Ada', 'Bo', 'Cy', 'Eve'].map((agent) => ({ line: 0, agent, manager: 'M', unit: 'East' }));
    const rowsOfEve = proposal.targets(team).filter(({ agent }) => agent === 'Eve');
    // East: values 1050, 2149, 0 → median 1050 → 1100 (half up to 100); counts 2, 1, 0 → 1; company 4 won of 6 closed.
    expect(rowsOfEve.map(({ metric, target }) => [metric, target])).toEqual([
      ['sales_value', '1100'],
      ['won_deals', '1'],
      ['win_rate', '0.67'],
    ]);
  });
});
