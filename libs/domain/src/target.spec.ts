import { describe, expect, it } from '@jest/globals';
import type { Principal } from './kernel/access.js';
import { sees } from './kernel/access.js';
import type { RecordedOf } from './kernel/event.js';
import { DEFAULT_CALENDAR } from './kernel/calendar.js';
import type { NewTarget, TargetEvent } from './target.events.js';
import { targetEvents } from './target.events.js';
import { decideTarget, graceUntil, targetCommands } from './target.js';
import type { TargetCommand, TargetWorld } from './target.js';
import { mayTarget, visibleTargets } from './target.policy.js';
import { evolveTarget, initialTarget, targetKey, targetVersionsForScore } from './target.state.js';
import type { TargetState } from './target.state.js';

const OWNER = '00000000-0000-4000-8000-000000000001';
const MANAGER = '00000000-0000-4000-8000-000000000002';
const TARGET = '00000000-0000-4000-8000-0000000000a1';
const GOAL = '00000000-0000-4000-8000-0000000000b1';
const RECALIBRATION = '00000000-0000-4000-8000-0000000000c1';
const CYCLE = 'cycle-QUARTER-2026Q3';
const EVIDENCE = 'a'.repeat(64);
const period = { from: '2026-07-01', to: '2026-09-30' };
const basis = [{ stream: CYCLE, revision: 0 }];
const names = { en: 'Visits', zh: '拜訪' };
const visits = { code: 'visits', names, planned: 10, dueOn: '2026-09-01' };
const launch = { code: 'launch', names, day: '2026-08-01', weight: 2 };
const burst = { code: 'burst', names, from: '2026-08-01', to: '2026-08-11', order: 1, plannedShare: 6000 };

const wanted: NewTarget = {
  owner: OWNER,
  role: 'sales',
  unit: 'EAST',
  goal: GOAL,
  metric: 'value',
  cycle: CYCLE,
  quantities: { target: '1000' },
  keyActions: [visits],
};
const setData = {
  targetId: TARGET,
  owner: OWNER,
  role: 'sales',
  unit: 'EAST',
  goal: GOAL,
  metric: 'value',
  cycle: CYCLE,
  period,
  quantities: { target: '1000' },
  milestones: [],
  phases: [],
  resources: [],
  keyActions: [visits],
  recalibration: null,
  basis,
};
const wasSet: TargetEvent = { type: 'TargetSet', data: setData };
const wasWithdrawn: TargetEvent = { type: 'TargetWithdrawn', data: { recalibration: null, basis } };
const wasDone = (count: number): TargetEvent => ({
  type: 'KeyActionDone',
  data: { keyAction: 'visits', count, evidence: EVIDENCE },
});
const wasConfirmed = (count: number): TargetEvent => ({
  type: 'KeyActionConfirmed',
  data: { keyAction: 'visits', count },
});
const wasRecalibrated: TargetEvent = {
  type: 'TargetRecalibrated',
  data: {
    recalibration: RECALIBRATION,
    mode: 'PRORATE',
    from: '2026-08-14',
    quantities: { target: '800' },
    milestones: [],
    phases: [],
    resources: [],
  },
};

const world: TargetWorld = {
  actor: MANAGER,
  today: '2026-07-03',
  newId: TARGET,
  basis,
  cycle: { period, cutOffOn: '2026-10-09', cutOff: false },
  goal: { live: true, period: { from: '2026-01-01', to: '2026-12-31' } },
  metric: { code: 'value', direction: 'HIGHER', accumulation: 'SUM' },
  assignedFrom: '2026-07-01',
  graceUntil: '2026-07-08',
  recalibrationOpen: false,
};

function recorded(event: TargetEvent, index: number): RecordedOf<TargetEvent> {
  const meta = {
    actor: MANAGER,
    authority: 'MANAGER',
    commandId: TARGET,
    commandDigest: EVIDENCE,
    correlationId: TARGET,
  };
  return {
    ...event,
    id: `event-${String(index)}`,
    stream: `target-${TARGET}`,
    revision: index,
    position: index * 10,
    schemaVersion: 1,
    meta,
    recordedAt: 0,
  };
}
const given = (...events: readonly TargetEvent[]): TargetState =>
  events.map(recorded).reduce(evolveTarget, initialTarget);

