import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { Decimal } from 'decimal.js';

/**
 * The example company reckoned by hand from the raw rows: nothing of the product takes part but the CSV parser and the
 * decimal library. It knows the one recalibration of `examples/crm/company.json`, East in the third quarter.
 */
const Exact = Decimal.clone({ precision: 34, rounding: Decimal.ROUND_HALF_EVEN });

export const QUARTERS = [
  { code: '2017Q1', from: '2017-01-01', to: '2017-03-31' },
  { code: '2017Q2', from: '2017-04-01', to: '2017-06-30' },
  { code: '2017Q3', from: '2017-07-01', to: '2017-09-30' },
  { code: '2017Q4', from: '2017-10-01', to: '2017-12-31' },
] as const;
export type QuarterCode = (typeof QUARTERS)[number]['code'];
type Metric = 'sales_value' | 'won_deals' | 'win_rate';
const WEIGHTS: Readonly<Record<Metric, number>> = { sales_value: 5000, won_deals: 3000, win_rate: 2000 };
const METRICS = ['sales_value', 'won_deals', 'win_rate'] as const;

/** What one agent's quarter comes to. */
export interface ExpectedQuarter {
  readonly agent: string;
  readonly unit: string;
  readonly quarter: QuarterCode;
  /** Null where no deal was closed: there is no rate. */
  readonly actual: Readonly<Record<Metric, Decimal | null>>;
  /** As set, and as it lies over the quarter. */
  readonly target: Readonly<Record<Metric, Decimal>>;
  readonly effective: Readonly<Record<Metric, Decimal>>;
  readonly total: string;
  readonly grade: string;
}
export interface Oracle {
  readonly agents: readonly string[];
  readonly managers: readonly string[];
  readonly quarters: readonly ExpectedQuarter[];
  readonly rows: number;
  readonly open: number;
  readonly facts: number;
}

type Row = Readonly<Record<string, string>>;
const rowsIn = (file: string): readonly Row[] => parse(readFileSync(file, 'utf8'), { columns: true, bom: true, skip_empty_lines: true });

/** Reads the files and reckons. */
export function reckon({ opportunities, people, targets }: { readonly opportunities: string; readonly people: string; readonly targets: string }): Oracle {
  const [deals, team, aims] = [rowsIn(opportunities), rowsIn(people), rowsIn(targets)];
  const closed = deals.filter((deal) => deal.deal_stage === 'Won' || deal.deal_stage === 'Lost');
  const won = closed.filter((deal) => deal.deal_stage === 'Won');
  const targetOf = (agent: string, quarter: QuarterCode, metric: Metric): Decimal => {
    const found = aims.find((row) => row.agent === agent && row.cycle === `QUARTER-${quarter}` && row.metric === metric);
    if (found?.target === undefined) throw new Error(`no target of ${metric} for ${agent} in ${quarter}`);
    return new Exact(found.target);
  };
  const quarters = QUARTERS.flatMap(({ code: quarter, from, to }) =>
    team.map((member): ExpectedQuarter => {
      const agent = member.sales_agent ?? '';
      const unit = member.regional_office ?? '';
      const own = closed.filter((deal) => deal.sales_agent === agent && (deal.close_date ?? '') >= from && (deal.close_date ?? '') <= to);
      const target = { sales_value: targetOf(agent, quarter, 'sales_value'), won_deals: targetOf(agent, quarter, 'won_deals'), win_rate: targetOf(agent, quarter, 'win_rate') };
      const actual = actualOf(own);
      const effective = effectiveOf(target, unit === 'East' && quarter === '2017Q3');
      return { agent, unit, quarter, actual, target, effective, ...scoreOf(actual, effective) };
    }),
  );
  const names = (column: string): readonly string[] => [...new Set(team.map((row) => row[column] ?? ''))];
  return { agents: names('sales_agent'), managers: names('manager'), quarters, rows: deals.length, open: deals.length - closed.length, facts: closed.length + 2 * won.length };
}

function actualOf(own: readonly Row[]): ExpectedQuarter['actual'] {
  const won = own.filter((deal) => deal.deal_stage === 'Won');
  return {
    sales_value: won.reduce((sum, deal) => sum.plus(deal.close_value ?? 0), new Exact(0)),
    won_deals: new Exact(won.length),
    win_rate: own.length === 0 ? null : new Exact(won.length).div(own.length),
  };
}

/** East, third quarter: 44 days to 13 August at the old target, 48 from 14 August at 0.85 of it; the win rate stays. */
function effectiveOf(target: ExpectedQuarter['target'], recalibrated: boolean): ExpectedQuarter['effective'] {
  if (!recalibrated) return target;
  const lowered = (value: Decimal): Decimal => value.times(44).plus(value.times('0.85').times(48)).div(92);
  return { sales_value: lowered(target.sales_value), won_deals: lowered(target.won_deals), win_rate: target.win_rate };
}

/** Linear, floor 0, cap 120; the weight of a rate that does not apply goes to the others in proportion. */
function scoreOf(actual: ExpectedQuarter['actual'], effective: ExpectedQuarter['effective']): { readonly total: string; readonly grade: string } {
  const present = METRICS.flatMap((metric) => {
    const value = actual[metric];
    return value === null ? [] : [{ metric, score: Decimal.min(120, Decimal.max(0, value.div(effective[metric]).times(100))) }];
  });
  const weight = present.reduce((sum, { metric }) => sum + WEIGHTS[metric], 0);
  const weighted = present.reduce((sum, { metric, score }) => sum.plus(score.times(WEIGHTS[metric]).div(weight)), new Exact(0));
  const total = weighted.toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
  return { total: total.toFixed(), grade: total.gte(95) ? 'S' : total.gte(85) ? 'A' : total.gte(70) ? 'B' : 'C' };
}
