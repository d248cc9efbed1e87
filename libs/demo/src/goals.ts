import { addDays, type Day, type Span } from '@assay/domain';
import { inParallel } from '@assay/runtime';
import { DIRECTOR, HR_OFFICER } from './cast.js';
import { monthsLater, type DemoCycle } from './dates.js';
import { GOAL_VALUES, METRICS, metricsOf, PORTIONS, QUARTER_GOALS, roleOf, YEAR_GOALS, type GoalMetric } from './measures.js';
import type { Assignment, Demo, Entry } from './world.js';

/** Goals from the company's year down to its quarters, cycles, and the targets that serve them, before each period begins. */
export function goalEntries(demo: Demo): readonly Entry[] {
  const { cycles, transferOn } = demo.dates;
  const opened = cycles.flatMap((cycle): readonly Entry[] => [
    ...(cycle.level === 'YEAR' ? [{ at: demo.at(cycle.openedOn, 8), label: `goals of ${cycle.code}`, run: () => setGoals(demo, cycle) }] : []),
    { at: demo.at(cycle.openedOn, 9), label: cycle.code, run: () => openCycle(demo, cycle) },
    { at: demo.at(cycle.openedOn, 10), label: `targets of ${cycle.code}`, run: () => setTargets(demo, cycle, ({ from }) => from <= cycle.period.from) },
  ]);
  const running = cycles.filter(({ period }) => period.from < transferOn && transferOn <= period.to);
  const moved = running.map((cycle): Entry => ({ at: demo.at(transferOn, 10), label: 'targets after a transfer', run: () => setTargets(demo, cycle, ({ from }) => from === transferOn) }));
  return [...opened, ...moved];
}

/** The place of a cycle's business year: 0 the one before, 1 this one. */
const yearIndex = ({ dates }: Demo, { period }: DemoCycle): 0 | 1 => (period.from < dates.quarters.A1.period.from ? 0 : 1);
const yearCode = (demo: Demo, cycle: DemoCycle): string => demo.dates.years[yearIndex(demo, cycle)];

const goalKey = (metric: string, code: string): string => `goal ${metric} ${code}`;

interface NewGoal {
  readonly metric: GoalMetric;
  readonly code: string;
  readonly period: Span;
  readonly parent: string | null;
}

/** The revenue goal at the root; beneath it what makes it, for the year and for each of its quarters. */
async function setGoals(demo: Demo, year: DemoCycle): Promise<void> {
  const { code, period } = year;
  await setGoal(demo, { metric: 'REVENUE', code, period, parent: null }, year);
  const parent = goalKey('REVENUE', code);
  const yearly = YEAR_GOALS.map((metric): NewGoal => ({ metric, code, period, parent }));
  const quarters = quartersOf(year).flatMap((quarter) => QUARTER_GOALS.map((metric): NewGoal => ({ metric, ...quarter, parent })));
  await inParallel([...yearly, ...quarters], (goal) => setGoal(demo, goal, year));
}

/** All four, those still to come too. */
function quartersOf({ code, period }: DemoCycle): readonly { readonly code: string; readonly period: Span }[] {
  return [1, 2, 3, 4].map((n) => ({ code: `${code}Q${String(n)}`, period: quarterPeriod(period.from, n) }));
}

const quarterPeriod = (yearFrom: Day, n: number): Span => ({ from: monthsLater(yearFrom, 3 * (n - 1)), to: addDays(monthsLater(yearFrom, 3 * n), -1) });

async function setGoal(demo: Demo, { metric, code, period, parent }: NewGoal, year: DemoCycle): Promise<void> {
  const names = METRICS.find((one) => one.code === metric)?.names ?? { en: metric, zh: metric };
  const data = {
    names: { en: `${names.en}, ${code}`, zh: `${names.zh}，${code}` },
    parent: parent === null ? null : demo.madeBy(DIRECTOR, parent),
    metric,
    unit: 'XX',
    period,
    value: GOAL_VALUES[metric][yearIndex(demo, year)],
    toleranceBasisPoints: 500,
  };
  await demo.stage.must({ key: goalKey(metric, code), by: demo.person(DIRECTOR), aggregate: 'goal', type: 'SetGoal', data });
}