const commands = {
  SetTarget: { type: 'SetTarget', data: wanted },
  ChangeTarget: { type: 'ChangeTarget', data: { quantities: { target: '1100' } }, reason: 'typo' },
  WithdrawTarget: { type: 'WithdrawTarget', data: {}, reason: 'moved' },
  RecordKeyAction: { type: 'RecordKeyAction', data: { keyAction: 'visits', count: 2, evidence: EVIDENCE } },
  ConfirmKeyAction: { type: 'ConfirmKeyAction', data: { keyAction: 'visits', count: 2 } },
  ApplyRecalibration: {
    type: 'ApplyRecalibration',
    data: {
      recalibration: RECALIBRATION,
      cycle: CYCLE,
      adjust: { target: TARGET, mode: 'PRORATE', from: '2026-08-14', quantities: { target: '800' } },
    },
  },
} as const satisfies Record<string, TargetCommand>;

const statuses = {
  ABSENT: [],
  LIVE: [wasSet, wasDone(3)],
  WITHDRAWN: [wasSet, wasWithdrawn],
} satisfies Record<string, readonly TargetEvent[]>;

const setAgain: TargetEvent = { type: 'TargetSet', data: setData };
const changed: TargetEvent = {
  type: 'TargetChanged',
  data: { quantities: { target: '1100' }, milestones: [], phases: [], resources: [], keyActions: [visits], basis },
};
const expected: Record<keyof typeof statuses, Record<keyof typeof commands, readonly TargetEvent[] | string>> = {
  ABSENT: {
    SetTarget: [wasSet],
    ChangeTarget: 'NOT_THERE',
    WithdrawTarget: 'NOT_THERE',
    RecordKeyAction: 'NOT_THERE',
    ConfirmKeyAction: 'NOT_THERE',
    ApplyRecalibration: 'DEFECT',
  },
  LIVE: {
    SetTarget: 'TARGET_EXISTS',
    ChangeTarget: [changed],
    WithdrawTarget: [wasWithdrawn],
    RecordKeyAction: [wasDone(2)],
    ConfirmKeyAction: [wasConfirmed(2)],
    ApplyRecalibration: [wasRecalibrated],
  },
  WITHDRAWN: {
    SetTarget: [setAgain],
    ChangeTarget: 'TARGET_WITHDRAWN',
    WithdrawTarget: 'TARGET_WITHDRAWN',
    RecordKeyAction: 'TARGET_WITHDRAWN',
    ConfirmKeyAction: 'TARGET_WITHDRAWN',
    ApplyRecalibration: [wasRecalibrated],
  },
};

function outcome(
  state: TargetState,
  command: TargetCommand,
  change: Partial<TargetWorld> = {},
): readonly TargetEvent[] | string {
  const decision = decideTarget(state, command, { ...world, ...change });
  return 'rejected' in decision ? decision.rejected : decision.events;
}

describe('every status × every command', () => {
  const statusNames = ['ABSENT', 'LIVE', 'WITHDRAWN'] as const;
  const types = Object.values(commands).map(({ type }) => type);
  it.each(statusNames.flatMap((status) => types.map((type) => [status, type] as const)))('%s × %s', (status, type) => {
    const want = expected[status][type];
    const decided = (): unknown => outcome(given(...statuses[status]), commands[type]);
    if (want === 'DEFECT') expect(decided).toThrow();
    else expect(decided()).toEqual(want);
  });
  it('names every command that there is', () => {
    expect(Object.keys(commands)).toEqual(Object.keys(targetCommands));
  });
  it('makes events that their schemas accept', () => {
    const all = Object.values(expected)
      .flatMap((row) => Object.values(row))
      .flat();
    for (const event of all)
      if (typeof event !== 'string') expect(targetEvents[event.type].data.safeParse(event.data).success).toBe(true);
  });
});

