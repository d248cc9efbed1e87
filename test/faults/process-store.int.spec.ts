import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { postgresProcessStore, processSchemaSql } from '@assay/commands';
import { withClient } from '@assay/event-log';
import pg from 'pg';
import { terminateBackends, testDatabase, type TestDatabase } from '../support/database.js';

const CONNECTIONS = 2;

describe('the process store when its connections are cut', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await testDatabase();
    await withClient(database.owner, (client) => client.query(processSchemaSql(client.escapeIdentifier(database.app.user ?? ''))));
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

  it('takes the lead again as often as the server dies, and gives every lost connection back', async () => {
    const store = postgresProcessStore(pool);
    for (let round = 0; round < 3 * CONNECTIONS; round += 1) {
      let leads = await store.lead().catch(() => false);
      // The server notices the connection that held the lead a moment after it was cut.
      while (!leads) leads = await store.lead().catch(() => false);
      await cut();
    }
    await store.close();
    expect(pool.totalCount).toBeLessThanOrEqual(CONNECTIONS);
    expect(await store.checkpoint()).toBe(-1);
  }, 20_000);

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
  }, 20_000);
});
