import type { Principal } from '@assay/domain';
import type { Change, ChangedItem, ReadModels, ResumeFrom, View } from '@assay/read-models';
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

/** Messages that one subscriber may leave unread. */
const QUEUED_MAX = 1_000;
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
 * after a position and then live. Rights are looked up anew for each change. A subscriber that falls behind is told
 * RESUME_FROM with the last position sent, and the subscription ends. `POSITION_AHEAD` beyond the head.
 */
export async function follow<Doc, T>(ports: Ports, context: GraphqlContext, following: Follow<Doc, T>): Promise<AsyncIterableIterator<Readonly<Record<string, Message<T>>>>> {
  const { after, field, everyMs = POSITION_EVERY_MS } = following;
  const head = await ports.log.head();
  if (after !== null && after > head.position) throw apiError('POSITION_AHEAD', 'The log does not reach that far.', { position: String(head.position) });
  const ending = new AbortController();
  const channel = new Channel<Readonly<Record<string, Message<T>>>>({ queuedMax: QUEUED_MAX + 1, onReturn: () => ending.abort() });
  const progress = { sent: after, drained: after ?? -1 };
  const send = (message: Message<T>): boolean => {
    if (channel.queued >= QUEUED_MAX) return false;
    progress.sent = message.position;
    return channel.push({ [field]: message });
  };
  const resume = (position: number): void => {
    channel.push({ [field]: { kind: 'RESUME_FROM', position, event: null, view: null } });
    channel.end();
  };
  const ticking = setInterval(() => {
    const position = Math.max(progress.drained, progress.sent ?? -1);
    if (position >= 0) send({ kind: 'POSITION', position, event: null, view: null });
  }, everyMs);
  ending.signal.addEventListener('abort', () => clearInterval(ticking));
  const pumped = pump({ ports, context, following, progress, send, resume, signal: ending.signal });
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
  readonly progress: { sent: number | null; drained: number };
  readonly send: (message: Message<T>) => boolean;
  readonly resume: (position: number) => void;
  readonly signal: AbortSignal;
}

async function pump<Doc, T>({ ports, context, following, progress, send, resume, signal }: Pumping<Doc, T>): Promise<void> {
  const { view, after, shown } = following;
  const onDrained = (position: number): void => {
    progress.drained = position;
  };
  for await (const change of ports.readModels.changes(view, { ...(after === null ? {} : { after }), signal, onDrained })) {
    if (signal.aborted) return;
    if (isResume(change)) return resume(progress.sent ?? change.resumeFrom);
    const principal = await context.refreshed();
    if (principal === null) throw forbidden();
    const before = progress.sent ?? change.position - 1;
    for (const item of change.items) {
      const seen = await shown(item, change, principal);
      if (seen !== undefined && !send({ kind: 'CHANGE', position: change.position, ...seen })) return resume(before);
    }
    // What did not concern the reader is behind them all the same.
    progress.drained = Math.max(progress.drained, change.position);
  }
}

const isResume = <Doc>(change: Change<Doc> | ResumeFrom): change is ResumeFrom => 'resumeFrom' in change;