describe('TARGET_NOT_QUANTIFIED', () => {
  const metric = (
    direction: 'HIGHER' | 'LOWER' | 'BAND' | 'BINARY' | 'MILESTONES',
    accumulation: 'SUM' | 'LATEST' = 'SUM',
  ) => ({ code: 'value', direction, accumulation });
  it.each([
    ['HIGHER', { target: '1' }, true],
    ['HIGHER', { target: '0' }, false],
    ['HIGHER', { target: '-1', baseline: '-2' }, true],
    ['HIGHER', { target: '5', baseline: '5.000' }, false],
    ['HIGHER', { target: '5', limit: '7' }, false],
    ['HIGHER', {}, false],
    ['LOWER', { target: '5', limit: '5.000000000001' }, true],
    ['LOWER', { target: '5', limit: '5' }, false],
    ['LOWER', { target: '5' }, false],
    ['BAND', { lowLimit: '1', low: '2', high: '2', highLimit: '3' }, true],
    ['BAND', { lowLimit: '2', low: '2', high: '2', highLimit: '3' }, false],
    ['BAND', { lowLimit: '1', low: '3', high: '2', highLimit: '4' }, false],
    ['BAND', { lowLimit: '1', low: '2', high: '3', highLimit: '3' }, false],
    ['BAND', { low: '2', high: '3' }, false],
    ['MILESTONES', {}, false],
  ] as const)('%s %j: %s', (direction, quantities, good) => {
    const command: TargetCommand = { type: 'SetTarget', data: { ...wanted, quantities } };
    const decided = outcome(given(), command, { metric: metric(direction) });
    expect(typeof decided === 'string' ? decided : 'SET').toBe(good ? 'SET' : 'TARGET_NOT_QUANTIFIED');
  });
  it('takes MILESTONES with a milestone, and BINARY of a LATEST metric only', () => {
    const command = (more: Partial<NewTarget>): TargetCommand => ({
      type: 'SetTarget',
      data: { ...wanted, quantities: {}, ...more },
    });
    expect(outcome(given(), command({ milestones: [launch] }), { metric: metric('MILESTONES') })).toHaveLength(1);
    expect(outcome(given(), command({}), { metric: metric('BINARY', 'LATEST') })).toHaveLength(1);
    expect(outcome(given(), command({}), { metric: metric('BINARY') })).toBe('TARGET_NOT_QUANTIFIED');
  });
  it('is broken by an unknown metric, and by a version that states other quantities than the first', () => {
    expect(outcome(given(), commands.SetTarget, { metric: null })).toBe('TARGET_NOT_QUANTIFIED');
    const more: TargetCommand = {
      type: 'ChangeTarget',
      data: { quantities: { target: '900', baseline: '1' } },
      reason: 'x',
    };
    expect(outcome(given(wasSet), more)).toBe('TARGET_NOT_QUANTIFIED');
  });
});

describe('the other rules of the table', () => {
  const set = (more: Partial<NewTarget>): TargetCommand => ({ type: 'SetTarget', data: { ...wanted, ...more } });
  it.each([
    ['no cycle', {}, { cycle: null }],
    ['a milestone outside', { milestones: [{ ...launch, day: '2026-10-01' }] }, {}],
    ['a phase that begins outside', { phases: [{ ...burst, from: '2026-06-30' }] }, {}],
    ['a phase that ends before it begins', { phases: [{ ...burst, to: '2026-07-31' }] }, {}],
    ['a key action due outside', { keyActions: [{ ...visits, dueOn: '2026-10-01' }] }, {}],
    ['a code given twice', { milestones: [launch, launch] }, {}],
  ] as const)('TARGET_NOT_TIME_BOUND: %s', (_, more, change) => {
    const copied = Object.fromEntries(Object.entries(more).map(([key, list]) => [key, [...list]]));
    expect(outcome(given(), set(copied), change)).toBe('TARGET_NOT_TIME_BOUND');
  });
  it.each([
    ['no goal', { goal: null }],
    ['a retired goal', { goal: { live: false, period } }],
    ['a goal of another time', { goal: { live: true, period: { from: '2026-10-01', to: '2026-12-31' } } }],
  ])('TARGET_NOT_TRACEABLE: %s', (_, change) => {
    expect(outcome(given(), commands.SetTarget, change)).toBe('TARGET_NOT_TRACEABLE');
  });
  it('SEGMENT_UNKNOWN: the owner does not hold role and unit in the period', () => {
    expect(outcome(given(), commands.SetTarget, { assignedFrom: null })).toBe('SEGMENT_UNKNOWN');
  });
  it.each(['SetTarget', 'ChangeTarget', 'WithdrawTarget'] as const)(
    '%s: grace, cut-off, open recalibration',
    (type) => {
      const state = type === 'SetTarget' ? given() : given(wasSet);
      const cycle = { period, cutOffOn: '2026-10-09', cutOff: true };
      expect(outcome(state, commands[type], { today: '2026-05-01' })).toHaveLength(1);
      expect(outcome(state, commands[type], { today: '2026-07-08' })).toHaveLength(1);
      expect(outcome(state, commands[type], { today: '2026-07-09' })).toBe('TARGET_FROZEN');
      expect(outcome(state, commands[type], { cycle })).toBe('PERIOD_CLOSED');
      expect(outcome(state, commands[type], { today: '2026-10-10', graceUntil: '2026-10-20' })).toBe('PERIOD_CLOSED');
      expect(outcome(state, commands[type], { recalibrationOpen: true })).toBe('RECALIBRATION_OPEN');
    },
  );
  it.each(['RecordKeyAction', 'ConfirmKeyAction'] as const)('%s runs until the cut-off, frozen or not', (type) => {
    const state = given(wasSet, wasDone(3));
    expect(outcome(state, commands[type], { today: '2026-10-09', recalibrationOpen: true })).toHaveLength(1);
    expect(outcome(state, commands[type], { today: '2026-10-10' })).toBe('PERIOD_CLOSED');
  });
  it('KEY_ACTION_UNKNOWN: not planned, or more confirmed than done', () => {
    const other: TargetCommand = {
      type: 'RecordKeyAction',
      data: { keyAction: 'calls', count: 1, evidence: EVIDENCE },
    };
    expect(outcome(given(wasSet), other)).toBe('KEY_ACTION_UNKNOWN');
    expect(outcome(given(wasSet), commands.ConfirmKeyAction)).toBe('KEY_ACTION_UNKNOWN');
    expect(outcome(given(wasSet, wasDone(3), wasConfirmed(2)), commands.ConfirmKeyAction)).toBe('KEY_ACTION_UNKNOWN');
  });
  it('NOTHING_CHANGES: the content is the same', () => {
    const same: TargetCommand = { type: 'ChangeTarget', data: { quantities: { target: '1000' } }, reason: 'x' };
    expect(outcome(given(wasSet), same)).toBe('NOTHING_CHANGES');
  });
  it('counts grace in working days from the period’s first day, or the owner’s if later', () => {
    const cycle = { period, graceDays: 5 };
    expect(graceUntil(cycle, null, [DEFAULT_CALENDAR])).toBe('2026-07-08');
    expect(graceUntil(cycle, '2026-08-03', [DEFAULT_CALENDAR])).toBe('2026-08-10');
  });
});

