import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readFile, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LogError } from '../errors.js';
import type { Binaries } from './binaries.js';
import type { Place, SystemUser } from './place.js';
import { isAlive } from './start-lock.js';

/** The random passwords of a cluster's three logins, kept in its secrets file. */
export interface Secrets {
  readonly superuser: string;
  readonly owner: string;
  readonly app: string;
}

/** Nothing of ours reaches the server: no PGDATA, no locale of a terminal. */
const ENVIRONMENT = { TZ: 'UTC', LC_ALL: 'C' };
const BYTES_FREE_MIN = 2 ** 30;
const STOP_MS_MAX = 60_000;
const POLL_MS = 10;

const dataOf = (place: Pick<Place, 'home'>): string => join(place.home, 'cluster', 'data');
const idsOf = (user: SystemUser | null): { uid?: number; gid?: number } => (user === null ? {} : { uid: user.uid, gid: user.gid });

/** Makes the cluster where there is none, whole or not at all: it is prepared aside and renamed into place. */
export async function ensureCluster(place: Place, binaries: Binaries, signal?: AbortSignal): Promise<Secrets> {
  const version = await readFile(join(dataOf(place), 'PG_VERSION'), 'utf8').catch(() => null);
  if (version === null) await initialize(place, binaries, signal);
  else if (version.trim() !== binaries.major) {
    const said = `${dataOf(place)} was made by PostgreSQL ${version.trim()}, and this release brings ${binaries.major}`;
    const wayOut = 'run "assay backup" with the release that made it, move the folder away, then "assay restore" with this one';
    throw new LogError('Unavailable', `${said}: ${wayOut}`, { found: version.trim(), needed: binaries.major });
  }
  try {
    // Written by `initialize` and by nobody else.
    return JSON.parse(await readFile(join(place.home, 'cluster', 'secrets.json'), 'utf8')) as Secrets;
  } catch (cause) {
    throw new LogError('Unavailable', `${place.home}/cluster/secrets.json cannot be read by this user; run as the one who made it`, {}, cause);
  }
}

async function initialize(place: Place, binaries: Binaries, signal?: AbortSignal): Promise<void> {
  await demandRoom(place);
  await removeDrafts(place);
  const draft = join(place.home, `cluster.draft-${randomBytes(6).toString('hex')}`);
  const passwordFile = join(draft, 'password');
  const password = (): string => randomBytes(24).toString('base64url');
  const secrets: Secrets = { superuser: password(), owner: password(), app: password() };
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, secrets.superuser, { mode: 0o600 });
  if (place.user !== null) for (const path of [draft, passwordFile]) await chown(path, place.user.uid, place.user.gid);
  const flags = ['--locale=C', '--encoding=UTF8', '--username=postgres', '--auth=scram-sha-256', '--no-instructions'];
  // In a session of its own: Ctrl-C is ours to hear first, or its end would look like a failure of its own.
  const run = spawn(binaries.initdb, ['-D', join(draft, 'data'), `--pwfile=${passwordFile}`, ...flags], {
    cwd: '/',
    env: ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...(signal === undefined ? {} : { signal }),
    ...idsOf(place.user),
  });
  let output = '';
  run.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  run.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await ended(run);
  if (code !== 0) await rm(draft, { recursive: true, force: true });
  signal?.throwIfAborted();
  if (code !== 0) throw new LogError('Unavailable', 'initdb failed', { code, output: output.slice(-2000) });
  await rm(passwordFile);
  await writeFile(join(draft, 'secrets.json'), JSON.stringify(secrets), { mode: 0o600 });
  await rename(draft, join(place.home, 'cluster'));
}

/** The exit code, once it is gone: also where it was told to end. */
function ended(run: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    run.once('error', (error) => {
      if (run.pid === undefined) reject(error);
    });
    run.once('close', resolve);
  });
}

/** A new cluster that fills its disk within the hour is no beginning. */
async function demandRoom({ home }: Place): Promise<void> {
  const { bavail, bsize } = await statfs(home);
  if (bavail * bsize < BYTES_FREE_MIN) throw new LogError('Unavailable', `less than 1 GiB is free where ${home} lies; free some space, or choose another folder with ASSAY_DATA`, { home });
}

