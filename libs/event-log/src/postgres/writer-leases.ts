import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { LogError } from '../errors.js';
import type { SimulationLease } from '../port.js';
import { toLogError } from './driver-errors.js';
import { Line } from './line.js';

const LEASE_MS = 15_000;
/** Arbitrary but fixed: the session lock by which a living holder of the writer lease is told from a dead one. */
const LOADER_LOCK = 4_701_339;
const SHOW_LIFE = 'SELECT pg_try_advisory_lock($1)::text AS said';

/** The writer lease of a simulated log, kept in the database by the functions of either schema (`architecture.md`, Time). */
export class WriterLeases {
  private readonly line: Line;
  private lease: string | null = null;
  private renewal: NodeJS.Timeout | null = null;

  constructor(
    config: pg.ClientConfig,
    private readonly of: { readonly schema: 'assay' | 'order_index'; readonly logId: string },
  ) {
    this.line = new Line(config, async (client) => void (this.lease !== null && (await client.query(SHOW_LIFE, [LOADER_LOCK]))));
  }

  /** The lease that this process holds, which its appends name; null where it holds none. */
  get held(): string | null {
    return this.lease;
  }

  async take(): Promise<SimulationLease> {
    const token = randomUUID();
    const { schema } = this.of;
    // A loader that was killed has left its lease behind, and its session is over: nobody waits for the lease to run out.
    const isOver = this.lease === null && (await this.ask(SHOW_LIFE, [LOADER_LOCK])) === 'true';
    if (isOver) await this.ask(`SELECT ${schema}.release_lease(lease)::text AS said FROM ${schema}.log WHERE lease IS NOT NULL`, []);
    await this.claim(token);
    this.lease = token;
    this.renewal = setInterval(() => void this.claim(token).catch(() => undefined), LEASE_MS / 3);
    this.renewal.unref();
    return { release: () => this.release(token) };
  }

  private async claim(token: string): Promise<void> {
    const { schema, logId } = this.of;
    const said = await this.ask(`SELECT ${schema}.take_lease($1, $2) AS said`, [token, LEASE_MS]);
    if (said === 'REAL') throw new LogError('InvalidEvent', 'this log takes its time from the clock: it cannot be simulated', { logId });
    if (said !== 'OK') throw new LogError('Unavailable', 'another loader holds the writer lease of this log', { logId });
  }

  private async release(token: string): Promise<void> {
    if (this.renewal !== null) clearInterval(this.renewal);
    if (this.lease === token) this.lease = null;
    await this.ask(`SELECT ${this.of.schema}.release_lease($1)::text AS said, pg_advisory_unlock_all()`, [token]);
  }

  private async ask(text: string, values: readonly unknown[]): Promise<string | undefined> {
    try {
      const { rows } = await this.line.run((client) => client.query<{ said: string }>(text, [...values]));
      return rows[0]?.said;
    } catch (error) {
      throw toLogError(error, 'the writer lease');
    }
  }

  async close(): Promise<void> {
    if (this.renewal !== null) clearInterval(this.renewal);
    await this.line.close();
  }
}
