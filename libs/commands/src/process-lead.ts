import { LEASE_IS_FREE, PROCESS_LEASE_MS } from '@assay/event-log';
import type { ClientBase, Pool } from 'pg';
import { LeadLost } from './process.js';

/** The lease is held on that often while we work, and not asked for again within it. */
const BEAT_MS = PROCESS_LEASE_MS / 4;
/** Work that gives no sign for so long hangs, and its lease is let run out. */
const SIGN_MS_MAX = 60_000;

const TAKE = `UPDATE process.lead SET fence = fence + CASE WHEN owner = $1 THEN 0 ELSE 1 END, owner = $1, lease_until = clock_timestamp() + $2 * interval '1 ms'
  WHERE owner = $1 OR ${LEASE_IS_FREE} RETURNING fence`;
const HOLD = `UPDATE process.lead SET lease_until = clock_timestamp() + $3 * interval '1 ms' WHERE owner = $1 AND fence = $2`;

/**
 * The lead of process managers and timers: a lease with a fence, by the database's clock. A session lock would not do, since a
 * frozen process keeps it, and the server keeps that of a machine that is gone until TCP gives up.
 */
export class ProcessLead {
  private fence: string | null = null;
  private heldAt = -Infinity;
  private signAt = -Infinity;
  private beating: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: Pool,
    private readonly owner: string,
  ) {}

  /** Whether the lead is ours, taken where it was free. */
  async take(): Promise<boolean> {
    this.signAt = performance.now();
    if (this.fence !== null && this.isFresh) return true;
    const asked = performance.now();
    const { rows } = await this.pool.query<{ fence: string }>(TAKE, [this.owner, PROCESS_LEASE_MS]);
    if (rows[0] === undefined) {
      this.rest();
      return false;
    }
    this.fence = rows[0].fence;
    this.heldAt = asked;
    // A batch may take longer than the lease.
    this.beating ??= setInterval(() => void this.beat(), BEAT_MS).unref();
    return true;
  }

  /** Holds the lead on, without asking where that was done a moment ago; throws `LeadLost`. Nothing to whoever never led. */
  async hold(): Promise<void> {
    this.signAt = performance.now();
    // Time stands still for a frozen process alone: when it thaws it asks before it acts.
    if (this.fence !== null && !this.isFresh) await this.renew(this.pool);
  }

  /** In the transaction of a commit: nobody takes over until it has ended, and a former leader commits nothing. */
  async fenced(client: ClientBase): Promise<void> {
    if (this.fence !== null) await this.renew(client);
  }

  /** Gives the lead back; one that cannot be given back runs out by itself. */
  async release(): Promise<void> {
    this.rest();
    if (this.fence === null) return;
    await this.pool.query('UPDATE process.lead SET owner = NULL, lease_until = NULL WHERE owner = $1 AND fence = $2', [this.owner, this.fence]).catch(() => undefined);
  }

  private rest(): void {
    clearInterval(this.beating);
    this.beating = undefined;
  }

  private get isFresh(): boolean {
    return performance.now() - this.heldAt < BEAT_MS * 2;
  }

  private async renew(db: Pick<ClientBase, 'query'>): Promise<void> {
    const asked = performance.now();
    const { rowCount } = await db.query(HOLD, [this.owner, this.fence, PROCESS_LEASE_MS]);
    if (rowCount !== 1) {
      this.heldAt = -Infinity;
      throw new LeadLost('another process leads process managers and timers');
    }
    this.heldAt = asked;
  }

  /** An error shows where the lead is used. */
  private async beat(): Promise<void> {
    if (performance.now() - this.signAt < SIGN_MS_MAX) await this.renew(this.pool).catch(() => undefined);
  }
}
