import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { processOwner, withClient } from '@assay/event-log';
import { metricView, PostgresProjection, readModelSchemaSql } from '@assay/read-models';
import pg from 'pg';
import { hookedPool } from '../conformance/projection-cases.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

const LEASE_MS = 600_000;

describe('the lease of a projection', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    await withClient(database.owner, (client) => client.query(readModelSchemaSql(client.escapeIdentifier(database.app.user ?? ''))));
  });
  afterAll(() => database.close());

  const poolOf = (name: string): pg.Pool => new pg.Pool({ ...database.app, application_name: name });

  it('lets who leads and who starts pass each other: both have the row first, then the tables', async () => {
    const [leading, starting] = [poolOf('leads'), poolOf('starts')];
    await new PostgresProjection(leading, metricView).register({ hash: 'one', head: -1 });
    const batch = async (): Promise<void> => {
      const leader = await leading.connect();
      for (const sql of ['BEGIN', `UPDATE read_model.projection SET position = position WHERE name = 'metric'`, `DELETE FROM read_model."metric_link__v${String(metricView.version)}"`, 'COMMIT']) await leader.query(sql);
      leader.release();
    };
    let committed = Promise.resolve();
    const waiting = `SELECT FROM pg_stat_activity WHERE application_name = 'leads' AND wait_event_type = 'Lock'`;
    const between = hookedPool(starting, async (sql) => {
      if (!sql.startsWith('UPDATE')) return;
      committed = batch();
      while ((await leading.query(waiting)).rowCount === 0) continue;
    });
    await new PostgresProjection(between, metricView).register({ hash: 'one', head: -1 });
    await committed;
    await leading.end();
    await starting.end();
  }, 20_000);

  it('stays with a process that is connected, and goes to the next once it is gone, long before it runs out', async () => {
    const [first, second] = [processOwner(), processOwner()];
    const [held, waiting] = [poolOf(first), poolOf(second)];
    const holder = new PostgresProjection(held, metricView);
    const heir = new PostgresProjection(waiting, metricView);
    await holder.register({ hash: 'one', head: -1 });
    expect(await holder.acquire(first, LEASE_MS)).toMatchObject({ fence: 1 });
    expect(await heir.acquire(second, LEASE_MS)).toBeNull();
    await held.end();
    let lease = await heir.acquire(second, LEASE_MS);
    // The server notices a closed connection a moment later.
    while (lease === null) lease = await heir.acquire(second, LEASE_MS);
    expect(lease).toMatchObject({ fence: 2 });
    await waiting.end();
  }, 20_000);
});
