import { describe, expect, it } from '@jest/globals';
import type { SEATS } from './assent.js';
import { proposalOf } from './assent.js';
import type { CompanyEvent, SeatChange } from './company.events.js';
import { companyCommands, decideCompany } from './company.js';
import type { CompanyCommand } from './company.js';
import type { CompanyWorld } from './company-seats.js';
import { mayCompany, seesIdentities, visibleCompany } from './company.policy.js';
import {
  alternatesOf,
  committeeOn,
  evolveCompany,
  grantedRoles,
  headOf,
  initialCompany,
  seatsOf,
  unitsHeadedBy,
} from './company.state.js';
import type { CompanyState } from './company.state.js';
import { ROLES, type Principal, type Role } from './kernel/access.js';
import { principalWith } from './principal.fixture.js';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [LOG, ADMIN, DIRECTOR, HR, FINANCE, LI, WU, GONE, STRANGER] = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(id) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];
const TODAY = '2026-03-10';
const names = { en: 'East', zh: '東區' };
const people = Object.fromEntries([
  ...[DIRECTOR, HR, FINANCE, LI, WU].map((one) => [one, 'HERE'] as const),
  [GONE, 'LEFT'] as const,
]);
const world = (over: Partial<CompanyWorld> = {}): CompanyWorld => ({
  actor: ADMIN,
  today: TODAY,
  newId: id(50),
  people,
  ...over,
});

const opened: CompanyEvent = {
  type: 'LogOpened',
  data: {
    logId: LOG,
    name: 'XX Tech',
    timeZone: 'Asia/Shanghai',
    businessYearFirstMonth: 1,
    clock: 'REAL',
    admin: { personId: ADMIN, issuer: 'https://id', subject: 'root' },
  },
};
const simulated: CompanyEvent = { ...opened, data: { ...opened.data, clock: 'SIMULATED' } };
const unit: CompanyEvent = {
  type: 'UnitDefined',
  data: { code: 'east', names, parent: null, head: LI, from: '2026-01-01' },
};
const calendar: CompanyEvent = {
  type: 'CalendarPublished',
  data: { version: 1, weekdays: [1, 2, 3, 4, 5], holidays: ['2026-05-01'], makeUpDays: [], from: '2026-01-01' },
};
const granted: CompanyEvent = { type: 'RoleGranted', data: { person: HR, role: 'HR', from: '2026-03-01' } };
const registered: CompanyEvent = {
  type: 'IntegrationRegistered',
  data: {
    integrationId: id(40),
    name: 'CRM',
    issuer: 'https://id',
    subject: 'crm',
    sources: ['crm'],
    metrics: ['sales'],
  },
};
const filled = (seat: (typeof SEATS)[number], holder: string): CompanyEvent => ({
  type: 'SeatFilled',
  data: { seat, holder, from: '2026-03-01' },
});
const seated = [opened, filled('MARKETING_DIRECTOR', DIRECTOR), filled('HR', HR), filled('FINANCE', FINANCE)];
const change: SeatChange = { kind: 'FILL', seat: 'HR', holder: LI, alternates: [], from: '2026-03-20' };
const proposed: CompanyEvent = { type: 'SeatChangeProposed', data: { change } };
const closed: CompanyEvent = { type: 'LogClosed', data: { closedOn: TODAY } };
const reopened: CompanyEvent = { type: 'LogReopened', data: { reopenedOn: TODAY, reason: 'moved' } };

function fold(events: readonly CompanyEvent[]): CompanyState {
  const meta = {
    actor: ADMIN,
    authority: 'ADMIN',
    commandId: id(90),
    commandDigest: '0'.repeat(64),
    correlationId: id(90),
  };
  return events.reduce<CompanyState>(
    (state, event, index) =>
      evolveCompany(state, {
        ...event,
        id: id(100 + index),
        stream: 'company',
        revision: index,
        position: index,
        schemaVersion: 1,
        meta,
        recordedAt: 0,
      }),
    initialCompany,
  );
}
/** The proposal as event 100 + index of the stream. */
const ballotOn = (index: number, seat: (typeof SEATS)[number]) => {
  const { digest } = proposalOf({
    id: id(100 + index),
    data: proposed.data,
    meta: { actor: ADMIN, authority: '', commandId: '', commandDigest: '', correlationId: '' },
  });
  return { seat, proposalEventId: id(100 + index), proposalDigest: digest };
};

