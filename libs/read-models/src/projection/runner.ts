import { Defect, type Recorded } from '@assay/domain';
import { inSpan, isLogError, PROCESS_LEASE_MS } from '@assay/event-log';
import { ReadModelError } from '../errors.js';
import type { EventPages } from '../feed/event-pages.js';
import type { CursorState } from '../feed/freshness.js';
import { Signal } from '../feed/signal.js';
import type { FreeLeases } from '../store/free-leases.js';
import type { Lease, PostgresProjection } from '../store/postgres-projection.js';
import { SliceCache } from '../store/slice-cache.js';
import { versionedName } from '../view/view.js';
import { appendsOf } from './appends.js';
import { errorWord, remedyFor, type Remedy } from './classify.js';
import { foldBatch } from './fold-batch.js';
import { refusedBatch } from './refused.js';
import type { Writes } from './slice.js';

/** How a runner holds its lease and waits. */
export interface RunnerOptions {
  /** Names this process; two runners of one process need two names. */
  readonly owner: string;
  /** How long a lease holds without a sign of life, by the database's clock. Default 6,000 ms. */
  readonly leaseMs?: number;
  /** First and greatest wait after a transient error. Default 50 and 1,000 ms: longer, a database that is back would wait for us. */
  readonly backoffMs?: number;
  readonly backoffMsMax?: number;
  /** Events a batch while a version is warming up. Default 8,000. */
  readonly warmBatchEvents?: number;
}
/** What a runner needs of its process: the log in pages, what wakes it, whom its commits wake, and where leases come free. */
export interface RunnerPorts {
  readonly pages: EventPages;
  readonly leases: FreeLeases;
  readonly appended: Signal;
  readonly committed: Signal;
}
export type RunnerStatus = 'WAITING' | 'LEADING' | 'RETRYING' | 'STOPPED';

/** What a runner knows of itself; the register in the database says what is true for all. */
export interface RunnerState {
  readonly status: RunnerStatus;
  readonly live: boolean;
  /** Cursor as this runner last knew it, -1 before its first lease. */
  readonly position: number;
  readonly retries: number;
  /** Why it stopped for good, in a word; null while it runs. */
  readonly stopped: string | null;
}

/** While events keep coming a live version takes them in at most that often, or once so many wait: each batch costs the database a dozen statements. */
const PACE_MS = 20;
const PACE_EVENTS = 200;

/** A batch may take longer than a lease holds; one that takes this long hangs, and another process may have its projection. */
const BATCH_MS_MAX = 60_000;

const DEFAULTS = { leaseMs: PROCESS_LEASE_MS, backoffMs: 50, backoffMsMax: 1000, warmBatchEvents: 8000 };

/**
 * Drives one projection version: takes the lease, folds batches, commits rows and cursor together. Whatever fails is
 * tried again, parked or stopped as `classify.ts` says; nothing is skipped.
 */
export class ProjectionRunner {
  private readonly options: Required<RunnerOptions>;
  private readonly ending = new AbortController();
  private readonly slices: SliceCache;
  private running: Promise<void> | null = null;
  private lease: Lease | null = null;
  private status: RunnerStatus = 'WAITING';
  private retries = 0;
  private failures = 0;
  private stopped: string | null = null;
  private position = -1;
  private live = false;

  constructor(
    private readonly projection: PostgresProjection,
    private readonly ports: RunnerPorts,
    options: RunnerOptions,
  ) {
    this.options = { ...DEFAULTS, ...options };
    this.slices = new SliceCache(projection);
  }

  get state(): RunnerState {
    const { status, live, position, retries, stopped } = this;
    return { status, live, position, retries, stopped };
  }

  /** The cursor as committed here, while this runner leads; it is never beyond what the tables show. */
  get led(): CursorState | null {
    return this.status === 'LEADING' ? { position: this.position, live: this.live } : null;
  }

  get view() {
    return this.projection.view;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Lets the batch under way finish, gives the lease back and ends. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.running;
    this.running = null;
  }

  private get isEnding(): boolean {
    return this.ending.signal.aborted || this.stopped !== null;
  }

  private async run(): Promise<void> {
    while (!this.isEnding) {
      try {
        await this.takeLease();
        if (this.lease) await this.lead(this.lease);
        else await this.ports.leases.free(this.view, this.ending.signal);
      } catch (error) {
        await this.recover(error);
      }
    }
    await this.letGo();
  }

  private async takeLease(): Promise<void> {
    // Another may have written since; after an error nobody knows what was.
    this.slices.forget();
    this.lease = await this.projection.acquire(this.options.owner, this.options.leaseMs);
    this.status = this.lease ? 'LEADING' : 'WAITING';
    if (this.lease) this.remember(this.lease);
  }