describe('applying a recalibration', () => {
  const add: TargetCommand = {
    type: 'ApplyRecalibration',
    data: { recalibration: RECALIBRATION, cycle: CYCLE, add: wanted },
  };
  const withdraw: TargetCommand = { type: 'ApplyRecalibration', data: { recalibration: RECALIBRATION, cycle: CYCLE } };
  const late = { today: '2026-10-10', recalibrationOpen: true };
  it('adjusts, adds and withdraws whatever the day, and a second time nothing', () => {
    expect(outcome(given(wasSet), commands.ApplyRecalibration, late)).toEqual([wasRecalibrated]);
    expect(outcome(given(), add, late)).toEqual([
      { type: 'TargetSet', data: { ...setData, recalibration: RECALIBRATION } },
    ]);
    expect(outcome(given(wasSet), withdraw, late)).toEqual([
      { type: 'TargetWithdrawn', data: { recalibration: RECALIBRATION, basis } },
    ]);
    for (const command of [commands.ApplyRecalibration, add, withdraw])
      expect(outcome(given(wasSet, wasRecalibrated), command, late)).toEqual([]);
  });
  it('keeps what an adjustment does not state', () => {
    const before: TargetEvent = { type: 'TargetSet', data: { ...setData, milestones: [launch], phases: [burst] } };
    const decided = outcome(given(before), commands.ApplyRecalibration);
    expect(decided).toEqual([
      { ...wasRecalibrated, data: { ...wasRecalibrated.data, milestones: [launch], phases: [burst] } },
    ]);
  });
  it('shows a clash where the target’s life changed meanwhile, and stays withdrawn', () => {
    const state = given(wasSet, wasWithdrawn, wasRecalibrated);
    expect(state).toMatchObject({ status: 'WITHDRAWN', applied: [RECALIBRATION], clashes: [RECALIBRATION] });
    expect(given(wasSet, wasRecalibrated)).toMatchObject({ status: 'LIVE', applied: [RECALIBRATION], clashes: [] });
  });
});

