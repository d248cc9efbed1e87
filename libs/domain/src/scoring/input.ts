import { z } from 'zod';
import { LEVELS } from '../kernel/calendar.js';
import { code, DECIMAL_PATTERN, day, fields } from '../kernel/schema.js';

/** What `score` and `composite` are told: everything they may depend on (`scoring.md`, Golden cases). */

const QUANTITY_RULE = 'a quantity is text of at most 18 digits before the point and 12 after, without exponent';

/** Decimal text that says of a JSON number why it is refused. */
const quantity = z
  .string({ error: ({ input }) => (typeof input === 'number' ? `${QUANTITY_RULE}; not a JSON number` : QUANTITY_RULE) })
  .regex(DECIMAL_PATTERN, QUANTITY_RULE)
  .register(fields, { graphql: 'Decimal' });
/** Id of the event that the value came from, where there is one; the derivation's leaves carry it. */
const eventId = z.string().min(1).max(100).optional();
const key = z.string().min(1).max(200);
const weight = z.int().min(1).max(10_000);
const noQuantity = quantity.nullish();

/** How a metric's facts become one actual (§1). */
export const ACCUMULATIONS = ['SUM', 'LATEST', 'AVERAGE'] as const;
export type Accumulation = (typeof ACCUMULATIONS)[number];

/** What is good for a metric, and so how attainment is reckoned (§3). */
export const DIRECTIONS = ['HIGHER', 'LOWER', 'BAND', 'BINARY', 'MILESTONES'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** Who rates a qualitative indicator (§5), in the order in which the parts are added. */
export const EVALUATOR_KINDS = ['SELF', 'SUPERIOR', 'CROSS_DEPARTMENT'] as const;
export type EvaluatorKind = (typeof EVALUATOR_KINDS)[number];

/** How the total is rounded, once (Numbers): half away from zero, half to the even digit, towards zero. */
export const ROUNDING_MODES = ['HALF_UP', 'HALF_EVEN', 'DOWN'] as const;
export type RoundingMode = (typeof ROUNDING_MODES)[number];

/** The quantities that a target may state (§2); which of them it must state follows from the direction (§3). */
export const QUANTITY_NAMES = ['target', 'baseline', 'limit', 'low', 'high', 'lowLimit', 'highLimit'] as const;
export type QuantityName = (typeof QUANTITY_NAMES)[number];

/** Default bands of §8. */
export const DEFAULT_BANDS: readonly Band[] = [
  { grade: 'S', from: '95' },
  { grade: 'A', from: '85' },
  { grade: 'B', from: '70' },
  { grade: 'C', from: null },
];
/** Defaults of §4: what a score is clamped to where the scheme names nothing. */
export const DEFAULT_FLOOR = '0';
export const DEFAULT_CAP = '120';
/** Default of §9, in basis points. */
export const DEFAULT_MINIMUM_COVERAGE = 7000;
/** Defaults of §9, in days. */
export const DEFAULT_MINIMUM_SEGMENT_DAYS = { MONTH: 10, QUARTER: 15, YEAR: 15 } as const;

const span = z.strictObject({ from: day, to: day, eventId });
const rounding = z
  .strictObject({ scale: z.int().min(0).max(12).default(2), mode: z.enum(ROUNDING_MODES).default('HALF_UP') })
  .default({ scale: 2, mode: 'HALF_UP' });
const band = z.strictObject({ grade: code, from: quantity.nullable() });
const bands = z
  .array(band)
  .min(1)
  .max(26)
  .default(() => [...DEFAULT_BANDS]);
const curve = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('LINEAR') }),
  z.strictObject({
    type: z.literal('PIECEWISE'),
    points: z
      .array(z.strictObject({ attainment: quantity, score: quantity }))
      .min(1)
      .max(100),
  }),
  z.strictObject({
    type: z.literal('STEP'),
    steps: z
      .array(z.strictObject({ from: quantity, score: quantity }))
      .min(1)
      .max(100),
  }),
]);
const common = {
  code,
  dimension: key,
  weight,
  floor: quantity.nullable().default(null),
  cap: quantity.nullable().default(null),
  knockOut: z.strictObject({ below: quantity, ceiling: code }).nullable().default(null),
};
const indicator = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('QUANTITATIVE'),
    accumulation: z.enum(ACCUMULATIONS),
    direction: z.enum(DIRECTIONS),
    curve,
    /** Unit of the metric, shown in the derivation. */
    unit: key.optional(),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('QUALITATIVE'),
    accumulation: z.null().optional(),
    direction: z.null().optional(),
    curve: curve.nullish(),
  }),
]);
const scheme = z.strictObject({
  rounding,
  totalCap: quantity.nullable().default(null),
  evaluatorWeights: z.partialRecord(z.enum(EVALUATOR_KINDS), z.int().min(0).max(10_000)).default({}),
  bands,
  indicators: z.array(indicator).min(1).max(200),
  eventId,
});
const target = z.strictObject({
  effectiveFrom: day,
  mode: z.enum(['REPLACE', 'PRORATE']),
  target: noQuantity,
  baseline: noQuantity,
  limit: noQuantity,
  low: noQuantity,
  high: noQuantity,
  lowLimit: noQuantity,
  highLimit: noQuantity,
  milestones: z
    .array(z.strictObject({ code: key, weight }))
    .max(200)
    .nullish(),
  eventId,
});
const fact = z.strictObject({
  source: key,
  factId: key,
  revision: z.int().min(1),
  occurredOn: day,
  value: quantity,
  eventId,
});
const rating = z.strictObject({ kind: z.enum(EVALUATOR_KINDS), evaluator: key, value: quantity, eventId });
const STATE_WORDS = ['NOT_APPLICABLE', 'UNAVAILABLE', 'UNAVAILABLE_WAIVED'] as const;
const state = z.union([
  z.enum(STATE_WORDS),
  z.strictObject({ state: z.enum([...STATE_WORDS, 'PENDING']), code: key.optional(), eventId }),
]);

