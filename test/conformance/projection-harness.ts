import pg from 'pg';
import type { Recorded } from '@assay/domain';
import { NO_STREAM, openPostgresLog, withClient, type StoredEvent } from '@assay/event-log';
import { ReadModels, readModelSchemaSql, versionedName, type EventSource, type ReadModelsOptions, type View } from '@assay/read-models';
import { randomUUID } from 'node:crypto';
import { testDatabase } from '../support/database.js';
import type { TestLog } from './projection-log.js';

/** A log with its read-model database, as an adapter's spec opens it for the projection contract. */
export interface ProjectionHarness extends TestLog {
  readonly pool: pg.Pool;
  /** Cuts connections of the app login: how many there were. */
  cutConnections(): Promise<number>;
  close(): Promise<void>;
}

/** Read models of the given views, each with a hash by its version; `options` for what a case changes. */
export function modelsOf(harness: { readonly pool: pg.Pool; readonly source: EventSource }, views: readonly View[], options: Partial<ReadModelsOptions> = {}): ReadModels {
  const hashes = Object.fromEntries(views.map((view) => [versionedName(view), `hash of ${versionedName(view)}`]));
  return new ReadModels({ pool: harness.pool, source: harness.source, views, hashes, ...options });
}

const decoded = (event: StoredEvent): Recorded => {
  const text = new TextDecoder();
  const { id, stream, revision, position, type, schemaVersion, recordedAt } = event;
  return { id, stream, revision, position, type, schemaVersion, recordedAt, data: JSON.parse(text.decode(event.body)), meta: JSON.parse(text.decode(event.metaBytes)) };
};

/** The PostgreSQL log and its database in the cluster that all test files share. */
export async function postgresHarness(): Promise<ProjectionHarness> {
  const database = await testDatabase();
  await withClient(database.owner, (client) => client.query(readModelSchemaSql(client.escapeIdentifier(database.app.user ?? ''))));
  const log = await openPostgresLog({ app: database.app, owner: database.owner });
  const pool = new pg.Pool({ ...database.app, max: 6 });
  // A cut connection leaves the pool by itself; cases cut them on purpose.
  pool.on('error', () => undefined);
  const revisions = new Map<string, number>();
  return {
    pool,
    source: {
      readAll: async (options) => (await log.readAll(options)).map(decoded),
      readStream: async (stream, options) => (await log.readStream(stream, options)).map(decoded),
      moved: (after, options) => log.moved(after, options),
      head: () => log.head(),
      cursorOf: (position) => log.cursorOf(position),
    },
    async append(stream, events, actor = 'ann') {
      const expected = revisions.get(stream) ?? NO_STREAM;
      const commandId = randomUUID();
      const meta = { actor, authority: 'MANAGER', commandId, commandDigest: '', correlationId: commandId };
      const encoded = events.map(({ type, data = {}, schemaVersion = 1 }) => ({ id: randomUUID(), type, schemaVersion, data, meta }));
      const { revision, position } = await log.append(stream, encoded, expected);
      revisions.set(stream, revision);
      return position ?? -1;
    },
    cutConnections: async () => {
      const cut = await withClient(database.app, (client) =>
        client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid()')
      );
      return cut.rowCount ?? 0;
    },
    close: async () => {
      await pool.end();
      await log.close();
      await database.close();
    },
  };
}
