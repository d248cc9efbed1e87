import type { EncodedAppend } from '../encode.js';
import { LogError } from '../errors.js';
import { engineFateOf, toEngineError } from './engine-errors.js';
import type { EngineEvent } from './engine.js';
import { canonicalMeta, readFrame } from './frame.js';
import type { EngineLink } from './link.js';
import type { IndexRow } from './order-index.js';
import type { EventPlace } from './places.js';

/** What the log holds of an append: nothing, the very same, or some of it otherwise. */
export type Found = { readonly kind: 'OTHER' } | { readonly kind: 'NONE'; /** Whether another's events stand where it was to stand. */ readonly isTaken: boolean } | { readonly kind: 'SAME'; /** Null where it is not indexed yet. */ readonly place: EventPlace | null };

/** What reading back works with. */
export interface ReadBackPorts {
  readonly link: EngineLink;
  readonly namespace: string;
  readonly readMs: number;
  readonly placeMs: number;
  readonly withIds: (ids: readonly string[]) => Promise<readonly IndexRow[]>;
  /** Where an event stands; null where it is not indexed in time. */
  readonly find: (stream: string, revision: number, ms: number) => Promise<EventPlace | null>;
}

/**
 * Looks for an append's events in the log, ids and bytes. The engine says neither that an append was a repetition nor that
 * its content is another than the first time (`esdb-recorded.md`): the log itself does. Errors are the log's; `Unavailable`
 * also where the server's node is behind the index.
 */
export async function readBack(append: EncodedAppend, ports: ReadBackPorts): Promise<Found> {
  const found = (await look(append, ports)) ?? (await look(append, ports));
  if (found === null) throw new LogError('Unavailable', 'the event store does not show what the order index has', { stream: append.stream });
  return found;
}

/** Null where it landed, late, between the look at the stream and that at the index: the next look sees it. */
async function look(append: EncodedAppend, ports: ReadBackPorts): Promise<Found | null> {
  const there = await eventsAt(append, ports);
  const ours = new Set(append.events.map(({ id }) => id));
  const same = there.length === append.events.length && there.every((event, index) => isSame(append, index, event));
  if (same) return { kind: 'SAME', place: await ports.find(append.stream, append.expected + append.events.length, ports.placeMs) };
  if (there.some(({ id }) => ours.has(id))) return { kind: 'OTHER' };
  const indexed = await ports.withIds([...ours]);
  if (indexed.length === 0) return { kind: 'NONE', isTaken: there.length > 0 };
  return indexed.every((row) => isAtPlace(append, row)) ? null : { kind: 'OTHER' };
}

const isAtPlace = ({ stream, expected, events }: EncodedAppend, row: IndexRow): boolean => row.stream === stream && events[row.revision - expected - 1]?.id === row.id;

async function eventsAt({ stream, expected, events }: EncodedAppend, { link, namespace, readMs }: ReadBackPorts): Promise<readonly EngineEvent[]> {
  const range = { stream: `${namespace}${stream}`, from: expected + 1, direction: 'FORWARDS' as const, max: events.length };
  try {
    return await (await link.client()).readStream(range, readMs);
  } catch (error) {
    if (engineFateOf(error) === 'NOT_FOUND') return [];
    throw toEngineError(error, 'reading an append back');
  }
}

function isSame({ expected, events }: EncodedAppend, index: number, there: EngineEvent): boolean {
  const ours = events[index];
  if (ours === undefined || there.id !== ours.id || there.revision !== expected + 1 + index || there.type !== ours.type || !ours.body.equals(there.body)) return false;
  const { head, meta } = readFrame(there.metadata, there);
  return head.schemaVersion === ours.schemaVersion && canonicalMeta(meta) === ours.meta.toString('utf8');
}
