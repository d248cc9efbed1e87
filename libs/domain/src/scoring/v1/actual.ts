import { never } from '../../kernel/defect.js';
import type { DerivationNode } from '../derivation.js';
import type { Accumulation, FactInput, SpanInput } from '../input.js';
import { decimalOf, sumOf } from './decimal.js';
import type { Decimal } from './decimal.js';
import { node } from './node.js';

/** A value with the node that derives it. */
export interface Derived {
  readonly value: Decimal;
  readonly node: DerivationNode;
}

/**
 * Each fact at its highest revision, in the order in which the facts were **first** recorded: a `Map` keeps the place of
 * a key that is set again. The order decides `LATEST` of one day and the order of a sum.
 */
export function currentFacts(facts: readonly FactInput[]): readonly FactInput[] {
  const current = new Map<string, FactInput>();
  for (const fact of facts) {
    const key = JSON.stringify([fact.source, fact.factId]);
    const before = current.get(key);
    if (before === undefined || fact.revision > before.revision) current.set(key, fact);
  }
  return [...current.values()];
}

/** A fact as a leaf: `crm/f1 r2 2026-02-15`. */
export const factNode = (fact: FactInput, unit?: string): DerivationNode =>
  node(['FACT', 1], decimalOf(fact.value), {
    of: `${fact.source}/${fact.factId} r${fact.revision} ${fact.occurredOn}`,
    unit,
    source: fact.eventId,
  });

/** The actual of §1 over the span, or null where no fact lies in it. */
export function deriveActual(
  facts: readonly FactInput[],
  accumulation: Accumulation,
  context: { readonly span: SpanInput; readonly of: string; readonly unit?: string | undefined },
): Derived | null {
  const { span, of, unit } = context;
  const inside = currentFacts(facts).filter(({ occurredOn }) => span.from <= occurredOn && occurredOn <= span.to);
  const [first] = inside;
  if (first === undefined) return null;
  const inputs = inside.map((fact) => factNode(fact, unit));
  const total = () => sumOf(inside.map((fact) => decimalOf(fact.value)));
  switch (accumulation) {
    case 'SUM':
      return derived('ACTUAL_SUM', total());
    case 'LATEST':
      return derived('ACTUAL_LATEST', decimalOf(latestOf(first, inside).value));
    case 'AVERAGE':
      return derived('ACTUAL_AVERAGE', total().div(inside.length));
    default:
      return never(accumulation);
  }
  function derived(label: 'ACTUAL_SUM' | 'ACTUAL_LATEST' | 'ACTUAL_AVERAGE', value: Decimal): Derived {
    return { value, node: node([label, 1], value, { of, unit, inputs }) };
  }
}

const latestOf = (first: FactInput, facts: readonly FactInput[]): FactInput =>
  facts.reduce((latest, fact) => (fact.occurredOn >= latest.occurredOn ? fact : latest), first);
