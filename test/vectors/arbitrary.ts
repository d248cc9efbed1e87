import { readScoreInput } from '@assay/domain';
import type { ScoreInput } from '@assay/domain';
import fc from 'fast-check';

/** Random inputs of `score` that its checks accept: every kind, direction, accumulation, curve and state. */

/** Decimal text of an integer number of hundredths: `-12.5` is as good as `-12.50`. */
const hundredths = (min: number, max: number) => fc.integer({ min, max }).map((count) => (count / 100).toFixed(2));
const dayOfQuarter = fc
  .integer({ min: 0, max: 119 })
  .map((offset) => new Date(Date.UTC(2026, 0, 1 + offset)).toISOString().slice(0, 10));
const PERIOD = { from: '2026-01-01', to: '2026-03-31' };

/** So many texts, strictly ascending, of so many decimal places. */
const ascending = (count: number, { places = 2, from = -2000 } = {}) =>
  fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: count, maxLength: count }).map((steps) => {
    let sum = from;
    return steps.map((step) => ((sum += step) / 10 ** places).toFixed(places));
  });

const quantities = {
  HIGHER: ascending(2).map(([baseline, target]) => ({ baseline, target })),
  LOWER: ascending(2).map(([target, limit]) => ({ target, limit })),
  BAND: ascending(4).map(([lowLimit, low, high, highLimit]) => ({ lowLimit, low, high, highLimit })),
  BINARY: fc.constant({}),
  MILESTONES: fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 }).map((numbers) => ({
    milestones: numbers.map((number) => ({ code: `m${number}`, weight: number + 1 })),
  })),
};
/** A direction that has an actual of any size. */
export const measured = fc.constantFrom('HIGHER' as const, 'LOWER' as const, 'BAND' as const);

/** Versions of a target of the direction. */
export const versionsOf = (direction: keyof typeof quantities) =>
  fc.array(
    fc
      .tuple(dayOfQuarter, fc.constantFrom('REPLACE', 'PRORATE'), quantities[direction])
      .map(([effectiveFrom, mode, stated]) => ({ effectiveFrom, mode, ...stated })),
    { minLength: 1, maxLength: 4 },
  );

const attainments = { places: 3 };
export const curve = fc.oneof(
  fc.constant({ type: 'LINEAR' }),
  fc.integer({ min: 1, max: 5 }).chain((count) =>
    fc.tuple(ascending(count, attainments), ascending(count)).map(([at, scores]) => ({
      type: 'PIECEWISE',
      points: at.map((attainment, index) => ({ attainment, score: scores[index] })),
    })),
  ),
  fc.integer({ min: 1, max: 5 }).chain((count) =>
    fc.tuple(ascending(count, attainments), ascending(count, { from: 0 })).map(([at, scores]) => ({
      type: 'STEP',
      steps: at.map((from, index) => ({ from, score: scores[index] })),
    })),
  ),
);
const bounds = fc.record({ floor: fc.option(hundredths(-1000, 4000)), cap: fc.option(hundredths(8000, 15_000)) });
const knockOut = fc.option(fc.record({ below: hundredths(0, 10_000), ceiling: fc.constantFrom('A', 'B', 'C') }));

const factsFor = (binary: boolean) =>
  fc
    .array(
      fc.record({
        source: fc.constantFrom('crm', 'erp'),
        factId: fc.constantFrom('m1', 'm2', 'm3', 'f4', 'f5', 'f6'),
        occurredOn: dayOfQuarter,
        value: binary ? fc.constantFrom('0', '1') : fc.oneof(hundredths(-10_000, 20_000), fc.constant('1')),
      }),
      { maxLength: 8 },
    )
    .map((facts) => facts.map((fact, index) => ({ ...fact, revision: index + 1, eventId: `fact-${index}` })));

