import { wasRejected } from '@assay/commands';
import { periodOf, type Span } from '@assay/domain';
import { Decimal } from 'decimal.js';
import type { RefusedRow } from './deals.js';
import { grouped, idOf, inParallel, instantOf } from '@assay/runtime';
import { targetKeyOf, unitCode, yearOf, type Entry, type PlacedRow, type PlannedCycle, type Replay } from './replay-world.js';

/** Goals on their day, and the targets of each cycle on the day that it is opened, each set by its owner's manager. */
export function goalEntries(replay: Replay): readonly Entry[] {
  const { company, cycles } = replay;
  const at = (day: string, hour: number): number => instantOf(day, hour, company.timeZone);
  return [
    { at: at(company.goals.on, 9), label: 'goals', run: () => setGoals(replay) },
    ...cycles.flatMap((cycle) => [
      { at: at(cycle.openedOn, 9), label: cycle.code, run: () => openCycle(replay, cycle) },
      { at: at(cycle.openedOn, 10), label: `targets of ${cycle.code}`, run: () => setTargets(replay, cycle) },
    ]),
  ];
}

/** The rows of the targets file that name an agent, a cycle and a metric with a goal, each once; the others are refused. */
export function placedRows({ input, company, cycles, members, tally }: Pick<Replay, 'input' | 'company' | 'cycles' | 'members' | 'tally'>): readonly PlacedRow[] {
  for (const row of input.targets.refused) tally.refuse('TARGETS', row);
  const agents = new Map(members.map((member) => [member.agent, member]));
  const metrics = new Set(company.metrics.map(({ code }) => code));
  const seen = new Set<string>();
  return input.targets.targets.flatMap((row) => {
    const agent = agents.get(row.agent);
    const cycle = cycles.find(({ level, code }) => row.cycle === `${level}-${code}`);
    const refuse = (reason: string): readonly PlacedRow[] => {
      tally.refuse('TARGETS', refusedRow(row, reason));
      return [];
    };
    if (agent === undefined) return refuse('PERSON_UNKNOWN');
    if (cycle === undefined) return refuse('CYCLE_UNKNOWN');
    if (!metrics.has(row.metric)) return refuse('METRIC_UNKNOWN');
    if (!company.goals.year.includes(row.metric)) return refuse('TARGET_NOT_TRACEABLE');
    const key = targetKeyOf(row.agent, row.cycle, row.metric);
    if (seen.has(key)) return refuse('TARGET_EXISTS');
    seen.add(key);
    return [{ row, agent, cycle }];
  });
}

function refusedRow({ line, ...cells }: PlacedRow['row'], reason: string): RefusedRow {
  return { line, reason, cells };
}

interface PlannedGoal {
  readonly key: string;
  readonly parent: string | null;
  readonly metric: string;
  /** What it is of, as its name says: a year, or a unit and a cycle. */
  readonly of: string;
  readonly unit: string;
  readonly period: Span;
  readonly value: Decimal;
}

const yearKey = (metric: string, year: string): string => `${metric} ${year}`;
const partKey = (metric: string, unit: string, { level, code }: PlannedCycle): string => `${metric} ${unit} ${level}-${code}`;
const sumOf = (rows: readonly PlacedRow[]): Decimal => Decimal.sum(0, ...rows.map(({ row }) => row.target));

/**
 * Goals follow from the targets (`api.md`, Import of a CRM export): the company's of a year is the sum of its targets, and
 * beneath it stands one for each unit and cycle; a metric that does not add up has the mean of its targets, to 2 places.
 */
