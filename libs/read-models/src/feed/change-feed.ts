import { patiently } from '@assay/event-log';
import type { Pool } from 'pg';
import { isPassing } from '../projection/classify.js';
import type { View } from '../view/view.js';
import { resolveChanges, type Change } from './changed-items.js';
import type { EventPages } from './event-pages.js';
import type { Freshness } from './freshness.js';
import { Signal } from './signal.js';

/** The last message of a feed whose reader fell behind: everything up to this position has been given, resume after it. */
export interface ResumeFrom {
  readonly resumeFrom: number;
}
export interface FeedOptions {
  /** Changes after this position, then live; only live where absent. */
  readonly after?: number;
  readonly signal?: AbortSignal;
  /** Told, while nothing waits, up to where everything has been handed to this reader: what a position-only message may say. */
  readonly onDrained?: (position: number) => void;
}
export interface FeedPorts {
  readonly pool: Pool;
  readonly pages: EventPages;
  readonly freshness: Freshness;
  readonly committed: Signal;
}
const QUEUE_MAX = 1000;
/** Events that one reader is replayed before it is asked to resume: it keeps no connection through a whole log. */
const REPLAYED_MAX = 10_000;
/** How often a cursor led by another process is looked at. */
const POLL_MS = 100;

/** Changes on their way to one reader. Past its bound it takes no more, and says so. */
interface Queue<Doc> {
  readonly changes: Change<Doc>[];
  overflowed: boolean;
}

/**
 * The changes of one view, read once per process behind the projection's cursor and handed to every subscriber: replay
 * after a position, then live, by the same look-up, so there is no seam (`api.md`, Subscriptions). Failures that pass are
 * waited out.
 */
export class ChangeFeed<Doc> {
  private readonly queues = new Set<Queue<Doc>>();
  private readonly delivered = new Signal();
  private readonly ending = new AbortController();
  private tail = -1;
  private following: Promise<void> | null = null;
  private failure: Error | null = null;

  constructor(
    private readonly view: View<Doc>,
    private readonly ports: FeedPorts,
  ) {}

  /** Everything up to here has been handed out: what a position-only message says. */
  get position(): number {
    return this.tail;
  }

  get isFollowed(): boolean {
    return this.queues.size > 0;
  }

  /** Every change once, in log order. Ends after `resumeFrom`, or when the signal aborts. `PROJECTION_BUILDING` while the view is not live. */
  async *changes({ after, signal, onDrained }: FeedOptions = {}): AsyncGenerator<Change<Doc> | ResumeFrom, void, undefined> {
    const queue: Queue<Doc> = { changes: [], overflowed: false };
    const attachedAt = await this.attach(queue);
    let sent = after ?? attachedAt;
    try {
      const replayed = Math.min(attachedAt, sent + REPLAYED_MAX);
      for await (const change of this.between(sent, replayed, signal)) {
        yield change;
        sent = change.position;
      }
      // Whoever ended the replay was not given all of it.
      if (signal?.aborted || this.ending.signal.aborted) return;
      sent = Math.max(sent, replayed);
      if (replayed < attachedAt) {
        yield { resumeFrom: replayed };
        return;
      }
      for await (const change of this.live(queue, { signal, onDrained })) {
        if (!('resumeFrom' in change) && change.position <= sent) continue;
        yield 'resumeFrom' in change ? { resumeFrom: sent } : change;
        sent = 'resumeFrom' in change ? sent : change.position;
      }
    } finally {
      this.queues.delete(queue);
    }
  }

  /** Ends every subscription and the reading behind them. */
  async close(): Promise<void> {
    this.ending.abort();
    this.delivered.notify();
    await this.following;
  }

  private async attach(queue: Queue<Doc>): Promise<number> {
    const position = await this.ports.freshness.position([this.view]);
    // No await from here to the return: what the tail has passed is replayed, what comes later is queued.
    this.queues.add(queue);
    if (this.following) return this.tail;
    this.tail = position;
    this.failure = null;
    this.following = this.follow();
    return position;
  }

  /** What is queued, as it comes; at an overflow that it has to be resumed. */
  private async *live(
    queue: Queue<Doc>,
    { signal, onDrained }: { readonly signal: AbortSignal | undefined; readonly onDrained: FeedOptions['onDrained'] },
  ): AsyncGenerator<Change<Doc> | ResumeFrom, void, undefined> {
    while (!signal?.aborted && !this.ending.signal.aborted) {
      const change = queue.changes.shift();
      if (change) yield change;
      else if (this.failure) throw this.failure;
      else if (queue.overflowed) {
        yield { resumeFrom: this.tail };
        return;
      } else {
        // The tail moves in the same turn in which changes are queued, so an empty queue has seen all of it.
        onDrained?.(this.tail);
        await this.delivered.after(this.delivered.version, POLL_MS, signal);
      }
    }
  }

  private async *between(after: number, upTo: number, signal: AbortSignal | undefined): AsyncGenerator<Change<Doc>, void, undefined> {
    const stopped = (): boolean => this.ending.signal.aborted || signal?.aborted === true;
    let at = after;
    while (at < upTo) {
      const page = await patiently(() => this.page(at, upTo), { passes: isPassing, stopped });
      if (page === null) return;
      for (const change of page.changes) {
        if (stopped()) return;
        yield change;
      }
      at = page.reached;
    }
  }

  /** The changes of the first events after a position, and how far these reach. */
  private async page(after: number, upTo: number): Promise<{ readonly changes: readonly Change<Doc>[]; readonly reached: number }> {
    const events = (await this.ports.pages.after(after)).filter(({ position }) => position <= upTo);
    return { changes: await resolveChanges(this.ports.pool, this.view, events), reached: events.at(-1)?.position ?? upTo };
  }

  /** Hands out what the projection has committed, while anybody listens. */
  private async follow(): Promise<void> {
    const stopped = (): boolean => this.queues.size === 0 || this.ending.signal.aborted;
    try {
      while (!stopped()) await patiently(() => this.step(), { passes: isPassing, stopped });
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
    }
    // In the same turn as the loop's last look at the queues: whoever attaches next begins anew.
    this.following = null;
    this.delivered.notify();
  }

  private async step(): Promise<void> {
    const seen = this.ports.committed.version;
    const committed = await this.ports.freshness.position([this.view]);
    if (committed > this.tail) await this.handOut(committed);
    else await this.ports.committed.after(seen, POLL_MS, this.ending.signal);
  }

  private async handOut(committed: number): Promise<void> {
    const { changes, reached } = await this.page(this.tail, committed);
    for (const queue of this.queues) {
      if (queue.changes.length + changes.length > QUEUE_MAX) queue.overflowed = true;
      if (!queue.overflowed) queue.changes.push(...changes);
    }
    this.tail = reached;
    this.delivered.notify();
  }
}
