import { describe, expect, it } from '@jest/globals';
import type { CompanyEvent } from './company.events.js';
import { evolveCompany, initialCompany } from './company.state.js';
import type { CompanyState } from './company.state.js';
import { identityInCompany, integrationPrincipal, principalOf } from './identity.js';
import { ROLES, sees, type Principal, type Role } from './kernel/access.js';
import type { EventMeta } from './kernel/event.js';
import type { PersonEvent } from './person.events.js';
import { decidePerson, personCommands } from './person.js';
import type { PersonCommand, PersonWorld } from './person.js';
import { mayPerson, personRow, visiblePeople } from './person.policy.js';
import {
  assignmentOn,
  assignmentsIn,
  evolvePerson,
  hasLeft,
  initialPerson,
  personOnlyUpTo,
  segmentsOf,
} from './person.state.js';
import type { PersonState } from './person.state.js';
import { principalWith } from './principal.fixture.js';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [ADMIN, LI, BOSS, CHIEF, OTHER] = [1, 2, 3, 4, 5].map(id) as [string, string, string, string, string];
const TODAY = '2026-03-10';
const DIGEST = 'a'.repeat(64);
const meta: EventMeta = {
  actor: ADMIN,
  authority: 'HR',
  commandId: id(90),
  commandDigest: '0'.repeat(64),
  correlationId: id(90),
};
const at = (index: number) => ({
  id: id(100 + index),
  stream: 's',
  revision: index,
  position: index,
  schemaVersion: 1,
  meta,
  recordedAt: 0,
});
const fold = (...events: readonly PersonEvent[]): PersonState =>
  events.reduce<PersonState>((state, event, index) => evolvePerson(state, { ...event, ...at(index) }), initialPerson);
const companyOf = (...events: readonly CompanyEvent[]): CompanyState =>
  events.reduce<CompanyState>(
    (state, event, index) => evolveCompany(state, { ...event, ...at(index) }),
    initialCompany,
  );

const names = { en: 'East', zh: '東區' };
const company = companyOf(
  {
    type: 'LogOpened',
    data: {
      logId: id(9),
      name: 'XX Tech',
      timeZone: 'Asia/Shanghai',
      businessYearFirstMonth: 1,
      clock: 'REAL',
      admin: { personId: ADMIN, issuer: 'https://id', subject: 'root' },
    },
  },
  { type: 'UnitDefined', data: { code: 'east', names, parent: null, head: BOSS, from: '2026-01-01' } },
  { type: 'UnitDefined', data: { code: 'west', names, parent: null, head: null, from: '2026-01-01' } },
  { type: 'RoleGranted', data: { person: BOSS, role: 'HR', from: '2026-03-05' } },
  { type: 'SeatFilled', data: { seat: 'HR', holder: BOSS, from: '2026-03-01' } },
  {
    type: 'IntegrationRegistered',
    data: {
      integrationId: id(40),
      name: 'CRM',
      issuer: 'https://id',
      subject: 'crm',
      sources: ['crm'],
      metrics: ['sales'],
    },
  },
);
const world = (over: Partial<PersonWorld> = {}): PersonWorld => ({
  actor: ADMIN,
  today: TODAY,
  newId: LI,
  company,
  manager: 'HERE',
  identityHolder: null,
  keyDigest: DIGEST,
  accountHolder: null,
  ...over,
});

const joined: PersonEvent = {
  type: 'PersonJoined',
  data: { personId: LI, name: '李', role: 'sales', unit: 'east', manager: BOSS, from: '2026-01-05' },
};
const transferred: PersonEvent = {
  type: 'PersonTransferred',
  data: { role: 'sales', unit: 'west', manager: BOSS, from: '2026-02-16' },
};
const newManager: PersonEvent = {
  type: 'PersonTransferred',
  data: { role: 'sales', unit: 'east', manager: CHIEF, from: '2026-02-01' },
};
const left: PersonEvent = { type: 'PersonLeft', data: { from: '2026-03-20' } };

