import { expect } from '@jest/globals';
import pg from 'pg';
import { openPostgresLog, withClient, type Connection } from '@assay/event-log';
import { terminateBackends } from '../support/database.js';
import { appendEach, collect, disturbed, errorOf, event, events, positionsOf, range, until, type Cases } from './engine.js';
import { behindProxy, REFUSED_OR_IN_DOUBT } from './harm.js';

async function tablesTo(from: Connection, to: Connection): Promise<void> {
  const tables = ['assay.log', 'assay.event'];
  for (const table of tables) {
    const rows = await withClient(from, async (client) => (await client.query<{ row: string }>(`SELECT t::text AS row FROM ${table} t`)).rows);
    await withClient(to, async (client) => {
      if (table === 'assay.log') await client.query('DELETE FROM assay.log');
      for (const { row } of rows) await client.query(`INSERT INTO ${table} SELECT ($1::${table}).*`, [row]);
    });
  }
}

/** Failure and recovery: what only a SQL engine has (`conformance.md`). */
export const sqlFailureCases: Cases = {
  F09: async ({ log, sql }) => {
    const other = await sql.client({ pollMs: 50 });
    const tail = collect(other, { after: 'START' }, (seen) => seen.length >= 20);
    // Whoever listens is cut off again and again; what comes, comes by looking.
    await disturbed(appendEach(log, 's', range(20).map(String)), () => terminateBackends(sql.app, '%LISTEN%'));
    expect(positionsOf(await tail)).toEqual(range(20));
    await other.close();
  },
  F10: async ({ log, sql }) => {
    // Polling once an hour: only a hint can bring the second event.
    const other = await sql.client({ pollMs: 3_600_000 });
    const tail = collect(other, { after: 'START' }, (seen) => seen.length >= 2);
    const listeners = async (): Promise<number> =>
      withClient(sql.app, async (client) => (await client.query(`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`)).rowCount ?? 0);
    await log.append('s', [event('a')], 'NO_STREAM');
    await until(async () => (await listeners()) >= 1);
    expect(await terminateBackends(sql.app, 'LISTEN%')).toBeGreaterThanOrEqual(1);
    await until(async () => (await listeners()) >= 1);
    await log.append('s', [event('b')], 0);
    expect(positionsOf(await tail)).toEqual([0, 1]);
    await other.close();
  },
  F16: async ({ log, sql }) => {
    await appendEach(log, 's', ['a', 'b', 'c']);
    const before = await log.readAll({});
    const other = await sql.elsewhere();
    await (await openPostgresLog(other)).close();
    await tablesTo(sql.owner, other.owner);
    const restored = await openPostgresLog(other);
    expect(restored.id).toBe(log.id);
    const plain = (all: typeof before): unknown => all.map(({ id, cursor, position, recordedAt, body, metaBytes }) => [id, cursor, position, recordedAt, Buffer.from(body), Buffer.from(metaBytes)]);
    expect(plain(await restored.readAll({}))).toEqual(plain(before));
    expect(await restored.append('s', [event('d')], 2)).toMatchObject({ revision: 3, position: 3 });
    await restored.close();
    await other.close();
  },
  F20: async ({ log, sql }) => {
    await log.append('s', [event('a')], 'NO_STREAM');
    // A client that stops dead in the middle of its call: the server has the request, nobody takes the answer.
    const { proxy, client, close } = await behindProxy(sql);
    await client.append('warm', [event('warm')], 'NO_STREAM');
    proxy.mode = 'SWALLOW';
    const stopped = client.append('t', [event('b')], 'NO_STREAM');
    await until(async () => (await log.head()).position === 2);
    expect(await log.append('s', [event('c')], 0)).toMatchObject({ revision: 1, position: 3 });
    proxy.mode = 'PASS';
    expect(await stopped).toMatchObject({ position: 2 });
    // One that holds the lock in a transaction of its own delays others no longer than their lock time-out.
    await withClient(sql.owner, async (holder) => {
      await holder.query('BEGIN; SELECT pg_advisory_xact_lock(4701337)');
      const refused = await errorOf(client.append('u', [event('d')], 'NO_STREAM', { deadlineMs: 600 }));
      expect(refused.retryable).toBe(true);
      expect(REFUSED_OR_IN_DOUBT).toContain(refused.code);
    });
    expect(await client.append('u', [event('d')], 'NO_STREAM')).toMatchObject({ revision: 0 });
    await close();
  },
  F21: async ({ log, sql }) => {
    const tail = collect(log, { after: 'START' }, (seen) => seen.length >= 30);
    // Every connection that hints is cut off: hints fail, appends do not.
    await disturbed(appendEach(log, 's', range(30).map(String)), () => terminateBackends(sql.app, '%pg_notify%'));
    expect(positionsOf(await tail)).toEqual(range(30));
  },
  F22: async ({ log, sql }) => {
    await log.append('warm', events('warm', 500), 'NO_STREAM');
    const client = new pg.Client(sql.app);
    const snapshot = new pg.Client(sql.owner);
    await Promise.all([client.connect(), snapshot.connect()]);
    // Pages touched by one append, not time: behind a snapshot a hot row's dead versions would pile up to be walked.
    const pages = async (call: string): Promise<number> => {
      const { rows } = await client.query<{ 'QUERY PLAN': readonly { Plan: Record<string, number> }[] }>(
        `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT ${call} FROM (SELECT gen_random_uuid()::text) x(s)`,
      );
      const plan = rows[0]?.['QUERY PLAN'][0]?.Plan ?? {};
      return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0);
    };
    const calls = [
      `assay.append(ARRAY[s], ARRAY[-1]::bigint[], ARRAY[1], ARRAY[1], ARRAY[s], ARRAY[0]::bigint[], ARRAY[gen_random_uuid()], ARRAY['T'],
         ARRAY[1], ARRAY['1'::bytea], ARRAY['1'::bytea], ARRAY[NULL], ARRAY[NULL], true, NULL, NULL, NULL)`,
      `assay.append_one(s, -1, gen_random_uuid(), 'T', 1, '1'::bytea, '1'::bytea, NULL, NULL)`,
    ];
    const before = new Map<string, number>();
    for (const call of calls) {
      await pages(call);
      before.set(call, await pages(call));
    }
    await snapshot.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM assay.event');
    await appendEach(log, 'many', range(400).map((index) => `many/${index}`));
    for (const call of calls) {
      await pages(call);
      expect(await pages(call)).toBeLessThanOrEqual((before.get(call) ?? 0) + 8);
    }
    await Promise.all([client.end(), snapshot.end()]);
  },
  F24: async ({ log, sql }) => {
    await log.append('s', [event('a')], 'NO_STREAM');
    const forbidden = [
      `INSERT INTO assay.event SELECT 9, 'x', 0, gen_random_uuid(), type, 1, body, meta, null, null, recorded_at FROM assay.event`,
      `UPDATE assay.event SET type = 'x'`,
      'DELETE FROM assay.event',
      'TRUNCATE assay.event',
      'ALTER TABLE assay.event DISABLE TRIGGER ALL',
      'ALTER TABLE assay.event DISABLE TRIGGER event_append_only',
      'DROP TABLE assay.event',
      'DROP SCHEMA assay CASCADE',
      'UPDATE assay.log SET simulated = true',
      'CREATE TABLE assay.x ()',
      'CREATE TRIGGER t BEFORE INSERT ON assay.event FOR EACH STATEMENT EXECUTE FUNCTION assay.refuse_change()',
      `CREATE OR REPLACE FUNCTION assay.clock() RETURNS bigint LANGUAGE sql AS 'SELECT 0::bigint'`,
      `SET session_replication_role = replica`,
    ];
    for (const statement of forbidden) expect([statement, (await errorOf(withClient(sql.app, (client) => client.query(statement)))).code]).toEqual([statement, '42501']);
    // The owner may insert (a restore does) and is still stopped from changing what stands.
    for (const statement of forbidden.slice(1, 4)) expect((await errorOf(withClient(sql.owner, (client) => client.query(statement)))).code).toBe('42501');
    await withClient(sql.owner, (client) => client.query('ALTER TABLE assay.event DISABLE TRIGGER event_append_only'));
    expect(await errorOf(openPostgresLog({ app: sql.app, owner: sql.owner }))).toMatchObject({ code: 'Unauthorized' });
    const single = await openPostgresLog({ app: sql.owner });
    expect(single.protection).toBe('UNPROTECTED');
    await single.close();
  },
};
