import { describe, expect, it } from '@jest/globals';
import type { FactsEvent } from './facts.events.js';
import { decideFacts, elsewhereKey, factsCommands } from './facts.js';
import type { FactDelivered, FactsCommand, FactsWorld } from './facts.js';
import { mayFacts, visibleFacts } from './facts.policy.js';
import {
  doublesIn,
  evolveFacts,
  factsForScore,
  hasFactIn,
  initialFacts,
  ownerFacts,
  unitFacts,
} from './facts.state.js';
import type { FactsState } from './facts.state.js';
import { ROLES, sees, type Principal, type Role } from './kernel/access.js';
import type { EventMeta } from './kernel/event.js';
import { evolvePerson, initialPerson } from './person.state.js';
import type { PersonState } from './person.state.js';
import { factsEvents } from './facts.events.js';
import { principalWith } from './principal.fixture.js';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [OWNER, OTHER, CLERK] = [1, 2, 3].map(id) as [string, string, string];
const TODAY = '2026-03-10';
const PROOF = 'b'.repeat(64);
const meta: EventMeta = {
  actor: CLERK,
  authority: 'INTEGRATION',
  commandId: id(90),
  commandDigest: '0'.repeat(64),
  correlationId: id(90),
};
const at = (index: number) => ({
  id: id(100 + index),
  stream: 'facts',
  revision: index,
  position: 10 * index,
  schemaVersion: 1,
  meta,
  recordedAt: 0,
});
/** Events stand at positions 0, 10, 20, ... with ids 100, 101, 102, ... */
const fold = (...events: readonly FactsEvent[]): FactsState =>
  events.reduce<FactsState>((state, event, index) => evolveFacts(state, { ...event, ...at(index) }), initialFacts);

const address = { owner: OWNER, metric: 'sales' };
const content = (factId: string, occurredOn: string, value: string) => ({
  source: 'crm',
  factId,
  revision: 1,
  occurredOn,
  value,
  evidence: null,
  origin: null,
});
const recorded = (factId: string, occurredOn: string, value: string): FactsEvent => ({
  type: 'FactRecorded',
  data: { ...address, ...content(factId, occurredOn, value) },
});
const restated = (factId: string, occurredOn: string, value: string): FactsEvent => ({
  type: 'FactRestated',
  data: { ...content(factId, occurredOn, value), revision: 2 },
});
const retracted = (factId: string, revision = 1): FactsEvent => ({
  type: 'FactRetracted',
  data: { source: 'crm', factId, revision },
});
const reported = (from: string, to: string): FactsEvent => ({
  type: 'PeriodReported',
  data: { ...address, source: 'crm', from, to, delivery: PROOF },
});
const flagged = (factId: string): FactsEvent => ({
  type: 'FactFoundElsewhere',
  data: { source: 'crm', factId, elsewhere: OTHER, eventId: id(70) },
});

const world = (over: Partial<FactsWorld> = {}): FactsWorld => ({
  actor: CLERK,
  today: TODAY,
  newId: id(50),
  metric: { accumulation: 'SUM', direction: 'HIGHER' },
  ownerKnown: true,
  byHand: false,
  factOwners: new Map(),
  ...over,
});
const delivered = (factId: string, occurredOn: string, value: string): FactDelivered => ({
  source: 'crm',
  factId,
  occurredOn,
  value,
});
const record = (...facts: readonly FactDelivered[]): FactsCommand => ({
  type: 'RecordFacts',
  data: { ...address, facts: [...facts] },
});
const restate = (factId: string, value: string, revision: number): FactsCommand => ({
  type: 'RestateFact',
  data: { ...address, ...delivered(factId, '2026-02-01', value), revision },
  reason: 'wrong',
});
const commands: { readonly [T in FactsCommand['type']]: Extract<FactsCommand, { type: T }> } = {
  RecordFacts: { type: 'RecordFacts', data: { ...address, facts: [delivered('f1', '2026-02-01', '5')] } },
  RestateFact: {
    type: 'RestateFact',
    data: { ...address, ...delivered('f1', '2026-02-01', '6'), revision: 2 },
    reason: 'wrong',
  },
  RetractFact: { type: 'RetractFact', data: { ...address, source: 'crm', factId: 'f1' }, reason: 'lost' },
  ReportPeriod: {
    type: 'ReportPeriod',
    data: { ...address, source: 'crm', from: '2026-02-01', to: '2026-02-28', delivery: PROOF },
  },
  FlagFactFoundElsewhere: {
    type: 'FlagFactFoundElsewhere',
    data: { ...address, source: 'crm', factId: 'f1', elsewhere: OTHER, eventId: id(70) },
  },
};
const answer = (state: FactsState, command: FactsCommand, over: Partial<FactsWorld> = {}) => {
  const decision = decideFacts(state, command, world(over));
  return 'rejected' in decision ? decision.rejected : decision.events;
};
const here = fold(recorded('f1', '2026-02-01', '5'));
const gone = fold(recorded('f1', '2026-02-01', '5'), retracted('f1'));
const double = fold(recorded('f1', '2026-02-01', '5'), flagged('f1'));

