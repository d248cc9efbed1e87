import { assert, never } from '../../kernel/defect.js';
import type { Direction, FactInput, QuantityName, SpanInput, TargetVersion } from '../input.js';
import { currentFacts, factNode } from './actual.js';
import type { Derived } from './actual.js';
import { countOf, Decimal, decimalOf } from './decimal.js';
import { node } from './node.js';
import type { EffectiveTarget } from './target.js';

/** Directions whose attainment follows from an actual; `MILESTONES` follows from facts. */
export type MeasuredDirection = Exclude<Direction, 'MILESTONES'>;
export type Quantities = Readonly<Partial<Record<QuantityName, Decimal>>>;

/** Attainment of §3, not clamped. */
export function attain(direction: MeasuredDirection, actual: Decimal, target: Quantities): Decimal {
  switch (direction) {
    case 'HIGHER': {
      const baseline = target.baseline ?? new Decimal(0);
      return ratio(actual.minus(baseline), stated(target, 'target').minus(baseline));
    }
    case 'LOWER': {
      const limit = stated(target, 'limit');
      return ratio(limit.minus(actual), limit.minus(stated(target, 'target')));
    }
    case 'BAND':
      return attainBand(actual, target);
    case 'BINARY':
      assert(actual.isZero() || actual.eq(1), 'the actual of BINARY is 0 or 1', { actual: actual.toFixed() });
      return actual;
    default:
      return never(direction);
  }
}

/** Attainment with its derivation; `of` is the indicator's code. */
export function deriveAttainment(
  actual: Derived,
  target: EffectiveTarget['quantities'],
  { direction, of }: { readonly direction: MeasuredDirection; readonly of: string },
): Derived {
  const quantities = Object.entries(target);
  const value = attain(
    direction,
    actual.value,
    Object.fromEntries(quantities.map(([name, quantity]) => [name, quantity.value])),
  );
  const inputs = [actual.node, ...quantities.map(([, quantity]) => quantity.node)];
  return { value, node: node([`ATTAINMENT_${direction}`, 3], value, { of, inputs }) };
}

/** Attainment by milestones: a fact up to the period's end, even from before it, with the milestone's code and value 1. */
export function deriveMilestones(
  version: TargetVersion,
  facts: readonly FactInput[],
  context: { readonly period: SpanInput; readonly of: string },
): Derived {
  const done = currentFacts(facts).filter(
    ({ occurredOn, value }) => occurredOn <= context.period.to && decimalOf(value).eq(1),
  );
  const milestones = (version.milestones ?? []).map((milestone) => ({
    ...milestone,
    fact: done.find(({ factId }) => factId === milestone.code),
  }));
  const reached = countOf(milestones.filter(({ fact }) => fact !== undefined).map(({ weight }) => weight));
  const value = ratio(new Decimal(reached), new Decimal(countOf(milestones.map(({ weight }) => weight))));
  const inputs = milestones.map(({ code, weight, fact }) => {
    const weightNode = node(['MILESTONE_WEIGHT', 3], weight, { of: code, source: version.eventId });
    if (fact === undefined) return node(['MILESTONE_OPEN', 3], weight, { of: code, inputs: [weightNode] });
    return node(['MILESTONE_REACHED', 3], weight, { of: code, inputs: [weightNode, factNode(fact)] });
  });
  return { value, node: node(['ATTAINMENT_MILESTONES', 3], value, { of: context.of, inputs }) };
}

function attainBand(actual: Decimal, target: Quantities): Decimal {
  const low = stated(target, 'low');
  const high = stated(target, 'high');
  const lowLimit = stated(target, 'lowLimit');
  const highLimit = stated(target, 'highLimit');
  if (actual.lt(low)) return ratio(actual.minus(lowLimit), low.minus(lowLimit));
  if (actual.gt(high)) return ratio(highLimit.minus(actual), highLimit.minus(high));
  return new Decimal(1);
}

function stated(target: Quantities, name: QuantityName): Decimal {
  const quantity = target[name];
  assert(quantity !== undefined, 'the target states what its direction demands', { name });
  return quantity;
}

function ratio(above: Decimal, below: Decimal): Decimal {
  assert(below.gt(0), 'the target leaves room between its quantities', { below: below.toFixed() });
  return above.div(below);
}
