import { describe, expect, it } from '@jest/globals';
import { score } from '@assay/domain';
import { asNumbers, FILES, scoreVectors } from './vectors.js';

describe.each(FILES)('golden vectors scoring/%s.json', (file) => {
  it.each(scoreVectors(file))('$name', ({ input, expect: expected }) => {
    const { status, provisional, total, grade, indicators } = score(input);
    expect({ status, provisional, total, grade }).toEqual({
      status: expected.status,
      provisional: expected.provisional,
      total: expected.total,
      grade: expected.grade,
    });
    // `deviation` and `pendingCode` are figures of ours beside those the vectors hold.
    const figures = indicators.map(({ deviation: _deviation, pendingCode: _pendingCode, ...held }) => held);
    expect(asNumbers(figures)).toEqual(asNumbers(expected.indicators));
  });
});