describe('facts (domain.md, Metrics and facts)', () => {
  const table: readonly (readonly [FactsCommand['type'], unknown, unknown, unknown, unknown])[] = [
    ['RecordFacts', [recorded('f1', '2026-02-01', '5')], [], [], []],
    [
      'RestateFact',
      'FACT_UNKNOWN',
      [restated('f1', '2026-02-01', '6')],
      [restated('f1', '2026-02-01', '6')],
      [restated('f1', '2026-02-01', '6')],
    ],
    ['RetractFact', 'FACT_UNKNOWN', [retracted('f1')], 'NOTHING_CHANGES', [retracted('f1')]],
    [
      'ReportPeriod',
      [reported('2026-02-01', '2026-02-28')],
      [reported('2026-02-01', '2026-02-28')],
      [reported('2026-02-01', '2026-02-28')],
      [reported('2026-02-01', '2026-02-28')],
    ],
    ['FlagFactFoundElsewhere', [], [flagged('f1')], [], []],
  ];
  it.each(table)(
    '%s without the fact, with it, retracted and counted elsewhere',
    (type, absent, known, withdrawn, twice) => {
      expect(answer(initialFacts, commands[type])).toEqual(absent);
      expect(answer(here, commands[type])).toEqual(known);
      expect(answer(gone, commands[type])).toEqual(withdrawn);
      expect(answer(double, commands[type])).toEqual(twice);
      expect(table.map(([name]) => name)).toEqual(Object.keys(factsCommands));
    },
  );

  const yesNo = { metric: { accumulation: 'LATEST', direction: 'BINARY' } } as const;
  const elsewhere = { factOwners: new Map([[elsewhereKey({ source: 'crm', factId: 'f1' }), [OTHER]]]) };
  it.each([
    ['a metric exists', initialFacts, commands.RecordFacts, { metric: null }, 'METRIC_UNKNOWN'],
    ['an owner exists', initialFacts, commands.RecordFacts, { ownerKnown: false }, 'PERSON_UNKNOWN'],
    [
      'an owning unit exists',
      initialFacts,
      { type: 'ReportPeriod', data: { ...commands.ReportPeriod.data, owner: 'unit:moon' } },
      { ownerKnown: false },
      'REFERENCE_UNKNOWN',
    ],
    [
      'a unit’s sum takes no facts of its own',
      initialFacts,
      { type: 'RecordFacts', data: { ...commands.RecordFacts.data, owner: 'unit:east' } },
      {},
      'FACT_OF_UNIT',
    ],
    [
      'the same content is accepted once, though 5 is written 5.0',
      here,
      record({ ...delivered('f1', '2026-02-01', '5.0'), revision: 1 }),
      {},
      [],
    ],
    ['another value contradicts', here, record(delivered('f1', '2026-02-01', '6')), {}, 'FACT_CONTRADICTS'],
    ['another day contradicts', here, record(delivered('f1', '2026-02-02', '5')), {}, 'FACT_CONTRADICTS'],
    [
      'another evidence contradicts',
      here,
      record({ ...delivered('f1', '2026-02-01', '5'), evidence: PROOF }),
      {},
      'FACT_CONTRADICTS',
    ],
    ['a retracted id stays used', gone, record(delivered('f1', '2026-02-01', '6')), {}, 'FACT_CONTRADICTS'],
    [
      'a next revision is a restatement',
      here,
      record({ ...delivered('f1', '2026-02-01', '6'), revision: 2 }),
      {},
      'FACT_REVISION_STALE',
    ],
    [
      'a first revision is the first',
      initialFacts,
      record({ ...delivered('f1', '2026-02-01', '6'), revision: 2 }),
      {},
      'FACT_REVISION_STALE',
    ],
    ['a fact counts for one owner', initialFacts, commands.RecordFacts, elsewhere, 'FACT_ELSEWHERE'],
    [
      'a fact retracted here and recorded there does not come back',
      gone,
      commands.RestateFact,
      elsewhere,
      'FACT_ELSEWHERE',
    ],
    [
      'what comes twice in one delivery counts once',
      initialFacts,
      record(delivered('f1', '2026-02-01', '5'), delivered('f1', '2026-02-01', '5')),
      {},
      [recorded('f1', '2026-02-01', '5')],
    ],
    [
      'a delivery that contradicts itself is refused',
      initialFacts,
      record(delivered('f1', '2026-02-01', '5'), delivered('f1', '2026-02-01', '6')),
      {},
      'FACT_CONTRADICTS',
    ],
    ['a yes or no is 0 or 1', initialFacts, commands.RecordFacts, yesNo, 'FACT_VALUE_BROKEN'],
    [
      'a milestone is 0 or 1',
      initialFacts,
      commands.RecordFacts,
      { metric: { accumulation: 'LATEST', direction: 'MILESTONES' } },
      'FACT_VALUE_BROKEN',
    ],
    ['tomorrow is no fact', initialFacts, record(delivered('f1', '2026-03-11', '5')), {}, 'FACT_IN_FUTURE'],
    ['today is', initialFacts, record(delivered('f1', TODAY, '5')), {}, [recorded('f1', TODAY, '5')]],
    ['by hand it takes evidence', initialFacts, commands.RecordFacts, { byHand: true }, 'EVIDENCE_MISSING'],
    ['restated by hand it takes evidence', here, commands.RestateFact, { byHand: true }, 'EVIDENCE_MISSING'],
    ['a restatement is the next revision', here, restate('f1', '6', 3), {}, 'FACT_REVISION_STALE'],
    [
      'a restatement repeated is accepted once',
      fold(recorded('f1', '2026-02-01', '5'), restated('f1', '2026-02-01', '6')),
      commands.RestateFact,
      {},
      [],
    ],
    ['a restatement does not contradict a former one', here, restate('f1', '7', 1), {}, 'FACT_CONTRADICTS'],
    [
      'a report covers days that are over',
      initialFacts,
      { type: 'ReportPeriod', data: { ...commands.ReportPeriod.data, to: TODAY } },
      {},
      'PERIOD_NOT_OVER',
    ],
    [
      'a report has days',
      initialFacts,
      { type: 'ReportPeriod', data: { ...commands.ReportPeriod.data, to: '2026-01-31' } },
      {},
      'DATED_OUT_OF_ORDER',
    ],
    ['the same report is accepted once', fold(reported('2026-02-01', '2026-02-28')), commands.ReportPeriod, {}, []],
  ] as readonly [string, FactsState, FactsCommand, Partial<FactsWorld>, unknown][])(
    '%s',
    (_, state, command, over, expected) => {
      expect(answer(state, command, over)).toEqual(expected);
    },
  );

  it('names each refused fact and records none', () => {
    const command = record(
      delivered('f2', '2026-02-01', '1'),
      delivered('f1', '2026-02-01', '6'),
      delivered('f3', '2026-03-11', '1'),
    );
    expect(decideFacts(here, command, world())).toEqual({
      rejected: 'FACT_CONTRADICTS',
      facts: [
        { name: 'facts[1]', value: 'FACT_CONTRADICTS', kind: 'CODE' },
        { name: 'facts[2]', value: 'FACT_IN_FUTURE', kind: 'CODE' },
      ],
    });
  });

  it('takes 500 facts in one command, and no more', () => {
    const many = (count: number) => ({
      ...address,
      facts: Array.from({ length: count }, (_, n) => delivered(`f${n}`, '2026-02-01', '1')),
    });
    expect(factsCommands.RecordFacts.input.safeParse(many(500)).success).toBe(true);
    expect(factsCommands.RecordFacts.input.safeParse(many(501)).success).toBe(false);
    expect(answer(initialFacts, { type: 'RecordFacts', data: many(500) })).toHaveLength(500);
  });

  it('makes events that their schemas accept', () => {
    const all = [
      recorded('f1', '2026-02-01', '5'),
      restated('f1', '2026-02-01', '6'),
      retracted('f1'),
      reported('2026-02-01', '2026-02-28'),
      flagged('f1'),
    ];
    expect(all.map(({ type, data }) => factsEvents[type].data.safeParse(data).success)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
  });
});

describe('what a score takes (scoring.md §1)', () => {
  const span = { from: '2026-02-01', to: '2026-02-28' };
  const sum = { span, cutOffPosition: null, accumulation: 'SUM' } as const;
  const values = (state: FactsState, over: object = {}) =>
    factsForScore(state, { ...sum, ...over }).facts.map(({ factId, value }) => [factId, value]);

  it('takes facts in recording order with their event ids', () => {
    const state = fold(recorded('f2', '2026-02-09', '2'), recorded('f1', '2026-02-01', '1'));
    expect(factsForScore(state, sum).facts).toMatchObject([
      { source: 'crm', factId: 'f2', revision: 1, occurredOn: '2026-02-09', value: '2', eventId: id(100) },
      { source: 'crm', factId: 'f1', revision: 1, occurredOn: '2026-02-01', value: '1', eventId: id(101) },
    ]);
  });

  it('leaves out what was retracted, and takes it again where it was restated afterwards', () => {
    expect(values(gone)).toEqual([]);
    const again = fold(recorded('f1', '2026-02-01', '5'), retracted('f1'), restated('f1', '2026-02-01', '6'));
    expect(values(again)).toEqual([['f1', '6']]);
    expect(values(again, { cutOffPosition: 10 })).toEqual([]);
    expect(values(again, { cutOffPosition: 0 })).toEqual([['f1', '5']]);
  });

  it('shows facts, restatements, retractions and reports after the cut-off as late, without effect', () => {
    const state = fold(
      recorded('f1', '2026-02-01', '5'),
      recorded('f2', '2026-02-02', '1'),
      restated('f1', '2026-02-01', '6'),
      retracted('f2'),
      recorded('f3', '2026-02-03', '9'),
      reported('2026-02-01', '2026-02-28'),
    );
    const { facts, late } = factsForScore(state, { ...sum, cutOffPosition: 10 });
    expect(facts.map(({ factId, value }) => [factId, value])).toEqual([
      ['f1', '5'],
      ['f2', '1'],
    ]);
    expect(late.map(({ what, factId, position }) => [what, factId, position])).toEqual([
      ['RESTATEMENT', 'f1', 20],
      ['RETRACTION', 'f2', 30],
      ['FACT', 'f3', 40],
      ['REPORT', null, 50],
    ]);
  });

  it('leaves out what had not occurred by effectiveOn', () => {
    const state = fold(recorded('f1', '2026-02-01', '5'), recorded('f2', '2026-02-20', '1'));
    expect(values(state, { effectiveOn: '2026-02-10' })).toEqual([['f1', '5']]);
  });

  const covered = [reported('2026-02-15', '2026-02-28'), reported('2026-01-20', '2026-02-14')];
  it.each([
    ['reports that cover the span', fold(...covered), {}, '0'],
    ['a gap of a day', fold(reported('2026-02-15', '2026-02-28'), reported('2026-02-01', '2026-02-13')), {}, undefined],
    ['a fact in the span', fold(...covered, recorded('f1', '2026-02-01', '5')), {}, '5'],
    ['a report after the cut-off', fold(...covered), { cutOffPosition: 5 }, undefined],
    ['a span not over on effectiveOn', fold(...covered), { effectiveOn: '2026-02-27' }, undefined],
    ['LATEST, to which a report adds nothing', fold(...covered), { accumulation: 'LATEST' }, undefined],
    ['AVERAGE, to which a report adds nothing', fold(...covered), { accumulation: 'AVERAGE' }, undefined],
    ['a retracted fact', fold(...covered, recorded('f1', '2026-02-01', '5'), retracted('f1')), {}, '0'],
    ['nothing at all', initialFacts, {}, undefined],
  ] as const)('measures with %s', (_, state, over, value) => {
    expect(factsForScore(state, { ...sum, ...over }).facts[0]?.value).toBe(value);
  });

  it('places the measured zero on the last day, from the report that covers it', () => {
    expect(factsForScore(fold(...covered), sum).facts).toMatchObject([
      { source: 'crm', occurredOn: '2026-02-28', value: '0', eventId: id(100) },
    ]);
  });

  it('counts nowhere what counts for another owner, until it is retracted', () => {
    expect(factsForScore(double, sum)).toEqual({
      facts: [],
      late: [],
      doubles: [{ metric: 'sales', source: 'crm', factId: 'f1' }],
    });
    expect(doublesIn(fold(recorded('f1', '2026-02-01', '5'), flagged('f1'), retracted('f1')))).toEqual([]);
    expect(doublesIn(initialFacts)).toEqual([]);
  });

  it('knows whether a fact lies in a span; a report is no fact', () => {
    expect(hasFactIn(here, span)).toBe(true);
    expect(hasFactIn(here, { from: '2026-02-02', to: '2026-02-28' })).toBe(false);
    expect([gone, fold(...covered), initialFacts].map((state) => hasFactIn(state, span))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('gives a unit its members’ facts by their unit on the day, in recording order', () => {
    const joined = { role: 'sales', manager: null };
    const events = [
      { type: 'PersonJoined', data: { personId: OWNER, name: 'Li', ...joined, unit: 'east', from: '2026-01-01' } },
      { type: 'PersonTransferred', data: { ...joined, unit: 'west', from: '2026-02-10' } },
    ] as const;
    const person = events.reduce<PersonState>(
      (state, event, index) => evolvePerson(state, { ...event, ...at(index) }),
      initialPerson,
    );
    const facts = fold(
      recorded('f3', '2026-02-05', '3'),
      recorded('f1', '2026-02-09', '1'),
      recorded('f2', '2026-02-10', '2'),
      restated('f3', '2026-02-11', '4'),
    );
    const of = (code: string, cutOff: number | null = null) =>
      unitFacts({ code, own: fold(...covered), cutOff }, [{ person, facts }]).facts.map(({ factId }) => factId);
    expect([of('east'), of('west')]).toEqual([['f1'], ['f3', 'f2']]);
    expect([of('east', 20), of('west', 20)]).toEqual([['f3', 'f1'], ['f2']]);
    expect(unitFacts({ code: 'east', own: fold(...covered), cutOff: null }, []).reports).toHaveLength(2);
  });

  it('hands a score nothing that it does not depend on, and is JSON through and through', () => {
    expect(factsForScore(here, sum).facts).toEqual([{ source: 'crm', factId: 'f1', revision: 1, occurredOn: '2026-02-01', value: '5', eventId: id(100) }]);
    expect(ownerFacts(initialFacts)).toEqual({ facts: [], reports: [] });
    expect(JSON.parse(JSON.stringify(double))).toEqual(double);
  });
});

describe('who records and reads facts (domain.md, Who may do what)', () => {
  const principal = (held: readonly Role[], over: Partial<Principal> = {}): Principal =>
    principalWith(CLERK, held, { ...(held.includes('INTEGRATION') ? { integration: { sources: ['crm'], metrics: ['sales'] } } : {}), ...over });
  const types = Object.keys(commands) as FactsCommand['type'][];
  it.each(types.flatMap((type) => ROLES.map((role) => [role, type] as const)))('%s: %s', (role, type) => {
    const may = type !== 'FlagFactFoundElsewhere' && ['HR', 'FINANCE', 'INTEGRATION'].includes(role);
    expect(mayFacts(principal([role]), commands[type])).toEqual(may ? { authority: role } : { denied: 'FORBIDDEN' });
    expect(mayFacts(principal([role, 'AUDITOR']), commands[type])).toEqual({ denied: 'FORBIDDEN' });
  });

  it.each([
    ['of themselves', { personId: OWNER }, OWNER],
    ['of a unit they head', { heads: new Set(['east']) }, 'unit:east'],
  ] as const)('nobody records facts %s', (_, over, owner) => {
    const command: FactsCommand = { type: 'RetractFact', data: { ...commands.RetractFact.data, owner } };
    expect(mayFacts(principal(['HR'], over), command)).toEqual({ denied: 'OWN_CASE' });
    expect(mayFacts(principal(['EMPLOYEE'], over), command)).toEqual({ denied: 'FORBIDDEN' });
  });

  it.each([
    ['another metric', { sources: ['crm'], metrics: ['wins'] }],
    ['another source', { sources: ['erp'], metrics: ['sales'] }],
  ])('an integration registered for %s delivers none', (_, integration) => {
    expect(types.map((type) => mayFacts(principal(['INTEGRATION'], { integration }), commands[type]))).toEqual(
      types.map(() => ({ denied: 'FORBIDDEN' })),
    );
  });

  const rows = {
    own: { owner: CLERK, metric: 'wins' },
    report: { owner: OTHER, manager: CLERK, metric: 'wins' },
    member: { owner: OTHER, ownerUnit: 'east', metric: 'wins' },
    unit: { owner: 'unit:east', metric: 'wins' },
    stranger: { owner: OTHER, metric: 'sales' },
  };
  it.each(ROLES)('%s reads facts that the work needs', (role) => {
    const visible = visibleFacts(principal([role], { heads: new Set(['east']) }));
    const seen = Object.entries(rows)
      .filter(([, row]) => sees(visible, row))
      .map(([name]) => name);
    const everything = ['HR', 'FINANCE', 'MARKETING_HEAD', 'COMMITTEE', 'AUDITOR'].includes(role);
    const some: Partial<Record<Role, readonly string[]>> = {
      EMPLOYEE: ['own', 'report', 'member', 'unit'],
      INTEGRATION: ['stranger'],
    };
    expect(seen).toEqual(everything ? Object.keys(rows) : (some[role] ?? []));
  });
});
