import type { DerivationNode } from '../derivation.js';
import type { EvaluatorKind, RatingInput, ScoreInput } from '../input.js';
import type { Derived } from './actual.js';
import { countOf, Decimal, decimalOf, sumOf, WHOLE } from './decimal.js';
import { node } from './node.js';

interface Kind {
  readonly kind: EvaluatorKind;
  readonly weight: number;
  readonly ratings: readonly RatingInput[];
}
interface Context {
  readonly of: string;
  readonly weights: ScoreInput['scheme']['evaluatorWeights'];
  readonly source?: string | undefined;
}

const KINDS: readonly EvaluatorKind[] = ['SELF', 'SUPERIOR', 'CROSS_DEPARTMENT'];

/** The raw score of a qualitative indicator (§5), or null where nobody but the person themselves has rated it. */
export function deriveEvaluation(ratings: readonly RatingInput[], context: Context): Derived | null {
  const kinds = KINDS.flatMap((kind): readonly Kind[] => {
    const weight = context.weights[kind];
    return weight === undefined || weight === 0
      ? []
      : [{ kind, weight, ratings: ratings.filter((rating) => rating.kind === kind) }];
  });
  const present = kinds.filter((kind) => kind.ratings.length > 0);
  const others = present.filter(({ kind }) => kind !== 'SELF');
  if (others.length === 0) return null;
  const freed = kinds.filter((kind) => kind.ratings.length === 0);
  const parts = present.map((kind) => derivePart(kind, { ...context, others, freed }));
  const value = sumOf(parts.map((part) => part.value)).div(WHOLE);
  return {
    value,
    node: node(['RAW_RATINGS', 5], value, { of: context.of, unit: 'POINTS', inputs: parts.map((part) => part.node) }),
  };
}

interface PartContext extends Context {
  readonly others: readonly Kind[];
  readonly freed: readonly Kind[];
}

function derivePart(kind: Kind, context: PartContext): Derived {
  const weight = deriveWeight(kind, context);
  const values = kind.ratings.map((rating) => decimalOf(rating.value));
  const mean = sumOf(values).div(values.length);
  const leaves = kind.ratings.map((rating) =>
    node(['RATING', 5], decimalOf(rating.value), { of: rating.evaluator, unit: 'POINTS', source: rating.eventId }),
  );
  const value = weight.value.times(mean);
  const inputs = [weight.node, node(['KIND_MEAN', 5], mean, { of: kind.kind, unit: 'POINTS', inputs: leaves })];
  return { value, node: node(['KIND', 5], value, { of: kind.kind, inputs }) };
}

/** The freed weight goes to the present kinds other than `SELF`, in proportion to their weights. */
function deriveWeight({ kind, weight }: Kind, { others, freed, source }: PartContext): Derived {
  const leaf = (one: Kind | { readonly kind: EvaluatorKind; readonly weight: number }): DerivationNode =>
    node(['EVALUATOR_WEIGHT', 5], one.weight, { of: one.kind, unit: 'BASIS_POINTS', source });
  const own = leaf({ kind, weight });
  if (kind === 'SELF' || freed.length === 0) {
    const value = new Decimal(weight);
    return { value, node: node(['KIND_WEIGHT_KEPT', 5], value, { of: kind, unit: 'BASIS_POINTS', inputs: [own] }) };
  }
  const present = countOf(others.map((one) => one.weight));
  const free = countOf(freed.map((one) => one.weight));
  const value = new Decimal(weight).times(present + free).div(present);
  const inputs = [
    own,
    node(['KINDS_PRESENT', 5], present, { unit: 'BASIS_POINTS', inputs: others.map(leaf) }),
    node(['KINDS_FREED', 5], free, { unit: 'BASIS_POINTS', inputs: freed.map(leaf) }),
  ];
  return { value, node: node(['KIND_WEIGHT', 5], value, { of: kind, unit: 'BASIS_POINTS', inputs }) };
}
