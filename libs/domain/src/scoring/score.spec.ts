import { describe, expect, it } from '@jest/globals';
import { dayOfNumber, daysInclusive } from '../kernel/day.js';
import type { DerivationNode } from './derivation.js';
import { flattenDerivation } from './derivation.js';
import { composite, score } from './engines.js';
import type { CompositeInput, ScoreInput } from './input.js';
import { readCompositeInput, readScoreInput } from './read-input.js';
import { renderDerivation } from './render.js';
import { daysInclusive as daysOfEngine } from './v1/days.js';

const period = { from: '2026-01-01', to: '2026-01-31' };
const sales = {
  code: 'sales',
  dimension: 'd',
  weight: 10_000,
  kind: 'QUANTITATIVE',
  accumulation: 'SUM',
  direction: 'HIGHER',
  curve: { type: 'LINEAR' },
};
const target = { effectiveFrom: '2026-01-01', mode: 'REPLACE', target: '100', eventId: 'target-1' };
const fact = (value: string, factId = 'f') => ({
  source: 'crm',
  factId,
  revision: 1,
  occurredOn: '2026-01-05',
  value,
  eventId: `fact-${factId}`,
});

interface Parts {
  readonly scheme?: object;
  readonly indicator?: object;
  readonly rest?: object;
}
/** One indicator with a target of 100, and what the case changes. */
function inputOf({ scheme = {}, indicator = {}, rest = {} }: Parts = {}): ScoreInput {
  const indicators = [{ ...sales, ...indicator }];
  const read = readScoreInput({
    period,
    scheme: { indicators, ...scheme },
    targets: { sales: [target] },
    facts: { sales: [fact('90')] },
    ...rest,
  });
  if ('problem' in read) throw new Error(`${read.problem.field}: ${read.problem.message}`);
  return read.input;
}
function yearOf(parts: object): CompositeInput {
  const read = readCompositeInput({ weights: { QUARTER: 4000, YEAR: 6000 }, periods: [], ...parts });
  if ('problem' in read) throw new Error(`${read.problem.field}: ${read.problem.message}`);
  return read.input;
}
const leaves = (node: DerivationNode): readonly DerivationNode[] =>
  node.inputs.length === 0 ? [node] : node.inputs.flatMap(leaves);
const sourcesOf = (node: DerivationNode): readonly (string | undefined)[] => [
  ...new Set(leaves(node).map(({ source }) => source)),
];
const linesOf = (node: DerivationNode): readonly string[] =>
  renderDerivation(node, 'en')
    .split('\n')
    .map((line) => line.trim());

describe('states (§6)', () => {
  it.each([
    ['no target', { targets: {} }, 'TARGET_MISSING'],
    ['a target without versions', { targets: { sales: [] } }, 'TARGET_MISSING'],
    ['no fact', { facts: {} }, 'FACT_MISSING'],
    ['a fact outside the span', { facts: { sales: [{ ...fact('1'), occurredOn: '2026-02-01' }] } }, 'FACT_MISSING'],
    ['declared so', { states: { sales: { state: 'PENDING', code: 'DOUBLE', eventId: 'e' } } }, 'DOUBLE'],
  ])('%s is pending, never zero', (_, rest, pendingCode) => {
    const { status, provisional, total, grade, indicators } = score(inputOf({ rest }));
    expect({ status, provisional, total, grade }).toEqual({
      status: 'NOT_RATED',
      provisional: true,
      total: null,
      grade: null,
    });
    expect(indicators).toMatchObject([{ code: 'sales', state: 'PENDING', pendingCode }]);
    expect(indicators[0]).not.toHaveProperty('score');
  });

  it.each([
    ['NOT_APPLICABLE', 'NOT_APPLICABLE', false],
    ['UNAVAILABLE', 'UNAVAILABLE', true],
    ['UNAVAILABLE_WAIVED', 'NOT_APPLICABLE', false],
  ])('%s stands over the data as %s', (declared, state, provisional) => {
    const result = score(inputOf({ rest: { states: { sales: { state: declared, eventId: 'ruling-1' } } } }));
    expect(result).toMatchObject({ status: 'NOT_RATED', provisional, indicators: [{ code: 'sales', state }] });
    expect(sourcesOf(result.derivation)).toEqual(['ruling-1']);
    expect(score(inputOf({ rest: { states: { sales: declared } } })).indicators).toEqual([{ code: 'sales', state }]);
  });

  it('is pending with no rating but the person’s own, and is scored at zero', () => {
    const indicator = { kind: 'QUALITATIVE', accumulation: null, direction: null, curve: null };
    const scheme = { evaluatorWeights: { SELF: 4000, SUPERIOR: 6000 } };
    const rated = (kind: string, value: string) => ({
      targets: {},
      facts: {},
      ratings: { sales: [{ kind, evaluator: 'p', value }] },
    });
    const self = score(inputOf({ indicator, scheme, rest: rated('SELF', '100') }));
    expect(self.indicators).toEqual([{ code: 'sales', state: 'PENDING', pendingCode: 'RATING_MISSING' }]);
    expect(score(inputOf({ indicator, scheme, rest: rated('SUPERIOR', '0') }))).toMatchObject({
      total: '0.00',
      grade: 'C',
      provisional: false,
    });
  });

  it('finds nothing that is not there: a code may be a name that every object has', () => {
    const indicators = [
      { ...sales, code: 'constructor', weight: 9999 },
      { ...sales, code: 'toString', weight: 1 },
    ];
    const { indicators: found } = score(inputOf({ scheme: { indicators }, rest: { targets: {}, facts: {} } }));
    expect(found.map(({ pendingCode }) => pendingCode)).toEqual(['TARGET_MISSING', 'TARGET_MISSING']);
  });
});