/** Everything a score follows from; what the schema leaves open (`checkScoreInput`) is checked with it by `readScoreInput`. */
export const scoreInputSchema = z.strictObject({
  period: span,
  eligible: span.nullable().default(null),
  scheme,
  targets: z.record(z.string(), z.array(target).max(1000)).default({}),
  facts: z.record(z.string(), z.array(fact)).default({}),
  ratings: z.record(z.string(), z.array(rating).max(1000)).default({}),
  states: z.record(z.string(), state).default({}),
});

/** Everything a composite follows from (§9). */
export const compositeInputSchema = z.strictObject({
  weights: z.partialRecord(z.enum(LEVELS), weight),
  minimumCoverage: z.int().min(0).max(10_000).default(DEFAULT_MINIMUM_COVERAGE),
  minimumSegmentDays: z
    .strictObject({
      MONTH: z.int().min(0).max(31).default(DEFAULT_MINIMUM_SEGMENT_DAYS.MONTH),
      QUARTER: z.int().min(0).max(92).default(DEFAULT_MINIMUM_SEGMENT_DAYS.QUARTER),
      YEAR: z.int().min(0).max(366).default(DEFAULT_MINIMUM_SEGMENT_DAYS.YEAR),
    })
    .default(DEFAULT_MINIMUM_SEGMENT_DAYS),
  rounding,
  bands,
  periods: z
    .array(
      z.strictObject({
        level: z.enum(LEVELS),
        code: key,
        segments: z
          .array(z.strictObject({ days: z.int().min(0).max(366), total: quantity.nullable(), eventId }))
          .max(366),
      }),
    )
    .max(1000),
  eventId,
});

type Frozen<T> = T extends readonly (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

/** Input of `score`. Facts stand in recording order, target versions in recorded order, indicators as declared. */
export type ScoreInput = Frozen<z.infer<typeof scoreInputSchema>>;
/** Input of `composite`. */
export type CompositeInput = Frozen<z.infer<typeof compositeInputSchema>>;
export type IndicatorInput = ScoreInput['scheme']['indicators'][number];
export type QuantitativeInput = Extract<IndicatorInput, { readonly kind: 'QUANTITATIVE' }>;
export type Curve = Frozen<z.infer<typeof curve>>;
export type Band = Frozen<z.infer<typeof band>>;
export type Rounding = ScoreInput['scheme']['rounding'];
export type TargetVersion = Frozen<z.infer<typeof target>>;
export type FactInput = Frozen<z.infer<typeof fact>>;
export type RatingInput = Frozen<z.infer<typeof rating>>;
export type StateInput = Frozen<z.infer<typeof state>>;
/** Days, both edges included, with the event that says so. */
export type SpanInput = ScoreInput['period'];
