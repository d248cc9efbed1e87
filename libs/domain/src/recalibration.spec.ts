import { describe, expect, it } from '@jest/globals';
import type { CycleCommand, CycleWorld } from './cycle-commands.js';
import { cycleEvents } from './cycle.events.js';
import type { CycleEvent } from './cycle.events.js';
import { openRecalibrationOf, recalibrationOf } from './cycle.state.js';
import { canonicalText } from './kernel/canonical.js';
import { sha256Hex } from './kernel/hash.js';
import type { NewTarget } from './target.events.js';
import type { RequestData, CommandName } from './cycle.fixture.js';
import { cycleFixture } from './cycle.fixture.js';

const {
  id,
  OWNER,
  OTHER,
  HEAD,
  HR,
  FINANCE,
  STRANGER,
  T1,
  T2,
  T3,
  GOAL,
  R1,
  CYCLE,
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
  given,
  outcome,
  ballot,
  commands,
  one,
  two,
} = cycleFixture;

describe('every status of a recalibration × every command', () => {
  const statuses = {
    FEEDBACK: [opened, requested()],
    DECIDABLE: [opened, requested(), closedAll()],
    APPLYING: [opened, requested(), closedAll(), approved()],
    APPLIED: [opened, requested(), closedAll(), approved(), applied()],
    REJECTED: [opened, requested(), closedAll(), rejected()],
    WITHDRAWN: [opened, requested(), withdrawn],
  } as const;
  const over = 'RECALIBRATION_UNKNOWN';
  const done = {
    GiveFeedback: over,
    CloseFeedback: [],
    ApproveRecalibration: over,
    RejectRecalibration: over,
    WithdrawRecalibration: over,
    AssentToRecalibration: over,
    DeclineRecalibration: over,
    CompleteRecalibration: over,
  };
  const expected: Record<keyof typeof statuses, Record<keyof typeof done, readonly CycleEvent[] | string>> = {
    FEEDBACK: {
      ...done,
      GiveFeedback: [feedback()],
      CloseFeedback: 'FEEDBACK_OPEN',
      ApproveRecalibration: 'FEEDBACK_OPEN',
      RejectRecalibration: 'FEEDBACK_OPEN',
      WithdrawRecalibration: [withdrawn],
      AssentToRecalibration: 'FEEDBACK_OPEN',
      DeclineRecalibration: 'FEEDBACK_OPEN',
    },
    DECIDABLE: {
      ...done,
      GiveFeedback: 'FEEDBACK_CLOSED',
      ApproveRecalibration: [approved()],
      RejectRecalibration: [rejected()],
      WithdrawRecalibration: [withdrawn],
      AssentToRecalibration: 'PROPOSAL_NOT_OPEN',
      DeclineRecalibration: 'PROPOSAL_NOT_OPEN',
    },
    APPLYING: { ...done, CompleteRecalibration: [applied()] },
    APPLIED: { ...done, CompleteRecalibration: [] },
    REJECTED: done,
    WITHDRAWN: done,
  };
  const actors: Partial<Record<CommandName, string>> = {
    ApproveRecalibration: HEAD,
    RejectRecalibration: HEAD,
    AssentToRecalibration: HR,
    DeclineRecalibration: HR,
  };
  const names = [
    'GiveFeedback',
    'CloseFeedback',
    'ApproveRecalibration',
    'RejectRecalibration',
    'WithdrawRecalibration',
    'AssentToRecalibration',
    'DeclineRecalibration',
    'CompleteRecalibration',
  ] as const;
  const all = ['FEEDBACK', 'DECIDABLE', 'APPLYING', 'APPLIED', 'REJECTED', 'WITHDRAWN'] as const;
  it.each(all.flatMap((status) => names.map((type) => [status, type] as const)))('%s × %s', (status, type) => {
    const state = given(...statuses[status]);
    expect(recalibrationOf(state, R1)?.status).toBe(status);
    expect(outcome(state, commands[type], { actor: actors[type] ?? OWNER, appliedTo: [T1, T2] })).toEqual(
      expected[status][type],
    );
  });
  it.each(all)('%s: holds its targets only while undecided or applying', (status) => {
    const open = status === 'FEEDBACK' || status === 'DECIDABLE' || status === 'APPLYING';
    expect(openRecalibrationOf(given(...statuses[status]), T1)?.recalibrationId).toBe(open ? R1 : undefined);
  });
  it('makes events that their schemas accept, and a state that is JSON', () => {
    for (const event of [...Object.values(statuses).flat(), feedback(), cutOff, closed])
      expect(cycleEvents[event.type].data.safeParse(event.data).success).toBe(true);
    const state = given(...statuses.APPLIED);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });
});