describe('the eligible span (§2)', () => {
  it('is the period cut to the assignment, and shrinks a summed target', () => {
    const result = score(
      inputOf({
        rest: {
          period: { from: '2026-01-01', to: '2026-01-30' },
          eligible: { from: '2025-06-01', to: '2026-01-15', eventId: 'opened' },
        },
      }),
    );
    expect(result.indicators).toMatchObject([{ effectiveTarget: { target: '50' }, attainment: '1.8' }]);
    expect(linesOf(result.derivation)).toContain(
      'days of the span 2026-01-01..2026-01-15: 15 days [scoring §2] <opened>',
    );
  });

  it.each([
    ['before the period', { from: '2025-01-01', to: '2025-12-31' }],
    ['without a day', { from: '2026-01-10', to: '2026-01-09' }],
  ])('%s leaves nothing to rate and nothing to wait for', (_, eligible) => {
    const result = score(inputOf({ rest: { eligible, states: { sales: 'UNAVAILABLE' } } }));
    expect(result).toMatchObject({
      status: 'NOT_RATED',
      provisional: false,
      total: null,
      grade: null,
      indicators: [{ state: 'NOT_APPLICABLE' }],
    });
  });

  it('counts days as the kernel does, over four centuries', () => {
    for (let count = -25_000; count < 125_000; count += 89) {
      const day = dayOfNumber(count);
      expect(daysOfEngine('1970-01-01', day)).toBe(daysInclusive('1970-01-01', day));
    }
  });
});

describe('numbers', () => {
  const totals = (value: string, scheme: object = {}, indicator: object = {}) =>
    score(inputOf({ scheme, indicator, rest: { facts: { sales: [fact(value)] } } }));

  it('never writes an exponent, however small or large', () => {
    const tiny = totals('0.000000000001', { rounding: { scale: 12, mode: 'HALF_UP' } });
    expect(tiny.indicators).toMatchObject([{ attainment: '0.00000000000001', raw: '0.000000000001' }]);
    const huge = totals('999999999999999999', {}, { cap: '999999999999999999' });
    expect(huge).toMatchObject({
      total: '999999999999999999.00',
      indicators: [{ attainment: '9999999999999999.99', raw: '999999999999999999' }],
    });
    expect(JSON.stringify([tiny, huge])).not.toMatch(/\de[+-]?\d/);
  });

  it('writes no negative zero', () => {
    expect(totals('-0')).toMatchObject({ total: '0.00', indicators: [{ actual: '0', score: '0' }] });
    expect(totals('-0.001', {}, { floor: '-1' })).toMatchObject({ total: '0.00', indicators: [{ score: '-0.001' }] });
  });

  it('rounds half to even in between and the total once, by its mode', () => {
    const facts = ['1', '1', '0'].map((value, index) => fact(value, `f${index}`));
    const result = score(
      inputOf({
        indicator: { accumulation: 'AVERAGE' },
        scheme: { rounding: { scale: 0, mode: 'DOWN' } },
        rest: { facts: { sales: facts }, targets: { sales: [{ ...target, target: '1' }] } },
      }),
    );
    expect(result.indicators).toMatchObject([{ actual: '0.6666666666666666666666666666666667' }]);
    expect(result.total).toBe('66');
  });

  it('keeps 34 digits of a long sum, left to right', () => {
    const facts = Array.from({ length: 10_001 }, (_, index) => fact('999999999999999999.999999999999', `f${index}`));
    const { indicators } = score(inputOf({ rest: { facts: { sales: facts } } }));
    // 23 digits before the point leave 11 after it.
    expect(indicators[0]?.actual).toBe('10000999999999999999999.99999999');
  });
});

