import { readFileSync } from 'node:fs';
import { z } from 'zod';

const packageJson = z.object({ version: z.string(), engines: z.object({ node: z.string() }) });

/** Of the nearest package.json above: the same from `dist/apps/cli/src` and from the sources. */
export function packageFacts(): { readonly version: string; readonly needed: string } {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    try {
      const { version, engines } = packageJson.parse(JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')));
      return { version, needed: engines.node.replace(/^\D+/, '') };
    } catch (error) {
      if (folder.pathname === '/') throw error;
    }
  }
}

export const packageVersion = (): string => packageFacts().version;
