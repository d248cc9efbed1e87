import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Connection } from '../connection.js';
import { databaseNameOf, loginsOf } from '../databases.js';
import { LogError } from '../errors.js';
import { bundledMajor } from './binaries.js';
import { postmasterPid, type Secrets } from './cluster.js';
import { notedHome, socketPathOf } from './place.js';

/** What stands in a data folder, as seen from outside: nothing was made, started or asked. */
export interface EmbeddedLook {
  /** Where cluster and server are, or would be. */
  readonly home: string;
  /** The major version that made the cluster; null where there is none yet. */
  readonly clusterMajor: string | null;
  /** That of the binaries of this release; null where there are none for this platform. */
  readonly bundledMajor: string | null;
  /** The running server's process id. */
  readonly pid: number | null;
  readonly socketPath: string;
  /** Both logins of the log; null where this user cannot read their passwords. */
  readonly logins: { readonly owner: Connection; readonly app: Connection } | null;
  /** The file of their passwords; its mode where it is there. */
  readonly secrets: { readonly file: string; readonly mode: number | null };
}

/** Looks at the embedded PostgreSQL of a folder; makes, starts and changes nothing. Throws for a name that is no log's. */
export async function lookAtEmbedded(dataDir: string, log: string): Promise<EmbeddedLook> {
  const own = resolve(dataDir);
  const home = (await notedHome(own)) ?? own;
  const socketPath = socketPathOf(home);
  const file = join(home, 'cluster', 'secrets.json');
  const secrets = await readFile(file, 'utf8').then(
    // Written when the cluster was made and by nobody else.
    (text) => JSON.parse(text) as Secrets,
    () => null,
  );
  const server = { host: dirname(socketPath), port: 5432 };
  return {
    home,
    clusterMajor: await readFile(join(home, 'cluster', 'data', 'PG_VERSION'), 'utf8').then((text) => text.trim(), () => null),
    bundledMajor: await bundledMajor().catch(() => null),
    pid: await postmasterPid({ home }),
    socketPath,
    logins: secrets === null ? null : loginsOf(server, databaseNameOf(log), secrets),
    secrets: { file, mode: await stat(file).then(({ mode }) => mode & 0o777, () => null) },
  };
}

/** `Unavailable` where a data folder holds no cluster. */
export async function demandCluster(dataDir: string): Promise<void> {
  const own = resolve(dataDir);
  const home = (await notedHome(own)) ?? own;
  const there = await stat(join(home, 'cluster', 'data', 'PG_VERSION')).then(() => true, () => false);
  if (!there) throw new LogError('Unavailable', `there is no log in ${own}; name another folder by ASSAY_DATA`, { folder: own });
}