describe('a request', () => {
  const state = given(opened);
  const add: NewTarget = {
    owner: OTHER,
    role: 'sales',
    unit: 'EAST',
    goal: GOAL,
    metric: 'value',
    cycle: CYCLE,
    quantities: { target: '10' },
  };
  const adding = { addedIds: [T3], goals: [{ ...goal, value: '210' }], today: '2026-07-08' };
  it.each<[string, Partial<RequestData>, Partial<CycleWorld>]>([
    ['NOTHING_CHANGES', { adjust: [] }, {}],
    [
      'NOTHING_CHANGES',
      { adjust: [{ target: T1, mode: 'PRORATE', from: '2026-08-14', quantities: { target: '100' } }] },
      {},
    ],
    ['REASON_MISSING', { trigger: 'OTHER' }, {}],
    ['RECALIBRATION_OPEN', { withdraw: [T1] }, {}],
    ['REFERENCE_UNKNOWN', { adjust: [], withdraw: [id(99)] }, {}],
    ['REFERENCE_UNKNOWN', { adjust: [], withdraw: [T3] }, {}],
    [
      'REFERENCE_UNKNOWN',
      {},
      { targets: { ...world.targets, [T1]: place(live(T1, OWNER, { cycle: 'cycle-QUARTER-2026Q2' }), [OWNER]) } },
    ],
    ['TARGET_WITHDRAWN', {}, { targets: { ...world.targets, [T1]: place({ ...one, status: 'WITHDRAWN' }, [OWNER]) } }],
    [
      'TARGET_NOT_QUANTIFIED',
      { adjust: [{ target: T1, mode: 'PRORATE', from: '2026-08-14', quantities: { target: '80', baseline: '1' } }] },
      {},
    ],
    [
      'TARGET_NOT_TIME_BOUND',
      { adjust: [{ target: T1, mode: 'PRORATE', from: '2026-08-14', milestones: [{ ...launch, day: '2026-10-01' }] }] },
      {},
    ],
    ['TARGET_EXISTS', { adjust: [], add: [add] }, { ...adding, addedIds: [T2] }],
    ['REFERENCE_UNKNOWN', { adjust: [], add: [{ ...add, cycle: 'cycle-QUARTER-2026Q4' }] }, adding],
    [
      'TARGET_NOT_TRACEABLE',
      { adjust: [], add: [add] },
      { ...adding, targets: { ...world.targets, [T3]: { ...place({ status: 'ABSENT' }, [OTHER]), goal: null } } },
    ],
    [
      'SEGMENT_UNKNOWN',
      { adjust: [], add: [add] },
      {
        ...adding,
        targets: { ...world.targets, [T3]: { ...place({ status: 'ABSENT' }, [OTHER]), assignedFrom: null } },
      },
    ],
    ['FROM_OUTSIDE_PERIOD', { adjust: shift.map((item) => ({ ...item, from: '2026-10-01' })) }, {}],
    ['NO_DATA_REVIEW', {}, { dataReview: [review(T1)] }],
    ['STRATEGY_LEFT', { adjust: shift.slice(0, 1) }, {}],
    ['STRATEGY_LEFT', { adjust: shift.slice(0, 1), revisedGoals: [GOAL] }, {}],
    ['STRATEGY_LEFT', { adjust: shift.slice(0, 1) }, { goals: [{ ...goal, revisedSinceOpening: true }] }],
    [
      'SEATS_INCOMPLETE',
      { adjust: shift.map((item) => ({ ...item, mode: 'REPLACE' as const })) },
      { committee: { ...world.committee, HR: [], FINANCE: [OWNER] } },
    ],
  ])('%s (%#)', (code, data, change) => {
    expect(outcome(state, asks(data), change)).toBe(code);
  });
  it('passes STRATEGY_LEFT where it names a goal revised since the cycle opened', () => {
    const decided = outcome(state, asks({ adjust: shift.slice(0, 1), revisedGoals: [GOAL] }), {
      goals: [{ ...goal, revisedSinceOpening: true }],
    });
    expect(decided).toMatchObject([
      { type: 'RecalibrationRequested', data: { revisedGoals: [GOAL], affected: [OWNER] } },
    ]);
  });
  it.each<[string, Partial<RequestData>, Partial<CycleWorld>, readonly string[]]>([
    ['prorated from a later day', {}, {}, []],
    ['prorated from today', { adjust: shift.map((item) => ({ ...item, from: '2026-08-10' })) }, {}, []],
    [
      'prorated from yesterday',
      { adjust: shift.map((item) => ({ ...item, from: '2026-08-09' })) },
      {},
      ['RETROACTIVE'],
    ],
    [
      'replaced after the grace days',
      { adjust: shift.map((item) => ({ ...item, mode: 'REPLACE' as const })) },
      {},
      ['REPLACE_AFTER_GRACE'],
    ],
    [
      'replaced within the grace days',
      { adjust: shift.map((item) => ({ ...item, mode: 'REPLACE' as const })) },
      { today: '2026-07-08' },
      [],
    ],
    ['added within the grace days', { adjust: [], add: [add] }, adding, []],
    [
      'added after the grace days',
      { adjust: [], add: [add] },
      { ...adding, today: '2026-07-09' },
      ['REPLACE_AFTER_GRACE'],
    ],
    ['after the period', {}, { today: '2026-10-01' }, ['RETROACTIVE', 'AFTER_PERIOD']],
  ])('ASSENT_NEEDED: %s', (_, data, change, assentCauses) => {
    expect(outcome(state, asks(data), change)).toMatchObject([
      { type: 'RecalibrationRequested', data: { assentCauses } },
    ]);
  });
  it('closes the feedback at once where there is nobody to ask', () => {
    const ofUnit = live(T1, 'unit:EAST', { role: null });
    const targets = { [T1]: place(ofUnit, []) };
    const decided = outcome(state, asks({ adjust: shift.slice(0, 1) }), {
      targets,
      goals: [{ ...goal, targets: [ofUnit] }],
    });
    expect(decided).toMatchObject([{ type: 'RecalibrationRequested' }, closedAll()]);
  });
  it('is refused while a target is in another, undecided or applying', () => {
    expect(outcome(given(opened, requested()), asks())).toBe('RECALIBRATION_OPEN');
    expect(outcome(given(opened, requested(), closedAll(), approved()), asks())).toBe('RECALIBRATION_OPEN');
  });
  const history = (n: number): CycleEvent[] =>
    Array.from({ length: n }, (_, index) => id(40 + index)).flatMap((one) => [
      requested({ recalibration: one }),
      closedAll(one),
      approved(one),
      applied(one),
    ]);
  it('TOO_OFTEN: at most so many approved per owner and metric', () => {
    expect(outcome(given(opened, ...history(1)), asks())).toHaveLength(1);
    expect(outcome(given(opened, ...history(2)), asks())).toBe('TOO_OFTEN');
  });
  it.each<[string, readonly { readonly stream: string; readonly revision: number }[], boolean]>([
    ['the same basis', basis, false],
    ['only the cycle moved', [{ stream: CYCLE, revision: 9 }, ...basis.slice(1)], false],
    ['facts of another metric', [...basis, { stream: `facts-${OWNER}-visits`, revision: 9 }], false],
    ['newer facts', [{ stream: `facts-${OWNER}-value`, revision: 5 }], true],
    ['first facts', [{ stream: `facts-${OTHER}-value`, revision: 0 }], true],
    ['a goal revised', [{ stream: `goal-${GOAL}`, revision: 3 }], true],
  ])('TOO_OFTEN: one rejected is asked again only on a later basis: %s', (_, later, passes) => {
    const decided = outcome(given(opened, requested(), closedAll(), rejected()), asks(), { basis: later });
    expect(typeof decided === 'string' ? decided : 'PASSES').toBe(passes ? 'PASSES' : 'TOO_OFTEN');
  });
});

