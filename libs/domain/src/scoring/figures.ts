import type {
  Accumulation,
  Band,
  FactInput,
  QuantityName,
  Rounding,
  ScoreInput,
  SpanInput,
  TargetVersion,
} from './input.js';
import { deriveActual } from './v1/actual.js';
import { attain, deriveMilestones } from './v1/attainment.js';
import type { MeasuredDirection } from './v1/attainment.js';
import { derivePeriod } from './v1/composite.js';
import { decimalOf, roundedText, textOf } from './v1/decimal.js';
import { bandOf } from './v1/grade.js';
import { eligibleSpan as cut } from './v1/score.js';
import { deriveTarget } from './v1/target.js';

/**
 * Single figures of `scoring.md` for boards, reviews and cascades, by the same functions as the score. Decimal text in
 * and out, with up to 34 significant digits.
 */

export type { MeasuredDirection } from './v1/attainment.js';

/** Quantities by name, as decimal text. */
export type QuantityTexts = Readonly<Partial<Record<QuantityName, string>>>;

/**
 * The effective target over a span of at least one day (§2); of no version: null.
 *
 * | versions over 90 days from 2026-01-01 | effective |
 * | --- | --- |
 * | 100 | 100 |
 * | 100, then `PRORATE` 80 from 2026-02-15 | 90 |
 * | 100, `SUM`, span of 45 of the 90 days | 50 |
 * | 100, `LATEST`, span of 45 of the 90 days | 100 |
 */
export function effectiveTarget(
  versions: readonly TargetVersion[],
  context: { readonly span: SpanInput; readonly period: SpanInput; readonly accumulation: Accumulation },
): QuantityTexts | null {
  if (versions.length === 0) return null;
  const { quantities } = deriveTarget(versions, context);
  return Object.fromEntries(Object.entries(quantities).map(([name, { value }]) => [name, textOf(value)]));
}

/**
 * The actual of the facts, given in recording order, over a span (§1); null where none lies in it, never zero.
 *
 * | facts | `SUM` | `LATEST` | `AVERAGE` |
 * | --- | --- | --- | --- |
 * | 2 on the 1st, 4 on the 2nd | 6 | 4 | 3 |
 * | 2 and 4 on the 1st, then 2 restated as 3 | 7 | 4 | 3.5 |
 * | none | null | null | null |
 */
export function actualOf(facts: readonly FactInput[], accumulation: Accumulation, span: SpanInput): string | null {
  const actual = deriveActual(facts, accumulation, { span, of: '' });
  return actual === null ? null : textOf(actual.value);
}

/**
 * Attainment of an actual, not clamped (§3). The target has passed `targetBroken`; a `BINARY` actual is 0 or 1.
 *
 * | direction | target | actual | attainment |
 * | --- | --- | --- | --- |
 * | `HIGHER` | target 100 | 120 | 1.2 |
 * | `HIGHER` | target 100, baseline 80 | 92 | 0.6 |
 * | `LOWER` | target 100, limit 120 | 130 | -0.5 |
 * | `BAND` | 95 to 105, limits 85 and 115 | 90 | 0.5 |
 * | `BINARY` | | 1 | 1 |
 */
export function attainmentOf(direction: MeasuredDirection, actual: string, target: QuantityTexts): string {
  const quantities = Object.entries(target).map(([name, text]) => [name, decimalOf(text)] as const);
  return textOf(attain(direction, decimalOf(actual), Object.fromEntries(quantities)));
}

/** Attainment of milestones (§3): weight of those reached up to the last day, by weight of all; 0 where none is. */
export function milestoneAttainment(version: TargetVersion, facts: readonly FactInput[], period: SpanInput): string {
  return textOf(deriveMilestones(version, facts, { period, of: '' }).value);
}

/** The version whose milestones hold: the one that covers the span's last day (§2); null of no version. */
export function versionOnLastDay(versions: readonly TargetVersion[], span: SpanInput): TargetVersion | null {
  return versions.length === 0 ? null : deriveTarget(versions, { span, period: span, accumulation: 'LATEST' }).last;
}

/** The period cut to the days of the assignment (§2); null where no day is left. */
export const eligibleSpan = (period: ScoreInput['period'], eligible: ScoreInput['eligible']): SpanInput | null =>
  cut({ period, eligible });

/**
 * A period's total over its assignment segments, weighted by eligible days and unrounded (§9); null where none is rated.
 *
 * | segments (days: total), minimum 15 | period |
 * | --- | --- |
 * | 30: 90, 60: 60 | 70 |
 * | 14: 100, 76: 90 | 90 |
 * | 45: none | null |
 */
export function periodTotal(
  segments: readonly { readonly days: number; readonly total: string | null }[],
  minimumDays: number,
): string | null {
  const period = derivePeriod({ level: 'YEAR', code: '', segments }, minimumDays);
  return period === null ? null : textOf(period.value);
}

/** Rounds a total, once (Numbers): `84.985` to 2 places is `84.99` by `HALF_UP`, `84.98` by `HALF_EVEN` and `DOWN`. */
export const roundTotal = (total: string, rounding: Rounding): string => roundedText(decimalOf(total), rounding);

/** The grade of a rounded total by bands (§8), knock-outs aside: by the default bands 95 is `S` and 94.99 is `A`. */
export const gradeOf = (total: string, bands: readonly Band[]): string => bandOf(decimalOf(total), bands).grade;
