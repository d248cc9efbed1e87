import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { z } from 'zod';
import { defineEvents } from '@assay/domain';
import {
  EventCodec,
  EventStore,
  memoryKeyStore,
  NO_STREAM,
  withClient,
  type EventLog,
  type Upcaster,
} from '@assay/event-log';
import {
  ReadModels,
  readModelSchemaSql,
  versionedName,
  type EventSource,
  type ReadModelsOptions,
  type View,
} from '@assay/read-models';
import { testDatabase, type TestDatabase } from '../support/database.js';
import type { TestLog } from './projection-log.js';

/** A log with its read-model database, as an adapter's spec opens it for the projection contract. */
export interface ProjectionHarness extends TestLog {
  readonly pool: pg.Pool;
  /** Cuts connections of the app login: how many there were. */
  cutConnections(): Promise<number>;
  /** Cuts those that wait for a lock in a statement like this: how many there were. */
  cutWaiting(statement: string): Promise<number>;
  close(): Promise<void>;
}

/** On a machine that does much else at once, a position is waited for longer than users would. */
const PATIENT = { waitMsMax: 15_000 };

/** Read models of the given views, each with a hash by its version; `options` for what a case changes. */
export function modelsOf(
  harness: { readonly pool: pg.Pool; readonly source: EventSource },
  views: readonly View[],
  options: Partial<ReadModelsOptions> = {},
): ReadModels {
  const hashes = Object.fromEntries(views.map((view) => [versionedName(view), `hash of ${versionedName(view)}`]));
  return new ReadModels({ pool: harness.pool, source: harness.source, views, hashes, freshness: PATIENT, ...options });
}

const data = z.object({
  rate: z.string().optional(),
  team: z.string().optional(),
  owner: z.string().optional(),
  since: z.string().optional(),
  value: z.number().optional(),
  amount: z.number().optional(),
});
const definition = (version: number) => ({ version, doc: 'An event of the projection contract.', data });

/** The types of the contract's small world. A rate was once a text called `percent`, then a number of that name. */
const definitions = defineEvents({
  SheetOpened: definition(1),
  SheetRated: definition(1),
  SheetDated: definition(1),
  LineAdded: definition(1),
  RateSet: definition(3),
  RateBroken: definition(1),
  WorkerJoined: definition(1),
  WorkerPaid: definition(1),
  WorkerGreeted: definition(1),
});
const percentOf = (old: unknown): unknown =>
  typeof old === 'object' && old !== null && 'percent' in old ? old.percent : null;
const upcasters: Readonly<Record<string, Readonly<Record<number, Upcaster>>>> = {
  RateSet: { 1: (old) => ({ percent: Number(percentOf(old)) }), 2: (old) => ({ value: percentOf(old) }) },
};
const versionOf = (type: string): number =>
  Object.entries(definitions).find(([name]) => name === type)?.[1].version ?? 1;

/** A fresh log of an engine, with its read models in a database of their own in the cluster that all test files share. */
export async function openHarness(openLog: (database: TestDatabase) => Promise<EventLog>): Promise<ProjectionHarness> {
  const database = await testDatabase();
  await withClient(database.owner, (client) =>
    client.query(readModelSchemaSql(client.escapeIdentifier(database.app.user ?? ''))),
  );
  const log = await openLog(database);
  const pool = new pg.Pool({ ...database.app, max: 6 });
  // A cut connection leaves the pool by itself; cases cut them on purpose.
  pool.on('error', () => undefined);
  const revisions = new Map<string, number>();
  const cut = async (which: string, ...values: readonly string[]): Promise<number> => {
    const { rowCount } = await withClient(database.app, (client) =>
      client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND datname = current_database() AND pid <> pg_backend_pid() AND ${which}`,
        [...values],
      ),
    );
    return rowCount ?? 0;
  };
  return {
    pool,
    source: new EventStore(log, new EventCodec({ definitions, upcasters, keys: memoryKeyStore() })),
    async append(stream, events, actor = 'ann') {
      const commandId = randomUUID();
      const meta = { actor, authority: 'MANAGER', commandId, commandDigest: '', correlationId: commandId };
      // Straight into the log: cases also append what a codec of today would not write any more.
      const encoded = events.map(({ type, data = {}, schemaVersion = versionOf(type) }) => ({
        id: randomUUID(),
        type,
        schemaVersion,
        data,
        meta,
      }));
      const { revision, position } = await log.append(stream, encoded, revisions.get(stream) ?? NO_STREAM);
      revisions.set(stream, revision);
      return position ?? -1;
    },
    cutConnections: () => cut('true'),
    cutWaiting: (statement) => cut("wait_event_type = 'Lock' AND query LIKE $1", statement),
    close: async () => {
      await pool.end();
      await log.close();
      await database.close();
    },
  };
}
