import { describe, expect, it } from '@jest/globals';
import { readCompositeInput, readScoreInput } from './read-input.js';

const fact = { source: 'crm', factId: 'f', revision: 1, occurredOn: '2026-01-05', value: '50' };
const sales = {
  code: 'sales',
  dimension: 'd',
  weight: 6000,
  kind: 'QUANTITATIVE',
  accumulation: 'SUM',
  direction: 'HIGHER',
  curve: { type: 'LINEAR' },
};
const done = { ...sales, code: 'done', weight: 1000, accumulation: 'LATEST', direction: 'BINARY' };
const team = { code: 'team', dimension: 'd', weight: 3000, kind: 'QUALITATIVE' };
const scheme = { evaluatorWeights: { SUPERIOR: 10_000 }, indicators: [sales, done, team] };
const rating = { kind: 'SUPERIOR', evaluator: 'm', value: '80' };
const input = {
  period: { from: '2026-01-01', to: '2026-01-31' },
  scheme,
  targets: {
    sales: [{ effectiveFrom: '2026-01-01', mode: 'REPLACE', target: '100' }],
    done: [{ effectiveFrom: '2026-01-01', mode: 'REPLACE' }],
  },
  facts: { sales: [fact], done: [{ ...fact, value: '1' }] },
  ratings: { team: [rating] },
  states: {},
};
const year = {
  weights: { QUARTER: 4000, YEAR: 6000 },
  periods: [{ level: 'YEAR', code: '2026', segments: [{ days: 365, total: '80' }] }],
};
const withSales = (change: object) => ({
  ...input,
  scheme: { ...scheme, indicators: [{ ...sales, ...change }, done, team] },
});
const withTarget = (change: object) => ({
  ...input,
  targets: { ...input.targets, sales: [{ ...input.targets.sales[0], ...change }] },
});
const withFact = (change: object) => ({ ...input, facts: { ...input.facts, sales: [{ ...fact, ...change }] } });
const withRating = (change: object) => ({ ...input, ratings: { team: [{ ...rating, ...change }] } });

