import { LEASE_IS_FREE } from '@assay/event-log';
import type { ClientBase, Pool } from 'pg';
import { ReadModelError } from '../errors.js';
import type { SliceSource } from '../projection/fold-batch.js';
import { isEmpty, type Ask, type Slice, type Writes } from '../projection/slice.js';
import { versionedName, type View } from '../view/view.js';
import { readSlice } from './read-slice.js';
import { REGISTER, REGISTER_SQL, viewTablesSql } from './tables.js';
import { inTransaction } from './transaction.js';
import { writeTables } from './write-tables.js';

/** The right to write one projection version. `fence` grows with each holder, so a former one cannot write any more. */
export interface Lease {
  readonly fence: number;
  readonly position: number;
  readonly epoch: number;
  /** Whether the version has caught up since it was made; a rebuild is strict until then. */
  readonly live: boolean;
}
export interface Registration {
  readonly hash: string;
  /** Head of the log now: a version made on a log with events is not live before it got here. */
  readonly head: number;
}
interface RegisterRow {
  readonly fence: string;
  readonly position: string;
  readonly epoch: string;
  readonly live: boolean;
  readonly hash: string;
}
/** Arbitrary but fixed: tables are made under this lock, since two processes may start at once. */
export const DDL_LOCK = 7_233_002;
const caughtUpSql = (position: string): string => `${position} >= own.warm_until
  AND NOT EXISTS (SELECT FROM ${REGISTER} older WHERE older.name = own.name AND older.version < own.version AND older.position > ${position})`;

const leaseOf = (row: RegisterRow): Lease => ({
  fence: Number(row.fence),
  position: Number(row.position),
  epoch: Number(row.epoch),
  live: row.live,
});

/** One projection version on PostgreSQL: its tables, its cursor and its lease. Times are the database's. */
export class PostgresProjection implements SliceSource {
  private readonly id: readonly [name: string, version: number];

  constructor(
    private readonly pool: Pool,
    readonly view: View,
  ) {
    this.id = [view.name, view.version];
  }

