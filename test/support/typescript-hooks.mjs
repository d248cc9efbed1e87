/**
 * Lets a child process of a test run this repository's TypeScript as it stands:
 * `node --import ./test/support/typescript-hooks.mjs test/support/some-child.ts`. The same compiler and aliases as in Jest.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

const root = new URL('../../', import.meta.url);
const OPTIONS = {
  sourceMaps: 'inline',
  module: { type: 'es6' },
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
};
const SETTINGS = JSON.stringify(OPTIONS);
const CACHE = fileURLToPath(new URL('node_modules/.cache/assay-tests/', root));
if (isMainThread) register(import.meta.url);

export async function resolve(specifier, context, next) {
  const alias = /^@assay\/([^/]+)$/.exec(specifier);
  if (alias) return { url: new URL(`libs/${alias[1]}/src/index.ts`, root).href, shortCircuit: true };
  if (specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts')) {
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(fileURLToPath(source))) return { url: source.href, shortCircuit: true };
  }
  if (specifier.endsWith('.ts')) return { ...(await next(specifier, context)), format: 'module' };
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  return { format: 'module', source: await compiled(fileURLToPath(url)), shortCircuit: true };
}

/** Compiled once per text: a test that starts many children does not wait for the compiler each time. */
async function compiled(file) {
  const text = readFileSync(file, 'utf8');
  const kept = join(CACHE, `${createHash('sha256').update(`${process.version}\0${file}\0${SETTINGS}\0${text}`).digest('hex')}.mjs`);
  try {
    return readFileSync(kept, 'utf8');
  } catch {
    const { transformSync } = await import('@swc/core');
    const { code } = transformSync(text, { filename: file, ...OPTIONS });
    mkdirSync(CACHE, { recursive: true });
    // Renamed into place: another child may read it at this moment.
    const half = `${kept}.${process.pid}`;
    writeFileSync(half, code);
    renameSync(half, kept);
    return code;
  }
}
