import { createReadStream } from 'node:fs';
import type { Hash } from 'node:crypto';
import { z } from 'zod';
import { BackupError, digestFrom, FORMAT, FORMAT_VERSION, headerSchema, hexOf, markSchema, type BackupHeader, type Mark } from './format.js';

/** Rows that their mark has vouched for, as the file holds them. */
export interface BackupBlock {
  readonly rows: readonly Buffer[];
  readonly lastPosition: number;
}
/** A back-up in a file. */
export interface Backup {
  readonly header: BackupHeader;
  /** The header's line as it stands, line feed included: the digest begins with it. */
  readonly headerLine: Buffer;
  /** Every block in order, each verified before it is handed out; returns the digest of it all. */
  blocks(): AsyncGenerator<BackupBlock, string>;
}

/** More than any event can take, its bytes escaped twice over: a line beyond it is none of a back-up. */
const LINE_BYTES_MAX = 8 * 1024 * 1024;
const LINE_FEED = 0x0a;
const BRACE = 0x7b;
const TAB = 0x09;

/** Opens a back-up and reads its header. `BackupForeign` where it is none, or one of a later release. */
export async function openBackup(file: string): Promise<Backup> {
  const lines = linesOf(file);
  const { value: headerLine = Buffer.alloc(0) } = await lines.next();
  await lines.return(undefined);
  const header = headerOf(headerLine, file);
  return { header, headerLine, blocks: () => verifiedBlocks(file, header) };
}

/** Reads a back-up to its end and answers its digest. `BackupDamaged` names the place. */
export async function verifyBackup(backup: Backup, onBlock: (lastPosition: number) => void = () => undefined): Promise<string> {
  const blocks = backup.blocks();
  for (;;) {
    const next = await blocks.next();
    if (next.done === true) return next.value;
    onBlock(next.value.lastPosition);
  }
}

function headerOf(line: Buffer, file: string): BackupHeader {
  const parsed = jsonOf(line);
  const said = z.object({ format: z.literal(FORMAT), formatVersion: z.number() }).safeParse(parsed);
  if (!said.success) throw new BackupError('BackupForeign', `${file} does not begin as a back-up of a log does`, { file });
  const { formatVersion } = said.data;
  if (formatVersion !== FORMAT_VERSION) throw new BackupError('BackupForeign', `${file} is of form ${String(formatVersion)}, this release reads form ${String(FORMAT_VERSION)}; take the release that wrote it, or a later one`, { file, formatVersion });
  const header = headerSchema.safeParse(parsed);
  if (!header.success) throw new BackupError('BackupDamaged', `${file} is damaged in its first line: ${header.error.issues.map(({ path }) => path.join('.')).join(', ')} cannot be`, { file, line: 1 });
  return header.data;
}

/** Where a reader stands: what it has seen, and how to say so. */
class Place {
  line = 1;
  next = 0;
  blockFrom = 0;
  blockLine = 2;
  constructor(
    readonly file: string,
    readonly header: BackupHeader,
  ) {}

  damaged(what: string): BackupError {
    return new BackupError('BackupDamaged', `${this.file} is damaged: ${what}`, { file: this.file, line: this.line, fromPosition: this.blockFrom, upToPosition: this.next - 1 });
  }

  checkRow(row: Buffer): void {
    const position = row.toString('latin1', 0, Math.max(0, row.indexOf(TAB)));
    if (position !== String(this.next)) throw this.damaged(`line ${String(this.line)} should hold position ${String(this.next)}`);
    this.next += 1;
  }

  checkMark(mark: Mark, digest: Hash): void {
    if (mark.upTo !== this.next - 1 || mark.sha256 !== hexOf(digest))
      throw this.damaged(`positions ${String(this.blockFrom)} to ${String(this.next - 1)} (lines ${String(this.blockLine)} to ${String(this.line)}) are not what was written`);
    this.blockFrom = this.next;
    this.blockLine = this.line + 1;
  }

  checkEnd(): void {
    if (this.next !== this.header.events || this.next - 1 !== this.header.lastPosition) throw this.damaged(`it holds ${String(this.next)} events, and its first line says ${String(this.header.events)}`);
  }
}

async function* verifiedBlocks(file: string, header: BackupHeader): AsyncGenerator<BackupBlock, string> {
  const place = new Place(file, header);
  let digest: Hash | undefined;
  let rows: Buffer[] = [];
  let ended: string | undefined;
  for await (const line of linesOf(file)) {
    if (digest === undefined) {
      digest = digestFrom(line);
      continue;
    }
    place.line += 1;
    if (ended !== undefined) throw place.damaged(`something follows its end, from line ${String(place.line)} on`);
    if (line.at(-1) !== LINE_FEED) throw place.damaged(cutOff(place));
    if (line[0] !== BRACE) {
      place.checkRow(line);
      digest.update(line);
      rows.push(line);
      continue;
    }
    const mark = markSchema.safeParse(jsonOf(line));
    if (!mark.success) throw place.damaged(`line ${String(place.line)}, after position ${String(place.next - 1)}, cannot be read`);
    place.checkMark(mark.data, digest);
    if (mark.data.end === true) ended = mark.data.sha256;
    yield { rows, lastPosition: place.next - 1 };
    rows = [];
  }
  if (ended === undefined) throw place.damaged(cutOff(place));
  place.checkEnd();
  return ended;
}

const cutOff = ({ next, header }: Place): string => `it is cut off after position ${String(next - 1)} of ${String(header.lastPosition)}`;

function jsonOf(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The lines of a file with their line feeds; a last one without is what was cut off. */
async function* linesOf(file: string): AsyncGenerator<Buffer, undefined> {
  let rest: Buffer[] = [];
  let held = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 })) {
    // A stream opened without an encoding gives Buffers.
    const bytes = chunk as Buffer;
    let from = 0;
    for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, from)) {
      const piece = bytes.subarray(from, at + 1);
      yield held === 0 ? piece : Buffer.concat([...rest, piece]);
      rest = [];
      held = 0;
      from = at + 1;
    }
    if (from === bytes.length) continue;
    rest.push(bytes.subarray(from));
    held += bytes.length - from;
    if (held > LINE_BYTES_MAX) throw new BackupError('BackupDamaged', `${file} holds a line longer than any event`, { file });
  }
  if (held > 0) yield Buffer.concat(rest);
  return undefined;
}
