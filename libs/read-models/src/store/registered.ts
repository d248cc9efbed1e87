import { LEASE_IS_FREE } from '@assay/event-log';
import type { ClientBase, Pool } from 'pg';
import type { ViewId } from '../feed/freshness.js';
import { DDL_LOCK } from './postgres-projection.js';
import { versionedName } from '../view/view.js';
import { REGISTER, tablesOf } from './tables.js';
import { inTransaction } from './transaction.js';

/** A projection version that has tables, whether or not this build of the product reads it. */
export interface RegisteredProjection extends ViewId {
  /** Of the last event it has taken in, -1 before the first. */
  readonly position: number;
  /** Whether it has caught up since it was made. */
  readonly live: boolean;
  /** Why it stopped for good, in a word; null while it runs or rests. */
  readonly stopped: string | null;
  /** Whether a living process writes it now. */
  readonly led: boolean;
  /** Keys that wait for somebody to look at them. */
  readonly parked: number;
}
interface Row {
  readonly name: string;
  readonly version: number;
  readonly position: string;
  readonly live: boolean;
  readonly stopped: string | null;
  readonly led: boolean;
}

/** Every projection version that has tables in this database, by name and version; none before the first start. */
export async function registeredProjections(pool: Pool): Promise<readonly RegisteredProjection[]> {
  if (!(await exists(pool, REGISTER))) return [];
  const { rows } = await pool.query<Row>(`SELECT name, version, position, live, stopped, NOT ${LEASE_IS_FREE} AS led FROM ${REGISTER} ORDER BY name, version`);
  const found: RegisteredProjection[] = [];
  for (const { position, ...row } of rows) {
    const parked = await pool.query<{ count: string }>(`SELECT count(*) AS count FROM ${tablesOf(row).parked}`);
    found.push({ ...row, position: Number(position), parked: Number(parked.rows[0]?.count ?? 0) });
  }
  return found;
}

/** Whether a living process writes each projection version, and why it stopped for good where it did; by versioned name. */
export async function standings(pool: Pool): Promise<ReadonlyMap<string, Pick<RegisteredProjection, 'led' | 'stopped'>>> {
  const { rows } = await pool.query<Pick<Row, 'name' | 'version' | 'led' | 'stopped'>>(`SELECT name, version, stopped, NOT ${LEASE_IS_FREE} AS led FROM ${REGISTER}`);
  return new Map(rows.map(({ name, version, led, stopped }) => [versionedName({ name, version }), { led, stopped }]));
}

/** What came of dropping a version: it is gone, was never there, or a living process writes it. */
export type Dropped = 'DROPPED' | 'UNKNOWN' | 'IN_USE';

/**
 * Drops the tables of a projection version and its place in the register, unless a living process writes it. Whether
 * this build reads the version is the caller's to judge; a dropped one is folded anew where it is run again.
 */
export function dropProjection(pool: Pool, { name, version }: ViewId): Promise<Dropped> {
  return inTransaction(pool, async (client) => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [DDL_LOCK]);
    if (!(await exists(client, REGISTER))) return 'UNKNOWN';
    const { rows } = await client.query<{ free: boolean }>(`SELECT ${LEASE_IS_FREE} AS free FROM ${REGISTER} WHERE name = $1 AND version = $2 FOR UPDATE`, [name, version]);
    const [row] = rows;
    if (row === undefined) return 'UNKNOWN';
    if (!row.free) return 'IN_USE';
    for (const table of Object.values(tablesOf({ name, version }))) await client.query(`DROP TABLE IF EXISTS ${table}`);
    await client.query(`DELETE FROM ${REGISTER} WHERE name = $1 AND version = $2`, [name, version]);
    return 'DROPPED';
  });
}

async function exists(db: Pick<Pool | ClientBase, 'query'>, table: string): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>('SELECT to_regclass($1) IS NOT NULL AS found', [table]);
  return rows[0]?.found === true;
}
