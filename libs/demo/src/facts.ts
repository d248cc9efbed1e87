import { companyFold } from '@assay/commands';
import { addDays, inSpan, integrationPrincipal, maxDay, minDay, sha256Hex, weekday, type Day, type Principal } from '@assay/domain';
import { grouped, inParallel } from '@assay/runtime';
import { FINANCE } from './cast.js';
import { CRM } from './company.js';
import { workingDaysOf, type DemoCycle } from './dates.js';
import { quantitiesOf } from './goals.js';
import { metricsOf, PORTIONS } from './measures.js';
import type { Assignment, Demo, Entry } from './world.js';

/** One measured value. `factId` is the source's name for it. */
export interface DemoFact {
  readonly person: string;
  readonly metric: string;
  readonly occurredOn: Day;
  readonly value: string;
  readonly factId: string;
}

/** Metrics that are counted as they happen; the others are closed at the end of each month. */
const COUNTED = ['NEW_CUSTOMERS', 'WHITE_PAPERS'];
/** Finance enters it by hand, with evidence; everything else is the CRM's. */
export const BY_HAND = 'ACQUISITION_COST';
const LEDGER = 'LEDGER';
const FRIDAY = 5;
const DELIVERED_HOUR = 20;
const MONTH_CLOSED_HOUR = 6;

/** What the sources deliver: each Friday evening, on the first of each month what is left of the one before, and reports. */
export function factEntries(demo: Demo): readonly Entry[] {
  const deliveries = deliveriesOf(demo);
  const facts = [...grouped(allFacts(demo), (fact) => deliveries.find(({ covers }) => fact.occurredOn <= covers)?.day ?? '')];
  const delivered = facts.flatMap(([day, some]): readonly Entry[] => {
    const delivery = deliveries.find((one) => one.day === day);
    return delivery === undefined ? [] : [{ at: demo.at(day, delivery.hour), label: 'facts', run: () => deliver(demo, day, some) }];
  });
  const quarters = demo.dates.cycles.filter(({ level }) => level === 'QUARTER');
  const reports = quarters.map((cycle): Entry => ({ at: demo.at(addDays(cycle.period.to, 1), 7), label: `reports of ${cycle.code}`, run: () => report(demo, cycle) }));
  return [...delivered, ...reports];
}

interface Delivery {
  readonly day: Day;
  readonly hour: number;
  /** Last day of which it delivers. */
  readonly covers: Day;
}

/** Deliveries before today, in order. */
function deliveriesOf({ dates }: Demo): readonly Delivery[] {
  const found: Delivery[] = [];
  for (let day = dates.quarters.A5.period.from; day < dates.today; day = addDays(day, 1)) {
    if (day.endsWith('-01')) found.push({ day, hour: MONTH_CLOSED_HOUR, covers: addDays(day, -1) });
    if (weekday(day) === FRIDAY) found.push({ day, hour: DELIVERED_HOUR, covers: day });
  }
  // On a first that is a Friday there are two: the evening's takes both.
  return found.filter(({ day, hour }) => hour !== MONTH_CLOSED_HOUR || weekday(day) !== FRIDAY);
}

/** Every fact of the demo, also those of days that no delivery has come to. */
export function allFacts(demo: Demo): readonly DemoFact[] {
  const { cycles } = demo.dates;
  return cycles.flatMap((cycle) =>
    demo.segmentsIn(cycle).flatMap((segment) => {
      if (cycle.level === 'MONTH') return [...activitiesOf(demo, cycle, segment), ...monthEndFacts(demo, cycle, segment)];
      return cycle.level === 'QUARTER' ? metricsOf('QUARTER', segment.role).flatMap((metric) => (COUNTED.includes(metric) ? countedFacts(demo, cycle, { segment, metric }) : [])) : [];
    }),
  );
}

const PERCENT = 100;
/** How somebody does: each has a habit, each period its luck; in percent of the target. */
function form(demo: Demo, person: string, of: string): number {
  return 78 + demo.chance(32, person) + demo.chance(21, person, of) - 8;
}

/** A number of activities for each week, on its Friday. */
function activitiesOf(demo: Demo, cycle: DemoCycle, segment: Assignment): readonly DemoFact[] {
  const { person } = segment;
  const target = Number(quantitiesOf(demo, cycle, { segment, metric: 'ACTIVITIES' }).target);
  const fridays = workingDaysOf(segment).filter((day) => weekday(day) === FRIDAY);
  return fridays.map((occurredOn): DemoFact => {
    const value = Math.max(1, Math.round((target * 7 * form(demo, person, occurredOn)) / (30 * PERCENT)));
    return { person, metric: 'ACTIVITIES', occurredOn, value: String(value), factId: `activities-${person}-${occurredOn}` };
  });
}

