import { createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { withClient, type Connection } from '../connection.js';
import { toLogError } from '../postgres/driver-errors.js';
import { BackupError, BLOCK_BYTES_MAX, BLOCK_ROWS_MAX, COPY_OUT, digestFrom, FORMAT, FORMAT_VERSION, hexOf, type BackupHeader, type Mark } from './format.js';
import { openBackup, verifyBackup } from './read-backup.js';

/** What is backed up, whither, and who is told how far it is. */
export interface BackupOptions {
  /** The login that serves is enough: a back-up reads. */
  readonly app: Connection;
  readonly file: string;
  /** Stated in the header. */
  readonly stated: Pick<BackupHeader, 'assayVersion' | 'log' | 'mode'>;
  readonly onProgress?: (done: { readonly phase: 'WRITTEN' | 'VERIFIED'; readonly events: number; readonly of: number }) => void;
  /** Calls it off; nothing is left of it. */
  readonly signal?: AbortSignal;
}

/** A back-up that was written, or restored, and read back. */
export interface BackupSummary {
  readonly header: BackupHeader;
  /** Over the header and every row: the same after a restore. */
  readonly sha256: string;
}

const LINE_FEED = 0x0a;

/**
 * Copies the whole log into one file, as of one moment, while others read and append. It is written beside its place, made
 * durable, read back and only then renamed, so that a file of that name is whole. Personal keys and read models are not
 * in it (`architecture.md`, Personal data). `FileExists`, `LogEmpty`; what the database says as a `LogError`.
 */
export async function backupLog(options: BackupOptions): Promise<BackupSummary> {
  const { file } = options;
  if (await stat(file).then(() => true, () => false)) throw new BackupError('FileExists', `${file} is there already; a back-up replaces no file`, { file });
  const draft = `${file}.part-${String(process.pid)}`;
  try {
    const { header, sha256 } = await withClient(options.app, (client) => copyOut(client, draft, options));
    const of = header.events;
    const found = await verifyBackup(await openBackup(draft), (last) => {
      options.signal?.throwIfAborted();
      options.onProgress?.({ phase: 'VERIFIED', events: last + 1, of });
    });
    if (found !== sha256) throw new BackupError('BackupDamaged', `${draft} does not hold what was written to it`, { file: draft });
    await rename(draft, file);
    await syncFolderOf(file);
    return { header, sha256 };
  } catch (error) {
    await rm(draft, { force: true });
    throw typed(error, options);
  }
}

/** A connection's errors bear a system call's name too, as those of files do. */
const OF_CONNECTIONS = /^E(CONN|PIPE|TIMEDOUT|HOST)/;

function typed(error: unknown, { file, signal }: BackupOptions): unknown {
  if (error instanceof BackupError || signal?.aborted === true || typeof error !== 'object' || error === null) return error;
  const system = 'code' in error ? String(error.code) : '';
  const ofFile = 'syscall' in error && error.syscall !== 'connect' && !OF_CONNECTIONS.test(system);
  return ofFile ? new BackupError('FileUnwritable', `${file} cannot be written (${system}); nothing is left of it`, { file, system }) : toLogError(error, 'the back-up');
}

async function copyOut(client: pg.Client, draft: string, options: BackupOptions): Promise<BackupSummary> {
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
  const header = await headerOf(client, options);
  const headerLine = `${JSON.stringify(header)}\n`;
  const written: Written = { sha256: '', onBlock: (last) => options.onProgress?.({ phase: 'WRITTEN', events: last + 1, of: header.events }) };
  const rows = client.query(copyTo(COPY_OUT));
  const sink = createWriteStream(draft, { mode: 0o600, flags: 'wx', flush: true });
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  await pipeline(rows, (source) => sealed(source, headerLine, written), sink, signal);
  await client.query('COMMIT');
  return { header, sha256: written.sha256 };
}

interface LogRow {
  readonly id: string;
  readonly simulated: boolean;
  readonly offset_ms: string;
  readonly step_accepted_at: string | null;
  readonly position: string | null;
  readonly recorded_at: string;
  readonly taken_at: string;
}

const LOG_ROW = `SELECT l.id, l.simulated, l.offset_ms, l.step_accepted_at, e.position, e.recorded_at, assay.clock() AS taken_at
  FROM assay.log l LEFT JOIN LATERAL (SELECT position, recorded_at FROM assay.event ORDER BY position DESC LIMIT 1) e ON true`;

async function headerOf(client: pg.Client, { stated }: BackupOptions): Promise<BackupHeader> {
  const { rows } = await client.query<LogRow>(LOG_ROW);
  const [log] = rows;
  if (log === undefined || log.position === null) throw new BackupError('LogEmpty', `the log ${stated.log} is empty: there is nothing to back up`, { log: stated.log });
  const lastPosition = Number(log.position);
  return {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    ...stated,
    logId: log.id,
    clock: { simulated: log.simulated, offsetMs: Number(log.offset_ms), stepAcceptedAt: log.step_accepted_at === null ? null : Number(log.step_accepted_at) },
    events: lastPosition + 1,
    firstPosition: 0,
    lastPosition,
    lastRecordedAt: Number(log.recorded_at),
    takenAt: Number(log.taken_at),
  };
}

interface Written {
  sha256: string;
  readonly onBlock: (lastPosition: number) => void;
}

/** Header, rows and marks, from the rows as PostgreSQL sends them: in pieces that end where they happen to. */
async function* sealed(source: AsyncIterable<Uint8Array>, headerLine: string, written: Written): AsyncGenerator<Uint8Array> {
  const digest = digestFrom(headerLine);
  const block = { rows: 0, bytes: 0, upTo: -1 };
  const mark = (end: boolean): string => {
    const line: Mark = { upTo: block.upTo, sha256: hexOf(digest), ...(end ? { end: true } : {}) };
    written.sha256 = line.sha256;
    written.onBlock(block.upTo);
    Object.assign(block, { rows: 0, bytes: 0 });
    return `${JSON.stringify(line)}\n`;
  };
  yield Buffer.from(headerLine);
  for await (const chunk of source) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) {
      block.rows += 1;
      block.upTo += 1;
      if (block.rows < BLOCK_ROWS_MAX && block.bytes + at + 1 - from < BLOCK_BYTES_MAX) continue;
      const piece = chunk.subarray(from, at + 1);
      digest.update(piece);
      yield piece;
      yield Buffer.from(mark(false));
      from = at + 1;
    }
    const piece = chunk.subarray(from);
    digest.update(piece);
    block.bytes += piece.length;
    yield piece;
  }
  yield Buffer.from(mark(true));
}

/** A renamed file is durable only with its folder. */
async function syncFolderOf(file: string): Promise<void> {
  const handle = await open(dirname(file), 'r');
  await handle.sync().finally(() => handle.close());
}
