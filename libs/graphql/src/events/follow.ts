import type { Principal } from '@assay/domain';
import { patiently } from '@assay/event-log';
import { isPassing, type Change, type ChangedItem, type ReadModels, type ResumeFrom, type View } from '@assay/read-models';
import { Channel } from '../edge/channel.js';
import type { GraphqlContext } from '../edge/context.js';
import { apiError, forbidden } from '../edge/error-codes.js';
import type { LogSource } from '../reading/ports.js';
import type { ShownEvent } from './event.js';

/** What kind of message a subscription sends. */
export const MESSAGE_KINDS = ['CHANGE', 'POSITION', 'RESUME_FROM'] as const;
/** A message of any subscription; `view` is the document that changed. */
export interface Message<T> {
  readonly kind: (typeof MESSAGE_KINDS)[number];
  readonly position: number;
  readonly event: ShownEvent | null;
  readonly view: T | null;
}

/** Messages made before their reader asks for them; what waits beyond is in the feed, with its own bound. */
export const AHEAD_MAX = 16;
/** So that a filter does not stop progress. */
const POSITION_EVERY_MS = 15_000;

/** What one subscription follows. */
export interface Follow<Doc, T> {
  readonly view: View<Doc>;
  /** Name of the subscription field: what the payload is keyed by. */
  readonly field: string;
  /** Position after which changes are replayed; live ones only where null. */
  readonly after: number | null;
  /** What an item comes to for its reader now; undefined where it does not concern them. */
  readonly shown: (item: ChangedItem<Doc>, change: Change<Doc>, principal: Principal) => Promise<{ readonly event: ShownEvent | null; readonly view: T | null } | undefined>;
  /** How often a position-only message is sent, in ms; 15 s where absent. */
  readonly everyMs?: number;
}
interface Ports {
  readonly readModels: Pick<ReadModels, 'changes'>;
  readonly log: Pick<LogSource, 'head'>;
}

/**
 * Follows the changes of a view for one subscriber (`api.md`, Subscriptions): every visible one once, in order, replayed
 * after a position and then live, at the reader's pace. Rights are looked up anew for each change; failures that pass are
 * waited out. A subscriber that falls behind is told RESUME_FROM with the position up to which it was told everything, and
 * the subscription ends. `POSITION_AHEAD` beyond the head.
 */
export async function follow<Doc, T>(ports: Ports, context: GraphqlContext, following: Follow<Doc, T>): Promise<AsyncIterableIterator<Readonly<Record<string, Message<T>>>>> {
  const { after, field, everyMs = POSITION_EVERY_MS } = following;
  const head = await ports.log.head();
  if (after !== null && after > head.position) throw apiError('POSITION_AHEAD', 'The log does not reach that far.', { position: String(head.position) });
  const ending = new AbortController();
  const channel = new Channel<Readonly<Record<string, Message<T>>>>({ queuedMax: AHEAD_MAX, onReturn: () => ending.abort() });
  const progress = { drained: after ?? -1 };
  const ticking = setInterval(() => {
    // Where the channel is full the reader is about to hear of something else.
    if (progress.drained >= 0) channel.push({ [field]: { kind: 'POSITION', position: progress.drained, event: null, view: null } });
  }, everyMs);
  ending.signal.addEventListener('abort', () => clearInterval(ticking));
  const pumped = pump({ ports, context, following, progress, channel, signal: ending.signal });
  pumped
    .then(() => channel.end())
    .catch((error: unknown) => channel.end(error))
    .finally(() => clearInterval(ticking))
    .catch(() => undefined);
  return channel;
}

interface Pumping<Doc, T> {
  readonly ports: Ports;
  readonly context: GraphqlContext;
  readonly following: Follow<Doc, T>;
  /** Up to where the reader was told everything. */
  readonly progress: { drained: number };
  readonly channel: Pick<Channel<Readonly<Record<string, Message<T>>>>, 'room' | 'push'>;
  readonly signal: AbortSignal;
}

async function pump<Doc, T>({ ports, context, following, progress, channel, signal }: Pumping<Doc, T>): Promise<void> {
  const { view, field, after, shown } = following;
  const onDrained = (position: number): void => {
    progress.drained = position;
  };
  const patience = { passes: isPassing, stopped: () => signal.aborted };
  const tell = async (message: Message<T>): Promise<void> => {
    await channel.room();
    channel.push({ [field]: message });
  };
  for await (const change of ports.readModels.changes(view, { ...(after === null ? {} : { after }), signal, onDrained })) {
    if (signal.aborted) return;
    if (isResume(change)) return tell({ kind: 'RESUME_FROM', position: change.resumeFrom, event: null, view: null });
    const principal = await patiently(() => context.refreshed(), patience);
    if (principal === null) throw forbidden();
    const told: { readonly event: ShownEvent | null; readonly view: T | null }[] = [];
    for (const item of change.items) {
      const seen = await patiently(() => shown(item, change, principal), patience);
      if (seen != null) told.push(seen);
    }
    // Only the last has passed the event: whoever is cut off before it hears all of them again.
    for (const [index, seen] of told.entries()) await tell({ kind: 'CHANGE', position: change.position - (index + 1 < told.length ? 1 : 0), ...seen });
    // What did not concern the reader is behind them all the same.
    progress.drained = Math.max(progress.drained, change.position);
  }
}

const isResume = <Doc>(change: Change<Doc> | ResumeFrom): change is ResumeFrom => 'resumeFrom' in change;
