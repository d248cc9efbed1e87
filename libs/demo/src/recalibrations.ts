import { addDays, minDay, type Day } from '@assay/domain';
import { DIRECTOR } from './cast.js';
import { after, monthsLater, worked, type DemoCycle } from './dates.js';
import { quantitiesOf } from './goals.js';
import type { Assignment, Demo, DemoCase, Entry } from './world.js';

/** A change of running targets that somebody asks for (§1.3). */
interface DemoRecalibration {
  readonly key: string;
  readonly quarter: DemoCycle;
  readonly by: string;
  readonly metric: string;
  /** By person, what is added to the target. */
  readonly changes: Readonly<Record<string, number>>;
  readonly trigger: 'COMPETITOR_MOVE' | 'MARKET_SHOCK' | 'RESOURCE_CHANGE';
  readonly reason: string;
  readonly requestedOn: Day;
  /** Null: feedback is still open. */
  readonly decision: { readonly type: 'ApproveRecalibration' | 'RejectRecalibration'; readonly reason: string } | null;
}

/** The step that asks for the running recalibration, which a newcomer may say something about. */
export const RUNNING_KEY = 'recalibration running';

/** One approved, one rejected, and one requested on the last working day, with its feedback open. */
function recalibrationsOf({ dates: { quarters, requestedOn } }: DemoCase): readonly DemoRecalibration[] {
  const middle = (quarter: DemoCycle): Day => worked(addDays(monthsLater(quarter.period.from, 1), 9));
  return [
    {
      key: 'recalibration rejected',
      quarter: quarters.A4,
      by: 'channel-manager',
      metric: 'AVERAGE_ORDER',
      changes: { 'channel-1': -2000 },
      trigger: 'COMPETITOR_MOVE',
      reason: '竞品在渠道降价两成。A competitor cut its channel prices by a fifth.',
      requestedOn: middle(quarters.A4),
      decision: { type: 'RejectRecalibration', reason: '降价仅涉及一个区域，数据复盘未见影响。The cut concerns one region, and the data review shows no effect.' },
    },
    {
      key: 'recalibration approved',
      quarter: quarters.A3,
      by: 'sales-manager',
      metric: 'NEW_CUSTOMERS',
      changes: { 'sales-1': 1, 'sales-2': -1 },
      trigger: 'RESOURCE_CHANGE',
      reason: '华东客户改由林悦跟进。The accounts in the east went over to Lin Yue.',
      requestedOn: middle(quarters.A3),
      decision: { type: 'ApproveRecalibration', reason: '客户随人走，总目标不变。The accounts move with the person; the sum stays.' },
    },
    {
      key: RUNNING_KEY,
      quarter: quarters.A,
      by: 'sales-manager',
      metric: 'NEW_CUSTOMERS',
      changes: { 'sales-1': -1, 'sales-3': 1 },
      trigger: 'MARKET_SHOCK',
      reason: '制造业采购推迟，任务向金融客户调整。Manufacturers put off buying; the task moves to customers in finance.',
      requestedOn,
      decision: null,
    },
  ];
}

/** The recalibration that the step of that key asks for. */
export function recalibrationOf(demo: DemoCase, key: string): DemoRecalibration {
  const found = recalibrationsOf(demo).find((one) => one.key === key);
  if (found === undefined) throw new Error(`the demo has no ${key}`);
  return found;
}

/** Requests, feedback and decisions, each on its day. */
export function recalibrationEntries(demo: Demo): readonly Entry[] {
  return recalibrationsOf(demo).flatMap((one): readonly Entry[] => {
    const { key, requestedOn, decision } = one;
    const label = key;
    const requested: Entry = { at: demo.at(requestedOn, 10), label, run: () => request(demo, one) };
    if (decision === null) return [requested];
    return [
      requested,
      { at: demo.at(after(requestedOn, 1), 10), label, run: () => giveFeedback(demo, one) },
      { at: demo.at(after(requestedOn, 2), 10), label, run: () => decide(demo, one, decision) },
    ];
  });
}

const idOf = ({ level, code }: DemoCycle): string => `${level}-${code}`;

async function request(demo: Demo, { key, quarter, by, metric, changes, trigger, reason, requestedOn }: DemoRecalibration): Promise<void> {
  // Asked for after the quarter's end, it can still say something of its last day; that takes the committee's assent.
  const from = minDay(requestedOn, quarter.period.to);
  const adjust = Object.entries(changes).map(([person, change]) => {
    const segment = segmentOf(demo, quarter, person);
    const target = Number(quantitiesOf(demo, quarter, { segment, metric }).target) + change;
    return { target: demo.target(segment, metric, quarter), mode: 'PRORATE', from, quantities: { target: String(target) } };
  });
  await demo.stage.must({ key, by: demo.person(by), aggregate: 'cycle', type: 'RequestRecalibration', id: idOf(quarter), data: { adjust, trigger }, reason });
}

function segmentOf(demo: Demo, quarter: DemoCycle, person: string): Assignment {
  const segment = demo.segmentsIn(quarter).find((one) => one.person === person);
  if (segment === undefined) throw new Error(`${person} has no part in ${quarter.code}`);
  return segment;
}

async function giveFeedback(demo: Demo, one: DemoRecalibration): Promise<void> {
  const { key, quarter, changes, decision } = one;
  const agrees = decision?.type === 'ApproveRecalibration';
  const comment = agrees ? '同意，客户已经交接。Agreed, the accounts have been handed over.' : '希望下调，但可以再观察。I would lower it, but we can wait and see.';
  for (const person of Object.keys(changes)) {
    const data = { recalibration: demo.madeBy(one.by, one.key), agrees, comment };
    await demo.stage.must({ key: `${key} feedback ${person}`, by: demo.person(person), aggregate: 'cycle', type: 'GiveFeedback', id: idOf(quarter), data });
  }
}

async function decide(demo: Demo, one: DemoRecalibration, { type, reason }: NonNullable<DemoRecalibration['decision']>): Promise<void> {
  const data = { recalibration: demo.madeBy(one.by, one.key) };
  await demo.stage.must({ key: `${one.key} decision`, by: demo.person(DIRECTOR), aggregate: 'cycle', type, id: idOf(one.quarter), data, reason });
}
