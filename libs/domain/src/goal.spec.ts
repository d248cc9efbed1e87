import { describe, expect, it } from '@jest/globals';
import { proposalOf } from './assent.js';
import type { Committee, Seat } from './assent.js';
import { decideGoal, evolveGoal, goalCommands, initialGoal, revisedAfter } from './goal.js';
import type { GoalCommand, GoalState, GoalWorld } from './goal.js';
import { cascadeOf, levelOfGoal } from './goal-cascade.js';
import { goalEvents } from './goal.events.js';
import type { GoalEvent } from './goal.events.js';
import { mayGoal, visibleGoals } from './goal.policy.js';
import { ROLES, type Principal, type Role } from './kernel/access.js';
import type { EventMeta } from './kernel/event.js';
import { evolveTarget, initialTarget } from './target.state.js';
import type { TargetState } from './target.state.js';
import type { TargetEvent } from './target.events.js';
import { principalWith } from './principal.fixture.js';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [GOAL, PROPOSER, HEAD, DIRECTOR, HR, FINANCE, PARENT] = [1, 2, 3, 4, 5, 6, 7].map(id) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
const TODAY = '2026-03-10';
const YEAR = { from: '2026-01-01', to: '2026-12-31' };
const committee: Committee = { MARKETING_DIRECTOR: [DIRECTOR], HR: [HR], FINANCE: [FINANCE] };
const meta: EventMeta = {
  actor: PROPOSER,
  authority: 'HR',
  commandId: id(90),
  commandDigest: '0'.repeat(64),
  correlationId: id(90),
};
const at = (index: number) => ({
  id: id(100 + index),
  stream: `goal-${GOAL}`,
  revision: index,
  position: 10 * index,
  schemaVersion: 1,
  meta,
  recordedAt: 0,
});
const fold = (...events: readonly GoalEvent[]): GoalState =>
  events.reduce<GoalState>((state, event, index) => evolveGoal(state, { ...event, ...at(index) }), initialGoal);
const world = (over: Partial<GoalWorld> = {}): GoalWorld => ({
  actor: PROPOSER,
  today: TODAY,
  newId: GOAL,
  metricKnown: true,
  unitKnown: true,
  parent: null,
  dependants: [],
  committee,
  ownerHead: HEAD,
  ...over,
});

const content = { value: '1000', period: YEAR, toleranceBasisPoints: 0 };
const raised = { ...content, value: '1200' };
const names = { en: 'Revenue', zh: '營收' };
const set: GoalEvent = {
  type: 'GoalSet',
  data: { goalId: GOAL, names, parent: null, metric: 'sales', unit: 'east', ...content },
};
const proposed: GoalEvent = { type: 'GoalRevisionProposed', data: raised };
const ballot = (seat: Seat) => {
  const { digest } = proposalOf({ id: id(101), data: raised, meta });
  return { seat, proposalEventId: id(101), proposalDigest: digest };
};
const assented = (seat: Seat, member: string): GoalEvent => ({
  type: 'CommitteeAssented',
  data: { ...ballot(seat), member },
});
const declined = (seat: Seat, member: string, closes: boolean): GoalEvent => ({
  type: 'CommitteeDeclined',
  data: { ...ballot(seat), member, closes },
});
const { proposalDigest: digest } = ballot('HR');
const revised: GoalEvent = { type: 'GoalRevised', data: { proposalEventId: id(101), digest, ...raised } };
const retired: GoalEvent = { type: 'GoalRetired', data: { retiredOn: TODAY } };

const commands: { readonly [T in GoalCommand['type']]: Extract<GoalCommand, { type: T }> } = {
  SetGoal: {
    type: 'SetGoal',
    data: { names, parent: null, metric: 'sales', unit: 'east', value: '1000', period: YEAR },
  },
  ProposeGoalRevision: { type: 'ProposeGoalRevision', data: { value: '1200' }, reason: 'the market grew' },
  AssentToGoalRevision: { type: 'AssentToGoalRevision', data: ballot('HR') },
  DeclineGoalRevision: { type: 'DeclineGoalRevision', data: ballot('HR') },
  RetireGoal: { type: 'RetireGoal', data: {} },
};
const answer = (state: GoalState, command: GoalCommand, over: Partial<GoalWorld> = {}) => {
  const decision = decideGoal(state, command, world(over));
  return 'rejected' in decision ? decision.rejected : decision.events;
};

