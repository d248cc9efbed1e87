import type { DerivationNode } from '../derivation.js';
import type { Rounding, ScoreInput } from '../input.js';
import type { IndicatorResult } from '../result.js';
import type { Derived } from './actual.js';
import { countOf, Decimal, decimalOf, roundedText, sumOf, textOf, WHOLE } from './decimal.js';
import type { Measured } from './indicator.js';
import { above, node } from './node.js';

type Scheme = ScoreInput['scheme'];

/** The indicators with their effective weights and contributions, in declaration order (§7). */
export interface Weighted {
  readonly indicators: readonly IndicatorResult[];
  /** One per indicator; under each what its contribution follows from. */
  readonly nodes: readonly DerivationNode[];
  /** `sum(effectiveWeight * score) / 10000`, or null with nothing left. */
  readonly sum: Derived | null;
}

interface Dimension {
  readonly name: string;
  readonly weight: number;
  /** Weight of its scored indicators; less than `weight` where some is redistributed inside. */
  readonly present: number;
  readonly nodes: readonly DerivationNode[];
}

/** Redistributes the weights of indicators without a score, within their dimension first, and adds up. */
export function weigh(measured: readonly Measured[], scheme: Scheme): Weighted {
  const dimensions = dimensionsOf(measured, scheme);
  const present = dimensions.filter((dimension) => dimension.present > 0);
  const presentWeight = countOf(present.map(({ weight }) => weight));
  const moved = dimensions.some((dimension) => dimension.present < dimension.weight);
  const redistribution = moved && present.length > 0 ? [redistributionNode(present, presentWeight)] : [];
  const parts = measured.map((one) => {
    const dimension = present.find(({ name }) => name === one.indicator.dimension);
    if (one.score === null || dimension === undefined) return absentPart(one);
    return scoredPart(
      one,
      one.score,
      deriveWeight(one, { dimension, presentWeight, redistribution, source: scheme.eventId }),
    );
  });
  const nodes = parts.map((part) => part.node);
  const indicators = parts.map(({ result }) => result);
  const contributions = parts.flatMap(({ contribution }) => (contribution === null ? [] : [contribution]));
  if (contributions.length === 0) return { indicators, nodes, sum: null };
  const value = sumOf(contributions).div(WHOLE);
  return {
    indicators,
    nodes,
    sum: { value, node: node(['WEIGHTED_SUM', 7], value, { unit: 'POINTS', inputs: [...redistribution, ...nodes] }) },
  };
}

/** The one rounding, after the cap of the total where there is one. */
export function deriveTotal(
  unrounded: Derived,
  { rounding, source }: { readonly rounding: Rounding; readonly source?: string | undefined },
): DerivationNode {
  const places = node(['ROUNDING', 7], rounding.scale, { of: rounding.mode, source });
  return node(['TOTAL', 7], roundedText(unrounded.value, rounding), {
    unit: 'POINTS',
    inputs: [unrounded.node, places],
  });
}

/** `min(sum, totalCap)`. */
export function capTotal(sum: Derived, { totalCap, eventId }: Scheme): Derived {
  if (totalCap === null) return sum;
  const cap = decimalOf(totalCap);
  const value = Decimal.min(sum.value, cap);
  const inputs = [sum.node, node(['TOTAL_CAP', 7], cap, { unit: 'POINTS', source: eventId })];
  return { value, node: node(['CAPPED_TOTAL', 7], value, { unit: 'POINTS', inputs }) };
}

const weightNode = ({ indicator }: Measured, source?: string): DerivationNode =>
  node(['WEIGHT', 7], indicator.weight, { of: indicator.code, unit: 'BASIS_POINTS', source });

function dimensionsOf(measured: readonly Measured[], scheme: Scheme): readonly Dimension[] {
  const names = [...new Set(measured.map(({ indicator }) => indicator.dimension))];
  return names.map((name) => {
    const members = measured.filter(({ indicator }) => indicator.dimension === name);
    const scored = members.filter(({ score }) => score !== null);
    const sum = (list: readonly Measured[]) => countOf(list.map(({ indicator }) => indicator.weight));
    const leaves = (list: readonly Measured[]) => list.map((one) => weightNode(one, scheme.eventId));
    const nodes = [
      node(['DIMENSION_WEIGHT', 7], sum(members), { of: name, unit: 'BASIS_POINTS', inputs: leaves(members) }),
      node(['DIMENSION_PRESENT', 7], sum(scored), { of: name, unit: 'BASIS_POINTS', inputs: leaves(scored) }),
    ];
    return { name, weight: sum(members), present: sum(scored), nodes };
  });
}

const redistributionNode = (present: readonly Dimension[], weight: number): DerivationNode =>
  node(['PRESENT_DIMENSIONS', 7], weight, { unit: 'BASIS_POINTS', inputs: present.flatMap(({ nodes }) => nodes) });

interface WeightContext {
  readonly dimension: Dimension;
  readonly presentWeight: number;
  readonly redistribution: readonly DerivationNode[];
  readonly source?: string | undefined;
}

function deriveWeight(one: Measured, { dimension, presentWeight, redistribution, source }: WeightContext): Derived {
  const own = weightNode(one, source);
  const parts = { of: one.indicator.code, unit: 'BASIS_POINTS' };
  if (redistribution.length === 0) {
    const value = new Decimal(one.indicator.weight);
    return { value, node: node(['EFFECTIVE_WEIGHT_KEPT', 7], value, { ...parts, inputs: [own] }) };
  }
  const value = new Decimal(one.indicator.weight)
    .times(dimension.weight)
    .times(WHOLE)
    .div(new Decimal(dimension.present).times(presentWeight));
  const inputs = [own, ...[...dimension.nodes, ...redistribution].map(above)];
  return { value, node: node(['EFFECTIVE_WEIGHT', 7], value, { ...parts, inputs }) };
}

interface Part {
  readonly result: IndicatorResult;
  readonly node: DerivationNode;
  readonly contribution: Decimal | null;
}

function scoredPart({ indicator, result, nodes }: Measured, score: Derived, weight: Derived): Part {
  const contribution = weight.value.times(score.value);
  return {
    result: { ...result, effectiveWeight: textOf(weight.value) },
    contribution,
    node: node(['INDICATOR_SCORED', 7], contribution, {
      of: indicator.code,
      inputs: [weight.node, score.node, ...nodes],
    }),
  };
}

const absentPart = ({ indicator, result, nodes }: Measured): Part => ({
  result,
  contribution: null,
  node: node(['INDICATOR_ABSENT', 6], result.state, { of: indicator.code, inputs: nodes }),
});
