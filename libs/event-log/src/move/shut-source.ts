import type pg from 'pg';
import { withClient, type Connection } from '../connection.js';
import { toLogError } from '../postgres/driver-errors.js';
import { APPEND_LOCK } from './postgres-target.js';

const LOCK_MS_MAX = 4_000;

/**
 * Where a log in PostgreSQL ends, all of which was read back from where it was moved to. From then on no login can append to it, as
 * to half a log there: a process that decided before the log was closed, and froze, would otherwise append when it thaws. A move
 * back ends that. Where the log has gone on beyond `last`, or the login may not, it stays as it is.
 */
export async function shutSource({ app, owner = app }: { readonly app: Connection; readonly owner?: Connection }, last: number): Promise<number> {
  try {
    return await withClient(owner, (client) => shut(client, last));
  } catch (error) {
    throw toLogError(error, 'the move');
  }
}

async function shut(client: pg.Client, last: number): Promise<number> {
  await client.query(`SET lock_timeout = ${String(LOCK_MS_MAX)}`);
  await client.query('BEGIN');
  // What was under way is appended by now, or finds the log shut.
  await client.query('SELECT pg_advisory_xact_lock($1)', [APPEND_LOCK]);
  const { rows } = await client.query<{ position: string; may: boolean }>(`SELECT position, has_table_privilege('assay.log', 'UPDATE') AS may FROM assay.event ORDER BY position DESC LIMIT 1`);
  const end = Number(rows[0]?.position ?? -1);
  if (end === last && rows[0]?.may === true) await client.query('UPDATE assay.log SET simulated = true, lease = NULL, lease_until = NULL');
  await client.query('COMMIT');
  return end;
}
