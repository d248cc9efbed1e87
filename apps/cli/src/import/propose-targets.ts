import { Decimal } from 'decimal.js';
import { csvLine } from './csv.js';
import { HINDSIGHT, NOTE_COLUMN, type Deal, type TeamMember } from './deals.js';
import type { CrmMapping } from './mapping.js';

/**
 * Targets by the rule of `api.md` (Import of a CRM export), for an export that comes without any: per region and cycle
 * the median, over agents with a closed deal in it, of won value (to 100) and won count (to 1, at least 1); win rate =
 * the company's won / closed of the cycle, to 2 places, half up. It looks at what happened afterwards: hindsight, and
 * the file says so in each line.
 */
export interface CyclePeriod {
  /** The cycle's stream part, e.g. `QUARTER-2017Q3`. */
  readonly cycle: string;
  readonly from: string;
  readonly to: string;
}
export interface ProposedTarget {
  readonly agent: string;
  readonly cycle: string;
  readonly metric: string;
  readonly target: string;
}

interface Tally {
  closed: number;
  won: number;
  value: Decimal;
}

export class TargetProposal {
  private readonly tallies = new Map<string, Tally>();
  private readonly company = new Map<string, Tally>();

  constructor(
    private readonly mapping: Pick<CrmMapping, 'metrics'>,
    private readonly periods: readonly CyclePeriod[],
  ) {}

  add(deal: Deal): void {
    const period = this.periods.find(({ from, to }) => from <= deal.closedOn && deal.closedOn <= to);
    if (period === undefined) return;
    for (const tally of [tallyIn(this.tallies, `${period.cycle}\u0000${deal.agent}`), tallyIn(this.company, period.cycle)]) {
      tally.closed += 1;
      if (!deal.won) continue;
      tally.won += 1;
      tally.value = tally.value.plus(deal.value);
    }
  }

  /** One line per agent, cycle and metric, in the order of periods and team. Nothing for a region without a closed deal. */
  targets(team: readonly TeamMember[]): readonly ProposedTarget[] {
    const units = [...new Set(team.map(({ unit }) => unit))];
    return this.periods.flatMap((period) => units.flatMap((unit) => this.ofUnit(period.cycle, team.filter((member) => member.unit === unit))));
  }

  private ofUnit(cycle: string, members: readonly TeamMember[]): readonly ProposedTarget[] {
    const active = members.map(({ agent }) => this.tallies.get(`${cycle}\u0000${agent}`)).filter((tally) => tally !== undefined);
    const whole = this.company.get(cycle);
    if (active.length === 0 || whole === undefined) return [];
    const { value, count, winRate } = this.mapping.metrics;
    const quantities = [
      { metric: value, target: atLeast('100', rounded(median(active.map((tally) => tally.value)), 100)) },
      { metric: count, target: atLeast('1', rounded(median(active.map((tally) => new Decimal(tally.won))), 1)) },
      { metric: winRate, target: atLeast('0.01', new Decimal(whole.won).div(whole.closed).toDecimalPlaces(2, Decimal.ROUND_HALF_UP)) },
    ];
    return members.flatMap(({ agent }) => quantities.map(({ metric, target }) => ({ agent, cycle, metric, target })));
  }
}

/** The targets file: it says in every line that it is hindsight. */
export function targetsFile(targets: readonly ProposedTarget[], columns: CrmMapping['targets']['columns']): string {
  const header = csvLine([columns.agent, columns.cycle, columns.metric, columns.target, NOTE_COLUMN]);
  const note = `${HINDSIGHT}: proposed from the same deals that it is measured by`;
  return header + targets.map((row) => csvLine([row.agent, row.cycle, row.metric, row.target, note])).join('');
}

function tallyIn(tallies: Map<string, Tally>, key: string): Tally {
  const held = tallies.get(key) ?? { closed: 0, won: 0, value: new Decimal(0) };
  tallies.set(key, held);
  return held;
}

/** The middle value; of an even number, the mean of the middle two. */
function median(values: readonly Decimal[]): Decimal {
  const sorted = [...values].sort((a, b) => a.comparedTo(b));
  const upper = sorted[Math.floor(sorted.length / 2)] ?? new Decimal(0);
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? new Decimal(0);
  return upper.plus(lower).div(2);
}

const rounded = (value: Decimal, step: number): Decimal => value.div(step).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).times(step);

/** A target that is 0 could not be attained against (`scoring.md` §3): the smallest step stands in for it. */
const atLeast = (least: string, value: Decimal): string => Decimal.max(least, value).toFixed();
