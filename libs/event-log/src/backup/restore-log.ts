import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { withClient, type Connection } from '../connection.js';
import { LogError } from '../errors.js';
import { toLogError } from '../postgres/driver-errors.js';
import { migrateLog } from '../postgres/migrate.js';
import { othersConnected } from '../postgres/others-connected.js';
import type { BackupSummary } from './backup-log.js';
import { BackupError, COPY_IN, COPY_OUT, digestFrom } from './format.js';
import { openBackup, type Backup, type BackupBlock } from './read-backup.js';

/** What is restored, whither, and who is told how far it is. */
export interface RestoreOptions {
  /** The login that will serve the log; it is granted what it needs. */
  readonly app: Connection;
  /** The login that owns the log, where there are two. */
  readonly owner?: Connection;
  readonly file: string;
  /** Schemas of what follows from the log: they are dropped, and made again from it. */
  readonly followers: readonly string[];
  readonly onProgress?: (done: { readonly phase: 'WRITTEN' | 'VERIFYING'; readonly events: number; readonly of: number }) => void;
  /** Calls it off; the log stays empty. */
  readonly signal?: AbortSignal;
}

/**
 * Fills an empty log from a back-up: the same id, clock, positions, event ids, bytes and times. One transaction: every
 * block is verified before it is sent, all rows are read back from the database and compared by digest, and only then it
 * commits; whatever ends it before leaves the log empty. Throws `BackupDamaged` with the place, `LogNotEmpty`, `LogInUse`.
 */
export async function restoreLog(options: RestoreOptions): Promise<BackupSummary> {
  const backup = await openBackup(options.file);
  const owner = options.owner ?? options.app;
  try {
    await migrateLog(owner, await withClient(options.app, roleOf));
    return await withClient(owner, async (client) => {
      await client.query('BEGIN');
      await demandEmpty(client);
      const sha256 = await copyIn(client, backup, options);
      await setLogRow(client, backup);
      options.onProgress?.({ phase: 'VERIFYING', events: backup.header.events, of: backup.header.events });
      await verifyRows(client, backup, { expected: sha256, signal: options.signal });
      for (const schema of options.followers) await client.query(`DROP SCHEMA IF EXISTS ${client.escapeIdentifier(schema)} CASCADE`);
      options.signal?.throwIfAborted();
      await client.query('COMMIT');
      await client.query('ANALYZE assay.event');
      return { header: backup.header, sha256 };
    });
  } catch (error) {
    if (error instanceof BackupError || error instanceof LogError || options.signal?.aborted === true) throw error;
    throw toLogError(error, 'the restore');
  }
}

const roleOf = async (client: pg.Client): Promise<string> => (await client.query<{ role: string }>('SELECT current_user AS role')).rows[0]?.role ?? '';

const LOCK_MS_MAX = 4000;
/** Connections that were just given up, ours too, are gone after this at the latest. */
const LEAVING_MS_MAX = 2000;
const POLL_MS = 20;

/** Nobody may read the log's id, or append, between here and the commit; and who has read it already must not go on with it. */
async function demandEmpty(client: pg.Client): Promise<void> {
  await client.query(`SET LOCAL lock_timeout = ${String(LOCK_MS_MAX)}`);
  await client.query('LOCK TABLE assay.log, assay.event IN ACCESS EXCLUSIVE MODE');
  const { rowCount } = await client.query('SELECT FROM assay.event LIMIT 1');
  if (rowCount !== 0) throw new BackupError('LogNotEmpty', 'this log holds events already: a back-up is restored into an empty one; name another by --log, or another folder by ASSAY_DATA');
  const giveUpAt = Date.now() + LEAVING_MS_MAX;
  while ((await othersConnected(client)) > 0) {
    if (Date.now() > giveUpAt) throw new BackupError('LogInUse', 'another program is connected to this log; stop what serves it, then restore');
    await delay(POLL_MS);
  }
}

async function copyIn(client: pg.Client, backup: Backup, { onProgress, signal }: RestoreOptions): Promise<string> {
  let digest = '';
  async function* rows(): AsyncGenerator<Buffer> {
    const blocks = backup.blocks();
    for (let next = await blocks.next(); ; next = await blocks.next()) {
      if (next.done === true) {
        digest = next.value;
        return;
      }
      yield Buffer.concat(next.value.rows);
      told(next.value);
    }
  }
  const told = ({ lastPosition }: BackupBlock): void => onProgress?.({ phase: 'WRITTEN', events: lastPosition + 1, of: backup.header.events });
  await pipeline(Readable.from(rows(), { objectMode: false }), client.query(copyFrom(COPY_IN)), signal === undefined ? {} : { signal });
  return digest;
}

async function setLogRow(client: pg.Client, { header: { logId, clock } }: Backup): Promise<void> {
  const values = [logId, clock.simulated, clock.offsetMs, clock.stepAcceptedAt];
  await client.query('UPDATE assay.log SET id = $1, simulated = $2, offset_ms = $3, step_accepted_at = $4, lease = NULL, lease_until = NULL', values);
}

const ORDER = `SELECT
  (SELECT count(*) FROM (SELECT recorded_at < lag(recorded_at) OVER (ORDER BY position) AS back FROM assay.event) t WHERE back) AS times,
  (SELECT count(*) FROM (SELECT FROM assay.event GROUP BY stream HAVING min(revision) <> 0 OR max(revision) <> count(*) - 1) s) AS streams`;

/** What the database holds now is what the file said, and is in a log's order. */
async function verifyRows(client: pg.Client, { headerLine }: Backup, { expected, signal }: { readonly expected: string; readonly signal: AbortSignal | undefined }): Promise<void> {
  const digest = digestFrom(headerLine);
  for await (const chunk of client.query(copyTo(COPY_OUT))) {
    signal?.throwIfAborted();
    // A stream opened without an encoding gives Buffers.
    digest.update(chunk as Buffer);
  }
  if (digest.digest('hex') !== expected) throw new BackupError('BackupDamaged', 'what the database gives back is not what the file holds; nothing is restored');
  const { rows } = await client.query<{ times: string; streams: string }>(ORDER);
  if (rows[0]?.times !== '0' || rows[0].streams !== '0') throw new BackupError('BackupDamaged', 'the file holds events in an order that no log can have; nothing is restored', { ...rows[0] });
}