const commands: { readonly [T in PersonCommand['type']]: Extract<PersonCommand, { type: T }> } = {
  JoinPerson: {
    type: 'JoinPerson',
    data: { name: '李', role: 'sales', unit: 'east', manager: BOSS, from: '2026-01-05' },
  },
  LinkIdentity: { type: 'LinkIdentity', data: { issuer: 'https://id', subject: 'li' } },
  LinkSourceAccount: { type: 'LinkSourceAccount', data: { source: 'crm', accountKey: 'Li Wei' } },
  TransferPerson: { type: 'TransferPerson', data: transferred.data },
  RecordDeparture: { type: 'RecordDeparture', data: left.data },
};
const answer = (state: PersonState, command: PersonCommand, over: Partial<PersonWorld> = {}) => {
  const decision = decidePerson(state, command, world(over));
  return 'rejected' in decision ? decision.rejected : decision.events;
};

describe('people (domain.md, People)', () => {
  const whenHere: Readonly<Record<PersonCommand['type'], unknown>> = {
    JoinPerson: 'ALREADY_EXISTS',
    LinkIdentity: [{ type: 'IdentityLinked', data: { issuer: 'https://id', subject: 'li' } }],
    LinkSourceAccount: [{ type: 'SourceAccountLinked', data: { source: 'crm', keyDigest: DIGEST } }],
    TransferPerson: [transferred],
    RecordDeparture: [left],
  };
  it.each(Object.keys(personCommands) as PersonCommand['type'][])('%s of somebody absent, here and gone', (type) => {
    expect(answer(initialPerson, commands[type])).toEqual(type === 'JoinPerson' ? [joined] : 'NOT_THERE');
    expect(answer(fold(joined), commands[type])).toEqual(whenHere[type]);
    expect(answer(fold(joined, left), commands[type])).toEqual(
      type === 'JoinPerson' ? 'ALREADY_EXISTS' : 'PERSON_LEFT',
    );
  });

  const join = (over: object): PersonCommand => ({
    type: 'JoinPerson',
    data: { ...commands.JoinPerson.data, ...over },
  });
  const transfer = (over: object): PersonCommand => ({
    type: 'TransferPerson',
    data: { ...transferred.data, ...over },
  });
  it.each([
    [
      'the first administrator joins under the id that the log named',
      initialPerson,
      join({ personId: ADMIN }),
      {},
      [{ type: 'PersonJoined', data: { ...joined.data, personId: ADMIN } }],
    ],
    ['nobody else chooses an id', initialPerson, join({ personId: OTHER }), {}, 'REFERENCE_UNKNOWN'],
    ['a unit exists', initialPerson, join({ unit: 'moon' }), {}, 'REFERENCE_UNKNOWN'],
    ['a manager exists', initialPerson, join({}), { manager: 'UNKNOWN' }, 'PERSON_UNKNOWN'],
    ['a manager has not left', initialPerson, join({}), { manager: 'LEFT' }, 'PERSON_LEFT'],
    ['nobody is their own manager', fold(joined), transfer({ manager: LI }), {}, 'REFERENCE_UNKNOWN'],
    [
      'the top has no manager',
      fold(joined),
      transfer({ manager: null }),
      { manager: null },
      [{ type: 'PersonTransferred', data: { ...transferred.data, manager: null } }],
    ],
    ['a transfer follows the last entry', fold(joined), transfer({ from: '2026-01-05' }), {}, 'DATED_OUT_OF_ORDER'],
    ['a transfer changes something', fold(joined), transfer({ unit: 'east' }), {}, 'NOTHING_CHANGES'],
    [
      'a departure follows the last entry',
      fold(joined),
      { type: 'RecordDeparture', data: { from: '2026-01-05' } },
      {},
      'DATED_OUT_OF_ORDER',
    ],
    ['an identity is one person’s', fold(joined), commands.LinkIdentity, { identityHolder: OTHER }, 'IDENTITY_TAKEN'],
    ['an identity is linked once', fold(joined), commands.LinkIdentity, { identityHolder: LI }, 'NOTHING_CHANGES'],
    [
      'a source account is one person’s',
      fold(joined),
      commands.LinkSourceAccount,
      { accountHolder: OTHER },
      'SOURCE_ACCOUNT_TAKEN',
    ],
    [
      'a source account is linked once',
      fold(joined),
      commands.LinkSourceAccount,
      { accountHolder: LI },
      'NOTHING_CHANGES',
    ],
    [
      'an account without its digest is not linked',
      fold(joined),
      commands.LinkSourceAccount,
      { keyDigest: null },
      'REFERENCE_UNKNOWN',
    ],
  ] as readonly [string, PersonState, PersonCommand, Partial<PersonWorld>, unknown][])(
    '%s',
    (_, state, command, over, expected) => {
      expect(answer(state, command, over)).toEqual(expected);
    },
  );
});

