import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT, fixturesOf, outputOf } from './fixtures.js';

interface LintResult {
  readonly filePath: string;
  readonly messages: readonly { readonly ruleId: string | null; readonly severity: number; readonly fatal?: boolean }[];
}

const { folder, fixtures } = fixturesOf('lint');
const found = new Map<string, readonly string[]>();

beforeAll(async () => {
  const args = ['--config', path.join(ROOT, 'eslint.config.mjs'), '--format', 'json', '.'];
  const results: readonly LintResult[] = JSON.parse(await outputOf('eslint/bin/eslint.js', args, folder));
  for (const { filePath, messages } of results) {
    // A directive that has no effect is told as a warning without a rule; assay/comments makes it an error.
    const rules = messages.filter(({ severity }) => severity === 2).map(({ ruleId, fatal }) => (fatal ? 'parse' : String(ruleId)));
    found.set(path.relative(folder, filePath).split(path.sep).join('/'), [...new Set(rules)]);
  }
}, 120_000);

describe('the linter', () => {
  it.each(fixtures)('on $file: $guard', ({ file, guard }) => {
    expect(found.get(file)).toEqual(guard === 'none' ? [] : [guard]);
  });

  it('has a failing fixture for each rule of the house', async () => {
    const lists = await import(pathToFileURL(path.join(ROOT, 'scripts', 'lint', 'house-rules.mjs')).href);
    const demanded = new Set(
      Object.values<Record<string, unknown>>(lists).flatMap((rules) => Object.keys(rules).filter((rule) => rules[rule] !== 'off')),
    );
    expect(demanded.size).toBeGreaterThan(20);
    const shown = new Set(fixtures.map(({ guard }) => guard));
    expect([...demanded].filter((rule) => !shown.has(rule))).toEqual([]);
  });
});
