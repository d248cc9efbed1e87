import { setTimeout as delay } from 'node:timers/promises';
import { APPEND_BYTES_MAX } from '../encode.js';
import { engineFateOf, toEngineError } from '../eventstoredb/engine-errors.js';
import type { ConnectEngine, EngineAppend, EngineClient, EngineEvent } from '../eventstoredb/engine.js';
import { frameOf } from '../eventstoredb/frame.js';
import { EngineLink } from '../eventstoredb/link.js';
import { openEventStoreLog } from '../eventstoredb/open-eventstore-log.js';
import { isOfLog } from '../eventstoredb/ordering.js';
import { logOf } from '../eventstoredb/whose-log.js';
import { within } from '../eventstoredb/within.js';
import type { StoredEvent } from '../port.js';
import { MoveError } from './move-error.js';
import type { MoveTarget, TargetRequest } from './target.js';

/** What one call of the move may carry; together with the frames it stays below the engine's own limit of 1 MiB. */
const RUN_EVENTS_MAX = 500;
/** How long an answer is waited for before the same append is sent again, and for how long a server may be away. */
const ATTEMPT_MS = 5_000;
const AWAY_MS = 60_000;
const RETRY_MS = { first: 50, most: 2_000 };
const READ_MS = 4_000;
const LOOK_EVENTS = 64;
/** A server belongs to one log: no namespace. */
export const NAMESPACE = '';

/** An event store to move a log to; it must be empty, or hold a beginning of this very log. */
export async function engineTarget(connect: ConnectEngine, { logId, app, owner, signal }: TargetRequest): Promise<MoveTarget> {
  const link = new EngineLink(connect);
  try {
    await within(demandOwn(await link.client(), logId), { ms: AWAY_MS, signals: [signal] });
  } catch (error) {
    await link.close();
    throw error instanceof MoveError ? error : toEngineError(error, 'the event store');
  }
  const open = () => openEventStoreLog({ connect, app, ...(owner === undefined ? {} : { owner }), id: logId, ...(signal === undefined ? {} : { signal }) });
  let log = await open().catch(async (error: unknown) => {
    await link.close();
    throw error;
  });
  return {
    head: async () => (await log.head()).position,
    write: async (events) => {
      for (const run of runsOf(events)) await append(link, run, signal);
    },
    reread: async () => {
      await log.close();
      log = await open();
      return log;
    },
    log: () => log,
    // Its clock follows from its events.
    finish: () => Promise.resolve(),
    close: async () => {
      await log.close();
      await link.close();
    },
  };
}

/** Sees that the server holds nothing, or this log; before anything is claimed or indexed. */
export async function demandOwn(client: EngineClient, logId: string): Promise<void> {
  const held = await logOf(client, NAMESPACE);
  if (held === logId) return;
  if (held !== null) throw new MoveError('TargetForeign', `the event store holds another log (${held}); a log needs a server of its own`, { held });
  for (let max = LOOK_EVENTS; ; max *= 8) {
    const events = await client.readAll({ from: null, direction: 'BACKWARDS', max }, READ_MS);
    if (events.some((event) => isOfLog(event, NAMESPACE))) throw new MoveError('TargetForeign', 'the event store holds events that are no log of ours; a log needs a server of its own');
    if (events.length < max) return;
  }
}

/** Consecutive events of one stream go in one call. Where appends ended once, no engine remembers and no reader asks. */
function runsOf(events: readonly StoredEvent[]): readonly EngineAppend[] {
  const runs: { readonly stream: string; readonly expected: number; bytes: number; readonly events: EngineAppend['events'][number][] }[] = [];
  for (const { id, type, stream, revision, schemaVersion, recordedAt, body, metaBytes } of events) {
    const event = { id, type, body, metadata: frameOf({ schemaVersion, recordedAt }, metaBytes) };
    const bytes = body.length + event.metadata.length;
    const run = runs.at(-1);
    if (run?.stream === stream && run.events.length < RUN_EVENTS_MAX && run.bytes + bytes <= APPEND_BYTES_MAX) {
      run.events.push(event);
      run.bytes += bytes;
    } else runs.push({ stream, expected: revision - 1, bytes, events: [event] });
  }
  return runs;
}

/**
 * One call after the other: the engine's order must be the source's. An append without an answer is sent again with the same
 * ids and expected revision, so that it stands there once.
 */
async function append(link: EngineLink, run: EngineAppend, signal: AbortSignal | undefined): Promise<void> {
  const giveUpAt = Date.now() + AWAY_MS;
  for (let wait = RETRY_MS.first; ; wait = Math.min(wait * 2, RETRY_MS.most)) {
    signal?.throwIfAborted();
    let client: EngineClient | null = null;
    try {
      client = await within(link.client(), { ms: ATTEMPT_MS, signals: [signal] });
      await within(client.append(run), { ms: ATTEMPT_MS, signals: [signal] });
      return;
    } catch (error) {
      signal?.throwIfAborted();
      const fate = engineFateOf(error);
      if (fate === 'CONFLICT' && client !== null && (await isThere(client, run))) return;
      if (fate === 'CONFLICT') throw new MoveError('TargetForeign', `the event store has other events in ${run.stream} than the log; nothing may write to it while a log is moved there`, { stream: run.stream, revision: run.expected + 1 });
      if (fate !== 'LOST' || Date.now() > giveUpAt) throw toEngineError(error, 'the move');
      if (client !== null) link.recycle(client);
    }
    await delay(wait);
  }
}

async function isThere(client: EngineClient, { stream, expected, events }: EngineAppend): Promise<boolean> {
  const there: readonly EngineEvent[] = await client.readStream({ stream, from: expected + 1, direction: 'FORWARDS', max: events.length }, READ_MS).catch(() => []);
  return there.length === events.length && there.every(({ id }, index) => id === events[index]?.id);
}