describe('feedback', () => {
  const state = given(opened, requested());
  it('comes from affected owners, within the feedback days', () => {
    expect(outcome(state, commands.GiveFeedback, { actor: STRANGER })).toBe('NOT_AN_OWNER');
    expect(outcome(state, commands.GiveFeedback, { today: '2026-08-13' })).toEqual([feedback()]);
    expect(outcome(state, commands.GiveFeedback, { today: '2026-08-14' })).toBe('FEEDBACK_CLOSED');
  });
  it('is closed with the last that comes in, or by the timer after its days', () => {
    expect(outcome(given(opened, requested(), feedback()), commands.GiveFeedback, { actor: OTHER })).toEqual([
      feedback(),
      closedAll(),
    ]);
    expect(outcome(state, commands.CloseFeedback, { today: '2026-08-13' })).toBe('FEEDBACK_OPEN');
    expect(outcome(state, commands.CloseFeedback, { today: '2026-08-14' })).toEqual([
      { type: 'FeedbackClosed', data: { recalibration: R1, cause: 'DEADLINE' } },
    ]);
  });
});

describe('the decision', () => {
  const state = given(opened, requested(), closedAll());
  it.each(['ApproveRecalibration', 'RejectRecalibration'] as const)(
    '%s: not by the requester, an owner, or the head of a unit that owns',
    (type) => {
      const headed = { ...world.targets, [T2]: place(two, [OTHER, HEAD]) };
      expect(outcome(state, commands[type], { actor: OWNER })).toBe('SELF_APPROVAL');
      expect(outcome(state, commands[type], { actor: OTHER })).toBe('SELF_APPROVAL');
      expect(outcome(state, commands[type], { actor: HEAD, targets: headed })).toBe('SELF_APPROVAL');
      expect(outcome(state, commands[type], { actor: HEAD })).toHaveLength(1);
    },
  );
  it('holds STRATEGY_LEFT and TOO_OFTEN again when it approves', () => {
    expect(outcome(state, commands.ApproveRecalibration, { actor: HEAD, goals: [{ ...goal, targets: [one] }] })).toBe(
      'STRATEGY_LEFT',
    );
    const none = given({ ...opened, data: { ...opened.data, recalibrationsMax: 0 } }, requested(), closedAll());
    expect(outcome(none, commands.ApproveRecalibration, { actor: HEAD })).toBe('TOO_OFTEN');
    expect(outcome(none, commands.RejectRecalibration, { actor: HEAD })).toEqual([rejected()]);
  });
  const marked = given(opened, requested({ assentCauses: ['RETROACTIVE'] }), closedAll());
  const markedDigest = sha256Hex(canonicalText({ ...requestedData, assentCauses: ['RETROACTIVE'] }));
  const vote = (
    type: 'AssentToRecalibration' | 'DeclineRecalibration',
    seat: 'MARKETING_DIRECTOR' | 'HR' | 'FINANCE',
  ): CycleCommand => ({ type, data: ballot(seat, { digest: markedDigest }), reason: 'read' });
  const ballotEvent = (
    type: 'CommitteeAssented' | 'CommitteeDeclined',
    seat: 'HR' | 'FINANCE',
    member: string,
  ): CycleEvent =>
    type === 'CommitteeAssented'
      ? { type, data: { ...ballot(seat, { digest: markedDigest }), member } }
      : { type, data: { ...ballot(seat, { digest: markedDigest }), member, closes: false } };
  it('ASSENT_NEEDED: is the committee’s where the request is marked so', () => {
    for (const command of [commands.ApproveRecalibration, commands.RejectRecalibration])
      expect(outcome(marked, command, { actor: HEAD })).toBe('ASSENT_NEEDED');
    expect(outcome(marked, vote('AssentToRecalibration', 'HR'), { actor: HR })).toEqual([
      ballotEvent('CommitteeAssented', 'HR', HR),
    ]);
  });
  it('is made with the second seat, or ended when too few are left', () => {
    const half = given(
      opened,
      requested({ assentCauses: ['RETROACTIVE'] }),
      closedAll(),
      ballotEvent('CommitteeAssented', 'HR', HR),
    );
    expect(outcome(half, vote('AssentToRecalibration', 'FINANCE'), { actor: FINANCE })).toEqual([
      ballotEvent('CommitteeAssented', 'FINANCE', FINANCE),
      { type: 'RecalibrationApproved', data: { recalibration: R1, by: 'COMMITTEE', basis } },
    ]);
    const refused = given(
      opened,
      requested({ assentCauses: ['RETROACTIVE'] }),
      closedAll(),
      ballotEvent('CommitteeDeclined', 'HR', HR),
    );
    expect(outcome(refused, vote('DeclineRecalibration', 'FINANCE'), { actor: FINANCE })).toMatchObject([
      { type: 'CommitteeDeclined', data: { closes: true } },
      rejected('COMMITTEE'),
    ]);
  });
  it('takes no assent from an owner, the requester or on another digest', () => {
    expect(outcome(marked, vote('AssentToRecalibration', 'HR'), { actor: OTHER })).toBe('SELF_ASSENT');
    expect(outcome(marked, vote('AssentToRecalibration', 'HR'), { actor: OWNER })).toBe('SELF_ASSENT');
    expect(outcome(marked, commands.AssentToRecalibration, { actor: HR })).toBe('PROPOSAL_NOT_OPEN');
  });
  it('is the committee’s too where every marketing head is barred', () => {
    const targets = { ...world.targets, [T1]: place(one, [OWNER, HEAD]) };
    expect(outcome(state, commands.AssentToRecalibration, { actor: HR, targets })).toHaveLength(1);
    expect(outcome(state, commands.AssentToRecalibration, { actor: HR, targets, marketingHeads: [HEAD, id(50)] })).toBe(
      'PROPOSAL_NOT_OPEN',
    );
  });
  it('is complete only when every target has it', () => {
    const applying = given(opened, requested(), closedAll(), approved());
    expect(outcome(applying, commands.CompleteRecalibration, { appliedTo: [T1] })).toBe('RECALIBRATION_OPEN');
  });
});
