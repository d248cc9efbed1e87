import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const pages = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name))].filter((page) => page.endsWith('.md'));
/** Links to files: no scheme, no anchor of the same page. */
const LINK = /\]\(([^)#:\s]+)(?:#[^)]*)?\)/g;

describe('links between pages', () => {
  it.each(pages)('lead somewhere from %s', (page) => {
    const broken = [...readFileSync(page, 'utf8').matchAll(LINK)].map(([, target = '']) => target).filter((target) => !existsSync(join(dirname(page), target)));
    expect(broken).toEqual([]);
  });

  it('README is a page, not a book', () => {
    expect(readFileSync('README.md', 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
  });
});
