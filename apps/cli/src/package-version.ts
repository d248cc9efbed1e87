import { readFileSync } from 'node:fs';

/** The version in the nearest package.json above: the same from `dist/apps/cli/src` and from the sources. */
export function packageVersion(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    try {
      const parsed: unknown = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
      if (parsed !== null && typeof parsed === 'object' && 'version' in parsed) return String(parsed.version);
    } catch (error) {
      if (folder.pathname === '/') throw error;
    }
  }
}