describe('the versions that are scored', () => {
  const set = { effectiveFrom: period.from, mode: 'REPLACE', target: '1000', milestones: [], eventId: 'event-0' };
  const restated = { ...set, target: '1100', eventId: 'event-1' };
  const prorated = { effectiveFrom: '2026-08-14', mode: 'PRORATE', target: '800', milestones: [], eventId: 'event-2' };
  const state = given(wasSet, changed, wasRecalibrated, wasWithdrawn, wasSet);
  it.each([
    ['before the first', { upToPosition: -1 }, []],
    ['set', { upToPosition: 9 }, [set]],
    ['changed', { upToPosition: 10 }, [set, restated]],
    ['recalibrated', { upToPosition: 20 }, [set, restated, prorated]],
    ['not yet true', { upToPosition: 20, effectiveOn: '2026-08-13' }, [set, restated]],
    ['before the period', { upToPosition: 20, effectiveOn: '2026-06-30' }, []],
    ['withdrawn', { upToPosition: 30 }, []],
    ['set again', {}, [{ ...set, eventId: 'event-4' }]],
  ])('%s', (_, at, versions) => {
    expect(targetVersionsForScore(state, at)).toEqual(versions);
  });
  it('is JSON through and through', () => {
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });
  it('knows who set each version', () => {
    expect(state).toMatchObject({
      versions: [
        { setBy: MANAGER, cause: 'SET' },
        { cause: 'CHANGED' },
        { cause: 'RECALIBRATED', recalibration: RECALIBRATION },
        { cause: 'SET' },
      ],
    });
  });
  it('derives its id from owner, role, unit, metric and cycle alone', () => {
    expect(targetKey(wanted)).toEqual(targetKey({ ...wanted, role: 'sales' }));
    expect(targetKey(wanted)).toEqual(['target', OWNER, 'sales', 'EAST', 'value', CYCLE]);
  });
});

describe('who may', () => {
  const person = (personId: string, more: Partial<Principal> = {}): Principal => ({
    personId,
    roles: new Set(['EMPLOYEE'] as const),
    manages: new Set(),
    heads: new Set(),
    seats: new Set(),
    ...more,
  });
  const owner = person(OWNER);
  const manager = person(MANAGER, { roles: new Set(['EMPLOYEE', 'MANAGER'] as const), manages: new Set([OWNER]) });
  const head = person('head', { roles: new Set(['EMPLOYEE', 'MARKETING_HEAD'] as const) });
  const unitHead = person('east', { heads: new Set(['EAST']) });
  const state = given(wasSet);
  const ofUnit = given({ type: 'TargetSet', data: { ...setData, owner: 'unit:EAST', role: null } });
  const word = (principal: Principal, command: TargetCommand, of: TargetState): string => {
    const verdict = mayTarget(principal, command, { state: of });
    return 'authority' in verdict ? verdict.authority : verdict.denied;
  };
  it.each(['SetTarget', 'ChangeTarget', 'WithdrawTarget', 'ConfirmKeyAction'] as const)(
    '%s: the manager; of a unit the marketing head',
    (type) => {
      expect(word(manager, commands[type], state)).toBe('MANAGER');
      expect(word(owner, commands[type], state)).toBe('FORBIDDEN');
      expect(word(head, commands[type], state)).toBe('FORBIDDEN');
      const command: TargetCommand =
        type === 'SetTarget' ? { type, data: { ...wanted, owner: 'unit:EAST' } } : commands[type];
      expect(word(head, command, ofUnit)).toBe('MARKETING_HEAD');
      expect(word({ ...head, heads: new Set(['EAST']) }, command, ofUnit)).toBe('OWN_CASE');
      expect(word(unitHead, command, ofUnit)).toBe('FORBIDDEN');
      expect(word({ ...manager, roles: new Set(['MANAGER', 'AUDITOR'] as const) }, commands[type], state)).toBe(
        'FORBIDDEN',
      );
    },
  );
  it('RecordKeyAction: the owner, of a unit its head; ApplyRecalibration: nobody', () => {
    expect(word(owner, commands.RecordKeyAction, state)).toBe('OWNER');
    expect(word(manager, commands.RecordKeyAction, state)).toBe('FORBIDDEN');
    expect(word(unitHead, commands.RecordKeyAction, ofUnit)).toBe('UNIT_HEAD');
    for (const one of [owner, manager, head, unitHead])
      expect(word(one, commands.ApplyRecalibration, state)).toBe('FORBIDDEN');
    expect(word(manager, commands.ChangeTarget, initialTarget)).toBe('FORBIDDEN');
  });
  it.each([
    [owner, true, false],
    [manager, true, false],
    [head, true, true],
    [person('hr', { roles: new Set(['HR'] as const) }), true, true],
    [person('auditor', { roles: new Set(['AUDITOR'] as const) }), true, true],
    [unitHead, false, true],
    [person('member', { unit: 'EAST' }), false, true],
    [person('stranger'), false, false],
    [person('admin', { roles: new Set(['ADMIN'] as const) }), false, false],
    [person('left', { roles: new Set(), unit: 'EAST' }), false, false],
  ])('reads as the table says (%#)', (principal, ofPerson, ofTheUnit) => {
    const visible = visibleTargets(principal);
    expect([sees(visible, { owner: OWNER }), sees(visible, { owner: 'unit:EAST' })]).toEqual([ofPerson, ofTheUnit]);
  });
});