describe('goals (domain.md, Goals)', () => {
  const states: readonly (readonly [string, GoalState, Readonly<Record<GoalCommand['type'], unknown>>])[] = [
    [
      'absent',
      initialGoal,
      {
        SetGoal: [set],
        ProposeGoalRevision: 'NOT_THERE',
        AssentToGoalRevision: 'NOT_THERE',
        DeclineGoalRevision: 'NOT_THERE',
        RetireGoal: 'NOT_THERE',
      },
    ],
    [
      'live',
      fold(set),
      {
        SetGoal: 'ALREADY_EXISTS',
        ProposeGoalRevision: [proposed],
        AssentToGoalRevision: 'PROPOSAL_NOT_OPEN',
        DeclineGoalRevision: 'PROPOSAL_NOT_OPEN',
        RetireGoal: [retired],
      },
    ],
    [
      'live with a proposal',
      fold(set, proposed),
      {
        SetGoal: 'ALREADY_EXISTS',
        ProposeGoalRevision: 'PROPOSAL_OPEN',
        AssentToGoalRevision: [assented('HR', HR)],
        DeclineGoalRevision: [declined('HR', HR, false)],
        RetireGoal: [retired],
      },
    ],
    [
      'live with a seat’s assent',
      fold(set, proposed, assented('FINANCE', FINANCE)),
      {
        SetGoal: 'ALREADY_EXISTS',
        ProposeGoalRevision: 'PROPOSAL_OPEN',
        AssentToGoalRevision: [assented('HR', HR), revised],
        DeclineGoalRevision: [declined('HR', HR, false)],
        RetireGoal: [retired],
      },
    ],
    [
      'live with a seat’s refusal',
      fold(set, proposed, declined('FINANCE', FINANCE, false)),
      {
        SetGoal: 'ALREADY_EXISTS',
        ProposeGoalRevision: 'PROPOSAL_OPEN',
        AssentToGoalRevision: [assented('HR', HR)],
        DeclineGoalRevision: [declined('HR', HR, true)],
        RetireGoal: [retired],
      },
    ],
    [
      'live with a proposal declined',
      fold(set, proposed, declined('FINANCE', FINANCE, false), declined('MARKETING_DIRECTOR', DIRECTOR, true)),
      {
        SetGoal: 'ALREADY_EXISTS',
        ProposeGoalRevision: [proposed],
        AssentToGoalRevision: 'PROPOSAL_NOT_OPEN',
        DeclineGoalRevision: 'PROPOSAL_NOT_OPEN',
        RetireGoal: [retired],
      },
    ],
    [
      'revised',
      fold(set, proposed, assented('FINANCE', FINANCE), assented('HR', HR), revised),
      {
        SetGoal: 'ALREADY_EXISTS',
        ProposeGoalRevision: 'NOTHING_CHANGES',
        AssentToGoalRevision: 'PROPOSAL_NOT_OPEN',
        DeclineGoalRevision: 'PROPOSAL_NOT_OPEN',
        RetireGoal: [retired],
      },
    ],
    [
      'retired',
      fold(set, retired),
      {
        SetGoal: 'ALREADY_EXISTS',
        ProposeGoalRevision: 'GOAL_RETIRED',
        AssentToGoalRevision: 'GOAL_RETIRED',
        DeclineGoalRevision: 'GOAL_RETIRED',
        RetireGoal: 'GOAL_RETIRED',
      },
    ],
  ];
  it.each(
    states.flatMap(([name, state, expected]) =>
      (Object.keys(goalCommands) as GoalCommand['type'][]).map((type) => [name, type, state, expected[type]] as const),
    ),
  )('a goal that is %s: %s', (_, type, state, expected) => {
    const actor = type === 'AssentToGoalRevision' || type === 'DeclineGoalRevision' ? HR : PROPOSER;
    expect(answer(state, commands[type], { actor })).toEqual(expected);
  });

  const setWith = (over: object): GoalCommand => ({ type: 'SetGoal', data: { ...commands.SetGoal.data, ...over } });
  const revise = (data: object): GoalCommand => ({ type: 'ProposeGoalRevision', data, reason: 'why' });
  const beneath = fold({ ...set, data: { ...set.data, parent: PARENT } });
  const elsewhen = { from: '2027-01-01', to: '2027-12-31' };
  it.each([
    ['a metric exists', initialGoal, setWith({}), { metricKnown: false }, 'METRIC_UNKNOWN'],
    ['a unit exists', initialGoal, setWith({}), { unitKnown: false }, 'REFERENCE_UNKNOWN'],
    [
      'a period has days',
      initialGoal,
      setWith({ period: { from: '2026-02-01', to: '2026-01-31' } }),
      {},
      'DATED_OUT_OF_ORDER',
    ],
    ['a parent exists', initialGoal, setWith({ parent: PARENT }), {}, 'GOAL_PARENT_BROKEN'],
    [
      'a parent is live',
      initialGoal,
      setWith({ parent: PARENT }),
      { parent: { live: false, period: YEAR } },
      'GOAL_PARENT_BROKEN',
    ],
    [
      'a parent’s period overlaps',
      initialGoal,
      setWith({ parent: PARENT }),
      { parent: { live: true, period: elsewhen } },
      'GOAL_PARENT_BROKEN',
    ],
    [
      'a tolerance is kept',
      initialGoal,
      setWith({ toleranceBasisPoints: 500 }),
      {},
      [{ ...set, data: { ...set.data, toleranceBasisPoints: 500 } }],
    ],
    ['a revision changes something', fold(set), revise({ value: '1000' }), {}, 'NOTHING_CHANGES'],
    [
      'a revised period has days',
      fold(set),
      revise({ period: { from: '2026-02-01', to: '2026-01-31' } }),
      {},
      'DATED_OUT_OF_ORDER',
    ],
    [
      'a revised period overlaps the parent’s',
      beneath,
      revise({ period: elsewhen }),
      { parent: { live: true, period: YEAR } },
      'GOAL_PARENT_BROKEN',
    ],
    [
      'a revised period leaves no live target behind',
      fold(set),
      revise({ period: elsewhen }),
      { dependants: [YEAR] },
      'GOAL_IN_USE',
    ],
    [
      'a proposal needs two seats that may assent',
      fold(set),
      commands.ProposeGoalRevision,
      { actor: HR, ownerHead: FINANCE },
      'SEATS_INCOMPLETE',
    ],
    [
      'a proposal that nobody can decide any more gives way',
      fold(set, proposed),
      commands.ProposeGoalRevision,
      { committee: { ...committee, HR: [], FINANCE: [PROPOSER] }, ownerHead: null },
      'SEATS_INCOMPLETE',
    ],
    [
      'the proposer gives no assent',
      fold(set, proposed),
      commands.AssentToGoalRevision,
      { actor: PROPOSER },
      'SELF_ASSENT',
    ],
    [
      'the head of the owner unit gives no assent',
      fold(set, proposed),
      commands.AssentToGoalRevision,
      { actor: HEAD },
      'SELF_ASSENT',
    ],
    ['a goal in use is not retired', fold(set), commands.RetireGoal, { dependants: [YEAR] }, 'GOAL_IN_USE'],
  ] as readonly [string, GoalState, GoalCommand, Partial<GoalWorld>, unknown][])(
    '%s',
    (_, state, command, over, expected) => {
      expect(answer(state, command, over)).toEqual(expected);
    },
  );

  it('keeps every version with its event, and tells what was revised since a position', () => {
    const state = fold(set, proposed, assented('FINANCE', FINANCE), assented('HR', HR), revised);
    expect(state).toMatchObject({
      value: '1200',
      versions: [
        { value: '1000', eventId: id(100), position: 0 },
        { value: '1200', eventId: id(104), position: 40 },
      ],
    });
    expect([39, 40].map((position) => revisedAfter(state, position))).toEqual([true, false]);
    expect(revisedAfter(fold(set), -1)).toBe(false);
    expect(revisedAfter(initialGoal, -1)).toBe(false);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });

  it('makes events that their schemas accept', () => {
    const all = [set, proposed, assented('HR', HR), declined('HR', HR, true), revised, retired];
    expect(all.map(({ type, data }) => goalEvents[type].data.safeParse(data).success)).toEqual(all.map(() => true));
  });
});

