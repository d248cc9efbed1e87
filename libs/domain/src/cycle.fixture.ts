import { decideCycle } from './cycle.js';
import type { CycleCommand, CycleWorld, RecalibrationTarget } from './cycle-commands.js';
import type { CycleEvent } from './cycle.events.js';
import { evolveCycle, initialCycle } from './cycle.state.js';
import type { CycleState } from './cycle.state.js';
import type { RecordedOf } from './kernel/event.js';
import { canonicalText } from './kernel/canonical.js';
import { sha256Hex } from './kernel/hash.js';
import type { StrategyGoal } from './recalibration-strategy.js';
import type { TargetAdjustment } from './target.events.js';
import type { LiveTarget, TargetState } from './target.state.js';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const OWNER = id(1);
const OTHER = id(2);
const HEAD = id(3);
const HR = id(4);
const DIRECTOR = id(5);
const FINANCE = id(6);
const STRANGER = id(7);
const T1 = id(11);
const T2 = id(12);
const T3 = id(13);
const GOAL = id(21);
const R1 = id(31);
const R2 = id(32);
const CYCLE = 'cycle-QUARTER-2026Q3';
const period = { from: '2026-07-01', to: '2026-09-30' };
const names = { en: 'Launch', zh: '上市' };
const launch = { code: 'launch', names, day: '2026-08-20', weight: 1 };

function live(targetId: string, owner: string, more: Partial<LiveTarget> = {}): LiveTarget {
  const version = {
    cause: 'SET',
    effectiveFrom: period.from,
    mode: 'REPLACE',
    quantities: { target: '100' },
    milestones: [],
    eventId: `set-${targetId}`,
    position: 1,
    setBy: HEAD,
    recalibration: null,
  } as const;
  return {
    status: 'LIVE',
    targetId,
    owner,
    role: 'sales',
    unit: 'EAST',
    goal: GOAL,
    metric: 'value',
    cycle: CYCLE,
    period,
    phases: [],
    resources: [],
    keyActions: [],
    counts: [],
    versions: [version],
    withdrawals: [],
    applied: [],
    clashes: [],
    ...more,
  };
}
const [one, two] = [live(T1, OWNER), live(T2, OTHER)];
const place = (state: TargetState, people: readonly string[]): RecalibrationTarget => ({
  state,
  metric: { code: 'value', direction: 'HIGHER', accumulation: 'SUM' },
  goal: { live: true, period: { from: '2026-01-01', to: '2026-12-31' } },
  assignedFrom: period.from,
  graceUntil: '2026-07-08',
  people,
});
const goal: StrategyGoal = {
  goalId: GOAL,
  parent: null,
  metric: 'value',
  accumulation: 'SUM',
  value: '200',
  toleranceBasisPoints: 0,
  level: 'QUARTER',
  revisedSinceOpening: false,
  targets: [one, two],
};
const review = (target: string) => ({ target, actual: '30', attainment: '0.3', deviation: '-0.7' });
const basis = [
  { stream: CYCLE, revision: 0 },
  { stream: `facts-${OWNER}-value`, revision: 4 },
  { stream: `goal-${GOAL}`, revision: 2 },
];
const world: CycleWorld = {
  actor: OWNER,
  today: '2026-08-10',
  newId: R1,
  basis,
  businessYearFirstMonth: 1,
  calendars: [],
  unsettled: 0,
  committee: { MARKETING_DIRECTOR: [DIRECTOR], HR: [HR], FINANCE: [FINANCE] },
  marketingHeads: [HEAD],
  targets: { [T1]: place(one, [OWNER]), [T2]: place(two, [OTHER]), [T3]: place({ status: 'ABSENT' }, [OTHER]) },
  addedIds: [],
  dataReview: [review(T1), review(T2)],
  goals: [goal],
  appliedTo: [],
};

// A shift of 20 from one person to the other leaves the sum as it is.
const shift: TargetAdjustment[] = [
  { target: T1, mode: 'PRORATE', from: '2026-08-14', quantities: { target: '80' } },
  { target: T2, mode: 'PRORATE', from: '2026-08-14', quantities: { target: '120' } },
];
/** What a request states. */
export type RequestData = Extract<CycleCommand, { readonly type: 'RequestRecalibration' }>['data'];
const asks = (more: Partial<RequestData> = {}): CycleCommand => ({
  type: 'RequestRecalibration',
  data: { adjust: shift, trigger: 'MARKET_SHOCK', ...more },
  reason: 'the market moved',
});