  /** Makes the tables where they are missing. Throws `DEFINITION_CHANGED` where they were filled by other code under this version. */
  async register({ hash, head }: Registration): Promise<void> {
    await this.transaction(async (client) => {
      await client.query('SELECT pg_advisory_xact_lock($1)', [DDL_LOCK]);
      await client.query(REGISTER_SQL);
      await client.query(
        `INSERT INTO ${REGISTER} (name, version, hash, warm_until) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
        [...this.id, hash, head],
      );
      // The row before the tables, as whoever leads has them: the other way round each would wait for the other.
      const { rows } = await client.query<RegisterRow>(
        `SELECT * FROM ${REGISTER} WHERE name = $1 AND version = $2 FOR UPDATE`,
        [...this.id],
      );
      if (rows[0]?.hash !== hash) {
        throw new ReadModelError(
          'DEFINITION_CHANGED',
          `${versionedName(this.view)} is not what filled its tables: raise its version`,
          { view: this.view.name, stored: rows[0]?.hash, hash },
        );
      }
      await client.query(viewTablesSql(this.view));
      await client.query(
        `UPDATE ${REGISTER} AS own SET live = true WHERE name = $1 AND version = $2 AND ${caughtUpSql('own.position')}`,
        [...this.id],
      );
    });
  }

  /** The lease, or null while another holds it. */
  async acquire(owner: string, leaseMs: number): Promise<Lease | null> {
    const { rows } = await this.pool.query<RegisterRow>(
      `UPDATE ${REGISTER} SET owner = $3, fence = fence + 1, stopped = NULL, lease_until = clock_timestamp() + $4 * interval '1 ms'
       WHERE name = $1 AND version = $2 AND (owner = $3 OR ${LEASE_IS_FREE}) RETURNING *`,
      [...this.id, owner, leaseMs],
    );
    return rows[0] ? leaseOf(rows[0]) : null;
  }

  /** Holds the lease on. */
  renew(lease: Lease, leaseMs: number): Promise<Lease> {
    return this.advance(this.pool, lease, { position: lease.position, leaseMs });
  }

  /** Gives the lease back, with the reason where the projection stopped for good. */
  async release(lease: Lease, stopped: string | null = null): Promise<void> {
    await this.pool.query(
      `UPDATE ${REGISTER} SET owner = NULL, lease_until = NULL, stopped = $4 WHERE name = $1 AND version = $2 AND fence = $3`,
      [...this.id, lease.fence, stopped],
    );
  }

  load(ask: Ask, slice: Slice): Promise<void> {
    return readSlice({ pool: this.pool, view: this.view }, ask, slice);
  }

  /** Rows and cursor in one transaction. Throws `LEASE_LOST` where the cursor, the epoch or the fence is not what the batch was folded on; then nothing is written. */
  async commit(
    lease: Lease,
    batch: { readonly position: number; readonly writes: Writes; readonly leaseMs: number },
  ): Promise<Lease> {
    if (isEmpty(batch.writes)) return this.advance(this.pool, lease, batch);
    return this.transaction(async (client) => {
      const advanced = await this.advance(client, lease, batch);
      await writeTables(client, this.view, batch.writes);
      return advanced;
    });
  }

  /** Runs what changes rows without moving the cursor: it shuts out batches folded before it. */
  amend<T>(work: (client: ClientBase, position: number) => Promise<T>): Promise<T> {
    return this.standing(`UPDATE ${REGISTER} SET epoch = epoch + 1 WHERE name = $1 AND version = $2 RETURNING position`, work);
  }

  /** Runs what only reads, at one position: whoever leads the projection waits to commit until it is done. */
  hold<T>(work: (client: ClientBase, position: number) => Promise<T>): Promise<T> {
    return this.standing(`SELECT position FROM ${REGISTER} WHERE name = $1 AND version = $2 FOR UPDATE`, work);
  }

  /** The cursor, -1 before the first event. */
  async position(): Promise<number> {
    const { rows } = await this.pool.query<{ position: string }>(`SELECT position FROM ${REGISTER} WHERE name = $1 AND version = $2`, [...this.id]);
    return Number(rows[0]?.position ?? -1);
  }

  private standing<T>(lockSql: string, work: (client: ClientBase, position: number) => Promise<T>): Promise<T> {
    return this.transaction(async (client) => {
      // It folds between its statements, for as long as that takes.
      await client.query(`SET LOCAL idle_in_transaction_session_timeout = '10min'`);
      const { rows } = await client.query<{ position: string }>(lockSql, [...this.id]);
      return work(client, Number(rows[0]?.position ?? -1));
    });
  }

  /**
   * Moves the cursor by compare-and-set and holds the lease on. A version is live once its cursor has reached that of
   * every older one, and the head it was made at.
   */
  private async advance(
    client: Pick<ClientBase, 'query'>,
    lease: Lease,
    to: { readonly position: number; readonly leaseMs: number },
  ): Promise<Lease> {
    const { rows } = await client.query<RegisterRow>(
      `UPDATE ${REGISTER} AS own SET position = $3, lease_until = clock_timestamp() + $7 * interval '1 ms', live = own.live OR (${caughtUpSql('$3::bigint')})
       WHERE name = $1 AND version = $2 AND position = $4 AND epoch = $5 AND fence = $6 RETURNING own.*`,
      [...this.id, to.position, lease.position, lease.epoch, lease.fence, to.leaseMs],
    );
    if (!rows[0]) {
      throw new ReadModelError('LEASE_LOST', 'another holds the projection, or its rows were amended', {
        view: this.view.name,
        fence: lease.fence,
      });
    }
    return leaseOf(rows[0]);
  }

  private transaction<T>(work: (client: ClientBase) => Promise<T>): Promise<T> {
    return inTransaction(this.pool, work);
  }
}
