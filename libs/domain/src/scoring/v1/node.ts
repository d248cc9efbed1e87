import type { DerivationLabel } from '../derivation-words.js';
import type { DerivationNode } from '../derivation.js';
import { textOf } from './decimal.js';
import type { Decimal } from './decimal.js';

/** What a node says beside label and value; absent members stay absent, so that equal inputs give equal bytes. */
interface NodeParts {
  readonly of?: string | undefined;
  readonly unit?: string | undefined;
  readonly source?: string | undefined;
  readonly inputs?: readonly DerivationNode[];
}

const SECTIONS = {
  1: 'scoring §1',
  2: 'scoring §2',
  3: 'scoring §3',
  4: 'scoring §4',
  5: 'scoring §5',
  6: 'scoring §6',
  7: 'scoring §7',
  8: 'scoring §8',
  9: 'scoring §9',
} as const;
/** A label and the section of `scoring.md` whose rule it is. */
export type Step = readonly [label: DerivationLabel, section: keyof typeof SECTIONS];

/** A node of the derivation. */
export function node([label, section]: Step, value: string | number | Decimal, parts: NodeParts = {}): DerivationNode {
  const { of, unit, source, inputs = [] } = parts;
  return {
    label,
    ...(of === undefined ? {} : { of }),
    rule: SECTIONS[section],
    value: typeof value === 'object' ? textOf(value) : String(value),
    ...(unit === undefined ? {} : { unit }),
    inputs,
    ...(source === undefined ? {} : { source }),
  };
}

/** Names a node that stands elsewhere in the tree, so that no subtree is written twice. */
export function above(referred: DerivationNode): DerivationNode {
  const { label, of, rule, value, unit } = referred;
  return {
    label: 'ABOVE',
    of: of === undefined ? label : `${label} ${of}`,
    rule,
    value,
    ...(unit === undefined ? {} : { unit }),
    inputs: [],
  };
}
