import { SharedAsk } from '@assay/event-log';
import type { Pool } from 'pg';
import { ReadModelError } from '../errors.js';
import { prepared } from '../store/prepared.js';
import { REGISTER } from '../store/tables.js';
import { versionedName, type View } from '../view/view.js';
import type { EventSource } from './event-source.js';
import type { Signal } from './signal.js';

/** What names a projection version. */
export type ViewId = Pick<View, 'name' | 'version'>;
/** Where a projection version is, and whether it has caught up since it was made. */
export interface CursorState {
  readonly position: number;
  readonly live: boolean;
}
interface Waiter {
  readonly views: readonly ViewId[];
  readonly position: number;
  readonly deadline: number;
  readonly resolve: (position: number) => void;
  readonly reject: (error: Error) => void;
}
/** What freshness is told by. */
export interface FreshnessPorts {
  readonly source: Pick<EventSource, 'head'>;
  readonly committed: Signal;
  /** The cursor that this process has committed of a version it leads; null of any other. */
  readonly led: (view: ViewId) => CursorState | null;
}
/** Bounds of waiting. */
export interface FreshnessOptions {
  /** Waiters of this process at one time. Default 1,000. */
  readonly waitersMax?: number;
  /** Longest wait. Default 2,000 ms. */
  readonly waitMsMax?: number;
  /** How often cursors led by other processes are looked at while somebody waits. Default 10 ms. */
  readonly pollMs?: number;
}

/**
 * How far projections are. A query reads the position of all views it touches before any rows: their minimum is a lower
 * bound of what the rows show. Whoever waits shares one watcher per process (`architecture.md`, Freshness).
 */
export class Freshness {
  private readonly options: Required<FreshnessOptions>;
  private readonly waiters = new Set<Waiter>();
  private watching = false;
  private readonly register: SharedAsk<ReadonlyMap<string, CursorState>>;

  constructor(
    private readonly pool: Pool,
    private readonly ports: FreshnessPorts,
    options: FreshnessOptions = {},
  ) {
    this.options = { waitersMax: 1000, waitMsMax: 2000, pollMs: 10, ...options };
    this.register = new SharedAsk(() => this.readRegister());
  }

  /** Cursors of all registered versions, by versioned name. */
  cursors(): Promise<ReadonlyMap<string, CursorState>> {
    return this.register.get();
  }

  /**
   * Cursors of some versions at least. Of those led here no register need be asked: what was committed is what every
   * statement from now on is shown, and where the lease was lost since, the rows are further still.
   */
  async cursorsOf(views: readonly ViewId[]): Promise<ReadonlyMap<string, CursorState>> {
    const led = new Map<string, CursorState>();
    for (const view of views) {
      const cursor = this.ports.led(view);
      if (cursor === null) return this.cursors();
      led.set(versionedName(view), cursor);
    }
    return led;
  }

  private async readRegister(): Promise<ReadonlyMap<string, CursorState>> {
    const text = `SELECT name, version, position, live FROM ${REGISTER}`;
    const { rows } = await this.pool.query<{ name: string; version: number; position: string; live: boolean }>(prepared(text, []));
    return new Map(
      rows.map(({ name, version, position, live }) => [
        versionedName({ name, version }),
        { position: Number(position), live },
      ]),
    );
  }

  /** The minimum of the views' cursors. `PROJECTION_BUILDING` while one of them is not live, with how far it is. */
  async position(views: readonly ViewId[]): Promise<number> {
    return lowest(await this.cursorsOf(views), views);
  }

  /**
   * Waits until all the views show the position, and returns where they are. `POSITION_AHEAD` at once beyond the log's
   * head, `NOT_YET_VISIBLE` after 2 s, `OVERLOADED` where too many wait already.
   */
  async atLeast(views: readonly ViewId[], position: number): Promise<number> {
    const now = await this.position(views);
    if (now >= position) return now;
    const head = await this.ports.source.head();
    if (position > head.position)
      throw new ReadModelError('POSITION_AHEAD', 'the log has no such position', { position, head: head.position });
    if (this.waiters.size >= this.options.waitersMax)
      throw new ReadModelError('OVERLOADED', 'too many wait for the read models', { waiters: this.waiters.size });
    return new Promise((resolve, reject) => {
      this.waiters.add({ views, position, deadline: performance.now() + this.options.waitMsMax, resolve, reject });
      void this.watch();
    });
  }

  private async watch(): Promise<void> {
    if (this.watching) return;
    this.watching = true;
    try {
      while (this.waiters.size > 0) {
        const seen = this.ports.committed.version;
        this.settle(await this.cursorsOf([...this.waiters].flatMap(({ views }) => views)));
        if (this.waiters.size > 0) await this.ports.committed.after(seen, this.options.pollMs);
      }
    } catch (error) {
      this.rejectAll(error);
    } finally {
      this.watching = false;
    }
  }

  private settle(cursors: ReadonlyMap<string, CursorState>): void {
    const now = performance.now();
    for (const waiter of [...this.waiters]) {
      const reached = lowest(cursors, waiter.views);
      if (reached < waiter.position && now < waiter.deadline) continue;
      this.waiters.delete(waiter);
      if (reached >= waiter.position) waiter.resolve(reached);
      else
        waiter.reject(
          new ReadModelError('NOT_YET_VISIBLE', 'the read models are not there yet', {
            position: reached,
            wanted: waiter.position,
          }),
        );
    }
  }

  private rejectAll(error: unknown): void {
    const waiting = [...this.waiters];
    this.waiters.clear();
    for (const { reject } of waiting) reject(error instanceof Error ? error : new Error(String(error)));
  }
}

function lowest(cursors: ReadonlyMap<string, CursorState>, views: readonly ViewId[]): number {
  const positions = views.map((view) => {
    const cursor = cursors.get(versionedName(view));
    if (!cursor?.live)
      throw new ReadModelError('PROJECTION_BUILDING', `${versionedName(view)} is being built`, {
        view: view.name,
        position: cursor?.position ?? -1,
      });
    return cursor.position;
  });
  return positions.length === 0 ? -1 : Math.min(...positions);
}