const commands: { readonly [T in CompanyCommand['type']]: Extract<CompanyCommand, { type: T }> } = {
  OpenLog: { type: 'OpenLog', data: opened.data },
  EndSimulation: { type: 'EndSimulation', data: { offset: 0 } },
  AcceptClockStep: { type: 'AcceptClockStep', data: {} },
  CloseLog: { type: 'CloseLog', data: {} },
  ReopenLog: { type: 'ReopenLog', data: { reason: 'moved' } },
  DefineUnit: { type: 'DefineUnit', data: { code: 'west', names, parent: null, head: WU, from: '2026-01-01' } },
  ChangeUnitHead: { type: 'ChangeUnitHead', data: { code: 'east', head: WU, from: '2026-03-01' } },
  PublishCalendar: {
    type: 'PublishCalendar',
    data: { weekdays: [1, 2, 3, 4, 5, 6], holidays: [], makeUpDays: [], from: TODAY },
  },
  GrantRole: { type: 'GrantRole', data: { person: LI, role: 'FINANCE', from: TODAY } },
  RevokeRole: { type: 'RevokeRole', data: { person: HR, role: 'HR', from: TODAY } },
  RegisterIntegration: {
    type: 'RegisterIntegration',
    data: { name: 'CRM', issuer: 'https://id', subject: 'crm', sources: ['crm'], metrics: ['sales', 'wins'] },
  },
  FillSeat: { type: 'FillSeat', data: { seat: 'HR', holder: LI, from: '2026-03-20' } },
  VacateSeat: { type: 'VacateSeat', data: { seat: 'HR', from: TODAY } },
  NameAlternates: { type: 'NameAlternates', data: { seat: 'HR', alternates: [LI, WU], from: TODAY } },
  AssentToSeatChange: { type: 'AssentToSeatChange', data: ballotOn(99, 'FINANCE') },
  DeclineSeatChange: { type: 'DeclineSeatChange', data: ballotOn(99, 'FINANCE') },
};
const answer = (events: readonly CompanyEvent[], command: CompanyCommand, over: Partial<CompanyWorld> = {}) => {
  const decision = decideCompany(fold(events), command, world(over));
  return 'rejected' in decision ? decision.rejected : decision.events;
};

