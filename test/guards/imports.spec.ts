import path from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT, fixturesOf, outputOf } from './fixtures.js';

interface CruiseResult {
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string; readonly comment?: string }[] };
  };
}

const { folder, fixtures } = fixturesOf('imports');
let result: CruiseResult;

beforeAll(async () => {
  const config = path.join(ROOT, '.dependency-cruiser.cjs');
  const args = ['--config', config, '--output-type', 'json', 'apps', 'libs', 'test'];
  result = JSON.parse(await outputOf('dependency-cruiser/bin/dependency-cruise.mjs', args, folder));
}, 120_000);

describe('the direction of imports', () => {
  it.each(fixtures)('on $file: $guard', ({ file, guard }) => {
    const rules = result.summary.violations.filter(({ from }) => from === file).map(({ rule }) => rule.name);
    expect([...new Set(rules)]).toEqual(guard === 'none' ? [] : [guard]);
  });

  it('has a failing fixture and a reason for each rule', () => {
    const rules = result.summary.ruleSetUsed.forbidden;
    const shown = new Set(fixtures.map(({ guard }) => guard));
    expect(rules.length).toBeGreaterThan(10);
    expect(rules.filter(({ name, comment }) => !shown.has(name) || !comment).map(({ name }) => name)).toEqual([]);
  });
});
