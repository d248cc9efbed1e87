import { createHash, type Hash } from 'node:crypto';
import { z } from 'zod';

/**
 * How a back-up stands in its file: lines of UTF-8. The first is the header; then rows as PostgreSQL's COPY writes them as
 * text, one event a line in log order, and after each block of them a mark; the last mark is the end. A row begins with a
 * digit, header and marks with a brace. No version of PostgreSQL shows in it, so any reads what any wrote.
 */
export const FORMAT = 'assay log backup';
/** Raised when a reader of the old form could misread the new one. */
export const FORMAT_VERSION = 1;

const whole = z.number().int().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** The first line of a back-up: what is backed up, of which log, and when. Nothing else is taken for one. */
export const headerSchema = z.object({
  format: z.literal(FORMAT),
  formatVersion: z.literal(FORMAT_VERSION),
  assayVersion: z.string(),
  /** The log's name where it was backed up, and how it was served there; for people, and for serving it alike again. */
  log: z.string(),
  mode: z.enum(['demo', 'production']),
  logId: z.uuid(),
  /** The log's clock (`architecture.md`, Time): restored with it. */
  clock: z.object({ simulated: z.boolean(), offsetMs: z.number().int(), stepAcceptedAt: z.number().int().nullable() }),
  events: whole.min(1),
  firstPosition: z.literal(0),
  lastPosition: whole,
  lastRecordedAt: whole,
  /** By the database's clock, ms. */
  takenAt: whole,
});

/** What a back-up says of itself in its first line. */
export type BackupHeader = z.infer<typeof headerSchema>;

/** What follows a block of rows and vouches for everything up to there. */
export const markSchema = z.object({
  upTo: whole,
  /** Over the header's line and every row so far. */
  sha256,
  /** On the last mark alone: without it the file was cut off. */
  end: z.literal(true).optional(),
});
/** A mark as read. */
export type Mark = z.infer<typeof markSchema>;

/** A block ends after so many rows: what is damaged is named by its block. */
export const BLOCK_ROWS_MAX = 1000;
/** Or after so many bytes: a block is held in memory until its mark has vouched for it. */
export const BLOCK_BYTES_MAX = 1024 * 1024;

/** Positions, ids, bytes and times, in this order, whatever columns a release adds beside them. */
const COLUMNS = ['position', 'stream', 'revision', 'id', 'type', 'schema_version', 'body', 'meta', 'actor', 'command_id', 'recorded_at'] as const;

/**
 * Bodies are canonical JSON, so UTF-8: doubling their backslashes gives PostgreSQL's escape form of bytea, which reads back
 * as the very bytes and stays readable, at half the size of hexadecimal.
 */
const asEscapedBytes = (column: string): string => `replace(convert_from(${column}, 'UTF8'), chr(92), chr(92) || chr(92))`;
const selected = COLUMNS.map((column) => (column === 'body' || column === 'meta' ? asEscapedBytes(column) : column));

/** Every event as a row of a back-up, in log order. */
export const COPY_OUT = `COPY (SELECT ${selected.join(', ')} FROM assay.event ORDER BY position) TO STDOUT (FORMAT text, ENCODING 'UTF8')`;
/** Takes the rows of a back-up back, as they are. */
export const COPY_IN = `COPY assay.event (${COLUMNS.join(', ')}) FROM STDIN (FORMAT text, ENCODING 'UTF8')`;

/** The digest of a back-up, begun with its header's line: rows follow, marks do not count. */
export const digestFrom = (headerLine: Uint8Array | string): Hash => createHash('sha256').update(headerLine);

/** The digest so far; more may follow. */
export const hexOf = (digest: Hash): string => digest.copy().digest('hex');

/** What back-up and restore refuse. Match on `code`, never on message or class. */
export type BackupErrorCode = 'BackupDamaged' | 'BackupForeign' | 'FileExists' | 'FileUnwritable' | 'LogEmpty' | 'LogNotEmpty' | 'LogInUse';

/** Why there is no back-up, or why it is not restored; in words that name the file, the place in it, and the way out. */
export class BackupError extends Error {
  constructor(
    readonly code: BackupErrorCode,
    message: string,
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
  }
}