describe('the dated directory', () => {
  const moved = fold(joined, newManager, transferred, left);

  it.each([
    ['2026-01-04', undefined, undefined],
    ['2026-01-05', 'east', BOSS],
    ['2026-02-01', 'east', CHIEF],
    ['2026-02-16', 'west', BOSS],
    ['2026-03-19', 'west', BOSS],
    ['2026-03-20', undefined, undefined],
  ])('on %s the person stands in unit %s', (day, unit, manager) => {
    expect(assignmentOn(moved, day)?.unit).toBe(unit);
    expect(assignmentOn(moved, day)?.manager).toBe(manager);
    expect(hasLeft(moved, day)).toBe(day === '2026-03-20');
  });

  it('cuts its entries to a span', () => {
    const spans = assignmentsIn(moved, { from: '2026-01-01', to: '2026-03-31' }).map(({ from, to, unit }) => [
      from,
      to,
      unit,
    ]);
    expect(spans).toEqual([
      ['2026-01-05', '2026-01-31', 'east'],
      ['2026-02-01', '2026-02-15', 'east'],
      ['2026-02-16', '2026-03-19', 'west'],
    ]);
    expect(assignmentsIn(moved, { from: '2026-04-01', to: '2026-04-30' })).toEqual([]);
    expect(assignmentsIn(fold(joined), { from: '2026-02-01', to: '2026-02-28' })).toMatchObject([
      { from: '2026-02-01', to: '2026-02-28' },
    ]);
  });

  const quarter = { from: '2026-01-01', to: '2026-03-31' };
  it('makes one segment of a new manager alone, and another of a new unit, naming the events at the edges', () => {
    expect(segmentsOf(moved, quarter, () => 'S1')).toEqual([
      {
        ...{ from: '2026-01-05', to: '2026-02-15', role: 'sales', unit: 'east', scheme: 'S1' },
        managers: [
          { manager: BOSS, from: '2026-01-05' },
          { manager: CHIEF, from: '2026-02-01' },
        ],
        eventIds: [id(100), id(101), id(102)],
      },
      {
        ...{ from: '2026-02-16', to: '2026-03-19', role: 'sales', unit: 'west', scheme: 'S1' },
        managers: [{ manager: BOSS, from: '2026-02-16' }],
        eventIds: [id(102), id(103)],
      },
    ]);
  });

  it('begins a segment with another scheme, and shows days without one', () => {
    const schemeOf = (_role: string, on: string) => (on < '2026-01-20' ? null : on < '2026-03-01' ? 'S1' : 'S2');
    const runs = segmentsOf(fold(joined), quarter, schemeOf).map(({ from, to, scheme }) => [from, to, scheme]);
    expect(runs).toEqual([
      ['2026-01-05', '2026-01-19', null],
      ['2026-01-20', '2026-02-28', 'S1'],
      ['2026-03-01', '2026-03-31', 'S2'],
    ]);
    expect(segmentsOf(initialPerson, quarter, schemeOf)).toEqual([]);
  });

  it('leaves out what was not yet true at the end of a day', () => {
    expect(personOnlyUpTo(moved, '2026-01-04')).toBeNull();
    expect(personOnlyUpTo(moved, '2026-02-10')).toEqual(fold(joined, newManager));
    expect(personOnlyUpTo(moved, '2026-03-20')).toEqual(moved);
    expect(personOnlyUpTo(initialPerson, TODAY)).toEqual(initialPerson);
  });

  it('is JSON through and through', () => {
    expect(JSON.parse(JSON.stringify(moved))).toEqual(moved);
  });
});

