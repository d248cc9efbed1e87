import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isLeadLost, makeProcessTables, postgresProcessStore } from '@assay/commands';
import { withClient } from '@assay/event-log';
import pg from 'pg';
import { terminateBackends, testDatabase, type TestDatabase } from '../support/database.js';

const CONNECTIONS = 2;

describe('the process store when its connections are cut', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await testDatabase();
    await withClient(database.owner, (client) => makeProcessTables(client, client.escapeIdentifier(database.app.user ?? '')));
    pool = new pg.Pool({ ...database.app, max: CONNECTIONS });
    pool.on('error', () => undefined);
  });
  afterAll(async () => {
    await pool.end();
    await database.close();
  });

  /** Cuts every connection of the pool, and waits until the pool has noticed. */
  async function cut(): Promise<void> {
    await terminateBackends(database.app);
    await pool.query('SELECT 1').catch(() => undefined);
  }

  it('keeps the lead however often the server dies, and gives every lost connection back', async () => {
    const store = postgresProcessStore(pool);
    for (let round = 0; round < 3 * CONNECTIONS; round += 1) {
      expect(await store.lead()).toBe(true);
      await cut();
      let committed = false;
      while (!committed) committed = await store.commit({ position: -1, timers: [], parked: [] }).then(() => true, () => false);
    }
    await store.close();
    expect(pool.totalCount).toBeLessThanOrEqual(CONNECTIONS);
    expect(await store.checkpoint()).toBe(-1);
  }, 120_000);

  it('lets one lead at a time, and the next once the lead is given back', async () => {
    const [first, second] = [postgresProcessStore(pool), postgresProcessStore(pool)];
    expect([await second.led(), await first.lead(), await second.lead(), await first.lead(), await second.led()]).toEqual([false, true, false, true, true]);
    await first.close();
    expect([await second.led(), await second.lead()]).toEqual([false, true]);
    await second.close();
  }, 120_000);

  it('refuses what a former leader commits or is about to do, and nothing of who never led', async () => {
    const [former, heir, loader] = [postgresProcessStore(pool), postgresProcessStore(pool), postgresProcessStore(pool)];
    expect(await former.lead()).toBe(true);
    // The former one may hold its lease on in between: then it runs out once more.
    do await pool.query(`UPDATE process.lead SET lease_until = clock_timestamp() - interval '1 ms'`);
    while (!(await heir.lead()));
    const progress = { position: 3, timers: [], parked: [] };
    expect(isLeadLost(await former.commit({ ...progress, position: 2 }).catch((error: unknown) => error))).toBe(true);
    // Its last sign of life is over: it asks before it acts.
    expect(isLeadLost(await former.stillLead().catch((error: unknown) => error))).toBe(true);
    await heir.commit(progress);
    await former.close();
    expect([await heir.led(), await heir.checkpoint(), await former.lead()]).toEqual([true, 3, false]);
    await loader.commit({ ...progress, position: -1 });
    expect(await loader.checkpoint()).toBe(-1);
    await heir.close();
  }, 120_000);

  it('lets a leader commit while another process starts and makes its tables', async () => {
    const store = postgresProcessStore(pool);
    expect(await store.lead()).toBe(true);
    const making = await withClient(database.app, async (leader) => {
      // As a commit begins.
      await leader.query('BEGIN');
      await leader.query('UPDATE process.lead SET owner = owner');
      const made = withClient(database.owner, (client) => makeProcessTables(client, client.escapeIdentifier(database.app.user ?? '')));
      const outcome = made.then(() => 'made', (error: unknown) => error);
      // A login sees what its own connections wait for.
      await withClient(database.owner, async (watcher) => {
        for (let waiting = false; !waiting; ) {
          const { rows } = await watcher.query<{ waiting: boolean }>(`SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user AND wait_event_type = 'Lock') AS waiting`);
          waiting = rows[0]?.waiting === true;
        }
      });
      // As it goes on.
      await leader.query('LOCK TABLE process.timer IN ROW EXCLUSIVE MODE');
      await leader.query('COMMIT');
      return outcome;
    });
    expect(await making).toBe('made');
    await store.close();
  }, 120_000);

  it('fails a commit that is cut under way, and nothing else', async () => {
    const store = postgresProcessStore(pool);
    const outcome = await withClient(database.owner, async (owner) => {
      await owner.query('BEGIN');
      await owner.query('LOCK TABLE process.checkpoint');
      const committing = store.commit({ position: 7, timers: [], parked: [] }).then(() => 'committed', () => 'refused');
      let ended = 0;
      while (ended === 0) ended = await terminateBackends(database.app, 'UPDATE process.checkpoint%');
      return committing;
    });
    expect(outcome).toBe('refused');
    expect(await store.checkpoint()).toBe(-1);
  }, 120_000);
});
