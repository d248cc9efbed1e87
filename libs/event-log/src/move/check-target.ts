import type pg from 'pg';
import { withClient } from '../connection.js';
import { lastOf } from '../eventstoredb/catch-up.js';
import { toEngineError } from '../eventstoredb/engine-errors.js';
import { logOf } from '../eventstoredb/whose-log.js';
import { toLogError } from '../postgres/driver-errors.js';
import { demandOwn, NAMESPACE } from './engine-target.js';
import { MoveError, targetAhead } from './move-error.js';
import type { MoveOptions } from './move-log.js';

/** The log that is to be moved, as it stands at its source. */
export interface SourceLog {
  readonly logId: string;
  /** A closed log may have been moved before, and have gone on at the target since. */
  readonly isClosed: boolean;
}

/**
 * Sees, before a log is closed for it, that it may be moved there: the target answers, and holds nothing, or this very log, and no
 * more of it than a log has that is still open. Changes nothing. Whether it is a beginning of the log is compared by the move
 * itself. Throws `TargetForeign` and `TargetAhead`, and what the engines say.
 */
export async function checkTarget({ to, app, connect }: Pick<MoveOptions, 'to' | 'app' | 'connect'>, { logId, isClosed }: SourceLog): Promise<void> {
  try {
    const held = await withClient(app, to === 'EVENTSTORE' ? indexedLog : storedLog);
    if (held !== null && held !== logId) throw foreign(`the database holds ${to === 'EVENTSTORE' ? 'the order index of another log' : 'another log'} (${held})`);
    const end = to === 'EVENTSTORE' ? await checkEngine(connect, { logId, isIndexed: held !== null }) : await withClient(app, lastStored);
    if (isClosed || end === null) return;
    const isKnown = await withClient(app, (client) => holds(client, to === 'EVENTSTORE' ? 'assay.event' : 'order_index.entry', end));
    if (!isKnown) throw targetAhead(to, { eventId: end });
  } catch (error) {
    throw error instanceof MoveError ? error : toLogError(error, 'the target');
  }
}

const foreign = (what: string): MoveError => new MoveError('TargetForeign', `${what}; a log needs a database and a server of its own`);

/** The id of the last event that is there; null where there is none. */
async function checkEngine(connect: MoveOptions['connect'], { logId, isIndexed }: { readonly logId: string; readonly isIndexed: boolean }): Promise<string | null> {
  try {
    const client = await connect();
    try {
      await demandOwn(client, logId);
      if (isIndexed && (await logOf(client, NAMESPACE)) === null) throw new MoveError('TargetForeign', 'the event store holds nothing, but the database has an order index of this log as it was there: if what was there is gone for good, drop the schema order_index, which is made again');
      return (await lastOf(client, NAMESPACE, null))?.id ?? null;
    } finally {
      await client.dispose();
    }
  } catch (error) {
    throw error instanceof MoveError ? error : toEngineError(error, 'the event store');
  }
}

const isThere = async (client: pg.Client, table: string): Promise<boolean> => (await client.query<{ there: boolean }>('SELECT to_regclass($1) IS NOT NULL AS there', [table])).rows[0]?.there === true;

async function indexedLog(client: pg.Client): Promise<string | null> {
  if (!(await isThere(client, 'order_index.log'))) return null;
  return (await client.query<{ id: string | null }>('SELECT id FROM order_index.log')).rows[0]?.id ?? null;
}

/** An empty log is anybody's. */
async function storedLog(client: pg.Client): Promise<string | null> {
  if (!(await isThere(client, 'assay.log'))) return null;
  return (await client.query<{ id: string }>('SELECT id FROM assay.log WHERE EXISTS (SELECT FROM assay.event)')).rows[0]?.id ?? null;
}

async function lastStored(client: pg.Client): Promise<string | null> {
  if (!(await isThere(client, 'assay.event'))) return null;
  return (await client.query<{ id: string }>('SELECT id FROM assay.event ORDER BY position DESC LIMIT 1')).rows[0]?.id ?? null;
}

const holds = async (client: pg.Client, table: 'assay.event' | 'order_index.entry', id: string): Promise<boolean> => (await client.query(`SELECT FROM ${table} WHERE id = $1`, [id])).rows.length > 0;
