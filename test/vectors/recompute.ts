import { DERIVATION_LABELS } from '@assay/domain';
import type { DerivationLabel, DerivationNode } from '@assay/domain';
import { Decimal as DecimalJs } from 'decimal.js';

/**
 * Reads a derivation from the leaves up, by the formula of each label and by nothing of the engine's: what somebody
 * checking by hand would do. Gives the value that the root then has; a step whose own value differs is an error.
 */
export function recompute(tree: DerivationNode): string {
  const named = new Map<string, DerivationNode>();
  for (const node of allNodes(tree)) if (node.label !== 'ABOVE') named.set(nameOf(node), node);
  const valueOf = (node: DerivationNode): string => {
    const value = reckon(node, (input) => valueOf(input.label === 'ABOVE' ? referred(input, named) : input));
    if (!same(value, node.value)) throw new Error(`${nameOf(node)} says ${node.value}, its inputs give ${value}`);
    return value;
  };
  return valueOf(tree);
}

/** Every node of the tree, parents first. */
export function allNodes(tree: DerivationNode): readonly DerivationNode[] {
  return [tree, ...tree.inputs.flatMap(allNodes)];
}

/** Whether a node's value was given rather than reckoned. */
export const isLeaf = ({ label }: DerivationNode): boolean => !('formula' in DERIVATION_LABELS[label]);

const Decimal = DecimalJs.clone({
  defaults: true,
  precision: 34,
  rounding: 6,
  toExpNeg: -9e15,
  toExpPos: 9e15,
});
type Decimal = DecimalJs;

const nameOf = ({ label, of }: DerivationNode): string => (of === undefined ? label : `${label} ${of}`);
const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text);
const same = (a: string, b: string): boolean => a === b || (isNumber(a) && isNumber(b) && new Decimal(a).eq(b));

function referred(node: DerivationNode, named: ReadonlyMap<string, DerivationNode>): DerivationNode {
  const found = named.get(node.of ?? '');
  if (found === undefined) throw new Error(`nothing above is ${node.of}`);
  if (found.value !== node.value) throw new Error(`${node.of} is ${found.value} above, ${node.value} here`);
  return found;
}

/** The inputs of one step with their values. */
interface Step {
  readonly node: DerivationNode;
  /** Value of the n-th input of the labels, or of the n-th input at all. */
  readonly at: (index: number) => Decimal;
  readonly all: (...labels: readonly DerivationLabel[]) => readonly Decimal[];
  readonly one: (...labels: readonly DerivationLabel[]) => Decimal;
  readonly text: (label: DerivationLabel) => string | undefined;
  readonly quantity: (name: string) => Decimal | undefined;
}

function reckon(node: DerivationNode, valueOf: (node: DerivationNode) => string): string {
  const rule = RULES[node.label];
  if (rule === undefined) return node.value;
  const inputs = node.inputs.map((input) => ({ input, value: valueOf(input) }));
  const of = (labels: readonly DerivationLabel[]) =>
    inputs.filter(({ input }) => labels.includes(input.label)).map(({ value }) => value);
  const decimal = (text: string | undefined): Decimal => {
    if (text === undefined) throw new Error(`${nameOf(node)} lacks an input`);
    return new Decimal(text);
  };
  const result = rule({
    node,
    at: (index) => decimal(inputs[index]?.value),
    all: (...labels) => of(labels).map((value) => decimal(value)),
    one: (...labels) => decimal(of(labels)[0]),
    text: (label) => of([label])[0],
    quantity: (name) => {
      const found = inputs.find(({ input }) => input.of === name);
      return found === undefined ? undefined : decimal(found.value);
    },
  });
  return typeof result === 'string' ? result : result.toFixed();
}

const sum = (values: readonly Decimal[]): Decimal => values.reduce((total, value) => total.plus(value), new Decimal(0));
const mean = (values: readonly Decimal[]): Decimal => sum(values).div(values.length);
const given = (value: Decimal | undefined): Decimal => value ?? new Decimal(Number.NaN);
const kept = ({ at }: Step): Decimal => at(0);
const product = ({ at }: Step): Decimal => at(0).times(at(1));
const MODES: Readonly<Record<string, DecimalJs.Rounding>> = { HALF_UP: 4, HALF_EVEN: 6, DOWN: 1 };

