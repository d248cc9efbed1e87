import pg from 'pg';
import { withClient } from '../connection.js';
import { metaTextOf } from '../encode.js';
import { byteaArray, int4Array, int8Array, textArray, uuidArray } from '../postgres/binary-array.js';
import { toLogError } from '../postgres/driver-errors.js';
import { migrateLog } from '../postgres/migrate.js';
import { openPostgresLog } from '../postgres/postgres-log.js';
import type { StoredEvent } from '../port.js';
import { MoveError } from './move-error.js';
import type { MovedClock, MoveTarget, TargetRequest } from './target.js';

/** The lock under which every append takes place. */
export const APPEND_LOCK = 4_701_337;
const LOCK_MS_MAX = 4_000;
const COLUMNS = ['position', 'stream', 'revision', 'id', 'type', 'schema_version', 'body', 'meta', 'actor', 'command_id', 'recorded_at'];
const TYPES = ['bigint', 'text', 'bigint', 'uuid', 'text', 'integer', 'bytea', 'bytea', 'text', 'text', 'bigint'];
const INSERT = `INSERT INTO assay.event (${COLUMNS.join(', ')}) SELECT * FROM unnest(${TYPES.map((type, index) => `$${String(index + 1)}::${type}[]`).join(', ')})`;

/**
 * The schema `assay` of a database to move a log to; it must be empty, or hold a beginning of this very log. Written as its
 * owner, in blocks that are a transaction each. Until it is whole it is a simulated log without a writer, to which no login
 * can append, and for as long as the move lasts the append lock is held.
 */
export async function postgresTarget({ logId, app, owner = app }: TargetRequest): Promise<MoveTarget> {
  await migrateLog(owner, await withClient(app, roleOf));
  const client = new pg.Client({ connectionTimeoutMillis: 5000, keepAlive: true, ...owner });
  // A broken connection also rejects the query under way; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await claim(client, logId);
    const log = await openPostgresLog({ app });
    return {
      head: async () => (await log.head()).position,
      write: (events) => typed(() => insert(client, events)),
      log: () => log,
      reread: () => Promise.resolve(log),
      finish: (clock) => typed(() => finish(client, clock)),
      close: async () => {
        await log.close();
        await client.end().catch(() => undefined);
      },
    };
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
}

const roleOf = async (client: pg.Client): Promise<string> => (await client.query<{ role: string }>('SELECT current_user AS role')).rows[0]?.role ?? '';

async function typed<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof MoveError ? error : toLogError(error, 'the move');
  }
}

async function claim(client: pg.Client, logId: string): Promise<void> {
  await typed(async () => {
    await client.query(`SET lock_timeout = ${String(LOCK_MS_MAX)}`);
    await client.query('SELECT pg_advisory_lock($1)', [APPEND_LOCK]);
    await client.query('UPDATE assay.log SET id = $1 WHERE id <> $1 AND NOT EXISTS (SELECT FROM assay.event)', [logId]);
    const { rows } = await client.query<{ id: string }>('SELECT id FROM assay.log');
    const held = rows[0]?.id;
    if (held !== logId) throw new MoveError('TargetForeign', `the database holds another log (${String(held)}); a log needs a database of its own`, { held });
  });
}

async function insert(client: pg.Client, events: readonly StoredEvent[]): Promise<void> {
  const metas = events.map(({ metaBytes }): unknown => JSON.parse(Buffer.from(metaBytes).toString('utf8')));
  const values = [
    int8Array(events.map(({ position }) => position)),
    textArray(events.map(({ stream }) => stream)),
    int8Array(events.map(({ revision }) => revision)),
    uuidArray(events.map(({ id }) => id)),
    textArray(events.map(({ type }) => type)),
    int4Array(events.map(({ schemaVersion }) => schemaVersion)),
    byteaArray(events.map(({ body }) => Buffer.from(body))),
    byteaArray(events.map(({ metaBytes }) => Buffer.from(metaBytes))),
    textArray(metas.map((meta) => metaTextOf(meta, 'actor'))),
    textArray(metas.map((meta) => metaTextOf(meta, 'commandId'))),
    int8Array(events.map(({ recordedAt }) => recordedAt)),
  ];
  await client.query('BEGIN');
  try {
    await client.query('UPDATE assay.log SET simulated = true, lease = NULL, lease_until = NULL WHERE NOT simulated');
    await client.query(INSERT, values);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function finish(client: pg.Client, { offsetMs, stepAcceptedAt }: MovedClock): Promise<void> {
  await client.query('UPDATE assay.log SET simulated = false, offset_ms = $1, step_accepted_at = $2, lease = NULL, lease_until = NULL', [offsetMs, stepAcceptedAt]);
  await client.query('ANALYZE assay.event');
}
