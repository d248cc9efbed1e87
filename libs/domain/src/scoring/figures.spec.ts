import { describe, expect, it } from '@jest/globals';
import {
  actualOf,
  attainmentOf,
  effectiveTarget,
  eligibleSpan,
  gradeOf,
  milestoneAttainment,
  periodTotal,
  roundTotal,
  versionOnLastDay,
} from './figures.js';
import { DEFAULT_BANDS } from './input.js';
import type { FactInput, TargetVersion } from './input.js';

const period = { from: '2026-01-01', to: '2026-03-31' };
const half = { from: '2026-02-15', to: '2026-03-31' };
const set = (target: string, rest: Partial<TargetVersion> = {}): TargetVersion => ({
  effectiveFrom: '2026-01-01',
  mode: 'REPLACE',
  target,
  ...rest,
});
const prorated = (target: string, effectiveFrom: string) => set(target, { mode: 'PRORATE', effectiveFrom });
const fact = (factId: string, value: string, rest: Partial<FactInput> = {}): FactInput => ({
  source: 'crm',
  factId,
  revision: 1,
  occurredOn: '2026-01-01',
  value,
  ...rest,
});

describe('effective target (§2)', () => {
  it.each([
    ['one version', [set('100')], 'SUM', period, '100'],
    ['prorated from the 46th of 90 days', [set('100'), prorated('80', '2026-02-15')], 'SUM', period, '90'],
    ['a sum shrinks with the days', [set('100')], 'SUM', half, '50'],
    ['a level does not', [set('100')], 'LATEST', half, '100'],
    ['an average does not', [set('100')], 'AVERAGE', half, '100'],
    [
      'the first version covers every day, whatever it says of itself',
      [prorated('100', '2026-03-01')],
      'LATEST',
      period,
      '100',
    ],
    [
      'what is recorded later lies on top, though it begins earlier',
      [set('100'), prorated('50', '2026-02-15'), prorated('80', '2026-01-01')],
      'LATEST',
      period,
      '80',
    ],
    [
      'a later REPLACE leaves nothing of what was',
      [set('100'), prorated('50', '2026-02-15'), set('70', { effectiveFrom: '2026-03-01' })],
      'LATEST',
      period,
      '70',
    ],
    ['a proration before the span covers all of it', [set('100'), prorated('80', '2026-01-31')], 'LATEST', half, '80'],
    ['one on the last day covers that day', [set('0'), prorated('90', '2026-03-31')], 'LATEST', period, '1'],
    ['one after the span covers nothing', [set('100'), prorated('80', '2026-04-01')], 'LATEST', period, '100'],
  ] as const)('%s', (_, versions, accumulation, span, target) => {
    expect(effectiveTarget(versions, { span, period, accumulation })).toEqual({ target });
  });

  it('has each quantity that the first version states, and of no version nothing', () => {
    const versions = [
      { effectiveFrom: '2026-01-01', mode: 'REPLACE', low: '95', high: '105', lowLimit: '85', highLimit: '115' },
    ] as const;
    expect(effectiveTarget(versions, { span: period, period, accumulation: 'LATEST' })).toEqual({
      low: '95',
      high: '105',
      lowLimit: '85',
      highLimit: '115',
    });
    expect(effectiveTarget([], { span: period, period, accumulation: 'SUM' })).toBeNull();
  });

  it('finds the version that covers the last day', () => {
    const versions = [set('100'), prorated('80', '2026-03-31'), prorated('60', '2026-04-01')];
    expect(versionOnLastDay(versions, period)).toBe(versions[1]);
    expect(versionOnLastDay(versions, { from: '2026-01-01', to: '2026-03-30' })).toBe(versions[0]);
    expect(versionOnLastDay([], period)).toBeNull();
  });
});

describe('actual (§1)', () => {
  const span = { from: '2026-01-01', to: '2026-01-02' };
  const restated = [fact('a', '2'), fact('b', '4'), fact('a', '3', { revision: 2 })];
  it.each([
    [
      'two days',
      [fact('a', '2'), fact('b', '4', { occurredOn: '2026-01-02' })],
      { SUM: '6', LATEST: '4', AVERAGE: '3' },
    ],
    ['a restatement replaces, and keeps its place in the day', restated, { SUM: '7', LATEST: '4', AVERAGE: '3.5' }],
    [
      'an older revision that comes late changes nothing',
      [fact('a', '3', { revision: 2 }), fact('a', '2')],
      { SUM: '3', LATEST: '3', AVERAGE: '3' },
    ],
    [
      'one id from two sources is two facts',
      [fact('a', '2'), fact('a', '4', { source: 'erp' })],
      { SUM: '6', LATEST: '4', AVERAGE: '3' },
    ],
    [
      'both edges take part, what lies outside does not',
      [
        fact('a', '1'),
        fact('b', '1', { occurredOn: '2026-01-02' }),
        fact('c', '9', { occurredOn: '2026-01-03' }),
        fact('d', '9', { occurredOn: '2025-12-31' }),
      ],
      { SUM: '2', LATEST: '1', AVERAGE: '1' },
    ],
    [
      'a restatement that moves a fact out of the span takes it away',
      [fact('a', '1'), fact('a', '1', { revision: 2, occurredOn: '2026-02-01' })],
      { SUM: null, LATEST: null, AVERAGE: null },
    ],
    ['a measured zero is a value', [fact('a', '0')], { SUM: '0', LATEST: '0', AVERAGE: '0' }],
    ['no fact is none', [], { SUM: null, LATEST: null, AVERAGE: null }],
  ])('%s', (_, facts, expected) => {
    expect({
      SUM: actualOf(facts, 'SUM', span),
      LATEST: actualOf(facts, 'LATEST', span),
      AVERAGE: actualOf(facts, 'AVERAGE', span),
    }).toEqual(expected);
  });

  it('keeps facts apart whose sources and ids run together', () => {
    expect(actualOf([fact('b/c', '1', { source: 'a' }), fact('c', '2', { source: 'a/b' })], 'SUM', span)).toBe('3');
  });
});

