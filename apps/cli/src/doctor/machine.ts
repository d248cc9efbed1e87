import { constants, existsSync } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { SOCKET_PATH_BYTES_MAX, type EmbeddedLook } from '@assay/event-log';
import { fault, ok, warning, type Finding } from './finding.js';

const MEBIBYTE = 2 ** 20;
/** Below it no new database is begun. */
export const ROOM_TO_BEGIN_BYTES = 1024 * MEBIBYTE;
/** Below it the log refuses writes. */
const ROOM_TO_WRITE_BYTES = 64 * MEBIBYTE;

/** Whether this Node is one that the product runs on. */
export function checkNode(version: string, needed: string): Finding {
  const [have, want] = [version, needed].map((text) => text.replace(/^\D*/, '').split('.').map(Number));
  const differing = [0, 1, 2].find((index) => have?.[index] !== want?.[index]);
  if (differing === undefined || (have?.[differing] ?? 0) > (want?.[differing] ?? 0)) return ok('node', `${version}; ${needed} is needed`);
  return fault('node', 'NODE_OLD', { found: `${version}; ${needed} is needed`, remedy: 'install a newer Node, see https://nodejs.org/en/download' });
}

/** Whether the data folder can be written to. */
export async function checkFolder(dataFolder: string): Promise<Finding> {
  const folder = resolve(dataFolder);
  if (!existsSync(folder)) return ok('folder', `${folder} is not there yet; the first start makes it`);
  const writable = await access(folder, constants.W_OK | constants.X_OK).then(() => true, () => false);
  if (writable) return ok('folder', folder);
  return fault('folder', 'FOLDER_NOT_WRITABLE', { found: `${folder} is no folder that this user can write to`, remedy: 'run as its owner, or choose another folder with ASSAY_DATA' });
}

/** Free space where the data lies, and where temporary files go. */
export async function checkDisk(home: string, roomToBegin: number): Promise<readonly Finding[]> {
  const remedy = 'free some space there, or move the data folder to a larger disk and name it by ASSAY_DATA';
  const [data, temporary] = [await freeAt(home), await freeAt(tmpdir())];
  const said = `${megabytes(data)} are free where ${home} lies`;
  const low = data < ROOM_TO_WRITE_BYTES ? fault('disk', 'DISK_FULL', { found: `${said}; writes are refused`, remedy }) : warning('disk', 'DISK_LOW', { found: said, remedy });
  return [
    data < roomToBegin ? low : ok('disk', said),
    ...(temporary < ROOM_TO_WRITE_BYTES ? [warning('disk', 'TEMPORARY_LOW', { found: `${megabytes(temporary)} are free in ${tmpdir()}`, remedy: 'free some space there, or name another folder by TMPDIR' })] : []),
  ];
}

/** Of the nearest folder that is there. */
async function freeAt(folder: string): Promise<number> {
  for (let at = folder; ; at = dirname(at)) {
    if (!existsSync(at) && at !== dirname(at)) continue;
    const { bavail, bsize } = await statfs(at);
    return bavail * bsize;
  }
}

const megabytes = (bytes: number): string => `${String(Math.floor(bytes / MEBIBYTE))} MiB`;

/** The system takes socket paths of about a hundred bytes; the server does not start with a longer one. */
export function checkSocket({ socketPath }: EmbeddedLook): Finding {
  const bytes = Buffer.byteLength(socketPath);
  const found = `${socketPath}: ${String(bytes)} of ${String(SOCKET_PATH_BYTES_MAX)} bytes`;
  if (bytes <= SOCKET_PATH_BYTES_MAX) return ok('socket', found);
  return fault('socket', 'SOCKET_PATH_LONG', { found, remedy: 'choose a shorter data folder with ASSAY_DATA, or a shorter TMPDIR' });
}
