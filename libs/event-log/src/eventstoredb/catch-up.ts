import { LogError } from '../errors.js';
import type { EngineClient, EngineEvent } from './engine.js';
import { ENGINE_TIMEOUTS } from './engine-timeouts.js';
import type { IndexRow } from './order-index.js';
import { isOfLog } from './ordering.js';
import { beginningOf } from './whose-log.js';

/** What ends the wait, and who is told how far the index is. */
export interface CatchUpOptions {
  readonly signal?: AbortSignal | undefined;
  readonly progress?: (ordinal: number) => void;
}
/** The index that is to catch up. */
interface Behind {
  readonly namespace: string;
  readonly last: () => Promise<IndexRow | null>;
  /** Resolves when the index may have gone beyond an ordinal, or after a time. */
  readonly moved: (ordinal: number, timeoutMs: number) => Promise<void>;
  /** Why it never will; null while it may. */
  readonly trouble: () => LogError | null;
}

/** How long the index may stand still while it is behind, before whoever opens the log gives up. */
const NOBODY_MS = 15_000;
const LOOK_MS = 100;
const END_PAGE_EVENTS = 64;

/** Resolves once the index holds every event that the engine holds now; `Unavailable` where nobody brings it on. */
export async function caughtUp(client: EngineClient, { namespace, last, moved, trouble }: Behind, { signal, progress }: CatchUpOptions): Promise<void> {
  const end = (await lastOf(client, namespace, await beginningOf(client, { namespace, readMs: ENGINE_TIMEOUTS.readMs })))?.position;
  if (end === undefined) return;
  let seen = -2;
  let movedAt = Date.now();
  for (;;) {
    signal?.throwIfAborted();
    const failure = trouble();
    if (failure !== null) throw failure;
    const row = await last();
    if (row !== null && row.enginePosition >= end) return;
    const ordinal = row?.ordinal ?? -1;
    if (ordinal !== seen) movedAt = Date.now();
    seen = ordinal;
    if (Date.now() - movedAt > NOBODY_MS) throw new LogError('Unavailable', 'no process brings the order index on; start one that may keep it', { ordinal });
    progress?.(ordinal);
    await moved(ordinal, LOOK_MS);
  }
}

/** The log's last event at the engine; null where it has none. The engine's own events may follow it. */
export async function lastOf(client: EngineClient, namespace: string, beginning: bigint | null): Promise<EngineEvent | null> {
  for (let max = END_PAGE_EVENTS; ; max *= 8) {
    const events = await client.readAll({ from: null, direction: 'BACKWARDS', max }, ENGINE_TIMEOUTS.readMs);
    const last = events.find((event) => isOfLog(event, namespace));
    if (last !== undefined) return last;
    const first = events.at(-1);
    if (first === undefined || events.length < max || (beginning !== null && first.position <= beginning)) return null;
  }
}
