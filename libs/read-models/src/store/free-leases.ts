import { LEASE_IS_FREE } from '@assay/event-log';
import type { Pool } from 'pg';
import { Signal } from '../feed/signal.js';
import type { ViewId } from '../feed/freshness.js';
import { versionedName } from '../view/view.js';
import { REGISTER } from './tables.js';

/**
 * Where leases come free: one look at the register in so many milliseconds for all projections of a process that stand by,
 * so that looking often costs little and what ends is taken over soon.
 */
export class FreeLeases {
  private readonly waiters = new Map<string, () => void>();
  private watching = false;

  constructor(
    private readonly pool: Pool,
    private readonly everyMs: number,
  ) {}

  /** Resolves once the lease may be had, or on the signal. One projection waits once. */
  free(view: ViewId, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const name = versionedName(view);
      const done = (): void => {
        this.waiters.delete(name);
        signal.removeEventListener('abort', done);
        resolve();
      };
      signal.addEventListener('abort', done, { once: true });
      this.waiters.set(name, done);
      if (!this.watching) void this.watch();
    });
  }

  private async watch(): Promise<void> {
    this.watching = true;
    while (this.waiters.size > 0) {
      await new Signal().after(0, this.everyMs);
      // Whoever waits meets the error itself when it asks for its lease, and waits longer each time.
      const names = await this.look().catch(() => [...this.waiters.keys()]);
      for (const name of names) this.waiters.get(name)?.();
    }
    this.watching = false;
  }

  private async look(): Promise<readonly string[]> {
    const { rows } = await this.pool.query<ViewId>(`SELECT name, version FROM ${REGISTER} WHERE ${LEASE_IS_FREE}`);
    return rows.map(versionedName);
  }
}
