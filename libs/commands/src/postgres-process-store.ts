import { randomUUID } from 'node:crypto';
import { LEASE_IS_FREE } from '@assay/event-log';
import type { ClientBase, Pool, PoolClient } from 'pg';
import { ProcessLead } from './process-lead.js';
import type { ParkedWork, ProcessStore, Timer } from './process.js';

const schemaOf = (app: string): readonly string[] => [
  'CREATE SCHEMA IF NOT EXISTS process',
  'CREATE TABLE IF NOT EXISTS process.checkpoint (one boolean PRIMARY KEY DEFAULT true CHECK (one), position bigint NOT NULL)',
  'INSERT INTO process.checkpoint (position) VALUES (-1) ON CONFLICT DO NOTHING',
  `CREATE TABLE IF NOT EXISTS process.timer (
    id uuid PRIMARY KEY, due_at bigint NOT NULL, aggregate text NOT NULL, type text NOT NULL, stream_id text NOT NULL, data jsonb NOT NULL,
    cause_event_id uuid NOT NULL, root_actor text, correlation_id text NOT NULL, finished boolean NOT NULL DEFAULT false)`,
  'CREATE INDEX IF NOT EXISTS timer_due ON process.timer (due_at, id) WHERE NOT finished',
  `CREATE TABLE IF NOT EXISTS process.parked (
    manager text NOT NULL, key text NOT NULL, event_id uuid NOT NULL, position bigint NOT NULL, command text NOT NULL, code text NOT NULL,
    PRIMARY KEY (manager, key))`,
  `CREATE TABLE IF NOT EXISTS process.lead (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), owner text, fence bigint NOT NULL DEFAULT 0, lease_until timestamptz)`,
  'INSERT INTO process.lead (one) VALUES (true) ON CONFLICT DO NOTHING',
  `GRANT USAGE ON SCHEMA process TO ${app}`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA process TO ${app}`,
];

/**
 * Makes the tables of the process store where they are missing, as their owner; `app` is the login that serves, escaped.
 * Each statement by itself: two held together would wait for a leader's commit that waits for the first of them.
 */
export async function makeProcessTables(client: ClientBase, app: string): Promise<void> {
  for (const statement of schemaOf(app)) await client.query(statement);
}

interface TimerRow {
  readonly id: string;
  readonly due_at: string;
  readonly aggregate: string;
  readonly type: string;
  readonly stream_id: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly cause_event_id: string;
  readonly root_actor: string | null;
  readonly correlation_id: string;
}

const timerOf = (row: TimerRow): Timer => ({
  id: row.id,
  dueAt: Number(row.due_at),
  aggregate: row.aggregate,
  type: row.type,
  streamId: row.stream_id,
  data: row.data,
  causeEventId: row.cause_event_id,
  rootActor: row.root_actor,
  correlationId: row.correlation_id,
});

async function insertTimers(client: PoolClient, timers: readonly Timer[]): Promise<void> {
  const column = <T>(of: (timer: Timer) => T): T[] => timers.map(of);
  await client.query(
    `INSERT INTO process.timer (id, due_at, aggregate, type, stream_id, data, cause_event_id, root_actor, correlation_id)
     SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::uuid[], $8::text[], $9::text[]) ON CONFLICT DO NOTHING`,
    [
      column(({ id }) => id),
      column(({ dueAt }) => dueAt),
      column(({ aggregate }) => aggregate),
      column(({ type }) => type),
      column(({ streamId }) => streamId),
      column(({ data }) => JSON.stringify(data)),
      column(({ causeEventId }) => causeEventId),
      column(({ rootActor }) => rootActor),
      column(({ correlationId }) => correlationId),
    ],
  );
}

async function insertParked(client: PoolClient, parked: readonly ParkedWork[]): Promise<void> {
  for (const work of parked)
    await client.query('INSERT INTO process.parked (manager, key, event_id, position, command, code) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING', [
      work.manager,
      work.key,
      work.eventId,
      work.position,
      work.command,
      work.code,
    ]);
}

async function inTransaction(pool: Pool, work: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  // A connection that is cut also rejects the statement under way; without a listener it would end the process.
  const onError = (): void => undefined;
  client.on('error', onError);
  let broken = true;
  try {
    await client.query('BEGIN');
    await work(client);
    await client.query('COMMIT');
    broken = false;
  } finally {
    client.off('error', onError);
    // A client whose transaction broke is not given back to the pool: its state is unknown.
    client.release(broken);
  }
}

/**
 * The process store of a log kept in PostgreSQL (`makeProcessTables` made its tables). `owner` names this process among
 * those that may take the lead; who never takes it, a loader that writes alone, is not fenced.
 */
export function postgresProcessStore(pool: Pool, owner: string = randomUUID()): ProcessStore {
  const lead = new ProcessLead(pool, owner);
  return {
    checkpoint: async () => {
      const { rows } = await pool.query<{ position: string }>('SELECT position FROM process.checkpoint');
      return Number(rows[0]?.position ?? -1);
    },
    commit: ({ position, timers, parked }) =>
      inTransaction(pool, async (client) => {
        await lead.fenced(client);
        if (timers.length > 0) await insertTimers(client, timers);
        await insertParked(client, parked);
        await client.query('UPDATE process.checkpoint SET position = $1', [position]);
      }),
    due: async (now, max) => {
      const { rows } = await pool.query<TimerRow>('SELECT * FROM process.timer WHERE NOT finished AND due_at <= $1 ORDER BY due_at, id LIMIT $2', [now, max]);
      return rows.map(timerOf);
    },
    nextDue: async () => {
      const { rows } = await pool.query<{ due_at: string }>('SELECT due_at FROM process.timer WHERE NOT finished ORDER BY due_at, id LIMIT 1');
      return rows[0] ? Number(rows[0].due_at) : null;
    },
    finish: async (timerId) => {
      await pool.query('UPDATE process.timer SET finished = true WHERE id = $1', [timerId]);
    },
    parked: async () => {
      const { rows } = await pool.query<{ manager: string; key: string; event_id: string; position: string; command: string; code: string }>('SELECT * FROM process.parked ORDER BY position');
      return rows.map((row) => ({ manager: row.manager, key: row.key, eventId: row.event_id, position: Number(row.position), command: row.command, code: row.code }));
    },
    unpark: ({ manager, key }) =>
      inTransaction(pool, async (client) => {
        const { rows } = await client.query<{ position: string }>('DELETE FROM process.parked WHERE manager = $1 AND key = $2 RETURNING position', [manager, key]);
        const position = rows[0]?.position;
        if (position !== undefined) await client.query('UPDATE process.checkpoint SET position = least(position, $1::bigint - 1)', [position]);
      }),
    lead: () => lead.take(),
    stillLead: () => lead.hold(),
    led: async () => {
      const { rows } = await pool.query<{ led: boolean }>(`SELECT NOT ${LEASE_IS_FREE} AS led FROM process.lead`);
      return rows[0]?.led === true;
    },
    close: () => lead.release(),
  };
}