describe('the company (domain.md, Company)', () => {
  const open = [opened, unit, calendar, granted];
  const onOpen: Readonly<Record<CompanyCommand['type'], unknown>> = {
    OpenLog: 'ALREADY_EXISTS',
    EndSimulation: 'NOT_THERE',
    AcceptClockStep: [{ type: 'ClockStepAccepted', data: { acceptedOn: TODAY } }],
    CloseLog: [closed],
    ReopenLog: 'NOTHING_CHANGES',
    DefineUnit: [{ type: 'UnitDefined', data: commands.DefineUnit.data }],
    ChangeUnitHead: [{ type: 'UnitHeadChanged', data: commands.ChangeUnitHead.data }],
    PublishCalendar: [{ type: 'CalendarPublished', data: { version: 2, ...commands.PublishCalendar.data } }],
    GrantRole: [{ type: 'RoleGranted', data: commands.GrantRole.data }],
    RevokeRole: [{ type: 'RoleRevoked', data: commands.RevokeRole.data }],
    RegisterIntegration: [
      { type: 'IntegrationRegistered', data: { integrationId: id(50), ...commands.RegisterIntegration.data } },
    ],
    FillSeat: [{ type: 'SeatFilled', data: commands.FillSeat.data }],
    VacateSeat: 'NOTHING_CHANGES',
    NameAlternates: [{ type: 'AlternateNamed', data: commands.NameAlternates.data }],
    AssentToSeatChange: 'PROPOSAL_NOT_OPEN',
    DeclineSeatChange: 'PROPOSAL_NOT_OPEN',
  };
  it.each(Object.keys(companyCommands) as CompanyCommand['type'][])('%s before, in and after the open log, and after it was reopened', (type) => {
    expect(answer([], commands[type])).toEqual(type === 'OpenLog' ? [opened] : 'NOT_THERE');
    expect(answer(open, commands[type])).toEqual(onOpen[type]);
    const onClosed = { OpenLog: 'ALREADY_EXISTS', ReopenLog: [reopened] };
    expect(answer([...open, closed], commands[type])).toEqual(onClosed[type as keyof typeof onClosed] ?? 'LOG_CLOSED');
    expect(answer([...open, closed, reopened], commands[type])).toEqual(onOpen[type]);
    expect(answer([...open, closed, reopened, closed], commands[type])).toEqual(
      onClosed[type as keyof typeof onClosed] ?? 'LOG_CLOSED',
    );
  });

  it.each([
    ['a simulation ends once', [simulated], commands.EndSimulation, [{ type: 'SimulationEnded', data: { offset: 0 } }]],
    [
      'a simulation does not end twice',
      [simulated, { type: 'SimulationEnded', data: { offset: 5 } }],
      commands.EndSimulation,
      'NOT_THERE',
    ],
    [
      'a unit code is taken once',
      open,
      { type: 'DefineUnit', data: { ...commands.DefineUnit.data, code: 'east' } },
      'ALREADY_EXISTS',
    ],
    [
      'a parent unit exists',
      open,
      { type: 'DefineUnit', data: { ...commands.DefineUnit.data, parent: 'moon' } },
      'REFERENCE_UNKNOWN',
    ],
    [
      'a head is a person',
      open,
      { type: 'DefineUnit', data: { ...commands.DefineUnit.data, head: STRANGER } },
      'PERSON_UNKNOWN',
    ],
    [
      'a head has not left',
      open,
      { type: 'ChangeUnitHead', data: { ...commands.ChangeUnitHead.data, head: GONE } },
      'PERSON_LEFT',
    ],
    [
      'the first administrator need not have joined',
      open,
      { type: 'GrantRole', data: { person: ADMIN, role: 'HR', from: TODAY } },
      [{ type: 'RoleGranted', data: { person: ADMIN, role: 'HR', from: TODAY } }],
    ],
    [
      'heads follow one another in order',
      open,
      { type: 'ChangeUnitHead', data: { ...commands.ChangeUnitHead.data, from: '2025-12-31' } },
      'DATED_OUT_OF_ORDER',
    ],
    [
      'the same head changes nothing',
      open,
      { type: 'ChangeUnitHead', data: { ...commands.ChangeUnitHead.data, head: LI } },
      'NOTHING_CHANGES',
    ],
    [
      'an unknown unit has no head',
      open,
      { type: 'ChangeUnitHead', data: { ...commands.ChangeUnitHead.data, code: 'moon' } },
      'NOT_THERE',
    ],
    [
      'the first calendar may reach back',
      [opened],
      { type: 'PublishCalendar', data: { ...commands.PublishCalendar.data, from: '2020-01-01' } },
      [{ type: 'CalendarPublished', data: { version: 1, ...commands.PublishCalendar.data, from: '2020-01-01' } }],
    ],
    [
      'a later calendar may not',
      open,
      { type: 'PublishCalendar', data: { ...commands.PublishCalendar.data, from: '2026-03-09' } },
      'DATED_OUT_OF_ORDER',
    ],
    [
      'a day is not off and made up',
      open,
      {
        type: 'PublishCalendar',
        data: { ...commands.PublishCalendar.data, holidays: ['2026-05-01'], makeUpDays: ['2026-05-01'] },
      },
      'CALENDAR_BROKEN',
    ],
    [
      'a weekday counts once',
      open,
      { type: 'PublishCalendar', data: { ...commands.PublishCalendar.data, weekdays: [1, 1] } },
      'CALENDAR_BROKEN',
    ],
    [
      'a role in force is not granted again',
      open,
      { type: 'GrantRole', data: { person: HR, role: 'HR', from: TODAY } },
      'NOTHING_CHANGES',
    ],
    [
      'no role begins in the past',
      open,
      { type: 'GrantRole', data: { person: LI, role: 'HR', from: '2026-03-09' } },
      'DATED_OUT_OF_ORDER',
    ],
    [
      'no role ends in the past',
      open,
      { type: 'RevokeRole', data: { person: HR, role: 'HR', from: '2026-03-09' } },
      'DATED_OUT_OF_ORDER',
    ],
    [
      'a role not held is not revoked',
      open,
      { type: 'RevokeRole', data: { person: LI, role: 'HR', from: TODAY } },
      'NOT_THERE',
    ],
    [
      'the same identity registers anew',
      [...open, registered],
      commands.RegisterIntegration,
      [{ type: 'IntegrationRegistered', data: { integrationId: id(40), ...commands.RegisterIntegration.data } }],
    ],
    [
      'the same registration changes nothing',
      [...open, registered],
      { type: 'RegisterIntegration', data: { ...commands.RegisterIntegration.data, metrics: ['sales'] } },
      'NOTHING_CHANGES',
    ],
    [
      'an unknown person holds no seat',
      open,
      { type: 'FillSeat', data: { seat: 'HR', holder: STRANGER, from: TODAY } },
      'PERSON_UNKNOWN',
    ],
    ['nobody holds two seats', [opened, filled('FINANCE', LI)], commands.FillSeat, 'SEAT_TAKEN'],
    ['no holder is an alternate', [opened, filled('FINANCE', LI)], commands.NameAlternates, 'SEAT_TAKEN'],
    [
      'a seat has two alternates',
      open,
      { type: 'NameAlternates', data: { seat: 'HR', alternates: [LI], from: TODAY } },
      'ALTERNATES_TOO_FEW',
    ],
    [
      'an alternate counts once',
      open,
      { type: 'NameAlternates', data: { seat: 'HR', alternates: [LI, LI], from: TODAY } },
      'ALTERNATES_TOO_FEW',
    ],
    [
      'no term begins in the past',
      open,
      { type: 'FillSeat', data: { ...commands.FillSeat.data, from: '2026-03-09' } },
      'DATED_OUT_OF_ORDER',
    ],
    ['once all seats were filled, a change is proposed', seated, commands.FillSeat, [proposed]],
    [
      'the same holder changes nothing',
      seated,
      { type: 'FillSeat', data: { seat: 'HR', holder: HR, from: TODAY } },
      'NOTHING_CHANGES',
    ],
    ['one change at a time', [...seated, proposed], commands.VacateSeat, 'PROPOSAL_OPEN'],
  ] as readonly [string, readonly CompanyEvent[], CompanyCommand, unknown][])('%s', (_, events, command, expected) => {
    expect(answer(events, command)).toEqual(expected);
  });

  it('makes the change with the second assent, from today where its day is over', () => {
    const assented: CompanyEvent = { type: 'CommitteeAssented', data: { ...ballotOn(4, 'FINANCE'), member: FINANCE } };
    const first: CompanyCommand = { type: 'AssentToSeatChange', data: ballotOn(4, 'FINANCE') };
    const second: CompanyCommand = { type: 'AssentToSeatChange', data: ballotOn(4, 'MARKETING_DIRECTOR') };
    const given = [...seated, proposed];
    expect(answer(given, first, { actor: FINANCE })).toEqual([assented]);
    expect(answer([...given, assented], second, { actor: DIRECTOR, today: '2026-03-25' })).toEqual([
      { type: 'CommitteeAssented', data: { ...ballotOn(4, 'MARKETING_DIRECTOR'), member: DIRECTOR } },
      { type: 'SeatFilled', data: { seat: 'HR', holder: LI, from: '2026-03-25' } },
    ]);
  });

  it('gives whom a seat change is about no voice, and ends it with the decline that leaves too few', () => {
    const given = [...seated, proposed];
    expect(answer(given, { type: 'AssentToSeatChange', data: ballotOn(4, 'HR') }, { actor: HR })).toBe('SELF_ASSENT');
    const decline: CompanyCommand = { type: 'DeclineSeatChange', data: ballotOn(4, 'FINANCE') };
    const declined: CompanyEvent = {
      type: 'CommitteeDeclined',
      data: { ...ballotOn(4, 'FINANCE'), member: FINANCE, closes: true },
    };
    expect(answer(given, decline, { actor: FINANCE })).toEqual([declined]);
    expect(answer([...given, declined], commands.VacateSeat)).toEqual([
      {
        type: 'SeatChangeProposed',
        data: { change: { kind: 'VACATE', seat: 'HR', holder: null, alternates: [], from: TODAY } },
      },
    ]);
  });

  it('lets no holder go round the others, and refills a committee that cannot assent any more', () => {
    expect(answer(seated, commands.FillSeat, { actor: DIRECTOR })).toBe('SEATS_INCOMPLETE');
    expect(
      answer(
        seated,
        { type: 'FillSeat', data: { seat: 'HR', holder: LI, from: TODAY } },
        { people: { ...people, [HR]: 'LEFT', [FINANCE]: 'LEFT' } },
      ),
    ).toEqual([{ type: 'SeatFilled', data: { seat: 'HR', holder: LI, from: TODAY } }]);
  });
});

