import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { LogError } from '../errors.js';
import { openLocalKeyStore } from './keys.js';

/** What is wrong with the keys of a log, by what somebody has to do about it. */
export type KeyProblem =
  /** There is no store of this log's keys here, or no master key: without them texts about people cannot be read. */
  | { readonly kind: 'MISSING'; readonly path: string }
  /** The store is another log's, or its master key is none. */
  | { readonly kind: 'UNUSABLE'; readonly path: string }
  /** Keys that were made here and are gone. */
  | { readonly kind: 'LOST'; readonly path: string; readonly keys: number }
  /** Keys that the master key does not open. */
  | { readonly kind: 'UNREADABLE'; readonly path: string; readonly keys: number }
  /** Others than the owner may read it. */
  | { readonly kind: 'EXPOSED'; readonly path: string; readonly mode: number };

/** A look at the keys of a log: how many holders have one, and what is wrong. */
export interface KeyInspection {
  readonly folder: string;
  readonly holders: number;
  readonly problems: readonly KeyProblem[];
}

/** Opens every key of a log without using or changing one. Says nothing of what the keys are. */
export async function inspectLocalKeys(folder: string, logId: string): Promise<KeyInspection> {
  const own = join(folder, logId);
  const master = join(folder, 'master.key');
  const missing = await missingOf([join(own, 'store.json'), master]);
  if (missing.length > 0) return { folder: own, holders: 0, problems: missing.map((path) => ({ kind: 'MISSING', path })) };
  const names = (await readdir(own)).filter((name) => HOLDER_FILE.test(name));
  const exposed = await exposedOf([own, master, ...names.map((name) => join(own, name))]);
  return { folder: own, holders: names.length, problems: [...exposed, ...(await lostOf(own, names)), ...(await unreadableOf({ folder, own, logId }, names))] };
}

const HOLDER_FILE = /^[0-9a-f]{64}\.json$/;
const MASTER_BYTES = 32;

async function missingOf(paths: readonly string[]): Promise<readonly string[]> {
  const there = await Promise.all(paths.map((path) => stat(path).then(() => true, () => false)));
  return paths.filter((_path, index) => there[index] === false);
}

async function exposedOf(paths: readonly string[]): Promise<readonly KeyProblem[]> {
  const modes = await Promise.all(paths.map((path) => stat(path).then(({ mode }) => mode & 0o777)));
  return paths.flatMap((path, index) => ((modes[index] ?? 0) & 0o077) === 0 ? [] : [{ kind: 'EXPOSED' as const, path, mode: modes[index] ?? 0 }]);
}

/** The store notes each key that it makes: what is noted and has no file is lost. */
async function lostOf(own: string, names: readonly string[]): Promise<readonly KeyProblem[]> {
  const made = new Set((await readFile(join(own, 'made'), 'utf8').catch(() => '')).split('\n').filter((line) => line !== ''));
  for (const name of names) made.delete(name.replace('.json', ''));
  return made.size === 0 ? [] : [{ kind: 'LOST', path: own, keys: made.size }];
}

async function unreadableOf({ folder, own, logId }: { readonly folder: string; readonly own: string; readonly logId: string }, names: readonly string[]): Promise<readonly KeyProblem[]> {
  try {
    const store = await openLocalKeyStore({ folder, logId, create: false });
    let unreadable = 0;
    for (const name of names) {
      const opened = await holderIn(join(own, name)).then((holder) => store.forReading(holder)).then(() => true, () => false);
      if (!opened) unreadable += 1;
    }
    return unreadable === 0 ? [] : [{ kind: 'UNREADABLE', path: own, keys: unreadable }];
  } catch (error) {
    if (error instanceof LogError) return [{ kind: 'UNUSABLE', path: await unusableOf(folder, own) }];
    throw error;
  }
}

async function unusableOf(folder: string, own: string): Promise<string> {
  const master = join(folder, 'master.key');
  const { size } = await stat(master);
  return size === MASTER_BYTES ? own : master;
}

/** The holder that a file says it is of, where its name agrees. */
async function holderIn(file: string): Promise<string> {
  // Written by the store; anything else fails below.
  const { holder } = JSON.parse(await readFile(file, 'utf8')) as { readonly holder: string };
  const name = createHash('sha256').update(holder).digest('hex');
  if (!file.endsWith(`${name}.json`)) throw new Error('the file is of another holder');
  return holder;
}