describe('attainment (§3)', () => {
  const band = { lowLimit: '85', low: '95', high: '105', highLimit: '115' };
  it.each([
    ['HIGHER', { target: '100' }, '120', '1.2'],
    ['HIGHER', { target: '100', baseline: '80' }, '92', '0.6'],
    ['HIGHER', { target: '100', baseline: '80' }, '70', '-0.5'],
    ['HIGHER', { target: '-5', baseline: '-10' }, '-7.5', '0.5'],
    ['LOWER', { target: '100', limit: '120' }, '130', '-0.5'],
    ['LOWER', { target: '100', limit: '120' }, '80', '2'],
    ['BAND', band, '90', '0.5'],
    ['BAND', band, '95', '1'],
    ['BAND', band, '105', '1'],
    ['BAND', band, '112', '0.3'],
    ['BINARY', {}, '1', '1'],
    ['BINARY', {}, '0.0', '0'],
  ] as const)('%s %j, actual %s: %s', (direction, target, actual, expected) => {
    expect(attainmentOf(direction, actual, target)).toBe(expected);
  });

  it('gives a figure back that has all 34 digits', () => {
    const third = attainmentOf('HIGHER', '1', { target: '3' });
    expect(third).toBe('0.3333333333333333333333333333333333');
    expect(attainmentOf('HIGHER', third, { target: third })).toBe('1');
  });

  it.each([
    ['HIGHER', { target: '80', baseline: '80' }, '1'],
    ['LOWER', { target: '100' }, '1'],
    ['BINARY', {}, '0.5'],
    ['HIGHER', { target: 'NaN' }, '1'],
    ['HIGHER', { target: '1' }, '1e3'],
  ] as const)('holds it for a defect that %s %j with %s came this far', (direction, target, actual) => {
    expect(() => attainmentOf(direction, actual, target)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });

  it('counts milestones reached up to the period’s end, from before it too, by value 1 alone', () => {
    const version: TargetVersion = {
      effectiveFrom: '2026-01-01',
      mode: 'REPLACE',
      milestones: [
        { code: 'pre', weight: 2 },
        { code: 'burst', weight: 5 },
        { code: 'return', weight: 3 },
      ],
    };
    const facts = [
      fact('pre', '1.0', { occurredOn: '2025-12-01' }),
      fact('burst', '1', { occurredOn: '2026-04-01' }),
      fact('return', '2'),
    ];
    expect(milestoneAttainment(version, facts, period)).toBe('0.2');
    expect(milestoneAttainment(version, [], period)).toBe('0');
  });
});

describe('totals and grades (Numbers, §§2, 8, 9)', () => {
  it.each([
    ['HALF_UP', 2, '84.985', '84.99'],
    ['HALF_EVEN', 2, '84.985', '84.98'],
    ['DOWN', 2, '84.985', '84.98'],
    ['HALF_UP', 0, '84.5', '85'],
    ['HALF_EVEN', 0, '85.5', '86'],
    ['HALF_UP', 2, '-0.005', '-0.01'],
    ['HALF_UP', 2, '-0.004', '0.00'],
    ['DOWN', 1, '-0.09', '0.0'],
    ['HALF_EVEN', 3, '7', '7.000'],
  ] as const)('rounds %s to %i places: %s gives %s', (mode, scale, total, rounded) => {
    expect(roundTotal(total, { mode, scale })).toBe(rounded);
  });

  it.each([
    ['95', 'S'],
    ['94.99', 'A'],
    ['85.00', 'A'],
    ['70', 'B'],
    ['69.99', 'C'],
    ['-5', 'C'],
  ])('grades %s as %s', (total, grade) => {
    expect(gradeOf(total, DEFAULT_BANDS)).toBe(grade);
  });

  it.each([
    [
      [
        { days: 30, total: '90' },
        { days: 60, total: '60' },
      ],
      '70',
    ],
    [
      [
        { days: 14, total: '100' },
        { days: 76, total: '90' },
      ],
      '90',
    ],
    [[{ days: 45, total: null }], null],
    [[], null],
  ])('a period of %j totals %s', (segments, total) => {
    expect(periodTotal(segments, 15)).toBe(total);
  });

  it.each([
    [null, period],
    [{ from: '2026-02-15', to: '2026-12-31' }, half],
    [{ from: '2025-01-01', to: '2025-12-31' }, null],
    [{ from: '2026-03-02', to: '2026-03-01' }, null],
  ])('cuts the period to the days of the assignment %j', (eligible, span) => {
    expect(eligibleSpan(period, eligible)).toEqual(span);
  });
});
