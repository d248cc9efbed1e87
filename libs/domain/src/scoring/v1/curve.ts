import { assert, never } from '../../kernel/defect.js';
import type { DerivationNode } from '../derivation.js';
import type { Curve, IndicatorInput } from '../input.js';
import type { Derived } from './actual.js';
import { Decimal, decimalOf } from './decimal.js';
import { node } from './node.js';

type Points = Extract<Curve, { readonly type: 'PIECEWISE' }>['points'];
type Steps = Extract<Curve, { readonly type: 'STEP' }>['steps'];

// Defaults of §4.
const FLOOR = '0';
const CAP = '120';

/** The raw score that a curve gives for an attainment (§4). */
export function rawOf(curve: Curve, attainment: Decimal): Decimal {
  switch (curve.type) {
    case 'LINEAR':
      return attainment.times(100);
    case 'PIECEWISE':
      return onPoints(curve.points, attainment);
    case 'STEP':
      return onSteps(curve.steps, attainment);
    default:
      return never(curve);
  }
}

/** The raw score with its derivation. */
export function deriveRaw(
  curve: Curve,
  attainment: Derived,
  context: { readonly of: string; readonly source?: string | undefined },
): Derived {
  const { of, source } = context;
  const value = rawOf(curve, attainment.value);
  const inputs = [attainment.node, ...curveNodes(curve, source)];
  return { value, node: node([`RAW_${curve.type}`, 4], value, { of, unit: 'POINTS', inputs }) };
}

/** `min(max(raw, floor), cap)`: where the two cross, the cap wins. */
export function deriveScore(indicator: IndicatorInput, raw: Derived, source?: string): Derived {
  const floor = decimalOf(indicator.floor ?? FLOOR);
  const cap = decimalOf(indicator.cap ?? CAP);
  const value = Decimal.min(Decimal.max(raw.value, floor), cap);
  const inputs = [
    raw.node,
    node(['FLOOR', 4], floor, { unit: 'POINTS', source }),
    node(['CAP', 4], cap, { unit: 'POINTS', source }),
  ];
  return { value, node: node(['SCORE', 4], value, { of: indicator.code, unit: 'POINTS', inputs }) };
}

function curveNodes(curve: Curve, source?: string): readonly DerivationNode[] {
  if (curve.type === 'LINEAR') return [];
  const pairs: readonly (readonly [string, string])[] =
    curve.type === 'STEP'
      ? curve.steps.map(({ from, score }) => [from, score])
      : curve.points.map(({ attainment, score }) => [attainment, score]);
  const label = curve.type === 'STEP' ? 'STEP' : 'POINT';
  return pairs.map(([of, score]) => node([label, 4], decimalOf(score), { of, unit: 'POINTS', source }));
}

function onPoints(points: Points, attainment: Decimal): Decimal {
  const upper = points.findIndex((point) => attainment.lte(decimalOf(point.attainment)));
  const right = points[upper] ?? points.at(-1);
  assert(right !== undefined, 'a piecewise curve has a point');
  // Outside the points the end scores hold: before the first there is no left neighbour, after the last `upper` is -1.
  const left = upper < 0 ? undefined : points[upper - 1];
  const score = decimalOf(right.score);
  if (left === undefined) return score;
  const from = decimalOf(left.attainment);
  const base = decimalOf(left.score);
  const width = decimalOf(right.attainment).minus(from);
  return base.plus(score.minus(base).times(attainment.minus(from)).div(width));
}

function onSteps(steps: Steps, attainment: Decimal): Decimal {
  const step = steps.findLast(({ from }) => decimalOf(from).lte(attainment));
  return step === undefined ? new Decimal(0) : decimalOf(step.score);
}
