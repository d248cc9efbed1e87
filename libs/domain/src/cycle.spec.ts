import { describe, expect, it } from '@jest/globals';
import { cycleCommands } from './cycle-commands.js';
import type { CycleCommand } from './cycle-commands.js';
import type { CycleEvent } from './cycle.events.js';
import { mayCycle, visibleCycles, visibleRecalibrations } from './cycle.policy.js';
import { cycleStreamOf } from './cycle.state.js';
import type { Principal, Role } from './kernel/access.js';
import { sees } from './kernel/access.js';
import { cycleFixture } from './cycle.fixture.js';
import type { CommandName } from './cycle.fixture.js';

const {
  id,
  OWNER,
  OTHER,
  HEAD,
  HR,
  STRANGER,
  T1,
  T2,
  GOAL,
  CYCLE,
  world,
  shift,
  asks,
  opened,
  requested,
  closedAll,
  approved,
  rejected,
  applied,
  cutOff,
  closed,
  given,
  outcome,
  commands,
} = cycleFixture;

describe('every status of a cycle × every command', () => {
  const statuses = { ABSENT: [], OPEN: [opened], CUT_OFF: [opened, cutOff], CLOSED: [opened, cutOff, closed] } as const;
  const gone = 'RECALIBRATION_UNKNOWN';
  const afterwards = (code: string): Record<CommandName, readonly CycleEvent[] | string> => ({
    OpenCycle: 'ALREADY_EXISTS',
    CloseCycle: code === 'PERIOD_CLOSED' ? [closed] : 'CYCLE_CLOSED',
    CutOffData: [],
    RequestRecalibration: code,
    GiveFeedback: code,
    CloseFeedback: gone,
    ApproveRecalibration: code,
    RejectRecalibration: code,
    WithdrawRecalibration: code,
    AssentToRecalibration: code,
    DeclineRecalibration: code,
    CompleteRecalibration: gone,
  });
  const expected: Record<keyof typeof statuses, Record<CommandName, readonly CycleEvent[] | string>> = {
    ABSENT: {
      ...afterwards('CYCLE_UNKNOWN'),
      OpenCycle: [opened],
      CloseCycle: 'CYCLE_UNKNOWN',
      CutOffData: 'CYCLE_UNKNOWN',
      CloseFeedback: 'CYCLE_UNKNOWN',
      CompleteRecalibration: 'CYCLE_UNKNOWN',
    },
    OPEN: {
      ...afterwards(gone),
      CloseCycle: 'CUT_OFF_NOT_REACHED',
      CutOffData: 'CUT_OFF_TOO_EARLY',
      RequestRecalibration: [requested()],
    },
    CUT_OFF: afterwards('PERIOD_CLOSED'),
    CLOSED: afterwards('CYCLE_CLOSED'),
  };
  const names = Object.values(commands).map(({ type }) => type);
  it.each(
    (['ABSENT', 'OPEN', 'CUT_OFF', 'CLOSED'] as const).flatMap((status) =>
      names.map((type) => [status, type] as const),
    ),
  )('%s × %s', (status, type) => {
    expect(outcome(given(...statuses[status]), commands[type])).toEqual(expected[status][type]);
  });
  it('names every command that there is', () => {
    expect(Object.keys(commands)).toEqual(Object.keys(cycleCommands));
  });
});

describe('cycles', () => {
  const open = (more: object): CycleCommand => ({ type: 'OpenCycle', data: { ...commands.OpenCycle.data, ...more } });
  it.each([
    ['a code of another level', { code: '2026-07' }],
    ['a cut-off inside the period', { cutOffOn: '2026-09-30' }],
    ['an evaluation due before the cut-off', { evaluationDueOn: '2026-10-08' }],
  ])('CYCLE_BROKEN: %s', (_, more) => {
    expect(outcome(given(), open(more))).toBe('CYCLE_BROKEN');
  });
  it('takes its period from the code and the business year', () => {
    expect(
      outcome(given(), open({ cutOffOn: '2027-01-08', evaluationDueOn: '2027-01-08', graceDays: 0 }), {
        businessYearFirstMonth: 4,
      }),
    ).toEqual([
      {
        type: 'CycleOpened',
        data: {
          ...opened.data,
          period: { from: '2026-10-01', to: '2026-12-31' },
          cutOffOn: '2027-01-08',
          evaluationDueOn: '2027-01-08',
          graceDays: 0,
        },
      },
    ]);
    expect(cycleStreamOf('MONTH', '2026-07')).toBe('cycle-MONTH-2026-07');
  });
  it('cuts off at the end of the day, never earlier', () => {
    expect(outcome(given(opened), commands.CutOffData, { today: '2026-10-09' })).toBe('CUT_OFF_TOO_EARLY');
    expect(outcome(given(opened), commands.CutOffData, { today: '2026-10-10' })).toEqual([cutOff]);
  });
  it('rejects the undecided on record with the cut-off, and waits for the applying', () => {
    const today = '2026-10-10';
    expect(outcome(given(opened, requested()), commands.CutOffData, { today })).toEqual([rejected('CUT_OFF'), cutOff]);
    const applying = given(opened, requested(), closedAll(), approved());
    expect(outcome(applying, commands.CutOffData, { today })).toBe('RECALIBRATIONS_APPLYING');
    expect(outcome(applying, commands.CompleteRecalibration, { today, appliedTo: [T1, T2] })).toEqual([applied()]);
  });
  it('closes only once every appraisal is final', () => {
    expect(outcome(given(opened, cutOff), commands.CloseCycle, { unsettled: 1 })).toBe('CYCLE_NOT_SETTLED');
  });
  it('takes no request and no decision after the cut-off date, though the timer is late', () => {
    const today = '2026-10-10';
    expect(outcome(given(opened), asks(), { today })).toBe('PERIOD_CLOSED');
    expect(
      outcome(given(opened, requested(), closedAll()), commands.ApproveRecalibration, { today, actor: HEAD }),
    ).toBe('PERIOD_CLOSED');
  });
});

