import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

export const ROOT = path.join(import.meta.dirname, '..', '..');

/**
 * A fixture is a file of a small bad repository, laid out like this one. Its first line says what has to bite on it and
 * nothing else may: `// guard: no-console`, or `none` where the rules have to let it pass.
 */
export interface Fixture {
  readonly file: string;
  readonly guard: string;
}

export function fixturesOf(kind: 'lint' | 'imports'): { readonly folder: string; readonly fixtures: readonly Fixture[] } {
  const folder = path.join(import.meta.dirname, 'fixtures', kind);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.(ts|mjs|cjs)$/.test(file));
  const fixtures = files.map((file) => {
    const guard = /^\/\/ guard: (\S+)\n/.exec(readFileSync(path.join(folder, file), 'utf8'))?.[1];
    if (guard === undefined) throw new Error(`${file} does not say in its first line which guard it is for`);
    return { file: file.split(path.sep).join('/'), guard };
  });
  return { folder, fixtures: fixtures.sort((a, b) => (a.file < b.file ? -1 : 1)) };
}

/** Runs a tool of node_modules as CI does, and returns what it prints; that it found faults is no error here. */
export async function outputOf(tool: string, args: readonly string[], cwd: string): Promise<string> {
  const run = promisify(execFile)(process.execPath, [path.join(ROOT, 'node_modules', tool), ...args], { cwd, maxBuffer: 2 ** 26 });
  const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
  if (stdout === '') throw new Error(stderr);
  return stdout;
}
