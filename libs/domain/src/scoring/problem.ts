import type { RuleCode } from '../kernel/rules.js';

/** Why an input is refused: the rule's code, the field as a path (`facts.sales[0].value`), and the rule in words. */
export interface InputProblem {
  /** A rule of `domain.md`, or `BAD_USER_INPUT` where the shape itself is wrong. */
  readonly code: RuleCode | 'BAD_USER_INPUT';
  readonly field: string;
  readonly message: string;
}

const PLAIN_KEY = /^[A-Za-z_$][A-Za-z0-9_$-]*$/;

/** `['facts', 'sales', 0, 'value']` → `facts.sales[0].value`; a key that is no word stands in brackets and quotes. */
export function fieldOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((field, key) => {
    if (typeof key === 'number') return `${field}[${key}]`;
    const text = String(key);
    if (!PLAIN_KEY.test(text)) return `${field}[${JSON.stringify(text)}]`;
    return field === '' ? text : `${field}.${text}`;
  }, '');
}

/** The first problem that a check of the items finds, in their order. */
export function firstProblem<T>(
  items: readonly T[],
  check: (item: T, index: number) => InputProblem | null,
): InputProblem | null {
  for (const [index, item] of items.entries()) {
    const problem = check(item, index);
    if (problem !== null) return problem;
  }
  return null;
}

/** The first text that stands twice, or undefined. */
export const repeated = (texts: readonly string[]): string | undefined =>
  texts.find((text, index) => texts.indexOf(text) !== index);
