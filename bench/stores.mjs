// The stores under measurement, each behind the same two operations: append one event behind the revision that the writer
// knows, which answers the new revision, and read a stream back, as the data of its events in order.
import { STREAM_DOES_NOT_EXIST } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';
import { NO_STREAM, openPostgresLog } from '../dist/libs/event-log/src/index.js';

export const OURS = 'Assay';
const TYPE = 'FactRecorded';

/** Our log as the application opens it: two logins, checks, hints and all. */
export async function openAssay({ app, owner }) {
  const log = await openPostgresLog(owner.connectionString === undefined ? { app, owner } : { app });
  return {
    name: OURS,
    append: async (stream, { id, data, meta }, known) => (await log.append(stream, [{ id, type: TYPE, schemaVersion: 1, data, meta }], known < 0 ? NO_STREAM : known)).revision,
    read: async (stream) => (await log.readStream(stream)).map(({ body }) => JSON.parse(Buffer.from(body).toString('utf8'))),
    close: () => log.close(),
  };
}

/**
 * Emmett's store on a pool of its own driver. Its schema is made beforehand, so that no append looks for it. Its versions
 * count from 1.
 */
export async function openEmmett({ owner }, poolSize) {
  const pool = new pg.Pool({ ...owner, max: poolSize, idleTimeoutMillis: 0 });
  // The query under way is told of a broken connection too; without listeners it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  // With a pool given, the connection string names no server; it is parsed all the same.
  const options = { connectionOptions: { pool } };
  await getPostgreSQLEventStore('postgresql://localhost/unused', options).schema.migrate();
  const store = getPostgreSQLEventStore('postgresql://localhost/unused', { ...options, schema: { autoMigration: 'None' } });
  return {
    name: `Emmett, pool of ${poolSize}`,
    append: async (stream, { data, meta }, known) => {
      const expectedStreamVersion = known < 0 ? STREAM_DOES_NOT_EXIST : BigInt(known + 1);
      const { nextExpectedStreamVersion } = await store.appendToStream(stream, [{ type: TYPE, data, metadata: meta }], { expectedStreamVersion });
      return Number(nextExpectedStreamVersion) - 1;
    },
    read: async (stream) => (await store.readStream(stream)).events.map(({ data }) => data),
    close: async () => {
      await store.close();
      if (!pool.ended) await pool.end();
    },
  };
}

/** BEGIN, INSERT, COMMIT as three calls, into a table of the log's columns, keys and indexes, checking nothing. */
export async function openBare({ owner }) {
  const client = new pg.Client(owner);
  client.on('error', () => undefined);
  await client.connect();
  await client.query('CREATE SCHEMA bare');
  await client.query('CREATE TABLE bare.event (LIKE assay.event INCLUDING ALL)');
  const text = 'INSERT INTO bare.event VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)';
  let position = -1;
  return {
    name: 'BEGIN, INSERT, COMMIT',
    append: async (stream, { id, data, meta }, known) => {
      position += 1;
      const [body, metaBytes] = [data, meta].map((value) => Buffer.from(JSON.stringify(value)));
      const values = [position, stream, known + 1, id, TYPE, 1, body, metaBytes, meta.actor, meta.commandId, Date.now()];
      await client.query('BEGIN');
      await client.query({ name: 'insert', text, values });
      await client.query('COMMIT');
      return known + 1;
    },
    read: async (stream) => {
      const { rows } = await client.query('SELECT body FROM bare.event WHERE stream = $1 ORDER BY revision', [stream]);
      return rows.map(({ body }) => JSON.parse(body.toString('utf8')));
    },
    close: () => client.end(),
  };
}
