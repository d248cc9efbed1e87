import type pg from 'pg';
import { withClient, type Connection } from '../connection.js';
import { toLogError } from './driver-errors.js';
import { grantsOf, type Grants } from './grants.js';
import { MIGRATIONS } from './schema.js';

/** A log's database as its app login sees it, at one moment; nothing is changed. */
export interface LogInspection {
  readonly serverVersion: string;
  /** UTF8, or texts cannot be read faithfully. */
  readonly encoding: string;
  /** 0 where the log's tables are missing. */
  readonly schemaVersion: number;
  /** What this release knows; a lower one is migrated at the next start, a higher one is a later release's. */
  readonly schemaKnown: number;
  /** Null where the tables are missing. */
  readonly log: InspectedLog | null;
}
/** The log itself. */
export interface InspectedLog {
  readonly id: string;
  readonly grants: Grants;
  /** -1 for an empty log. */
  readonly lastPosition: number;
  readonly lastRecordedAt: number | null;
  readonly clock: {
    /** The clock by which the log goes, ms. */
    readonly databaseMs: number;
    /** How far it is ahead of this process's, ms; the time of asking is taken out. */
    readonly aheadMs: number;
    readonly simulated: boolean;
    readonly offsetMs: number;
    /** The last recordedAt up to which an administrator has accepted that the clock went back. */
    readonly stepAcceptedAt: number | null;
  };
}

interface LogRow {
  readonly id: string | null;
  readonly simulated: boolean;
  readonly offset_ms: string;
  readonly step_accepted_at: string | null;
  readonly position: string | null;
  readonly recorded_at: string | null;
}

/** Which tables are looked at: the log's own, or the order index of one that an event store holds. */
export interface Inspected {
  readonly schema: 'assay' | 'order_index';
  /** Migrations that this release has for it. */
  readonly known: number;
  /** The table of the events or of their entries, and its column of positions. */
  readonly events: { readonly table: string; readonly position: string };
  readonly grantsOf: (client: pg.ClientBase) => Promise<Grants>;
}
const THE_LOG: Inspected = { schema: 'assay', known: MIGRATIONS.length, events: { table: 'event', position: 'position' }, grantsOf };

/** Looks at a log through its app login. `Unavailable` where the server does not answer, `Unauthorized` where it refuses the login. */
export async function inspectLog(app: Connection, clock: () => number, of: Inspected = THE_LOG): Promise<LogInspection> {
  try {
    return await withClient(app, (client) => inspect(client, clock, of));
  } catch (error) {
    throw toLogError(error, 'the database');
  }
}

async function inspect(client: pg.Client, clock: () => number, of: Inspected): Promise<LogInspection> {
  const { rows } = await client.query<{ version: string; encoding: string; there: boolean }>(
    `SELECT current_setting('server_version') AS version, current_setting('server_encoding') AS encoding, to_regclass('${of.schema}.migration') IS NOT NULL AS there`,
  );
  const [server = { version: '', encoding: '', there: false }] = rows;
  const found = { serverVersion: server.version, encoding: server.encoding, schemaKnown: of.known };
  if (!server.there) return { ...found, schemaVersion: 0, log: null };
  const grants = await of.grantsOf(client);
  if (grants.missing.length > 0) return { ...found, schemaVersion: of.known, log: { ...UNREAD, grants } };
  const { rows: versions } = await client.query<{ version: number }>(`SELECT coalesce(max(version), 0) AS version FROM ${of.schema}.migration`);
  return { ...found, schemaVersion: versions[0]?.version ?? 0, log: await readLog(client, { grants, clock, of }) };
}

/** What cannot be known of a log that the login may not read. */
const UNREAD: Omit<InspectedLog, 'grants'> = { id: '', lastPosition: -1, lastRecordedAt: null, clock: { databaseMs: 0, aheadMs: 0, simulated: false, offsetMs: 0, stepAcceptedAt: null } };

interface Reading {
  readonly grants: Grants;
  readonly clock: () => number;
  readonly of: Inspected;
}

async function readLog(client: pg.Client, { grants, clock, of: { schema, events } }: Reading): Promise<InspectedLog> {
  const { rows } = await client.query<LogRow>(
    `SELECT l.id, l.simulated, l.offset_ms, l.step_accepted_at, e.position, e.recorded_at
       FROM ${schema}.log l LEFT JOIN LATERAL (SELECT ${events.position} AS position, recorded_at FROM ${schema}.${events.table} ORDER BY ${events.position} DESC LIMIT 1) e ON true`,
  );
  const asked = clock();
  const { rows: times } = await client.query<{ now: string }>(`SELECT ${schema}.clock() AS now`);
  const databaseMs = Number(times[0]?.now);
  const aheadMs = Math.round(databaseMs - (asked + clock()) / 2);
  const [log] = rows;
  if (log === undefined) return { ...UNREAD, grants };
  const whole = (text: string | null): number | null => (text === null ? null : Number(text));
  return {
    id: log.id ?? '',
    grants,
    lastPosition: whole(log.position) ?? -1,
    lastRecordedAt: whole(log.recorded_at),
    clock: { databaseMs, aheadMs, simulated: log.simulated, offsetMs: Number(log.offset_ms), stepAcceptedAt: whole(log.step_accepted_at) },
  };
}
