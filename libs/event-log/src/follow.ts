import { cursorAt, positionOf } from './cursor.js';
import { isLogError } from './errors.js';
import { patiently } from './patiently.js';
import { END, START, type Cursor, type Head, type SubscribeOptions, type SubscriptionBatch } from './port.js';
import { filterOf, type Page, type Scan } from './scan.js';

/** What following a log needs of an engine. */
export interface Followed {
  readonly logId: string;
  head(): Promise<Head>;
  page(scan: Scan): Promise<Page>;
  beyond(after: number, options: { readonly signal?: AbortSignal | undefined }): Promise<void>;
  readonly isClosed: () => boolean;
}

const BATCH_EVENTS_MAX = 500;

/**
 * The events after a cursor, then whatever comes, in order and once each. The consumer pulls: one batch at most is read
 * ahead of it, and its cursor is that of the batch it has taken. `caughtUp` says that the batch reached the head; an idle log says
 * so once. A filtered follower gets empty batches that carry its cursor on. Failures that pass are waited out; others,
 * a foreign cursor first of all, are thrown. Ending the iteration ends a wait that is under way.
 */
export function follow(log: Followed, options: SubscribeOptions): AsyncIterable<SubscriptionBatch> {
  return {
    [Symbol.asyncIterator]: () => {
      const stop = new AbortController();
      const end = (): void => stop.abort();
      options.signal?.addEventListener('abort', end, { once: true });
      if (options.signal?.aborted === true) end();
      const batches = batchesOf(log, options, stop.signal);
      const leave = async (): Promise<IteratorResult<SubscriptionBatch, undefined>> => {
        options.signal?.removeEventListener('abort', end);
        end();
        await batches.return(undefined);
        return { done: true, value: undefined };
      };
      return { next: () => batches.next(), return: leave };
    },
  };
}

async function* batchesOf(log: Followed, options: SubscribeOptions, signal: AbortSignal): AsyncGenerator<SubscriptionBatch, undefined, undefined> {
  const filter = filterOf(options);
  const stopped = (): boolean => log.isClosed() || signal.aborted;
  const waiting = { passes, stopped };
  const read = (after: number): Promise<Page | null> => patiently(() => log.page({ after, ...filter, max: BATCH_EVENTS_MAX }), waiting);
  let position = await startOf(log, options, stopped);
  let told: number | null = null;
  let ahead: Promise<Page | null> | null = null;
  while (!stopped()) {
    const page: Page | null = await (ahead ?? read(position));
    if (page === null || stopped()) return;
    position = page.reached;
    ahead = page.atHead ? null : read(position);
    // Whoever leaves now does not learn of its failure.
    ahead?.catch(() => undefined);
    if (page.events.length > 0 || told === null || position > told) {
      told = position;
      yield { events: page.events, cursor: cursorOrStart(log.logId, position), caughtUp: page.atHead };
    }
    if (page.atHead && !stopped()) await log.beyond(position, { signal });
  }
}

async function startOf(log: Followed, { after }: SubscribeOptions, stopped: () => boolean): Promise<number> {
  if (after === START) return -1;
  if (after !== END) return positionOf(log.logId, after);
  const head = await patiently(() => log.head(), { passes, stopped });
  return head?.position ?? -1;
}

const passes = (error: unknown): boolean => isLogError(error) && error.retryable;
const cursorOrStart = (logId: string, position: number): Cursor => (position < 0 ? START : cursorAt(logId, position));