describe('what holds on a day', () => {
  const state = fold([
    ...seated,
    unit,
    { type: 'UnitHeadChanged', data: { code: 'east', head: WU, from: '2026-03-15' } },
    granted,
    { type: 'RoleRevoked', data: { person: HR, role: 'HR', from: '2026-03-20' } },
    { type: 'AlternateNamed', data: { seat: 'HR', alternates: [LI, WU], from: '2026-03-01' } },
    { type: 'SeatVacated', data: { seat: 'HR', from: '2026-03-12' } },
  ]);
  if (state.status === 'ABSENT') throw new Error('the log is open');

  it.each([
    ['2025-12-31', null],
    ['2026-03-14', LI],
    ['2026-03-15', WU],
  ])('on %s the unit has its head of that day', (day, head) => {
    expect(headOf(state, 'east', day)).toBe(head);
    expect(unitsHeadedBy(state, WU, day)).toEqual(head === WU ? ['east'] : []);
  });

  it.each([
    ['2026-02-28', []],
    ['2026-03-01', ['HR']],
    ['2026-03-19', ['HR']],
    ['2026-03-20', []],
  ])('on %s the roles granted are %j', (day, roles) => {
    expect(grantedRoles(state, HR, day)).toEqual(roles);
    expect(grantedRoles(state, ADMIN, day)).toEqual(['ADMIN']);
  });

  it('lets alternates stand in for a seat that nobody holds, or whose holder has left', () => {
    expect(committeeOn(initialCompany, TODAY)).toEqual({ MARKETING_DIRECTOR: [], HR: [], FINANCE: [] });
    expect(committeeOn(state, '2026-03-11')).toEqual({ MARKETING_DIRECTOR: [DIRECTOR], HR: [HR], FINANCE: [FINANCE] });
    expect(committeeOn(state, '2026-03-12').HR).toEqual([LI, WU]);
    expect(committeeOn(state, '2026-03-11', [HR, LI]).HR).toEqual([WU]);
    expect(seatsOf(committeeOn(state, '2026-03-12'), LI)).toEqual(['HR']);
    expect(alternatesOf(state, 'FINANCE', TODAY)).toEqual([]);
  });

  it('is JSON through and through', () => {
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });
});

