import { Decimal } from 'decimal.js';
import { fact, reject, type Rejection } from './kernel/decision.js';
import { assert } from './kernel/defect.js';
import { bandsBroken, curveBroken } from './scoring/demands.js';
import type { SchemeContent, SchemeIndicator, SchemeProposal } from './scheme.events.js';
import {
  DEFAULT_BANDS,
  DEFAULT_CAP,
  DEFAULT_FLOOR,
  DEFAULT_MINIMUM_COVERAGE,
  DEFAULT_MINIMUM_SEGMENT_DAYS,
  EVALUATOR_KINDS,
  type Accumulation,
  type Curve,
  type Direction,
  type EvaluatorKind,
} from './scoring/input.js';

/** What a quantitative indicator pins of its metric. */
export interface SchemeMetric {
  readonly accumulation: Accumulation;
  readonly direction: Direction;
}

const WHOLE = 10_000;

/**
 * The whole content of a proposed version, its defaults written out and its metrics pinned, or the first rule it
 * breaks: `INDICATOR_BROKEN`, `WEIGHTS_UNBALANCED`, `CURVE_BROKEN`, `BANDS_BROKEN`, `OUTCOMES_BROKEN`
 * (`domain.md`, Schemes; `scoring.md` §§3-9). `metrics` holds the metrics that exist, by code.
 */
export function settleContent(
  proposal: SchemeProposal,
  metrics: Readonly<Record<string, SchemeMetric>>,
): SchemeContent | Rejection {
  const content: SchemeContent = {
    ...proposal,
    bands: proposal.bands ?? [...DEFAULT_BANDS],
    rounding: proposal.rounding ?? { scale: 2, mode: 'HALF_UP' },
    minimumCoverage: proposal.minimumCoverage ?? DEFAULT_MINIMUM_COVERAGE,
    minimumSegmentDays: proposal.minimumSegmentDays ?? DEFAULT_MINIMUM_SEGMENT_DAYS[proposal.level],
    indicators: proposal.indicators.map((indicator) => {
      const metric = indicator.metric === null ? undefined : metrics[indicator.metric];
      return { ...indicator, accumulation: metric?.accumulation ?? null, direction: metric?.direction ?? null };
    }),
  };
  return breach(content) ?? content;
}

function breach(content: SchemeContent): Rejection | null {
  return (
    codesBroken(content) ??
    first(content.indicators, (indicator) => indicatorBroken(indicator, content)) ??
    weightsUnbalanced(content) ??
    first(content.indicators, curveBreach) ??
    bandsBreach(content) ??
    outcomesBroken(content)
  );
}

function codesBroken({ indicators, dimensions }: SchemeContent): Rejection | null {
  const again = repeated(indicators.map(({ code }) => code)) ?? repeated(dimensions.map(({ code }) => code));
  if (again !== undefined) return reject('INDICATOR_BROKEN', fact('repeated', again, 'CODE'));
  const empty = dimensions.find(({ code }) => !indicators.some(({ dimension }) => dimension === code));
  return empty === undefined ? null : reject('INDICATOR_BROKEN', fact('dimension', empty.code, 'CODE'));
}

function indicatorBroken(indicator: SchemeIndicator, content: SchemeContent): Rejection | null {
  const kindBroken =
    indicator.kind === 'QUANTITATIVE' ? quantitativeBroken(indicator) : qualitativeBroken(indicator, content);
  const why = kindBroken ?? sharedBroken(indicator, content);
  return why === null
    ? null
    : reject('INDICATOR_BROKEN', fact('indicator', indicator.code, 'CODE'), fact('field', why));
}

function quantitativeBroken(indicator: SchemeIndicator): string | null {
  if (indicator.accumulation === null || indicator.direction === null) return 'metric';
  if (indicator.direction === 'BINARY' && indicator.accumulation !== 'LATEST') return 'metric';
  if (indicator.curve === null) return 'curve';
  return indicator.raters.length > 0 ? 'raters' : null;
}

function qualitativeBroken(indicator: SchemeIndicator, { evaluatorWeights }: SchemeContent): string | null {
  if (indicator.metric !== null) return 'metric';
  if (indicator.curve !== null) return 'curve';
  // With no rating but the subject's own it would be pending for ever (`scoring.md` §5).
  const others = indicator.raters.filter((kind) => kind !== 'SELF');
  const unweighted = indicator.raters.some((kind) => evaluatorWeights[kind] === undefined);
  return others.length === 0 || unweighted || repeated(indicator.raters) !== undefined ? 'raters' : null;
}