describe('who commands goals (domain.md, Who may do what)', () => {
  const principal = (...held: readonly Role[]): Principal => principalWith(HR, held, { seats: new Set(held.includes('COMMITTEE') ? ['HR'] : []) });
  const rows = (Object.keys(commands) as GoalCommand['type'][]).flatMap((type) =>
    ROLES.map((role) => [role, type] as const),
  );
  it.each(rows)('%s: %s', (role, type) => {
    const vote = type === 'AssentToGoalRevision' || type === 'DeclineGoalRevision';
    const may = vote ? role === 'COMMITTEE' : role === 'MARKETING_HEAD' || role === 'HR';
    expect(mayGoal(principal(role), commands[type])).toEqual(may ? { authority: role } : { denied: 'FORBIDDEN' });
    expect(mayGoal(principal(role, 'AUDITOR'), commands[type])).toEqual({ denied: 'FORBIDDEN' });
  });
  it.each(ROLES)('%s reads every goal', (role) => {
    expect(visibleGoals(principal(role))).toBe('ALL');
    expect(visibleGoals(principal())).toBe('NONE');
  });
});

describe('the cascade', () => {
  const goal = (n: number, over: object = {}): GoalState => {
    const event: GoalEvent = { type: 'GoalSet', data: { ...set.data, goalId: id(n), ...over } };
    return evolveGoal(initialGoal, { ...event, ...at(0) });
  };
  const target = (n: number, over: Partial<Extract<TargetEvent, { type: 'TargetSet' }>['data']> = {}): TargetState => {
    const data = {
      ...{
        targetId: id(n),
        owner: id(200 + n),
        role: 'sales',
        unit: 'east',
        goal: id(1),
        metric: 'sales',
        cycle: 'cycle-YEAR-2026',
        period: YEAR,
      },
      ...{
        quantities: { target: '300' },
        milestones: [],
        phases: [],
        resources: [],
        keyActions: [],
        recalibration: null,
        basis: [],
      },
      ...over,
    };
    return evolveTarget(initialTarget, { type: 'TargetSet', data, ...at(0) });
  };
  const withdrawn = (state: TargetState): TargetState =>
    evolveTarget(state, { type: 'TargetWithdrawn', data: { recalibration: null, basis: [] }, ...at(1) });
  const q1 = { cycle: 'cycle-QUARTER-2026Q1', period: { from: '2026-01-01', to: '2026-03-31' } };
  const sums = { sales: 'SUM', rate: 'AVERAGE' } as const;

  it('sums the live targets of the goal’s own metric that people own, and shows the rest', () => {
    const targets = [
      target(10),
      target(11),
      withdrawn(target(12)),
      target(13, { owner: 'unit:east', role: null }),
      target(14, { metric: 'rate' }),
    ];
    expect(cascadeOf([goal(1)], targets, sums)).toEqual([
      {
        ...{
          goalId: id(1),
          parent: null,
          depth: 0,
          value: '1000',
          level: 'YEAR',
          allocated: '600',
          unallocated: '400',
          overAllocated: '0',
        },
        ...{ summed: [id(10), id(11)], listed: [id(13), id(14)] },
      },
    ]);
  });

  it('shows by how much the sum exceeds the goal', () => {
    const targets = [target(10, { quantities: { target: '700.5' } }), target(11, { quantities: { target: '400' } })];
    expect(cascadeOf([goal(1)], targets, sums)).toMatchObject([
      { allocated: '1100.5', unallocated: '0', overAllocated: '100.5' },
    ]);
  });

  it('takes the next finer level where the goal’s own is not set, and never both', () => {
    const quarters = [target(10, q1), target(11, q1)];
    expect(cascadeOf([goal(1)], quarters, sums)).toMatchObject([{ level: 'QUARTER', allocated: '600' }]);
    expect(cascadeOf([goal(1)], [...quarters, target(12)], sums)).toMatchObject([
      { level: 'YEAR', allocated: '300', listed: [id(10), id(11)] },
    ]);
    expect(cascadeOf([goal(1, { period: q1.period })], [target(12)], sums)).toMatchObject([
      { level: null, allocated: null, listed: [id(12)] },
    ]);
  });

  it('adds to a goal the targets of the goals beneath it, parents first', () => {
    const goals = [goal(3, { parent: id(2) }), goal(2, { parent: id(1) }), goal(1), goal(4, { metric: 'rate' })];
    const targets = [target(10, { goal: id(3) }), target(11, { goal: id(2) })];
    expect(cascadeOf(goals, targets, sums).map(({ goalId, depth, allocated }) => [goalId, depth, allocated])).toEqual([
      [id(1), 0, '600'],
      [id(2), 1, '600'],
      [id(3), 2, '300'],
      [id(4), 0, null],
    ]);
  });

  it('sums nothing of a metric that does not accumulate as SUM', () => {
    expect(cascadeOf([goal(1, { metric: 'rate' })], [target(10, { metric: 'rate' })], sums)).toMatchObject([
      { level: null, allocated: null, listed: [id(10)] },
    ]);
    expect(cascadeOf([initialGoal], [], sums)).toEqual([]);
  });

  it.each([
    ['2026-01-01', '2026-12-31', 'YEAR'],
    ['2026-01-01', '2026-06-30', 'QUARTER'],
    ['2026-01-01', '2026-03-31', 'QUARTER'],
    ['2026-02-01', '2026-02-28', 'MONTH'],
  ])('a goal from %s to %s is of level %s', (from, to, level) => {
    expect(levelOfGoal({ from, to })).toBe(level);
  });
});