const RULES: Readonly<Partial<Record<DerivationLabel, (step: Step) => Decimal | string>>> = {
  RESULT: result,
  RESULT_PROVISIONAL: result,
  BAND_GRADE: ({ node, one }) =>
    node.inputs.find(({ label, value }) => label === 'BAND' && (value === 'OPEN' || one('TOTAL').gte(value)))?.of ??
    'none',
  KNOCK_OUT_HIT: ({ node, at }) => (at(0).lt(at(1)) ? node.value : 'not hit'),
  KNOCK_OUT_MISSED: ({ node, at }) => (at(0).gte(at(1)) ? node.value : 'hit'),
  TOTAL: ({ node, at, one }) => at(0).toDecimalPlaces(one('ROUNDING').toNumber(), MODES[node.inputs[1]?.of ?? ''] ?? 0),
  CAPPED_TOTAL: ({ at }) => Decimal.min(at(0), at(1)),
  WEIGHTED_SUM: ({ all }) => sum(all('INDICATOR_SCORED')).div(10_000),
  INDICATOR_SCORED: product,
  EFFECTIVE_WEIGHT: ({ at }) =>
    at(0)
      .times(at(1))
      .times(10_000)
      .div(at(2).times(at(3))),
  EFFECTIVE_WEIGHT_KEPT: kept,
  PRESENT_DIMENSIONS: ({ all }) => sum(all('DIMENSION_WEIGHT')),
  DIMENSION_WEIGHT: ({ all }) => sum(all('WEIGHT')),
  DIMENSION_PRESENT: ({ all }) => sum(all('WEIGHT')),
  SCORE: ({ at, one }) => Decimal.min(Decimal.max(at(0), one('FLOOR')), one('CAP')),
  DEVIATION: ({ at }) => at(0).minus(1),
  RAW_LINEAR: ({ at }) => at(0).times(100),
  RAW_PIECEWISE: onPoints,
  RAW_STEP: ({ node, at }) =>
    node.inputs.findLast(({ label, of = '' }) => label === 'STEP' && at(0).gte(of))?.value ?? '0',
  RAW_RATINGS: ({ all }) => sum(all('KIND')).div(10_000),
  ATTAINMENT_HIGHER: ({ at, quantity }) => {
    const baseline = quantity('baseline') ?? new Decimal(0);
    return at(0)
      .minus(baseline)
      .div(given(quantity('target')).minus(baseline));
  },
  ATTAINMENT_LOWER: ({ at, quantity }) =>
    given(quantity('limit'))
      .minus(at(0))
      .div(given(quantity('limit')).minus(given(quantity('target')))),
  ATTAINMENT_BAND: inBand,
  ATTAINMENT_BINARY: kept,
  ATTAINMENT_MILESTONES: ({ all }) =>
    sum(all('MILESTONE_REACHED')).div(sum(all('MILESTONE_REACHED', 'MILESTONE_OPEN'))),
  MILESTONE_REACHED: ({ one }) => one('MILESTONE_WEIGHT'),
  MILESTONE_OPEN: ({ one }) => one('MILESTONE_WEIGHT'),
  ACTUAL_SUM: ({ all }) => sum(all('FACT')),
  ACTUAL_AVERAGE: ({ all }) => mean(all('FACT')),
  ACTUAL_LATEST: ({ node }) => {
    const dayOf = (fact: DerivationNode): string => fact.of?.slice(-10) ?? '';
    return node.inputs.reduce((latest, fact) => (dayOf(fact) >= dayOf(latest) ? fact : latest)).value;
  },
  EFFECTIVE_QUANTITY: ({ all, one }) => sum(all('VERSION_SHARE')).div(one('SPAN_DAYS')),
  EFFECTIVE_QUANTITY_SUM: ({ all, one }) =>
    sum(all('VERSION_SHARE')).div(one('SPAN_DAYS')).times(one('SPAN_DAYS')).div(one('PERIOD_DAYS')),
  VERSION_SHARE: product,
  KIND: product,
  KIND_WEIGHT: ({ at }) =>
    at(0)
      .times(at(1).plus(at(2)))
      .div(at(1)),
  KIND_WEIGHT_KEPT: kept,
  KINDS_PRESENT: ({ all }) => sum(all('EVALUATOR_WEIGHT')),
  KINDS_FREED: ({ all }) => sum(all('EVALUATOR_WEIGHT')),
  KIND_MEAN: ({ all }) => mean(all('RATING')),
  COVERAGE: ({ all }) => sum(all('LEVEL_WEIGHT')),
  COMPOSITE_MEAN: ({ node, all }) =>
    sum(all('LEVEL')).div(
      sum(node.inputs.flatMap((level) => level.inputs.slice(0, 1)).map(({ value }) => new Decimal(value))),
    ),
  LEVEL: product,
  LEVEL_SCORE: ({ all }) => mean(all('PERIOD')),
  PERIOD: ({ node, all }) => {
    const days = node.inputs
      .filter(({ label }) => label === 'SEGMENT')
      .map(({ inputs }) => new Decimal(inputs[1]?.value ?? 0));
    return sum(all('SEGMENT')).div(sum(days));
  },
  SEGMENT: product,
};

/** The grade by band, lowered by each knock-out that was hit; the order of grades is that of the bands. */
function result({ node, text }: Step): string {
  const byBand = text('BAND_GRADE');
  if (byBand === undefined) return 'NOT_RATED';
  const bands = node.inputs
    .flatMap(({ label, inputs }) => (label === 'BAND_GRADE' ? inputs : []))
    .filter(({ label }) => label === 'BAND');
  const ceilings = node.inputs.filter(({ label }) => label === 'KNOCK_OUT_HIT').map(({ value }) => value);
  const ranks = [byBand, ...ceilings].map((grade) => bands.findIndex(({ of }) => of === grade));
  return bands[Math.max(...ranks)]?.of ?? 'none';
}

function onPoints({ node, at }: Step): Decimal {
  const points = node.inputs
    .filter(({ label }) => label === 'POINT')
    .map(({ of = '', value }) => ({ x: new Decimal(of), y: new Decimal(value) }));
  const left = points.findLast(({ x }) => x.lt(at(0)));
  const right = points.find(({ x }) => x.gte(at(0)));
  if (left === undefined || right === undefined) return given((left ?? right)?.y);
  return left.y.plus(right.y.minus(left.y).times(at(0).minus(left.x)).div(right.x.minus(left.x)));
}

function inBand({ at, quantity }: Step): Decimal {
  const [low, high] = [given(quantity('low')), given(quantity('high'))];
  const [lowLimit, highLimit] = [given(quantity('lowLimit')), given(quantity('highLimit'))];
  if (at(0).lt(low)) return at(0).minus(lowLimit).div(low.minus(lowLimit));
  return at(0).gt(high) ? highLimit.minus(at(0)).div(highLimit.minus(high)) : new Decimal(1);
}
