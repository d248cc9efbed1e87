import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../kernel/hash.js';
import { composite, CURRENT_ENGINE, ENGINES, score } from './engines.js';
import { readCompositeInput, readScoreInput } from './read-input.js';

const HERE = dirname(fileURLToPath(import.meta.url));

/**
 * What each released engine is made of: the sources of its folder, and the arithmetic package. A hash that differs means
 * that past scores could read differently: make a new version beside it, never edit this one.
 */
const RELEASED = {
  '1.0.0': {
    folder: 'v1',
    decimalJs: '10.6.0',
    sha256: '1a69111273e4d028dc641b4defc3f3593bdcb3f52391cc0fcc5cda2bdf1df2c9',
  },
};
/** What an engine may take values from beside its own files; `defect.ts` reckons nothing. */
const ALLOWED = /^(decimal\.js|\.\/[a-z-]+\.js|\.\.\/\.\.\/kernel\/defect\.js)$/;

/** Source without comments and white space, so that formatting and wording may change. */
const normalized = (source: string): string =>
  source
    .replace(
      /('(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
      (_, text: string | undefined) => text ?? '',
    )
    .replace(/^import type [\s\S]*?;$/gm, '')
    .replace(/\s+/g, '');

const sourcesOf = (folder: string) =>
  readdirSync(join(HERE, folder))
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map((file) => ({ file, source: readFileSync(join(HERE, folder, file), 'utf8') }));

const hashOf = (folder: string): string =>
  sha256Hex(
    sourcesOf(folder)
      .map(({ file, source }) => `${file} ${sha256Hex(normalized(source))}`)
      .join('\n'),
  );

describe('engine registry', () => {
  it('knows every release, and reckons new scores by one of them', () => {
    expect([...ENGINES.keys()]).toEqual(Object.keys(RELEASED));
    expect(ENGINES.has(CURRENT_ENGINE)).toBe(true);
  });

  it.each(Object.entries(RELEASED))('engine %s is as it was released', (_, { folder, decimalJs, sha256 }) => {
    const manifest: unknown = JSON.parse(
      readFileSync(join(HERE, '../../../../node_modules/decimal.js/package.json'), 'utf8'),
    );
    expect(manifest).toMatchObject({ version: decimalJs });
    expect(hashOf(folder)).toBe(sha256);
  });

  it.each(Object.values(RELEASED))('nothing outside $folder reckons for it', ({ folder }) => {
    const imported = sourcesOf(folder).flatMap(({ source }) => [
      ...source.matchAll(/^(?:import|export) (?!type )[^;]*?from '([^']+)';$/gm),
    ]);
    expect(imported.map(([, from = '']) => from).filter((from) => !ALLOWED.test(from))).toEqual([]);
  });

  it('sees an edit, but neither a comment nor white space', () => {
    const source = "const a = 'x // y'; // why\n/* more */ const b = 1;\n";
    expect(normalized(source)).toBe("consta='x//y';constb=1;");
    expect(normalized(source)).not.toBe(normalized(source.replace('= 1', '= 2')));
  });

  it('says which engine reckoned, and knows no other version', () => {
    const indicator = { code: 'q', dimension: 'd', weight: 10_000, kind: 'QUALITATIVE' };
    const asked = readScoreInput({
      period: { from: '2026-01-01', to: '2026-01-31' },
      scheme: { evaluatorWeights: { SUPERIOR: 10_000 }, indicators: [indicator] },
    });
    const year = readCompositeInput({ weights: { YEAR: 10_000 }, periods: [] });
    if ('problem' in asked || 'problem' in year) throw new Error('both inputs are well formed');
    expect(score(asked.input).engineVersion).toBe('1.0.0');
    expect(composite(year.input, '1.0.0').engineVersion).toBe('1.0.0');
    expect(() => score(asked.input, '0.9.0')).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
    expect(() => composite(year.input, 'constructor')).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
  });
});
