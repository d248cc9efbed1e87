import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from './system-code.js';

/** Where the embedded PostgreSQL of a data folder keeps its cluster: there, or where its user can enter. */
export function homeOf(dataDir: string): string {
  try {
    return readFileSync(join(dataDir, 'location'), 'utf8').trim();
  } catch {
    return dataDir;
  }
}

/** Removes a data folder and, where its database lives elsewhere, that place too. */
export async function removeData(dataDir: string): Promise<void> {
  for (const folder of new Set([homeOf(dataDir), dataDir])) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * Lets the server's recoveries from now on sync the file system at once, not file by file: seconds less on a busy machine.
 * What is killed here is processes, so nothing hangs on it.
 */
export function syncFaster(home: string): void {
  if (process.platform === 'linux') appendFileSync(join(home, 'cluster', 'data', 'postgresql.conf'), "\nrecovery_init_sync_method = 'syncfs'\n");
}

/** The process ids of a running embedded PostgreSQL: the postmaster first, then its children; none where it was stopped. */
export function serverProcesses(home: string): readonly number[] {
  const note = join(home, 'cluster', 'data', 'postmaster.pid');
  if (!existsSync(note)) return [];
  const postmaster = Number(readFileSync(note, 'utf8').split('\n')[0]);
  return [postmaster, ...childrenOf(postmaster)];
}

function childrenOf(pid: number): readonly number[] {
  try {
    return numbers(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
  } catch {
    // Not Linux.
    return numbers(execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' }));
  }
}

const numbers = (text: string): readonly number[] => text.split(/\s+/).filter((word) => word !== '').map(Number);

/** kill -9, of one that may be gone already. */
export function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error;
  }
}