const quantitative = fc
  .record({
    direction: fc.constantFrom(
      'HIGHER' as const,
      'LOWER' as const,
      'BAND' as const,
      'BINARY' as const,
      'MILESTONES' as const,
    ),
    accumulation: fc.constantFrom('SUM', 'LATEST', 'AVERAGE'),
  })
  .chain(({ direction, accumulation }) =>
    fc.record({
      indicator: fc.record({ curve, bounds, knockOut }).map((parts) => ({
        kind: 'QUANTITATIVE',
        direction,
        accumulation: direction === 'BINARY' ? 'LATEST' : accumulation,
        curve: parts.curve,
        ...parts.bounds,
        knockOut: parts.knockOut,
      })),
      targets: fc.option(versionsOf(direction), { freq: 10 }),
      facts: factsFor(direction === 'BINARY'),
    }),
  );
const qualitative = fc.record({
  indicator: fc
    .record({ bounds, knockOut })
    .map((parts) => ({ kind: 'QUALITATIVE', ...parts.bounds, knockOut: parts.knockOut })),
  ratings: fc.array(
    fc.record({
      kind: fc.constantFrom('SELF', 'SUPERIOR', 'CROSS_DEPARTMENT'),
      evaluator: fc.constantFrom('e1', 'e2', 'e3'),
      value: hundredths(0, 10_000),
    }),
    { maxLength: 5 },
  ),
});

/** Whole numbers, each at least 1, that together make 10 000. */
function shares(parts: readonly number[]): readonly number[] {
  const sum = parts.reduce((total, part) => total + part, 0);
  const floors = parts.map((part) => Math.max(1, Math.floor((part * 9000) / sum)));
  const rest = 10_000 - floors.reduce((total, part) => total + part, 0);
  return floors.map((part, index) => (index === 0 ? part + rest : part));
}

const member = fc.record({
  body: fc.oneof(quantitative, qualitative),
  dimension: fc.constantFrom('d1', 'd2', 'd3'),
  share: fc.integer({ min: 1, max: 100 }),
  state: fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constantFrom('NOT_APPLICABLE', 'UNAVAILABLE', 'UNAVAILABLE_WAIVED') },
  ),
});

/** A whole input; one that its own checks refused would be a fault of this generator. */
export const scoreInput: fc.Arbitrary<ScoreInput> = fc
  .record({
    members: fc.array(member, { minLength: 1, maxLength: 6 }),
    rounding: fc.record({
      scale: fc.integer({ min: 0, max: 4 }),
      mode: fc.constantFrom('HALF_UP', 'HALF_EVEN', 'DOWN'),
    }),
    totalCap: fc.option(hundredths(5000, 12_000)),
    evaluators: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 3, maxLength: 3 }),
    eligible: fc.option(
      fc.tuple(dayOfQuarter, dayOfQuarter).map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a })),
    ),
  })
  .map(({ members, rounding, totalCap, evaluators, eligible }) => {
    const weights = shares(members.map(({ share }) => share));
    const [SELF, SUPERIOR, CROSS_DEPARTMENT] = shares(evaluators);
    const coded = members.map((one, index) => ({ ...one, code: `i${index}` }));
    const by = (value: (one: (typeof coded)[number]) => unknown) =>
      Object.fromEntries(
        coded.flatMap((one) =>
          ((found) => (found === undefined || found === null ? [] : [[one.code, found] as const]))(value(one)),
        ),
      );
    return {
      period: PERIOD,
      eligible,
      scheme: {
        rounding,
        totalCap,
        evaluatorWeights: { SELF, SUPERIOR, CROSS_DEPARTMENT },
        indicators: coded.map(({ code, dimension, body }, index) => ({
          code,
          dimension,
          weight: weights[index],
          ...body.indicator,
        })),
      },
      targets: by(({ body }) => ('targets' in body ? body.targets : undefined)),
      facts: by(({ body }) => ('facts' in body ? body.facts : undefined)),
      ratings: by(({ body }) => ('ratings' in body ? body.ratings : undefined)),
      states: by(({ state }) => state),
    };
  })
  .map(accepted);

/** The input with its defaults. */
export function accepted(json: unknown): ScoreInput {
  const read = readScoreInput(json);
  if ('problem' in read) throw new Error(`${read.problem.code} ${read.problem.field}: ${read.problem.message}`);
  return read.input;
}