function plannedGoals({ company, rows }: Replay): readonly PlannedGoal[] {
  return [...grouped(rows, ({ row, cycle }) => yearKey(row.metric, yearOf(cycle, company)))].flatMap(([key, ofYear]): readonly PlannedGoal[] => {
    const [first] = ofYear;
    if (first === undefined) return [];
    const { metric } = first.row;
    const year = yearOf(first.cycle, company);
    const sums = company.metrics.some(({ code, accumulation }) => code === metric && accumulation === 'SUM');
    const total = sumOf(ofYear);
    const value = sums ? total : total.div(ofYear.length).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
    const period = periodOf('YEAR', year, company.businessYearFirstMonth) ?? first.cycle.period;
    const whole: PlannedGoal = { key, parent: null, metric, of: year, unit: company.agents.unitsUnder, period, value };
    const parts = sums ? [...grouped(ofYear, ({ agent, cycle }) => partKey(metric, agent.unit, cycle))] : [];
    return [whole, ...parts.flatMap(([part, beneath]) => partOf(part, beneath, { metric, parent: key }))];
  });
}

function partOf(key: string, rows: readonly PlacedRow[], { metric, parent }: { readonly metric: string; readonly parent: string }): readonly PlannedGoal[] {
  const [first] = rows;
  if (first === undefined) return [];
  const { agent, cycle } = first;
  return [{ key, parent, metric, of: `${agent.unit} ${cycle.code}`, unit: unitCode(agent.unit), period: cycle.period, value: sumOf(rows) }];
}

async function setGoals(replay: Replay): Promise<void> {
  const planned = plannedGoals(replay);
  await inParallel(planned.filter(({ parent }) => parent === null), (goal) => setGoal(replay, goal));
  await inParallel(planned.filter(({ parent }) => parent !== null), (goal) => setGoal(replay, goal));
}

async function setGoal({ stage, company, people, goals }: Replay, goal: PlannedGoal): Promise<void> {
  const { key, parent, metric, of, unit, period, value } = goal;
  const names = company.metrics.find(({ code }) => code === metric)?.names ?? { en: metric, zh: metric };
  const data = {
    names: { en: `${names.en}, ${of}`, zh: `${names.zh}，${of}` },
    parent: parent === null ? null : (goals.get(parent)?.goalId ?? null),
    ...{ metric, unit, period, value: value.toFixed() },
    toleranceBasisPoints: company.goals.tolerance,
  };
  const set = await stage.must({ key: `goal ${key}`, by: people.cast(company.goals.by), aggregate: 'goal', type: 'SetGoal', data });
  goals.set(key, { goalId: idOf(set), parent, value });
}

async function openCycle({ stage, people }: Replay, { level, code, by, cutOffOn, evaluationDueOn, stream }: PlannedCycle): Promise<void> {
  await stage.must({ key: stream, by: people.cast(by), aggregate: 'cycle', type: 'OpenCycle', data: { level, code, cutOffOn, evaluationDueOn } });
}

async function setTargets(replay: Replay, cycle: PlannedCycle): Promise<void> {
  await inParallel(
    replay.rows.filter((placed) => placed.cycle === cycle),
    (placed) => setTarget(replay, placed),
  );
}

async function setTarget({ stage, company, people, goals, targets, tally }: Replay, { row, agent, cycle }: PlacedRow): Promise<void> {
  const { metric, target } = row;
  const goal = [partKey(metric, agent.unit, cycle), yearKey(metric, yearOf(cycle, company))].find((key) => goals.has(key)) ?? '';
  const data = {
    owner: people.named(agent.agent),
    role: company.agents.role,
    unit: unitCode(agent.unit),
    goal: goals.get(goal)?.goalId,
    ...{ metric, cycle: cycle.stream, quantities: { target } },
  };
  const key = targetKeyOf(agent.agent, cycle.stream, metric);
  const set = await stage.act({ key: `target ${key}`, by: people.named(agent.manager), aggregate: 'target', type: 'SetTarget', data });
  if (wasRejected(set)) {
    tally.refuse('TARGETS', refusedRow(row, set.rejection.rejected));
    return;
  }
  tally.counts.targets += 1;
  targets.set(key, { targetId: idOf(set.accepted), agent, metric, cycle, goal, laid: [{ from: cycle.period.from, value: new Decimal(target) }] });
}
