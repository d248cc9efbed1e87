import { canonicalText, isNotCanonical, isUuid } from '@assay/domain';
import { LogError } from './errors.js';
import { NO_STREAM, type AppendEvent } from './port.js';

/** One append, checked and serialized once: these bytes are stored, hashed and returned. */
export interface EncodedAppend {
  readonly stream: string;
  /** -1 for a stream that must not exist. */
  readonly expected: number;
  readonly events: readonly EncodedEvent[];
  readonly bytes: number;
}
export interface EncodedEvent {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly body: Buffer;
  readonly meta: Buffer;
  /** Typed copies of what `meta` says, for those who look in the database. */
  readonly actor: string | null;
  readonly commandId: string | null;
}

/** Limits of one append, alike for every engine; beyond them `TooLarge`. */
export const APPEND_EVENTS_MAX = 1000;
export const APPEND_BYTES_MAX = 900 * 1024;
/** How long a name, or a typed copy of one, may be. */
export const NAME_BYTES_MAX = 512;
const UNCLEAN = /\p{Surrogate}|\u0000/u;

/**
 * Checks an append before any I/O, alike for every engine (`architecture.md`, The log port): `InvalidEvent` for names,
 * ids and values that cannot be stored faithfully, `TooLarge` past 1,000 events or 900 KiB.
 */
export function encodeAppend(stream: string, events: readonly AppendEvent[], expected: typeof NO_STREAM | number): EncodedAppend {
  checkName(stream, 'stream');
  if (expected !== NO_STREAM && !(Number.isSafeInteger(expected) && expected >= 0)) throw invalid('the expected revision is NO_STREAM or an integer from 0', { expected });
  if (events.length === 0) throw invalid('an append has at least one event', { stream });
  if (events.length > APPEND_EVENTS_MAX) throw new LogError('TooLarge', `an append has at most ${APPEND_EVENTS_MAX} events`, { stream, events: events.length });
  if (new Set(events.map(({ id }) => id)).size < events.length) throw invalid('an event id stands twice in one append', { stream });
  const encoded = events.map(encodeEvent);
  const bytes = encoded.reduce((sum, { body, meta }) => sum + body.length + meta.length, 0);
  if (bytes > APPEND_BYTES_MAX) throw new LogError('TooLarge', `an append has at most ${APPEND_BYTES_MAX} bytes`, { stream, bytes });
  return { stream, expected: expected === NO_STREAM ? -1 : expected, events: encoded, bytes };
}

function encodeEvent(event: AppendEvent): EncodedEvent {
  const { id, type, schemaVersion, data, meta } = event;
  if (!isUuid(id)) throw invalid('an event id is a UUID in lower case', { id });
  checkName(type, 'type');
  if (!Number.isInteger(schemaVersion) || schemaVersion < 1 || schemaVersion > 0x7fff_ffff) throw invalid('a schema version is an integer from 1', { type, schemaVersion });
  return { id, type, schemaVersion, body: canonicalBytes(data, id), meta: canonicalBytes(meta, id), actor: metaTextOf(meta, 'actor'), commandId: metaTextOf(meta, 'commandId') };
}

function canonicalBytes(value: unknown, id: string): Buffer {
  try {
    return Buffer.from(canonicalText(value, 'REFUSE_UNDEFINED'), 'utf8');
  } catch (error) {
    // A value nested beyond what the stack holds is no event either.
    if (isNotCanonical(error) || error instanceof RangeError) throw new LogError('InvalidEvent', error.message, { id }, error);
    throw error;
  }
}

/** A typed copy of what an event's metadata says; null where it says nothing that fits. */
export function metaTextOf(meta: unknown, key: 'actor' | 'commandId'): string | null {
  // An object of whatever members; only the one asked for is looked at.
  const value = typeof meta === 'object' && meta !== null ? (meta as Readonly<Record<string, unknown>>)[key] : null;
  return typeof value === 'string' && Buffer.byteLength(value) <= NAME_BYTES_MAX ? value : null;
}

function checkName(name: string, what: 'stream' | 'type'): void {
  const fits = typeof name === 'string' && name !== '' && Buffer.byteLength(name) <= NAME_BYTES_MAX && !UNCLEAN.test(name);
  if (!fits) throw invalid(`a ${what} name has 1 to ${NAME_BYTES_MAX} bytes of well-formed text without U+0000`, { name });
  if (name.startsWith('$')) throw invalid(`a ${what} name does not begin with "$"`, { name });
}

const invalid = (message: string, facts: Readonly<Record<string, unknown>>): LogError => new LogError('InvalidEvent', message, facts);
