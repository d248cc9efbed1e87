import { cursorAt } from '../cursor.js';
import type { Cursor, StoredEvent } from '../port.js';
import type { EngineEvent } from './engine.js';
import { canonicalMeta } from './frame.js';

/** What the order index and the frame say of an event of the engine. */
export interface PlaceInLog {
  /** As the log names it, without the namespace. */
  readonly stream: string;
  readonly position: number;
  readonly recordedAt: number;
  readonly schemaVersion: number;
  /** The event's own metadata, parsed. */
  readonly meta: unknown;
}

/** An event as read from the engine. Text and cursor are made when asked for. */
export class StoredEngineEvent implements StoredEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly type: string;
  readonly schemaVersion: number;
  readonly body: Uint8Array;
  readonly recordedAt: number;
  private text: string | null = null;
  private written: string | null = null;
  private readonly meta: unknown;

  constructor(
    private readonly logId: string,
    { id, revision, type, body }: EngineEvent,
    place: PlaceInLog,
  ) {
    this.id = id;
    this.revision = revision;
    this.type = type;
    this.body = body;
    this.stream = place.stream;
    this.position = place.position;
    this.recordedAt = place.recordedAt;
    this.schemaVersion = place.schemaVersion;
    this.meta = place.meta;
  }

  get bodyText(): string {
    this.text ??= Buffer.from(this.body.buffer, this.body.byteOffset, this.body.byteLength).toString('utf8');
    return this.text;
  }

  get metaText(): string {
    this.written ??= canonicalMeta(this.meta);
    return this.written;
  }

  get metaBytes(): Uint8Array {
    return Buffer.from(this.metaText, 'utf8');
  }

  get cursor(): Cursor {
    return cursorAt(this.logId, this.position);
  }
}