  private async lead(lease: Lease): Promise<void> {
    let held = lease;
    let isBusy = false;
    while (!this.isEnding) {
      const seen = this.ports.appended.version;
      const events = await this.next(held, isBusy);
      isBusy = events.length > 0;
      if (isBusy) held = await this.traced(held, events);
      else {
        await this.ports.appended.after(seen, this.options.leaseMs / 4, this.ending.signal);
        if (this.ports.appended.version === seen && !this.isEnding) {
          held = await this.projection.renew(held, this.options.leaseMs);
          this.remember(held);
        }
      }
      this.failures = 0;
    }
  }

  private traced(lease: Lease, events: readonly Recorded[]): Promise<Lease> {
    return inSpan('assay.projection.batch', { 'assay.projection': versionedName(this.view), 'assay.events': events.length }, () => this.holding(() => this.take(lease, events)));
  }

  /** Holds the lease on beside a batch that takes longer than it. What comes of that shows at the commit. */
  private async holding(batch: () => Promise<Lease>): Promise<Lease> {
    const began = performance.now();
    const beat = (): void => {
      if (this.lease && performance.now() - began < BATCH_MS_MAX) this.projection.renew(this.lease, this.options.leaseMs).catch(() => undefined);
    };
    const beating = setInterval(beat, this.options.leaseMs / 4);
    return batch().finally(() => clearInterval(beating));
  }

  /** The events to take in next. The first after a rest are taken at once. */
  private async next(lease: Lease, isBusy: boolean): Promise<readonly Recorded[]> {
    const read = (): Promise<readonly Recorded[]> => this.ports.pages.after(lease.position, lease.live ? undefined : this.options.warmBatchEvents);
    const events = await read();
    if (!isBusy || !lease.live || events.length === 0 || events.length >= PACE_EVENTS) return events;
    await this.pause(PACE_MS);
    return this.isEnding ? events : read();
  }

  /** Folds and commits a batch; where the tables refuse its data, halves it until one append is left, and parks that one. */
  private async take(lease: Lease, events: readonly Recorded[]): Promise<Lease> {
    try {
      return await this.commit(lease, events, await foldBatch(this.view, events, { source: this.slices }));
    } catch (error) {
      if (remedyFor(error) !== 'BISECT') throw error;
      const appends = appendsOf(events);
      if (appends.length === 1)
        return await this.commit(
          lease,
          events,
          await refusedBatch(this.view, events, { source: this.slices, word: errorWord(error) }),
        );
      const middle = Math.ceil(appends.length / 2);
      const half = await this.take(lease, appends.slice(0, middle).flat());
      return await this.take(half, appends.slice(middle).flat());
    }
  }

  private async commit(lease: Lease, events: readonly Recorded[], writes: Writes): Promise<Lease> {
    const [poison] = writes.parked;
    if (poison && !lease.live) {
      throw new ReadModelError(
        'PROJECTION_STOPPED',
        `a rebuild is strict: ${poison.code} at position ${poison.position}`,
        { view: this.view.name, ...poison },
      );
    }
    const position = events.at(-1)?.position ?? lease.position;
    const next = await this.projection.commit(lease, { position, writes, leaseMs: this.options.leaseMs });
    this.slices.apply(writes);
    this.remember(next);
    this.ports.committed.notify();
    return next;
  }

  private remember(lease: Lease): void {
    this.lease = lease;
    this.position = lease.position;
    this.live = lease.live;
  }

  private async recover(error: unknown): Promise<void> {
    const remedy = await this.remedyOf(error);
    if (remedy === 'YIELD') return;
    if (remedy !== 'RETRY') {
      this.status = 'STOPPED';
      // Words of our own are constant; others may show data.
      this.stopped = error instanceof ReadModelError || error instanceof Defect || isLogError(error, 'LaterRelease') ? error.message : errorWord(error);
      return;
    }
    this.status = 'RETRYING';
    this.retries += 1;
    const wait = Math.min(this.options.backoffMs * 2 ** this.failures, this.options.backoffMsMax);
    this.failures = Math.min(this.failures + 1, 30);
    await this.pause(wait);
  }

  /** A runner that was overtaken folds on what another has written: what fails there is the lost lease's, and no reason to stop. */
  private async remedyOf(error: unknown): Promise<Remedy> {
    const remedy = remedyFor(error);
    if (this.lease === null || remedy === 'YIELD' || remedy === 'RETRY') return remedy;
    return this.projection.renew(this.lease, this.options.leaseMs).then(() => remedy, remedyFor);
  }

  private async pause(ms: number): Promise<void> {
    await new Signal().after(0, ms, this.ending.signal);
  }

  private async letGo(): Promise<void> {
    // A lease that cannot be given back runs out by itself.
    if (this.lease) await this.projection.release(this.lease, this.stopped).catch(() => undefined);
  }
}
