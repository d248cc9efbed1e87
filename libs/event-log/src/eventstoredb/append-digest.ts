import { createHash } from 'node:crypto';
import type { EncodedAppend } from '../encode.js';
import type { StoredEvent } from '../port.js';

/** What an event is, beside its place. */
export type Said = Pick<StoredEvent, 'id' | 'type' | 'schemaVersion' | 'body' | 'metaBytes'>;

const HEX_DIGITS = 32;

/**
 * 128 bits, in hex, of SHA-256 over what an event is and, through the digest before it, over all of its append up to there:
 * what tells, in the order index, whether an append is the one that stands at its place.
 */
export function digestAfter(before: string | null, { id, type, schemaVersion, body, metaBytes }: Said): string {
  const head = JSON.stringify([before, id, type, schemaVersion, body.length]);
  return createHash('sha256').update(head).update(body).update(metaBytes).digest('hex').slice(0, HEX_DIGITS);
}

/** The digest of an append's last event. */
export function digestOf({ events }: EncodedAppend): string | null {
  let digest: string | null = null;
  for (const { meta, ...event } of events) digest = digestAfter(digest, { ...event, metaBytes: meta });
  return digest;
}