describe('who commands the company (domain.md, Who may do what)', () => {
  const principal = (...held: readonly Role[]): Principal => principalWith(LI, held, { seats: new Set(held.includes('COMMITTEE') ? ['FINANCE'] : []) });
  const who: Readonly<Record<CompanyCommand['type'], Role | null>> = {
    OpenLog: null,
    EndSimulation: null,
    AcceptClockStep: 'ADMIN',
    CloseLog: 'ADMIN',
    ReopenLog: null,
    DefineUnit: 'HR',
    ChangeUnitHead: 'HR',
    PublishCalendar: 'ADMIN',
    GrantRole: 'ADMIN',
    RevokeRole: 'ADMIN',
    RegisterIntegration: 'ADMIN',
    FillSeat: 'ADMIN',
    VacateSeat: 'ADMIN',
    NameAlternates: 'ADMIN',
    AssentToSeatChange: 'COMMITTEE',
    DeclineSeatChange: 'COMMITTEE',
  };
  const rows = (Object.keys(who) as CompanyCommand['type'][]).flatMap((type) =>
    ROLES.map((role) => [role, type] as const),
  );
  it.each(rows)('%s: %s', (role, type) => {
    expect(mayCompany(principal(role), commands[type])).toEqual(
      who[type] === role ? { authority: role } : { denied: 'FORBIDDEN' },
    );
    expect(mayCompany(principal(role, 'AUDITOR'), commands[type])).toEqual({ denied: 'FORBIDDEN' });
  });

  it.each(ROLES)('%s reads the company, and identities only where they are its work', (role) => {
    expect(visibleCompany(principal(role))).toBe('ALL');
    expect(seesIdentities(principal(role))).toBe(role === 'ADMIN' || role === 'AUDITOR');
    expect(visibleCompany(principal())).toBe('NONE');
  });
});
