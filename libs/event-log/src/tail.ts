import { setTimeout as delay } from 'node:timers/promises';
import type { StoredEvent } from './port.js';
import { matches, type Page, type Scan } from './scan.js';

/** What a tail reads with. */
export interface TailOptions {
  readonly scan: (scan: Scan) => Promise<Page>;
  readonly head: () => Promise<{ readonly position: number }>;
  /** Looked at least this often, whatever hints come or fail to. */
  readonly pollMs: number;
}

/** Kept of the log's end: what followers that keep up are served from. */
const KEPT_EVENTS_MAX = 2048;
const PAGE_EVENTS_MAX = 512;
const RETRY_MS = 100;

interface Waiter {
  readonly after: number;
  readonly wake: () => void;
}

/**
 * The one watcher of a process over the log's end. It looks while anybody waits: when poked (an append of ours, a hint
 * of another process) and at every poll. Followers that keep up share what it read, so a hundred of them cost one query.
 */
export class Tail {
  private readonly waiters = new Set<Waiter>();
  private kept: StoredEvent[] = [];
  private known = -1;
  private watching = false;
  private poked = true;
  private nudge: () => void = () => undefined;
  private closed = false;

  constructor(private readonly options: TailOptions) {}

  /** Something may have been appended. */
  poke(): void {
    this.poked = true;
    this.nudge();
  }

  /** A page for a follower: from memory where it reaches back far enough, else from the log. */
  async page(scan: Scan): Promise<Page> {
    const first = this.kept[0];
    if (first === undefined || first.position > scan.after + 1 || this.known <= scan.after) return this.options.scan(scan);
    const from = scan.after + 1 - first.position;
    const page = this.kept.slice(from, from + scan.max);
    const reached = page.at(-1)?.position ?? scan.after;
    return { events: page.filter((event) => matches(event, scan)), reached, atHead: reached === this.known };
  }

  /** Resolves once the log may reach beyond `after`, or on the signal, at the time-out, or when this closes. */
  beyond(after: number, { signal, timeoutMs }: { signal?: AbortSignal | undefined; timeoutMs?: number } = {}): Promise<void> {
    if (this.closed || signal?.aborted === true || this.known > after) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        this.waiters.delete(waiter);
        signal?.removeEventListener('abort', done);
        clearTimeout(timer);
        if (this.waiters.size === 0) this.nudge();
        resolve();
      };
      const waiter: Waiter = { after, wake: done };
      const timer = timeoutMs === undefined ? undefined : setTimeout(done, timeoutMs);
      signal?.addEventListener('abort', done, { once: true });
      this.waiters.add(waiter);
      if (!this.watching) void this.watch();
    });
  }

  private async watch(): Promise<void> {
    this.watching = true;
    // What happened while nobody waited, nobody was told.
    this.poked = true;
    while (this.waiters.size > 0 && !this.closed) {
      if (!this.poked) await this.pause();
      this.poked = false;
      try {
        await this.look();
      } catch {
        // Whoever waits learns of it when it reads; here only trying again helps.
        await delay(RETRY_MS);
        this.poked = true;
      }
      for (const waiter of [...this.waiters]) if (waiter.after < this.known) waiter.wake();
    }
    this.watching = false;
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.options.pollMs);
      this.nudge = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Reads on from what is kept; where that is not the log's end any more, it begins anew at the end. */
  private async look(): Promise<void> {
    if (this.kept.length === 0) {
      const head = (await this.options.head()).position;
      if (head === this.known) return;
      const { events, reached } = await this.options.scan({ after: Math.max(this.known, head - PAGE_EVENTS_MAX), max: PAGE_EVENTS_MAX });
      this.kept = [...events];
      this.known = reached;
      return;
    }
    const { events, reached } = await this.options.scan({ after: this.known, max: PAGE_EVENTS_MAX });
    if (events.length === 0) return;
    this.kept = [...this.kept, ...events].slice(-KEPT_EVENTS_MAX);
    this.known = reached;
    // A full page: more is there already.
    if (events.length === PAGE_EVENTS_MAX) this.poked = true;
  }

  close(): void {
    this.closed = true;
    for (const waiter of [...this.waiters]) waiter.wake();
    this.nudge();
  }
}