describe('the input of a score', () => {
  it('takes what scoring.md has a default for from there', () => {
    expect(readScoreInput(input)).toEqual({
      input: {
        ...input,
        eligible: null,
        scheme: {
          ...scheme,
          rounding: { scale: 2, mode: 'HALF_UP' },
          totalCap: null,
          bands: [
            { grade: 'S', from: '95' },
            { grade: 'A', from: '85' },
            { grade: 'B', from: '70' },
            { grade: 'C', from: null },
          ],
          indicators: [sales, done, team].map((one) => ({ ...one, floor: null, cap: null, knockOut: null })),
        },
      },
    });
  });

  it.each([
    ['no object', 5, ''],
    ['nothing', {}, 'period'],
    ['a quantity as a JSON number', withFact({ value: 50 }), 'facts.sales[0].value'],
    ['a target as a JSON number', withTarget({ target: 100 }), 'targets.sales[0].target'],
    ['NaN', withFact({ value: 'NaN' }), 'facts.sales[0].value'],
    ['infinity', withFact({ value: 'Infinity' }), 'facts.sales[0].value'],
    ['an exponent', withFact({ value: '1e3' }), 'facts.sales[0].value'],
    ['19 digits before the point', withFact({ value: '1234567890123456789' }), 'facts.sales[0].value'],
    ['13 digits after the point', withFact({ value: '0.1234567890123' }), 'facts.sales[0].value'],
    ['a plus sign', withFact({ value: '+1' }), 'facts.sales[0].value'],
    ['a bare point', withFact({ value: '1.' }), 'facts.sales[0].value'],
    ['a space', withFact({ value: ' 1' }), 'facts.sales[0].value'],
    ['other digits', withFact({ value: '１' }), 'facts.sales[0].value'],
    ['a line end', withFact({ value: '1\n' }), 'facts.sales[0].value'],
    ['a day that is none', withFact({ occurredOn: '2026-02-30' }), 'facts.sales[0].occurredOn'],
    ['a fraction of a basis point', withSales({ weight: 0.5 }), 'scheme.indicators[0].weight'],
    ['a weight as text', withSales({ weight: '6000' }), 'scheme.indicators[0].weight'],
    ['an unknown direction', withSales({ direction: 'UP' }), 'scheme.indicators[0].direction'],
    ['a curve of no type', withSales({ curve: {} }), 'scheme.indicators[0].curve.type'],
    ['an unknown member', { ...input, scheme: { ...scheme, totalcap: '110' } }, 'scheme.totalcap'],
    ['an unknown state', { ...input, states: { sales: 'WAIVED' } }, 'states.sales'],
    [
      'a period that ends before it begins',
      { ...input, period: { from: '2026-01-31', to: '2026-01-01' } },
      'period.to',
    ],
  ])('refuses %s by field', (_, json, field) => {
    expect(readScoreInput(json)).toMatchObject({ problem: { code: 'BAD_USER_INPUT', field } });
  });

  it.each([
    ['WEIGHTS_UNBALANCED', 'scheme.indicators', withSales({ weight: 5999 })],
    [
      'WEIGHTS_UNBALANCED',
      'scheme.evaluatorWeights',
      { ...input, scheme: { ...scheme, evaluatorWeights: { SELF: 0, SUPERIOR: 10_000 } } },
    ],
    ['INDICATOR_BROKEN', 'scheme.indicators', withSales({ code: 'done' })],
    ['INDICATOR_BROKEN', 'scheme.indicators[0].cap', withSales({ floor: '120.01' })],
    [
      'INDICATOR_BROKEN',
      'scheme.indicators[0].knockOut.ceiling',
      withSales({ knockOut: { below: '60', ceiling: 'D' } }),
    ],
    ['INDICATOR_BROKEN', 'scheme.indicators[0].accumulation', withSales({ direction: 'BINARY' })],
    [
      'CURVE_BROKEN',
      'scheme.indicators[0].curve.steps[0].score',
      withSales({ curve: { type: 'STEP', steps: [{ from: '0', score: '-1' }] } }),
    ],
    ['BANDS_BROKEN', 'scheme.bands[0].from', { ...input, scheme: { ...scheme, bands: [{ grade: 'S', from: '95' }] } }],
    ['REFERENCE_UNKNOWN', 'facts.Sales', { ...input, facts: { Sales: [fact] } }],
    ['REFERENCE_UNKNOWN', 'ratings.sales', { ...input, ratings: { sales: [rating] } }],
    ['REFERENCE_UNKNOWN', 'targets["a b"]', { ...input, targets: { 'a b': [] } }],
    ['REFERENCE_UNKNOWN', 'states.constructor', { ...input, states: { constructor: 'UNAVAILABLE' } }],
    ['TARGET_NOT_QUANTIFIED', 'targets.sales[0].target', withTarget({ baseline: '100' })],
    [
      'TARGET_NOT_QUANTIFIED',
      'targets.sales[1].baseline',
      { ...input, targets: { sales: [input.targets.sales[0], { ...input.targets.sales[0], baseline: '1' }] } },
    ],
    ['FACT_VALUE_BROKEN', 'facts.done[0].value', { ...input, facts: { done: [{ ...fact, value: '0.5' }] } }],
    ['FACT_CONTRADICTS', 'facts.sales[1]', { ...input, facts: { sales: [fact, { ...fact, value: '51' }] } }],
    ['RATING_OUT_OF_RANGE', 'ratings.team[0].value', withRating({ value: '100.01' })],
    ['RATING_OUT_OF_RANGE', 'ratings.team[0].value', withRating({ value: '-0.01' })],
    ['NOT_AN_EVALUATOR', 'ratings.team[0].kind', withRating({ kind: 'SELF' })],
  ])('refuses by rule %s at %s', (code, field, json) => {
    expect(readScoreInput(json)).toMatchObject({ problem: { code, field } });
  });

  it('ignores evaluator weights where no indicator is qualitative, and a fact told twice alike', () => {
    const indicators = [{ ...sales, weight: 10_000 }];
    const facts = { sales: [fact, { ...fact, value: '50.0' }] };
    const read = readScoreInput({
      ...input,
      scheme: { indicators, evaluatorWeights: { SELF: 0, SUPERIOR: 5 } },
      targets: {},
      facts,
      ratings: {},
    });
    expect(read).toHaveProperty('input');
  });
});

describe('the input of a composite', () => {
  it('takes what scoring.md has a default for from there', () => {
    expect(readCompositeInput(year)).toMatchObject({
      input: {
        ...year,
        minimumCoverage: 7000,
        minimumSegmentDays: { MONTH: 10, QUARTER: 15, YEAR: 15 },
        rounding: { scale: 2, mode: 'HALF_UP' },
      },
    });
  });

  it.each([
    [
      'BAD_USER_INPUT',
      'periods[0].segments[0].total',
      { ...year, periods: [{ ...year.periods[0], segments: [{ days: 365, total: 80 }] }] },
    ],
    ['BAD_USER_INPUT', 'weights.WEEK', { ...year, weights: { WEEK: 10_000 } }],
    ['BAD_USER_INPUT', 'periods[1].code', { ...year, periods: [...year.periods, ...year.periods] }],
    ['WEIGHTS_UNBALANCED', 'weights', { ...year, weights: { YEAR: 9999 } }],
    ['BANDS_BROKEN', 'bands[0].from', { ...year, bands: [{ grade: 'S', from: '95' }] }],
  ])('refuses by %s at %s', (code, field, json) => {
    expect(readCompositeInput(json)).toMatchObject({ problem: { code, field } });
  });
});
