import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { LogError } from '../errors.js';

/** A user of this machine. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Where a cluster lives and who runs it. */
export interface Place {
  /** Holds cluster, log file, lock and, where needed, a copy of the binaries. */
  readonly home: string;
  /** Holds the Unix socket. 0700, and short: the system allows about 100 bytes. */
  readonly socketDir: string;
  /** Who runs the server, where that is not ourselves. */
  readonly user: SystemUser | null;
}

/** Where a root-run server lives whose own folder its user cannot enter. */
const SHELTER_ROOT = '/var/lib/assay';
/** What the systems that we run on allow for the path of a Unix socket, with a little to spare. */
export const SOCKET_PATH_BYTES_MAX = 100;
const SOCKET_NAME = '.s.PGSQL.5432';

/**
 * Decides where the cluster of `dataDir` lives. PostgreSQL refuses to run as root: then an unprivileged user runs it
 * (the owner of an existing cluster, else `postgres`, else `nobody`), in a folder of its own below `/var/lib/assay`
 * where it cannot enter `dataDir`; `dataDir/location` then says so. Where a cluster is, it stays: a later change of the
 * folder's mode never makes the data seem gone.
 */
export async function findPlace(dataDir: string, say: (line: string) => void): Promise<Place> {
  const own = resolve(dataDir);
  const asRoot = process.getuid?.() === 0;
  await mkdir(own, { recursive: true, mode: asRoot ? 0o711 : 0o700 });
  const user = asRoot ? await unprivilegedUser(own) : null;
  const home = await decideHome(own, user);
  if (home !== own) say(`PostgreSQL's data is in ${home}: ${user?.name ?? 'its user'} cannot enter ${own}`);
  return { home, socketDir: await makeSocketDir(home, user), user };
}

/** Where the cluster of a data folder was put, other than in it; null where nothing says so. */
export async function notedHome(own: string): Promise<string | null> {
  const noted = (await readFile(join(own, 'location'), 'utf8').catch(() => '')).trim();
  return noted === '' ? null : noted;
}

async function decideHome(own: string, user: SystemUser | null): Promise<string> {
  const noted = await notedHome(own);
  if (noted !== null) return noted;
  if (await stat(join(own, 'cluster')).then(() => true, () => false)) return own;
  const home = user === null || canEnter(own, user) ? own : join(SHELTER_ROOT, digest(own));
  if (home !== own) {
    await mkdir(home, { recursive: true });
    await chmod(SHELTER_ROOT, 0o711);
    await chmod(home, 0o711);
    await writeFile(join(own, 'location'), `${home}\n`);
  }
  return home;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const canEnter = (folder: string, user: SystemUser): boolean =>
  spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { cwd: '/', stdio: 'ignore', uid: user.uid, gid: user.gid }).status === 0;

async function unprivilegedUser(own: string): Promise<SystemUser> {
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const found = async (match: (fields: string[]) => boolean): Promise<SystemUser | null> => {
    const [name, , uid, gid] = users.find(match) ?? [];
    return name === undefined || Number(uid) === 0 ? null : { name, uid: Number(uid), gid: Number(gid) };
  };
  const home = (await notedHome(own)) ?? own;
  const owner = await stat(join(home, 'cluster', 'data')).then((entry) => entry.uid, () => null);
  const user =
    (owner === null ? null : await found(([, , uid]) => Number(uid) === owner)) ??
    (await found(([name]) => name === 'postgres')) ??
    (await found(([name]) => name === 'nobody'));
  if (user === null) throw new LogError('Unavailable', 'PostgreSQL does not run as root, and neither "postgres" nor "nobody" is a user here');
  return user;
}

/** Where the server of a home listens: there, or in a folder for temporary files where that would be too long. */
export function socketPathOf(home: string): string {
  const near = join(home, 'run', SOCKET_NAME);
  return Buffer.byteLength(near) <= SOCKET_PATH_BYTES_MAX ? near : join(tmpdir(), `assay-${digest(home)}`, SOCKET_NAME);
}

async function makeSocketDir(home: string, user: SystemUser | null): Promise<string> {
  const dir = dirname(socketPathOf(home));
  await mkdir(dir, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  if (user !== null && (await lstat(dir)).uid === 0) await chown(dir, user.uid, user.gid);
  const entry = await lstat(dir);
  const owner = user?.uid ?? process.getuid?.();
  // A folder of that name in a shared place could be a trap that somebody else has laid.
  if (!entry.isDirectory() || entry.uid !== owner || (entry.mode & 0o077) !== 0) {
    throw new LogError('Unavailable', `${dir} must be a folder of mode 0700 that belongs to ${user?.name ?? 'this user'}`, { dir });
  }
  return dir;
}