const opened = {
  type: 'CycleOpened' as const,
  data: {
    cycle: CYCLE,
    level: 'QUARTER' as const,
    code: '2026Q3',
    period,
    cutOffOn: '2026-10-09',
    evaluationDueOn: '2026-10-16',
    filingWindowDays: 10,
    graceDays: 5,
    feedbackDays: 3,
    recalibrationsMax: 2,
  },
};
const touched = [T1, T2].map((target, index) => ({
  target,
  owner: index === 0 ? OWNER : OTHER,
  metric: 'value',
  goal: GOAL,
}));
const requestedData = {
  recalibration: R1,
  adjust: shift,
  add: [],
  withdraw: [],
  targets: touched,
  trigger: 'MARKET_SHOCK' as const,
  triggerText: null,
  revisedGoals: [],
  dataReview: [review(T1), review(T2)],
  affected: [OWNER, OTHER],
  feedbackUntil: '2026-08-13',
  calendarVersion: 0,
  assentCauses: [],
  basis,
};
type Requested = Extract<CycleEvent, { readonly type: 'RecalibrationRequested' }>['data'];
const requested = (more: Partial<Requested> = {}): CycleEvent => ({
  type: 'RecalibrationRequested',
  data: { ...requestedData, ...more },
});
const closedAll = (recalibration = R1): CycleEvent => ({
  type: 'FeedbackClosed',
  data: { recalibration, cause: 'ALL_IN' },
});
const approved = (recalibration = R1): CycleEvent => ({
  type: 'RecalibrationApproved',
  data: { recalibration, by: 'MARKETING_HEAD', basis },
});
const rejected = (
  by: 'MARKETING_HEAD' | 'COMMITTEE' | 'CUT_OFF' = 'MARKETING_HEAD',
  recalibration = R1,
): CycleEvent => ({ type: 'RecalibrationRejected', data: { recalibration, by } });
const applied = (recalibration = R1): CycleEvent => ({ type: 'RecalibrationApplied', data: { recalibration } });
const withdrawn: CycleEvent = { type: 'RecalibrationWithdrawn', data: { recalibration: R1 } };
const cutOff: CycleEvent = { type: 'CycleDataCutOff', data: { cutOffOn: '2026-10-09' } };
const closed: CycleEvent = { type: 'CycleClosed', data: { basis } };
const feedback = (recalibration = R1): CycleEvent => ({
  type: 'FeedbackGiven',
  data: { recalibration, agrees: false, comment: 'too little time' },
});

const eventId = (index: number): string => id(900 + index);
function recorded(event: CycleEvent, index: number, actor: string): RecordedOf<CycleEvent> {
  const meta = {
    actor,
    authority: 'OWNER',
    commandId: R1,
    commandDigest: 'a'.repeat(64),
    correlationId: R2,
    reason: 'because',
  };
  return {
    ...event,
    id: eventId(index),
    stream: CYCLE,
    revision: index,
    position: index,
    schemaVersion: 1,
    meta,
    recordedAt: index,
  };
}
const given = (...events: readonly CycleEvent[]): CycleState =>
  events.reduce((state, event, index) => evolveCycle(state, recorded(event, index, OWNER)), initialCycle);

function outcome(
  state: CycleState,
  command: CycleCommand,
  change: Partial<CycleWorld> = {},
): readonly CycleEvent[] | string {
  const decision = decideCycle(state, command, { ...world, ...change });
  return 'rejected' in decision ? decision.rejected : decision.events;
}

const digest = sha256Hex(canonicalText(requestedData));
const ballot = (seat: 'MARKETING_DIRECTOR' | 'HR' | 'FINANCE', more: { readonly digest?: string } = {}) => ({
  seat,
  proposalEventId: eventId(1),
  proposalDigest: more.digest ?? digest,
});
const commands = {
  OpenCycle: {
    type: 'OpenCycle',
    data: { level: 'QUARTER', code: '2026Q3', cutOffOn: '2026-10-09', evaluationDueOn: '2026-10-16' },
  },
  CloseCycle: { type: 'CloseCycle', data: {} },
  CutOffData: { type: 'CutOffData', data: {} },
  RequestRecalibration: asks(),
  GiveFeedback: { type: 'GiveFeedback', data: { recalibration: R1, agrees: false, comment: 'too little time' } },
  CloseFeedback: { type: 'CloseFeedback', data: { recalibration: R1 } },
  ApproveRecalibration: { type: 'ApproveRecalibration', data: { recalibration: R1 }, reason: 'sound' },
  RejectRecalibration: { type: 'RejectRecalibration', data: { recalibration: R1 }, reason: 'unsound' },
  WithdrawRecalibration: { type: 'WithdrawRecalibration', data: { recalibration: R1 } },
  AssentToRecalibration: { type: 'AssentToRecalibration', data: ballot('HR'), reason: 'sound' },
  DeclineRecalibration: { type: 'DeclineRecalibration', data: ballot('HR'), reason: 'unsound' },
  CompleteRecalibration: { type: 'CompleteRecalibration', data: { recalibration: R1 } },
} as const satisfies Record<string, CycleCommand>;
/** Names of the commands of a cycle. */
export type CommandName = keyof typeof commands;

/**
 * What the specs of cycles and recalibrations are told in: two people of one unit with 100 each, who together make a
 * goal of 200; a request that shifts 20 from one to the other; every event and command of a cycle. Used by specs only.
 */
export const cycleFixture = {
  one,
  two,
  id,
  OWNER,
  OTHER,
  HEAD,
  HR,
  DIRECTOR,
  FINANCE,
  STRANGER,
  T1,
  T2,
  T3,
  GOAL,
  R1,
  R2,
  CYCLE,
  period,
  names,
  launch,
  live,
  place,
  goal,
  review,
  basis,
  world,
  shift,
  asks,
  opened,
  touched,
  requestedData,
  requested,
  closedAll,
  approved,
  rejected,
  applied,
  withdrawn,
  cutOff,
  closed,
  feedback,
  eventId,
  recorded,
  given,
  outcome,
  digest,
  ballot,
  commands,
};
