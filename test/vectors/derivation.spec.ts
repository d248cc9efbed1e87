import { describe, expect, it } from '@jest/globals';
import { composite, flattenDerivation, renderDerivation, score } from '@assay/domain';
import type { DerivationNode } from '@assay/domain';
import { allNodes, isLeaf, recompute } from './recompute.js';
import { compositeVectors, FILES, scoreVectors } from './vectors.js';

const totalOf = (tree: DerivationNode): string | null =>
  allNodes(tree).find(({ label }) => label === 'TOTAL')?.value ?? null;

describe.each(FILES)('derivations of scoring/%s.json', (file) => {
  it.each(scoreVectors(file))('$name', ({ input }) => {
    const { derivation, grade, total } = score(input);
    expect(recompute(derivation)).toBe(grade ?? 'NOT_RATED');
    expect(totalOf(derivation)).toBe(total);
    const framing = new Set<string>(['RESULT', 'RESULT_PROVISIONAL', 'INDICATOR_ABSENT']);
    const given = allNodes(derivation).filter((node) => isLeaf(node) && !framing.has(node.label));
    expect(given.filter(({ inputs }) => inputs.length > 0)).toEqual([]);
  });
});

describe.each(FILES)('derivations of composite/%s.json', (file) => {
  it.each(compositeVectors(file))('$name', ({ input }) => {
    const { derivation, grade, total } = composite(input);
    expect(recompute(derivation)).toBe(grade ?? 'NOT_RATED');
    expect(totalOf(derivation)).toBe(total);
  });
});

describe('a derivation as rows and as text', () => {
  it.each(scoreVectors('random').slice(0, 20))(
    '$name: one row and one line for each node, in pre-order',
    ({ input }) => {
      const { derivation } = score(input);
      const nodes = allNodes(derivation);
      const rows = flattenDerivation(derivation);
      expect(rows.map(({ value, rule }) => ({ value, rule }))).toEqual(
        nodes.map(({ value, rule }) => ({ value, rule })),
      );
      const keys = new Set(rows.map(({ key }) => key));
      expect(keys.size).toBe(rows.length);
      expect(rows.slice(1).every(({ parentKey }) => parentKey !== null && keys.has(parentKey))).toBe(true);
      const lines = renderDerivation(derivation, 'en').split('\n');
      expect(lines.map((line) => (line.length - line.trimStart().length) / 2)).toEqual(rows.map(({ depth }) => depth));
      lines.forEach((line, index) =>
        expect(line.trimStart().startsWith(`${rows[index]?.label}: ${rows[index]?.value}`)).toBe(true),
      );
    },
  );
});