async function openCycle(demo: Demo, { level, code, cutOffOn, dueOn, filingDays }: DemoCycle): Promise<void> {
  const data = { level, code, cutOffOn, evaluationDueOn: dueOn, filingWindowDays: filingDays };
  await demo.stage.must({ key: `open ${level} ${code}`, by: demo.person(HR_OFFICER), aggregate: 'cycle', type: 'OpenCycle', data });
}

async function setTargets(demo: Demo, cycle: DemoCycle, which: (segment: Assignment) => boolean): Promise<void> {
  // Those of one person one after the other: what follows from them in an appraisal then always stands there in one order.
  await inParallel(demo.segmentsIn(cycle).filter(which), async (segment) => {
    for (const metric of metricsOf(cycle.level, segment.role)) await setTarget(demo, cycle, { segment, metric });
  });
}

async function setTarget(demo: Demo, cycle: DemoCycle, { segment, metric }: { readonly segment: Assignment; readonly metric: string }): Promise<void> {
  const { person, role, unit, manager } = segment;
  const code = isQuarterGoal(metric) ? cycle.code : yearCode(demo, cycle);
  const goal = metric === 'ACTIVITIES' ? goalKey('REVENUE', yearCode(demo, cycle)) : goalKey(metric, code);
  const data = {
    ...{ owner: demo.person(person), role, unit, goal: demo.madeBy(DIRECTOR, goal), metric, cycle: cycle.stream },
    quantities: quantitiesOf(demo, cycle, { segment, metric }),
    ...(metric === 'NEW_CUSTOMERS' ? { phases: phasesOf(cycle), keyActions: [{ code: 'CUSTOMER_REVIEW', names: { en: 'Customer review', zh: '客户复盘' }, planned: 3, dueOn: cycle.period.to }] } : {}),
  };
  await demo.stage.must({ key: `target ${cycle.stream} ${person} ${role} ${metric}`, by: demo.person(manager), aggregate: 'target', type: 'SetTarget', data });
}

const isQuarterGoal = (metric: string): boolean => QUARTER_GOALS.some((one) => one === metric);

/** Opening the field, the burst, the return (§1.2): the three months of the quarter. */
function phasesOf({ period }: DemoCycle) {
  const names = [
    ['LEADS', 'Leads', '蓄客期'],
    ['BURST', 'Signing', '爆发期'],
    ['RETURN', 'Return', '返场期'],
  ] as const;
  const starts = [0, 30, 60].map((days) => addDays(period.from, days));
  return names.map(([code, en, zh], index) => {
    const next = starts[index + 1];
    return { code, names: { en, zh }, from: starts[index] ?? period.from, to: next === undefined ? period.to : addDays(next, -1), order: index + 1 };
  });
}

/** What a target of the metric states, for whoever holds the segment. */
export function quantitiesOf(demo: Demo, cycle: DemoCycle, { segment, metric }: { readonly segment: Assignment; readonly metric: string }): { readonly target: string; readonly limit?: string } {
  if (metric === 'ACTIVITIES') return { target: String(roleOf(segment.role).activities) };
  // Every other metric that targets name has a goal.
  const value = GOAL_VALUES[metric as GoalMetric][yearIndex(demo, cycle)];
  const portion = PORTIONS[metric];
  if (portion !== undefined) return { target: String(portion * shareOf(demo, cycle, { segment, metric, portions: Math.round(Number(value) / portion) })) };
  return metric === 'ACQUISITION_COST' ? { target: value, limit: String(Number(value) * 2) } : { target: value };
}

interface Shared {
  readonly segment: Assignment;
  readonly metric: string;
  readonly portions: number;
}

/** Whole portions shared out among those held to the metric on the period's first day, the first of them getting the rest. */
function shareOf(demo: Demo, cycle: DemoCycle, { segment, metric, portions }: Shared): number {
  const held = demo.segmentsIn(cycle).filter(({ from, role }) => from === cycle.period.from && metricsOf(cycle.level, role).includes(metric));
  const place = held.findIndex(({ person }) => person === segment.person);
  return Math.floor(portions / held.length) + (place < portions % held.length ? 1 : 0);
}
