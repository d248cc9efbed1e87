import { assert } from './kernel/defect.js';
import type { SchemeVersion } from './scheme.js';
import { scoringCurve } from './scheme-content.js';
import type { SchemeIndicator } from './scheme.events.js';
import type { IndicatorInput, ScoreInput } from './scoring/input.js';

/**
 * A pinned scheme version as `score` takes it (`scoring.md`, Golden cases): indicators in their order of declaration,
 * each with its metric's unit for the derivation, and the event that published it.
 */
export function scoringScheme(
  { content, eventId }: SchemeVersion,
  metrics: Readonly<Record<string, { readonly unit: string }>>,
): ScoreInput['scheme'] {
  const { rounding, totalCap, evaluatorWeights, bands, indicators } = content;
  return {
    rounding,
    totalCap,
    evaluatorWeights,
    bands,
    indicators: indicators.map((one) => scoringIndicator(one, metrics)),
    eventId,
  };
}

function scoringIndicator(
  indicator: SchemeIndicator,
  metrics: Readonly<Record<string, { readonly unit: string }>>,
): IndicatorInput {
  const { code, dimension, weight, kind, floor, cap, knockOut, metric, accumulation, direction } = indicator;
  const shared = { code, dimension, weight, floor, cap, knockOut };
  if (kind === 'QUALITATIVE') return { ...shared, kind };
  assert(metric !== null && accumulation !== null && direction !== null, 'a quantitative indicator pins its metric', {
    code,
  });
  const unit = metrics[metric]?.unit;
  return {
    ...shared,
    kind,
    accumulation,
    direction,
    curve: scoringCurve(indicator),
    ...(unit === undefined ? {} : { unit }),
  };
}
