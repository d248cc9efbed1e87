import { cursorAt } from '../cursor.js';
import type { Cursor, StoredEvent } from '../port.js';

/** What every read selects. The bytes are canonical JSON, so UTF-8: as text they travel at half the size of hexadecimal. */
export const COLUMNS = `position, stream, revision, id, type, schema_version, convert_from(body, 'UTF8'), convert_from(meta, 'UTF8'), recorded_at`;

/** Values as PostgreSQL writes them, in the order of `COLUMNS`. */
export type StoredRow = readonly [string, string, string, string, string, string, string, string, string];

/** An event as read. Bytes and cursor are made when asked for: a fold needs neither. */
export class StoredRowEvent implements StoredEvent {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly bodyText: string;
  readonly metaText: string;
  readonly recordedAt: number;

  constructor(
    private readonly logId: string,
    row: StoredRow,
  ) {
    this.position = Number(row[0]);
    this.stream = row[1];
    this.revision = Number(row[2]);
    this.id = row[3];
    this.type = row[4];
    this.schemaVersion = Number(row[5]);
    this.bodyText = row[6];
    this.metaText = row[7];
    this.recordedAt = Number(row[8]);
  }

  get body(): Uint8Array {
    return Buffer.from(this.bodyText, 'utf8');
  }

  get metaBytes(): Uint8Array {
    return Buffer.from(this.metaText, 'utf8');
  }

  get cursor(): Cursor {
    return cursorAt(this.logId, this.position);
  }
}