describe('grade and knock-out (§8)', () => {
  const other = { ...sales, code: 'other', weight: 1000 };
  const two = (first: object, second: object) => ({
    indicators: [
      { ...sales, weight: 9000, ...first },
      { ...other, ...second },
    ],
  });
  const rest = { targets: { sales: [target], other: [target] }, facts: { sales: [fact('110')], other: [fact('50')] } };

  it.each([
    ['below its bar', { knockOut: { below: '50.01', ceiling: 'B' } }, {}, 'B', 'KNOCK_OUT_HIT'],
    ['at its bar', { knockOut: { below: '50', ceiling: 'B' } }, {}, 'S', 'KNOCK_OUT_MISSED'],
    [
      'the lowest of two ceilings',
      { knockOut: { below: '60', ceiling: 'C' } },
      { knockOut: { below: '111', ceiling: 'A' } },
      'C',
      'KNOCK_OUT_HIT',
    ],
    ['a ceiling above the grade lowers nothing', { knockOut: { below: '60', ceiling: 'S' } }, {}, 'S', 'KNOCK_OUT_HIT'],
  ])('%s', (_, second, first, grade, label) => {
    const result = score(inputOf({ scheme: two(first, second), rest }));
    expect(result).toMatchObject({ total: '104.00', grade });
    expect(result.derivation.value).toBe(grade);
    expect(result.derivation.inputs.at(-1)).toMatchObject({ label, of: 'other', rule: 'scoring §8' });
  });

  it('says nothing of an indicator without a score', () => {
    const states = { other: 'NOT_APPLICABLE' };
    const result = score(
      inputOf({ scheme: two({}, { knockOut: { below: '60', ceiling: 'C' } }), rest: { ...rest, states } }),
    );
    expect(result).toMatchObject({ total: '110.00', grade: 'S' });
    expect(result.derivation.inputs).toHaveLength(1);
  });
});

