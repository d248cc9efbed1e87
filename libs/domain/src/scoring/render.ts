import { formulaText, labelText, unitText } from './derivation-words.js';
import type { Locale } from './derivation-words.js';
import type { DerivationNode } from './derivation.js';

/**
 * A derivation as an indented text tree, two spaces a level, for `score --explain` and `explainScore`'s `text`
 * (`scoring.md`, Derivation). One node a line: what it is, its value, how that follows from the lines indented below
 * it, the section, and at a leaf the id of the event it came from. No final line end.
 *
 *     total: 103.19 points = rounded once [scoring §7]
 *       weighted sum: 103.18555555555555555555555555555556 points = ... [scoring §7]
 */
export function renderDerivation(tree: DerivationNode, locale: Locale): string {
  const lines: string[] = [];
  const visit = (node: DerivationNode, depth: number): void => {
    lines.push('  '.repeat(depth) + lineOf(node, locale));
    for (const input of node.inputs) visit(input, depth + 1);
  };
  visit(tree, 0);
  return lines.join('\n');
}

function lineOf(node: DerivationNode, locale: Locale): string {
  const unit = node.unit === undefined ? '' : ` ${unitText(node.unit, locale)}`;
  const formula = formulaText(node, locale);
  const how = formula === null ? '' : ` = ${formula}`;
  const source = node.source === undefined ? '' : ` <${node.source}>`;
  return `${labelText(node, locale)}: ${node.value}${unit}${how} [${node.rule}]${source}`;
}