/**
 * What an initdb that was killed has left behind. Where its process lives on for a moment and still writes there, the
 * rest stays until the next time: drafts are in nobody's way.
 */
async function removeDrafts(place: Place): Promise<void> {
  for (const name of await readdir(place.home)) {
    if (name.startsWith('cluster.draft-')) await rm(join(place.home, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/** A server that this process started. */
export interface StartedServer {
  /** Throws, with the end of the server's log, once the server has ended. */
  check(): Promise<void>;
  /** Ends it before anybody uses it; resolves once it is gone. */
  stop(): Promise<void>;
}

/** Starts the server in a process session of its own, so that neither Ctrl-C nor our own end takes it down while we or others drain. */
export async function spawnServer(place: Place, binaries: Binaries, durable: boolean): Promise<StartedServer> {
  await removeForeignNote(place);
  const logFile = join(place.home, 'postgres.log');
  const output = await open(logFile, 'w', 0o600);
  const settings = [
    'listen_addresses=', `unix_socket_directories=${place.socketDir}`, 'unix_socket_permissions=0700',
    'max_connections=120', 'shared_buffers=64MB', 'max_wal_size=512MB', 'wal_level=minimal', 'max_wal_senders=0',
    'jit=off', 'timezone=UTC', 'log_timezone=UTC', 'log_checkpoints=off',
    // Of tests, which share it: each of their files has connections of its own.
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200']),
  ];
  const server = spawn(binaries.postgres, ['-D', dataOf(place), ...settings.flatMap((setting) => ['-c', setting])], {
    cwd: '/',
    env: ENVIRONMENT,
    stdio: ['ignore', output.fd, output.fd],
    detached: true,
    ...idsOf(place.user),
  });
  let failure: unknown;
  server.once('error', (error) => (failure = error));
  server.unref();
  await output.close();
  const lives = (): boolean => failure === undefined && server.exitCode === null && server.signalCode === null;
  return {
    check: async () => {
      if (lives()) return;
      const said = (await readFile(logFile, 'utf8').catch(() => '')).slice(-2000);
      const why = /FATAL: +(.*)/.exec(said)?.[1] ?? `see ${logFile}`;
      throw new LogError('Unavailable', `the embedded PostgreSQL did not start: ${why}`, { said, exitCode: server.exitCode }, failure);
    },
    stop: async () => {
      server.kill('SIGINT');
      while (lives()) await delay(POLL_MS);
    },
  };
}

/** The process id in `postmaster.pid`, where that server lives. */
export async function postmasterPid(place: Pick<Place, 'home'>): Promise<number | null> {
  const pid = await notedPid(place);
  return pid !== null && isAlive(pid) && (await mayBePostgres(pid)) ? pid : null;
}

async function notedPid(place: Pick<Place, 'home'>): Promise<number | null> {
  const first = (await readFile(join(dataOf(place), 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0] ?? '';
  return /^\d+$/.test(first) ? Number(first) : null;
}

async function mayBePostgres(pid: number): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => null);
  return command === null || command.trim() === 'postgres';
}

/**
 * After a restart of the machine or container the noted id may be another program's, and PostgreSQL would refuse to
 * start for ever. Only then the note is removed: in all other cases PostgreSQL itself must judge it, since by it it
 * finds orphans that still hold the data.
 */
async function removeForeignNote(place: Place): Promise<void> {
  const pid = await notedPid(place);
  if (pid !== null && isAlive(pid) && !(await mayBePostgres(pid))) await rm(join(dataOf(place), 'postmaster.pid'), { force: true });
}

/** PostgreSQL's fast shutdown: open transactions are rolled back, a checkpoint is written; resolves once it is gone. */
export async function stopServer(place: Place): Promise<void> {
  const pid = await postmasterPid(place);
  if (pid === null) return;
  process.kill(pid, 'SIGINT');
  const giveUpAt = Date.now() + STOP_MS_MAX;
  while ((await postmasterPid(place)) === pid) {
    if (Date.now() > giveUpAt) throw new LogError('Unavailable', 'the embedded PostgreSQL did not stop', { pid });
    await delay(POLL_MS);
  }
}
