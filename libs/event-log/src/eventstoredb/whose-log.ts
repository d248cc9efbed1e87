import { randomUUID } from 'node:crypto';
import { LogError } from '../errors.js';
import { ENGINE_TIMEOUTS } from './engine-timeouts.js';
import { engineFateOf } from './engine-errors.js';
import type { EngineClient } from './engine.js';
import type { IndexRow } from './order-index.js';

/** The stream whose metadata says which log the server holds; the stream itself stays empty, and its metadata is no event of the log. */
const CLAIM = 'assay-log';

/** Which log the server holds; null where it holds none. */
export async function logOf(client: EngineClient, namespace: string): Promise<string | null> {
  const id = (await client.metadataOf(`${namespace}${CLAIM}`, ENGINE_TIMEOUTS.readMs))?.['logId'];
  return typeof id === 'string' ? id : null;
}

/**
 * The id of the log that the server holds; one that holds none is claimed for `id`, or a new one. Of several that claim at
 * once one succeeds, and all are answered its id.
 */
export async function claimLog(client: EngineClient, { namespace, id }: { readonly namespace: string; readonly id: string | null }): Promise<string> {
  const held = await logOf(client, namespace);
  if (held !== null) return held;
  try {
    await client.describe(`${namespace}${CLAIM}`, { logId: id ?? randomUUID() }, ENGINE_TIMEOUTS.readMs);
  } catch (error) {
    if (engineFateOf(error) !== 'CONFLICT') throw error;
  }
  const claimed = await logOf(client, namespace);
  if (claimed === null) throw new LogError('Unavailable', 'the event store does not say which log it holds');
  return claimed;
}

/**
 * Where the log begins at the engine (exclusive): on a server that is shared, where it was claimed; null for the start. A
 * server that belongs to one log is read whole, so that what is not of the log is found out.
 */
export async function beginningOf(client: EngineClient, { namespace, readMs }: Pick<IndexedLog, 'namespace' | 'readMs'>): Promise<bigint | null> {
  if (namespace === '') return null;
  const [claim] = await client.readStream({ stream: `$$${namespace}${CLAIM}`, from: null, direction: 'BACKWARDS', max: 1 }, readMs);
  // Older servers give no positions where a stream is read.
  return claim === undefined || claim.position < 0n ? null : claim.position;
}

/** What an index says of the log that it is of. */
export interface IndexedLog {
  readonly logId: string;
  readonly namespace: string;
  readonly last: () => Promise<IndexRow | null>;
  readonly readMs: number;
}

/**
 * Sees that the server holds the log that the index is of, at least as far: the same id, and the same event at the index's
 * last engine position. `LogDiverged` where it was restored from an older copy, or is another log.
 */
export async function verifyLog(client: EngineClient, { logId, namespace, last, readMs }: IndexedLog): Promise<void> {
  const held = await logOf(client, namespace);
  if (held !== logId) throw new LogError('LogDiverged', held === null ? 'the event store holds no log, and the order index is of one' : 'the event store holds another log than the order index is of', { logId, held });
  const row = await last();
  if (row === null) return;
  const found = await at(client, row, readMs);
  if (found) return;
  throw new LogError('LogDiverged', `the event store does not have the event that the order index has at position ${String(row.ordinal)}: it was restored from an older copy, or is another log`, { position: row.ordinal, eventId: row.id });
}

async function at(client: EngineClient, { enginePosition, id }: IndexRow, readMs: number): Promise<boolean> {
  try {
    const [event] = await client.readAll({ from: enginePosition, direction: 'FORWARDS', max: 1 }, readMs);
    return event?.id === id && event.position === enginePosition;
  } catch (error) {
    if (engineFateOf(error) === 'INVALID_POSITION') return false;
    throw error;
  }
}
