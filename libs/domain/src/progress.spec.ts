import { describe, expect, it } from '@jest/globals';
import type { FactHistory } from './appraisal-facts.js';
import { progressOf, reviewOf } from './progress.js';
import type { ProgressInput } from './progress.js';
import type { LiveTarget } from './target.state.js';

const period = { from: '2026-07-01', to: '2026-09-30' };
const names = { en: 'Visits', zh: '拜訪' };
const set = {
  cause: 'SET' as const,
  effectiveFrom: period.from,
  mode: 'REPLACE' as const,
  quantities: { target: '100' },
  milestones: [],
  eventId: 'set',
  position: 1,
  setBy: 'manager',
  recalibration: null,
};
const target: LiveTarget = {
  status: 'LIVE',
  targetId: 'target',
  owner: 'owner',
  role: 'sales',
  unit: 'EAST',
  goal: 'goal',
  metric: 'value',
  cycle: 'cycle-QUARTER-2026Q3',
  period,
  phases: [],
  resources: [],
  keyActions: [],
  counts: [],
  versions: [set],
  withdrawals: [],
  applied: [],
  clashes: [],
};
const fact = (factId: string, occurredOn: string, value: string): FactHistory => ({
  source: 'crm',
  factId,
  revisions: [{ revision: 1, occurredOn, value, eventId: `e-${factId}`, position: 10 }],
  retraction: null,
});
const held = (...facts: readonly FactHistory[]) => ({ facts, reports: [] });
const input: ProgressInput = {
  target,
  metric: { code: 'value', direction: 'HIGHER', accumulation: 'SUM' },
  facts: held(fact('a', '2026-07-10', '25'), fact('b', '2026-08-13', '15'), fact('c', '2026-08-14', '60')),
  doubles: [],
  assigned: { from: '2026-01-01', to: '2026-12-31' },
  cutOff: null,
  calendars: [],
  day: '2026-08-13',
};
const none = { noData: true, actual: null, attainment: null, deviation: null };

describe('attainment to a day', () => {
  it('stands beside the elapsed share of working days', () => {
    expect(progressOf(input)).toEqual({
      day: '2026-08-13',
      noData: false,
      actual: '40',
      effectiveTarget: { target: '100' },
      attainment: '0.4',
      deviation: '-0.6',
      elapsedWorkingDays: 32,
      workingDays: 66,
      elapsedShare: '0.4848484848484848484848484848484848',
      keyActionsDone: 0,
      keyActionsPlanned: 0,
      keyActionCompletion: null,
    });
  });
  it.each([
    ['before the period', { day: '2026-06-30' }, { ...none, elapsedWorkingDays: 0, elapsedShare: '0' }],
    ['without any fact', { facts: held() }, { ...none, elapsedWorkingDays: 32, workingDays: 66 }],
    [
      'without a fact yet',
      { day: '2026-07-09' },
      { ...none, effectiveTarget: { target: '100' }, elapsedWorkingDays: 7 },
    ],
    ['after the period', { day: '2026-12-01' }, { attainment: '1', deviation: '0', elapsedShare: '1' }],
    ['never assigned', { assigned: null }, { ...none, workingDays: 0, elapsedShare: null }],
    ['late facts', { cutOff: 9 }, none],
    ['facts of another owner', { doubles: [{ source: 'crm', factId: 'a' }] }, { actual: '15' }],
  ])('%s', (_, change, expected) => {
    expect(progressOf({ ...input, ...change })).toMatchObject(expected);
  });
  it('shrinks a joiner’s target to their days, and counts from their first', () => {
    const joined = progressOf({ ...input, assigned: { from: '2026-08-16', to: '2026-12-31' }, day: '2026-08-31' });
    expect(joined).toMatchObject({
      ...none,
      effectiveTarget: { target: '50' },
      elapsedWorkingDays: 11,
      workingDays: 33,
    });
  });
  it('is against the versions effective on the day', () => {
    const prorated = {
      ...set,
      cause: 'RECALIBRATED' as const,
      mode: 'PRORATE' as const,
      effectiveFrom: '2026-08-16',
      quantities: { target: '60' },
    };
    const moved = { ...input, target: { ...target, versions: [set, prorated] } };
    expect(progressOf({ ...moved, day: '2026-08-15' })).toMatchObject({
      attainment: '1',
      effectiveTarget: { target: '100' },
    });
    expect(progressOf({ ...moved, day: '2026-08-16' })).toMatchObject({
      attainment: '1.25',
      effectiveTarget: { target: '80' },
    });
  });
  it('takes a measured zero where reports cover every day so far', () => {
    const reports = [{ source: 'crm', from: '2026-07-01', to: '2026-07-09', eventId: 'report', position: 11 }];
    const reported = { ...input, facts: { facts: [], reports } };
    expect(progressOf({ ...reported, day: '2026-07-09' })).toMatchObject({
      noData: false,
      actual: '0',
      attainment: '0',
      deviation: '-1',
    });
    expect(progressOf({ ...reported, day: '2026-07-10' })).toMatchObject(none);
  });
  it('is 0, with no data, where no milestone is reached yet', () => {
    const milestones = [
      { code: 'm1', names, day: '2026-07-31', weight: 1 },
      { code: 'm2', names, day: '2026-08-31', weight: 3 },
    ];
    const metric = { code: 'value', direction: 'MILESTONES', accumulation: 'LATEST' } as const;
    const staged = { ...input, metric, target: { ...target, versions: [{ ...set, quantities: {}, milestones }] } };
    expect(progressOf({ ...staged, facts: held() })).toMatchObject({ noData: true, attainment: '0', deviation: '-1' });
    expect(progressOf({ ...staged, facts: held(fact('m2', '2026-08-13', '1')) })).toMatchObject({
      noData: false,
      attainment: '0.75',
      deviation: '-0.25',
    });
    expect(progressOf({ ...staged, facts: held(fact('m1', '2026-06-30', '1')) })).toMatchObject({
      noData: false,
      attainment: '0.25',
    });
    expect(progressOf({ ...staged, facts: held(fact('m2', '2026-08-14', '1')) })).toMatchObject({
      noData: true,
      attainment: '0',
    });
  });
  it('gives the figures that a data review carries', () => {
    expect(reviewOf('target', progressOf(input))).toEqual({
      target: 'target',
      actual: '40',
      attainment: '0.4',
      deviation: '-0.6',
    });
  });
});

describe('key-action completion', () => {
  const action = (code: string, planned: number) => ({ code, names, planned, dueOn: '2026-09-01' });
  it.each([
    ['nothing confirmed', [], '0'],
    ['done is not confirmed', [{ keyAction: 'a', done: 4, confirmed: 0 }], '0'],
    ['capped at what is planned', [{ keyAction: 'a', done: 9, confirmed: 9 }], '0.4'],
    [
      'summed over all',
      [
        { keyAction: 'a', done: 2, confirmed: 1 },
        { keyAction: 'b', done: 6, confirmed: 6 },
      ],
      '0.7',
    ],
    ['no longer planned', [{ keyAction: 'z', done: 5, confirmed: 5 }], '0'],
  ])('%s', (_, counts, keyActionCompletion) => {
    const planned = { ...target, keyActions: [action('a', 4), action('b', 6)], counts };
    expect(progressOf({ ...input, target: planned })).toMatchObject({ keyActionsPlanned: 10, keyActionCompletion });
  });
});