describe('rights follow from the log (domain.md, Who may do what)', () => {
  const boss = fold({ type: 'PersonJoined', data: { ...joined.data, personId: BOSS, manager: null } });
  const of = (over: object) =>
    principalOf({ personId: BOSS, person: boss, company, today: TODAY, reports: [LI], ...over });

  it('derives employee, manager and committee, and adds what was granted', () => {
    expect(of({})).toEqual({
      personId: BOSS,
      roles: new Set(['EMPLOYEE', 'MANAGER', 'COMMITTEE', 'HR']),
      manages: new Set([LI]),
      heads: new Set(['east']),
      seats: new Set(['HR']),
    });
  });

  it.each([
    ['before the grant', { today: '2026-03-04' }, ['EMPLOYEE', 'MANAGER', 'COMMITTEE']],
    ['before joining', { today: '2026-01-04', reports: [] }, []],
    ['without reports', { reports: [] }, ['EMPLOYEE', 'COMMITTEE', 'HR']],
    ['without seat or grant', { personId: LI, person: fold(joined), reports: [] }, ['EMPLOYEE']],
    [
      'as the first administrator who has not joined',
      { personId: ADMIN, person: initialPerson, reports: [] },
      ['ADMIN'],
    ],
    ['unknown to the log', { personId: OTHER, person: initialPerson, reports: [] }, []],
    ['before the log is open', { company: initialCompany }, []],
  ])('%s', (_, over, roles) => {
    expect([...of(over).roles]).toEqual(roles);
  });

  it('ends all rights on the day somebody leaves', () => {
    const gone = fold(
      { type: 'PersonJoined', data: { ...joined.data, personId: BOSS } },
      { type: 'PersonLeft', data: { from: TODAY } },
    );
    expect(of({ person: gone })).toEqual({
      personId: BOSS,
      roles: new Set(),
      manages: new Set(),
      heads: new Set(),
      seats: new Set(),
    });
    expect([...of({ person: gone, today: '2026-03-09' }).roles]).toContain('HR');
  });

  it('finds the first administrator and integrations by their identity, and leaves people to be looked for', () => {
    expect(identityInCompany(company, { issuer: 'https://id', subject: 'root' })).toEqual({ personId: ADMIN });
    const found = identityInCompany(company, { issuer: 'https://id', subject: 'crm' });
    expect(found).toMatchObject({ integration: { integrationId: id(40) } });
    expect(identityInCompany(company, { issuer: 'https://other', subject: 'crm' })).toBeNull();
    expect(identityInCompany(initialCompany, { issuer: 'https://id', subject: 'root' })).toBeNull();
    const registered = found !== null && 'integration' in found ? integrationPrincipal(found.integration) : null;
    expect(registered).toMatchObject({
      personId: id(40),
      roles: new Set(['INTEGRATION']),
      integration: { sources: ['crm'], metrics: ['sales'] },
    });
  });
});

describe('who commands and reads people', () => {
  const principal = (...held: readonly Role[]): Principal => principalWith(BOSS, held, { heads: new Set(['west']) });
  const who: Readonly<Record<PersonCommand['type'], readonly Role[]>> = {
    JoinPerson: ['HR'],
    TransferPerson: ['HR'],
    RecordDeparture: ['HR'],
    LinkIdentity: ['ADMIN'],
    LinkSourceAccount: ['HR', 'ADMIN'],
  };
  it.each((Object.keys(who) as PersonCommand['type'][]).flatMap((type) => ROLES.map((role) => [role, type] as const)))(
    '%s: %s',
    (role, type) => {
      expect(mayPerson(principal(role), commands[type])).toEqual(
        who[type].includes(role) ? { authority: role } : { denied: 'FORBIDDEN' },
      );
      expect(mayPerson(principal(role, 'AUDITOR'), commands[type])).toEqual({ denied: 'FORBIDDEN' });
    },
  );

  const everybody: readonly Role[] = ['COMMITTEE', 'MARKETING_HEAD', 'HR', 'FINANCE', 'AUDITOR', 'ADMIN'];
  it.each(ROLES)('%s reads whom the work needs', (role) => {
    const visible = visiblePeople(principal(role));
    const stranger = personRow(fold({ type: 'PersonJoined', data: { ...joined.data, manager: CHIEF } }), TODAY);
    const report = personRow(fold(joined), TODAY);
    const member = personRow(
      fold({ type: 'PersonJoined', data: { ...joined.data, unit: 'west', manager: CHIEF } }),
      TODAY,
    );
    expect(sees(visible, stranger)).toBe(everybody.includes(role));
    expect([report, member].map((row) => sees(visible, row))).toEqual(
      everybody.includes(role) || role === 'EMPLOYEE' ? [true, true] : [false, false],
    );
    expect(sees(visible, personRow(initialPerson, TODAY))).toBe(everybody.includes(role));
  });
});