describe('derivation', () => {
  it('carries the ids of the events that the values came from', () => {
    const scheme = {
      eventId: 'scheme-1',
      totalCap: '110',
      evaluatorWeights: { SUPERIOR: 10_000 },
      indicators: [
        { ...sales, weight: 5000, unit: 'CNY' },
        { code: 'team', dimension: 'd', weight: 5000, kind: 'QUALITATIVE' },
      ],
    };
    const ratings = { team: [{ kind: 'SUPERIOR', evaluator: 'm', value: '80', eventId: 'rating-1' }] };
    const result = score(inputOf({ scheme, rest: { period: { ...period, eventId: 'cycle-1' }, ratings } }));
    expect(new Set(sourcesOf(result.derivation))).toEqual(
      new Set(['fact-f', 'target-1', 'cycle-1', 'scheme-1', 'rating-1', undefined]),
    );
    const unsourced = leaves(result.derivation).filter(({ source }) => source === undefined);
    expect(unsourced.map(({ label }) => label)).toEqual(['ABOVE']);
    expect(linesOf(result.derivation)).toContain('fact crm/f r1 2026-01-05: 90 CNY [scoring §1] <fact-f>');
  });

  it('is rendered in English and Chinese, and flattened with stable keys', () => {
    const { derivation } = composite(
      yearOf({
        eventId: 'scheme-1',
        periods: [
          {
            level: 'YEAR',
            code: '2026',
            segments: [
              { days: 14, total: '1', eventId: 'e1' },
              { days: 300, total: null, eventId: 'e2' },
              { days: 51, total: '80', eventId: 'e3' },
            ],
          },
        ],
      }),
    );
    expect(renderDerivation(derivation, 'en')).toBe(
      [
        'result: NOT_RATED [scoring §9]',
        '  coverage: 6000 bp = sum of the weights present [scoring §9]',
        '    level weight YEAR: 6000 bp [scoring §9] <scheme-1>',
        '  minimum coverage: 7000 bp [scoring §9] <scheme-1>',
        '  level score YEAR: 80 points = mean of its rated periods [scoring §9]',
        '    period 2026: 80 points = sum(total * days) / sum(days) over its rated segments [scoring §9]',
        '      segment not rated 1: SPAN_TOO_SHORT [scoring §9] <e1>',
        '      segment not rated 2: NOT_RATED [scoring §9] <e2>',
        '      segment 3: 4080 = total * days [scoring §9]',
        '        final total 3: 80 points [scoring §9] <e3>',
        '        eligible days 3: 51 days [scoring §9] <e3>',
      ].join('\n'),
    );
    expect(renderDerivation(derivation, 'zh-CN').split('\n').slice(0, 3)).toEqual([
      '结果: NOT_RATED [scoring §9]',
      '  覆盖率: 6000 基点 = 在场权重合计 [scoring §9]',
      '    层级权重 YEAR: 6000 基点 [scoring §9] <scheme-1>',
    ]);
    expect(flattenDerivation(derivation).slice(0, 3)).toEqual([
      {
        key: '0',
        parentKey: null,
        depth: 0,
        label: 'result',
        rule: 'scoring §9',
        value: 'NOT_RATED',
        unit: null,
        source: null,
      },
      {
        key: '0.0',
        parentKey: '0',
        depth: 1,
        label: 'coverage',
        rule: 'scoring §9',
        value: '6000',
        unit: 'BASIS_POINTS',
        source: null,
      },
      {
        key: '0.0.0',
        parentKey: '0.0',
        depth: 2,
        label: 'level weight YEAR',
        rule: 'scoring §9',
        value: '6000',
        unit: 'BASIS_POINTS',
        source: 'scheme-1',
      },
    ]);
  });

  it('writes no subtree twice: with redistribution the tree grows with the indicators, not with their square', () => {
    const sizeOf = (count: number): number => {
      const codes = Array.from({ length: count }, (_, index) => `i${index}`);
      const indicators = codes.map((code, index) => ({
        ...sales,
        code,
        weight: index === 0 ? 10_000 - (count - 1) * 10 : 10,
      }));
      const by = (value: unknown) => Object.fromEntries(codes.map((code) => [code, value]));
      const input = inputOf({
        scheme: { indicators },
        rest: { targets: by([target]), facts: by([fact('1')]), states: { i1: 'NOT_APPLICABLE' } },
      });
      return flattenDerivation(score(input).derivation).length;
    };
    expect(sizeOf(60) - sizeOf(40)).toBe(sizeOf(40) - sizeOf(20));
  });
});

describe('a composite (§9)', () => {
  const rated = (level: string, code: string, total: string) => ({ level, code, segments: [{ days: 90, total }] });
  it('leaves out a level without a weight, and one below the coverage is not rated', () => {
    const periods = [rated('MONTH', '2026-01', '10'), rated('QUARTER', '2026Q1', '90'), rated('YEAR', '2026', '80')];
    expect(composite(yearOf({ periods }))).toMatchObject({
      status: 'RATED',
      total: '84.00',
      grade: 'B',
      coverage: 10_000,
      levels: { QUARTER: '90', YEAR: '80' },
    });
    expect(composite(yearOf({ periods: periods.slice(0, 2) }))).toMatchObject({
      status: 'NOT_RATED',
      total: null,
      grade: null,
      coverage: 4000,
    });
  });

  it('rates nothing of nothing, though no coverage is demanded, and no segment without a day', () => {
    const periods = [{ level: 'YEAR', code: '2026', segments: [{ days: 0, total: '80' }] }];
    const demands = { minimumCoverage: 0, minimumSegmentDays: { MONTH: 0, QUARTER: 0, YEAR: 0 } };
    expect(composite(yearOf({ ...demands, periods }))).toMatchObject({ status: 'NOT_RATED', coverage: 0, levels: {} });
  });
});
