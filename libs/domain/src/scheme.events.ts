import { z } from 'zod';
import { level } from './kernel/calendar.js';
import { defineEvents, type EventOf } from './kernel/event.js';
import { basisPoints, code, day, decimal, names, oneOf, sha256, shape, text, uuid } from './kernel/schema.js';
import { assentEvents } from './assent.js';
import { metricFields } from './metric.events.js';
import { EVALUATOR_KINDS, ROUNDING_MODES } from './scoring/input.js';

/** The kind of an evaluation as a field of events and commands. */
export const evaluatorKind = oneOf('EvaluatorKind', EVALUATOR_KINDS);

/** Measured by facts, or rated by people. */
export const indicatorKind = oneOf('IndicatorKind', ['QUANTITATIVE', 'QUALITATIVE']);

const dimension = shape('SchemeDimension', { code, names });
const curve = shape('SchemeCurve', {
  type: oneOf('CurveType', ['LINEAR', 'PIECEWISE', 'STEP']),
  points: z
    .array(shape('CurvePoint', { attainment: decimal, score: decimal }))
    .max(50)
    .optional(),
  steps: z
    .array(shape('CurveStep', { from: decimal, score: decimal }))
    .max(50)
    .optional(),
});
const knockOut = shape('KnockOut', { below: decimal, ceiling: code });

const indicatorFields = {
  code,
  names,
  dimension: code,
  weight: basisPoints,
  kind: indicatorKind,
  /** Of a quantitative indicator only. */
  metric: code.nullable(),
  /** Of a quantitative indicator only. */
  curve: curve.nullable(),
  floor: decimal.nullable(),
  cap: decimal.nullable(),
  knockOut: knockOut.nullable(),
  /** The kinds that rate a qualitative indicator; empty for a quantitative one. */
  raters: z.array(evaluatorKind).max(3),
};
const indicatorProposed = shape('SchemeIndicatorProposal', indicatorFields);
const indicator = shape('SchemeIndicator', {
  ...indicatorFields,
  /** Pinned from the metric, so that a version reads the same for ever. */
  accumulation: metricFields.accumulation.nullable(),
  direction: metricFields.direction.nullable(),
});

const band = shape('GradeBand', { grade: code, from: decimal.nullable() });
const rounding = shape('Rounding', { scale: z.int().min(0).max(6), mode: oneOf('RoundingMode', ROUNDING_MODES) });
const evaluatorWeights = shape('EvaluatorWeights', {
  SELF: basisPoints.optional(),
  SUPERIOR: basisPoints.optional(),
  CROSS_DEPARTMENT: basisPoints.optional(),
});
const cycleWeights = shape('CycleWeights', {
  MONTH: basisPoints.optional(),
  QUARTER: basisPoints.optional(),
  YEAR: basisPoints.optional(),
});
const outcomes = shape('OutcomeTable', {
  /** What a grade adds to a base: "0.50" is half of it more, "-0.20" a fifth less. */
  coefficients: z
    .array(
      shape('OutcomeRow', {
        level,
        grade: code,
        base: oneOf('OutcomeBase', ['BONUS', 'PERFORMANCE_PAY']),
        coefficient: decimal,
      }),
    )
    .max(60),
  /** So many consecutive rated periods of the level at this grade or better give promotion priority. */
  promotion: shape('PromotionRule', { level, grade: code, periods: z.int().min(1).max(12) }).nullable(),
  /** This grade or a lower one proposes an improvement plan. */
  improvementPlan: shape('ImprovementPlanRule', { level, grade: code }).nullable(),
});

const contentFields = {
  level,
  roles: z.array(code).min(1).max(100),
  dimensions: z.array(dimension).min(1).max(20),
  evaluatorWeights,
  totalCap: decimal.nullable(),
  outcomes,
  /** Of a `YEAR` scheme only: how the levels make the year (`scoring.md` §9). */
  cycleWeights: cycleWeights.nullable(),
};
const minimumSegmentDays = z.int().min(0).max(366);

/** What a command proposes: what `scoring.md` has a default for may be left out. */
export const schemeProposal = shape('SchemeProposal', {
  ...contentFields,
  indicators: z.array(indicatorProposed).min(1).max(60),
  bands: z.array(band).min(1).max(20).optional(),
  rounding: rounding.optional(),
  minimumCoverage: basisPoints.optional(),
  minimumSegmentDays: minimumSegmentDays.optional(),
});
/**
 * The content of a scheme version, whole: every default is written out and every quantitative indicator carries its
 * metric's accumulation and direction, so that nothing recorded later changes what the version says
 * (`domain.md`, Schemes; `scoring.md`). Weights in basis points, quantities as decimal text.
 */
export const schemeContent = shape('SchemeContent', {
  ...contentFields,
  indicators: z.array(indicator).min(1).max(60),
  bands: z.array(band).min(1).max(20),
  rounding,
  minimumCoverage: basisPoints,
  /** An eligible span of fewer days is not rated (`scoring.md` §9). */
  minimumSegmentDays,
});
export type SchemeProposal = Readonly<z.infer<typeof schemeProposal>>;
export type SchemeContent = Readonly<z.infer<typeof schemeContent>>;
export type SchemeIndicator = SchemeContent['indicators'][number];

/** The events of `scheme-<id>` (`domain.md`, Schemes). A published version never changes. */
export const schemeEvents = defineEvents({
  SchemeDrafted: {
    version: 1,
    doc: 'A scheme was begun; it has no rules yet.',
    data: z.strictObject({ schemeId: uuid, names }),
  },
  SchemeVersionProposed: {
    version: 1,
    doc: 'The content of the next version was laid before the committee.',
    data: z.strictObject({ content: schemeContent, note: text(1000).nullable() }),
  },
  ...assentEvents,
  SchemeVersionApproved: {
    version: 1,
    doc: 'Two seats assented to the proposed version.',
    data: z.strictObject({ proposalEventId: uuid, digest: sha256 }),
  },
  SchemeVersionPublished: {
    version: 1,
    doc: 'The approved version took its number and the day it is effective from.',
    data: z.strictObject({ proposalEventId: uuid, number: z.int().min(1), effectiveFrom: day }),
  },
  SchemeRetired: {
    version: 1,
    doc: 'The scheme pins nothing from this day on; what it pinned before stays.',
    data: z.strictObject({ from: day }),
  },
});
export type SchemeEvent = EventOf<typeof schemeEvents>;