/** Deals and papers one by one, each on a working day. */
function countedFacts(demo: Demo, cycle: DemoCycle, { segment, metric }: { readonly segment: Assignment; readonly metric: string }): readonly DemoFact[] {
  const { person, role, from, to } = segment;
  const portion = PORTIONS[metric] ?? 1;
  const days = workingDaysOf({ from: maxDay(from, cycle.period.from), to: minDay(to, cycle.period.to) });
  const wanted = (Number(quantitiesOf(demo, cycle, { segment, metric }).target) * form(demo, person, `${cycle.code} ${metric}`)) / (portion * PERCENT);
  const share = days.length / workingDaysOf(cycle.period).length;
  return Array.from({ length: Math.round(wanted * share) }, (_, index): DemoFact => {
    const factId = `${metric.toLowerCase()}-${person}-${role.toLowerCase()}-${cycle.code}-${String(index + 1)}`;
    return { person, metric, occurredOn: days[demo.chance(days.length, factId)] ?? from, value: String(portion), factId };
  });
}

const MONTH_END: Readonly<Record<string, { readonly step: number; readonly partOfYear: number; readonly most?: number }>> = {
  REVENUE: { step: 1000, partOfYear: 12 },
  AVERAGE_ORDER: { step: 100, partOfYear: 1 },
  ACQUISITION_COST: { step: 10, partOfYear: 1 },
  RETENTION: { step: 1, partOfYear: 1, most: 99 },
  LEAD_CONVERSION: { step: 1, partOfYear: 1 },
};

/** What is closed with the month, for whoever is there on its last day. */
function monthEndFacts(demo: Demo, month: DemoCycle, segment: Assignment): readonly DemoFact[] {
  const { person, role, to } = segment;
  const year = demo.dates.cycles.find(({ level, period }) => level === 'YEAR' && inSpan(month.period.from, period));
  if (to !== month.period.to || year === undefined) return [];
  const metrics = new Set([...metricsOf('QUARTER', role), ...metricsOf('YEAR', role)].filter((metric) => metric in MONTH_END));
  return [...metrics].map((metric): DemoFact => {
    const { step, partOfYear, most = Infinity } = MONTH_END[metric] ?? { step: 1, partOfYear: 1 };
    const target = Number(quantitiesOf(demo, year, { segment, metric }).target) / partOfYear;
    const percent = form(demo, person, `${month.code} ${metric}`);
    const value = Math.min(most, Math.round((target * (metric === BY_HAND ? 2 * PERCENT - percent : percent)) / PERCENT / step) * step);
    return { person, metric, occurredOn: to, value: String(value), factId: monthEndId(metric, person, month.code) };
  });
}

/** The source's name for the figure of a person and month. */
export const monthEndId = (metric: string, person: string, month: string): string => `${metric.toLowerCase()}-${person}-${month}`;

/** One command for each person and metric, all at once. */
async function deliver(demo: Demo, day: Day, facts: readonly DemoFact[]): Promise<void> {
  const crm = await crmOf(demo);
  await inParallel([...grouped(facts, ({ person, metric }) => `${person} ${metric}`)], async ([key, some]) => {
    const [first] = some;
    if (first === undefined) return;
    const byHand = first.metric === BY_HAND;
    const content = some.map(({ factId, occurredOn, value }) => ({ source: byHand ? LEDGER : CRM.source, factId, occurredOn, value, ...(byHand ? { evidence: sha256Hex(factId) } : {}) }));
    const data = { owner: demo.person(first.person), metric: first.metric, facts: content };
    await demo.stage.must({ key: `facts ${day} ${key}`, by: byHand ? demo.person(FINANCE) : crm, aggregate: 'facts', type: 'RecordFacts', data });
  });
}

/** The CRM says that of what is counted it has delivered everything: nothing is then a measured zero. */
async function report(demo: Demo, cycle: DemoCycle): Promise<void> {
  const by = await crmOf(demo);
  const held = demo.segmentsIn(cycle).flatMap(({ person, role }) => metricsOf('QUARTER', role).filter((metric) => COUNTED.includes(metric)).map((metric) => ({ person, metric })));
  await inParallel([...grouped(held, ({ person, metric }) => `${person} ${metric}`)], async ([key, [one]]) => {
    if (one === undefined) return;
    const data = { owner: demo.person(one.person), metric: one.metric, source: CRM.source, ...cycle.period, delivery: sha256Hex(`${cycle.code} ${key}`) };
    await demo.stage.must({ key: `report ${cycle.code} ${key}`, by, aggregate: 'facts', type: 'ReportPeriod', data });
  });
}

/** The CRM as the company has registered it. */
export async function crmOf({ stage }: Demo): Promise<Principal> {
  const company = await (await stage.target.executor.reader()).state(companyFold, 'company');
  const found = company.status === 'ABSENT' ? undefined : company.integrations.find(({ subject }) => subject === CRM.subject);
  if (found === undefined) throw new Error('the CRM is registered on the first day');
  return integrationPrincipal(found);
}