function sharedBroken(
  { dimension, floor, cap, knockOut }: SchemeIndicator,
  { dimensions, bands }: SchemeContent,
): string | null {
  if (!dimensions.some(({ code }) => code === dimension)) return 'dimension';
  if (new Decimal(floor ?? DEFAULT_FLOOR).gt(cap ?? DEFAULT_CAP)) return 'cap';
  return knockOut !== null && !bands.some(({ grade }) => grade === knockOut.ceiling) ? 'knockOut' : null;
}

function weightsUnbalanced({ indicators, evaluatorWeights, cycleWeights, level }: SchemeContent): Rejection | null {
  const qualitative = indicators.filter(({ kind }) => kind === 'QUALITATIVE');
  const rating = new Set<EvaluatorKind>(qualitative.flatMap(({ raters }) => raters));
  const kinds = EVALUATOR_KINDS.filter((kind) => evaluatorWeights[kind] !== undefined);
  const idle = kinds.find((kind) => !rating.has(kind));
  if (idle !== undefined)
    return reject('WEIGHTS_UNBALANCED', fact('weights', 'evaluatorWeights'), fact('kind', idle, 'CODE'));
  if (level === 'YEAR' ? cycleWeights === null : cycleWeights !== null)
    return reject('WEIGHTS_UNBALANCED', fact('weights', 'cycleWeights'));
  return (
    unbalanced(
      'indicators',
      indicators.map(({ weight }) => weight),
    ) ??
    (qualitative.length === 0 ? null : unbalanced('evaluatorWeights', present(evaluatorWeights))) ??
    (cycleWeights === null ? null : unbalanced('cycleWeights', present(cycleWeights)))
  );
}

function unbalanced(name: string, weights: readonly number[]): Rejection | null {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum === WHOLE && weights.every((weight) => weight >= 1)) return null;
  return reject('WEIGHTS_UNBALANCED', fact('weights', name), fact('sum', sum, 'INTEGER'));
}

function curveBreach(indicator: SchemeIndicator): Rejection | null {
  const { code, curve } = indicator;
  if (curve === null) return null;
  const { type, points, steps } = curve;
  const whole = (points !== undefined) === (type === 'PIECEWISE') && (steps !== undefined) === (type === 'STEP');
  const problem = whole ? curveBroken(scoringCurve(indicator)) : { field: 'type' };
  return problem === null
    ? null
    : reject('CURVE_BROKEN', fact('indicator', code, 'CODE'), fact('field', problem.field));
}

function bandsBreach({ bands }: SchemeContent): Rejection | null {
  const problem = bandsBroken(bands);
  return problem === null ? null : reject('BANDS_BROKEN', fact('field', problem.field));
}

/** The curve of an indicator in the engine's shape; `settleContent` has seen that its type's list is there. */
export function scoringCurve({ code, curve }: Pick<SchemeIndicator, 'code' | 'curve'>): Curve {
  assert(curve !== null, 'a quantitative indicator has a curve', { code });
  switch (curve.type) {
    case 'LINEAR':
      return { type: 'LINEAR' };
    case 'PIECEWISE':
      return { type: 'PIECEWISE', points: curve.points ?? [] };
    case 'STEP':
      return { type: 'STEP', steps: curve.steps ?? [] };
  }
}

function outcomesBroken({ outcomes, bands }: SchemeContent): Rejection | null {
  const rules = [outcomes.promotion, outcomes.improvementPlan].filter((rule) => rule !== null);
  const foreign = [...outcomes.coefficients, ...rules].find((row) => !bands.some(({ grade }) => grade === row.grade));
  if (foreign !== undefined) return reject('OUTCOMES_BROKEN', fact('grade', foreign.grade, 'CODE'));
  const again = repeated(outcomes.coefficients.map(({ level, grade, base }) => `${level} ${grade} ${base}`));
  return again === undefined ? null : reject('OUTCOMES_BROKEN', fact('row', again));
}

const present = (weights: Readonly<Record<string, number | undefined>>): readonly number[] =>
  Object.values(weights).filter((weight) => weight !== undefined);

const repeated = (codes: readonly string[]): string | undefined =>
  codes.find((code, index) => codes.indexOf(code) !== index);

function first<T>(items: readonly T[], check: (item: T) => Rejection | null): Rejection | null {
  for (const item of items) {
    const found = check(item);
    if (found !== null) return found;
  }
  return null;
}
