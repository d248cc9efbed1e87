import { describe, expect, it } from '@jest/globals';
import { composite } from '@assay/domain';
import { asNumbers, compositeVectors, FILES } from './vectors.js';

describe.each(FILES)('golden vectors composite/%s.json', (file) => {
  it.each(compositeVectors(file))('$name', ({ input, expect: expected }) => {
    const { status, total, grade, coverage, levels } = composite(input);
    expect({ status, total, grade, coverage }).toEqual({
      status: expected.status,
      total: expected.total,
      grade: expected.grade,
      coverage: expected.coverage,
    });
    expect(asNumbers(levels)).toEqual(asNumbers(expected.levels));
  });
});