describe('who may', () => {
  const person = (personId: string, roles: readonly Role[], more: Partial<Principal> = {}): Principal => ({
    personId,
    roles: new Set(roles),
    manages: new Set(),
    heads: new Set(),
    seats: new Set(),
    ...more,
  });
  const owner = person(OWNER, ['EMPLOYEE']);
  const manager = person('manager', ['EMPLOYEE', 'MANAGER'], { manages: new Set([OWNER, OTHER]) });
  const head = person(HEAD, ['EMPLOYEE', 'MARKETING_HEAD']);
  const hr = person(HR, ['EMPLOYEE', 'HR', 'COMMITTEE'], { seats: new Set(['HR'] as const) });
  const auditor = person('auditor', ['HR', 'MARKETING_HEAD', 'AUDITOR']);
  const state = given(opened, requested());
  const word = (principal: Principal, command: CycleCommand): string => {
    const verdict = mayCycle(principal, command, { state, world });
    return 'authority' in verdict ? verdict.authority : verdict.denied;
  };
  it.each<[CommandName, readonly string[]]>([
    ['OpenCycle', ['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'HR']],
    ['CloseCycle', ['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'HR']],
    ['CutOffData', ['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']],
    ['RequestRecalibration', ['FORBIDDEN', 'MANAGER', 'MARKETING_HEAD', 'FORBIDDEN']],
    ['GiveFeedback', ['OWNER', 'OWNER', 'OWNER', 'OWNER']],
    ['CloseFeedback', ['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']],
    ['ApproveRecalibration', ['FORBIDDEN', 'FORBIDDEN', 'MARKETING_HEAD', 'FORBIDDEN']],
    ['RejectRecalibration', ['FORBIDDEN', 'FORBIDDEN', 'MARKETING_HEAD', 'FORBIDDEN']],
    ['WithdrawRecalibration', ['REQUESTER', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']],
    ['AssentToRecalibration', ['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'COMMITTEE']],
    ['DeclineRecalibration', ['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'COMMITTEE']],
    ['CompleteRecalibration', ['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']],
  ])('%s: owner, manager, marketing head, HR; never an auditor', (type, words) => {
    expect([owner, manager, head, hr].map((principal) => word(principal, commands[type]))).toEqual(words);
    expect(word(auditor, commands[type])).toBe('FORBIDDEN');
  });
  it('lets owners request for themselves and the unit they head', () => {
    expect(word(owner, asks({ adjust: shift.slice(0, 1) }))).toBe('OWNER');
    expect(word(owner, asks({ adjust: [], withdraw: [id(99)] }))).toBe('FORBIDDEN');
    const east = {
      owner: 'unit:EAST',
      unit: 'EAST',
      goal: GOAL,
      metric: 'value',
      cycle: CYCLE,
      quantities: { target: '10' },
    };
    expect(word({ ...owner, heads: new Set(['EAST']) }, asks({ adjust: shift.slice(0, 1), add: [east] }))).toBe(
      'OWNER',
    );
  });
  it('shows recalibrations to whom they concern, cycles to everybody', () => {
    const row = { requester: OWNER, affected: [OWNER, OTHER], owner: [OWNER, OTHER] };
    const readers = [
      owner,
      person(OTHER, ['EMPLOYEE']),
      manager,
      head,
      hr,
      auditor,
      person(STRANGER, ['EMPLOYEE']),
      person('admin', ['ADMIN']),
      person('left', []),
    ];
    expect(readers.map((principal) => sees(visibleRecalibrations(principal), row))).toEqual([
      true,
      true,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
    expect(readers.map((principal) => visibleCycles(principal))).toEqual([
      ...Array.from({ length: 8 }, () => 'ALL'),
      'NONE',
    ]);
  });
});
