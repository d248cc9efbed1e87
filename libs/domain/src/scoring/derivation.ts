import { labelText } from './derivation-words.js';
import type { DerivationLabel, Locale } from './derivation-words.js';

/**
 * One step of a derivation (`scoring.md`, Derivation). An inner node's value follows from its inputs by the formula of
 * its label; a leaf's value was given, and `source` is the id of the event that gave it, where the input named one.
 */
export interface DerivationNode {
  readonly label: DerivationLabel;
  /** What the label is about: an indicator, a quantity, a fact, a day. */
  readonly of?: string;
  /** The section, e.g. `scoring §2`. */
  readonly rule: string;
  /** Decimal text, a grade or a state. */
  readonly value: string;
  /** `POINTS`, `BASIS_POINTS`, `DAYS`, or the metric's own. */
  readonly unit?: string;
  readonly inputs: readonly DerivationNode[];
  readonly source?: string;
}

/** A node of the flattened tree. `key` is the path of child numbers from the root, e.g. `0.2.1`. */
export interface FlatDerivationNode {
  readonly key: string;
  readonly parentKey: string | null;
  readonly depth: number;
  readonly label: string;
  readonly rule: string;
  readonly value: string;
  readonly unit: string | null;
  readonly source: string | null;
}

/**
 * The tree in pre-order, as `explainScore` serves it (`api.md`, Derivation): parents before children, children as
 * declared. Labels are words of the locale; keys are stable for the same tree.
 */
export function flattenDerivation(tree: DerivationNode, locale: Locale = 'en'): readonly FlatDerivationNode[] {
  const flat: FlatDerivationNode[] = [];
  const visit = (node: DerivationNode, key: string, parentKey: string | null): void => {
    const { rule, value, unit = null, source = null } = node;
    const depth = key.split('.').length - 1;
    flat.push({ key, parentKey, depth, label: labelText(node, locale), rule, value, unit, source });
    node.inputs.forEach((input, index) => visit(input, `${key}.${index}`, key));
  };
  visit(tree, '0', null);
  return flat;
}
