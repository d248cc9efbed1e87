import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

/** What people read, or what is made of it; specs may say what they like. */
const SHOWN = ['README.md', 'apps', 'docs', 'examples', 'libs', 'scripts'];
/** In GB 2312, and yet written otherwise in the mainland of today. */
const OLD_FORMS = '於徵麽瞭甯';

/** The 6,763 characters of GB 2312: what simplified Chinese is written with. */
function simplified(): ReadonlySet<string> {
  const bytes: number[] = [];
  for (let row = 0xb0; row <= 0xf7; row += 1) for (let column = 0xa1; column <= 0xfe; column += 1) bytes.push(row, column);
  const known = new Set(new TextDecoder('gbk').decode(Uint8Array.from(bytes)).match(/\p{Script=Han}/gu));
  for (const form of OLD_FORMS) known.delete(form);
  return known;
}

const filesShown = (): readonly string[] =>
  SHOWN.flatMap((folder) => (statSync(folder).isDirectory() ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)) : [folder]))
    .filter((file) => /\.(ts|tsx|mjs|cjs|json|md|graphql)$/.test(file))
    .filter((file) => !/\.(spec|fixture)\.ts$|package-lock\.json$|(^|\/)(node_modules|dist|generated|__generated__)\//.test(file));

describe('Chinese texts', () => {
  it('are written in simplified characters', () => {
    const known = simplified();
    expect(known.size).toBeGreaterThan(6700);
    const strange = filesShown().flatMap((file) => [...(readFileSync(file, 'utf8').match(/\p{Script=Han}/gu) ?? [])].filter((character) => !known.has(character)).map((character) => `${file}: ${character}`));
    expect(strange).toEqual([]);
  });
});
