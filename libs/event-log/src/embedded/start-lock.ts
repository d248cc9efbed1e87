import { lstat, readlink, rm, symlink } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { LogError } from '../errors.js';

const POLL_MS = 20;
/** Longer than any start with initdb takes: an older lock was left by a process whose id was given to another since. */
const STALE_MS = 60_000;
const WAIT_MS_MAX = 90_000;

/**
 * Runs `work` while no other process starts, initializes or stops the same cluster. The lock is a symbolic link to the
 * id of its holder: made whole or not at all, and on a full disk too. One whose holder is gone is taken over. Two that
 * take over at the same instant could both go on; that costs a wasted initdb only, since the rename of the finished
 * cluster and `postmaster.pid` admit one each. The signal ends the waiting, not the work.
 */
export async function underStartLock<T>(file: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  await acquire(file, signal);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function acquire(file: string, signal?: AbortSignal): Promise<void> {
  const giveUpAt = Date.now() + WAIT_MS_MAX;
  for (;;) {
    signal?.throwIfAborted();
    try {
      await symlink(String(process.pid), file);
      return;
    } catch (error) {
      // What file operations throw.
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST') throw new LogError('Unavailable', `${file} cannot be made (${code})`, { file }, error);
    }
    if (await isStale(file)) await rm(file, { force: true });
    else if (Date.now() > giveUpAt) throw new LogError('Unavailable', `another process holds ${file}`, { file });
    else await delay(POLL_MS);
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    const [holder, { mtimeMs }] = await Promise.all([readlink(file), lstat(file)]);
    return Date.now() - mtimeMs > STALE_MS || !isAlive(Number(holder));
  } catch {
    return false;
  }
}

/** Whether a process of this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // What `kill` throws.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
