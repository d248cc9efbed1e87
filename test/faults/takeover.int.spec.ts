import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { processOwner, withClient } from '@assay/event-log';
import { metricView, PostgresProjection, readModelSchemaSql } from '@assay/read-models';
import pg from 'pg';
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

  it('does not come between who leads and who starts: both have the row first, then the tables', async () => {
    const [leading, starting] = [poolOf(processOwner()), poolOf('starts')];
    await new PostgresProjection(leading, metricView).register({ hash: 'one', head: -1 });
    const leader = await leading.connect();
    await leader.query('BEGIN');
    await leader.query(`UPDATE read_model.projection SET position = position WHERE name = 'metric'`);
    const registered = new PostgresProjection(starting, metricView).register({ hash: 'one', head: -1 });
    const waits = `SELECT FROM pg_stat_activity WHERE application_name = 'starts' AND wait_event_type = 'Lock'`;
    while ((await leading.query(waits)).rowCount === 0) continue;
    await leader.query(`DELETE FROM read_model."metric__v${String(metricView.version)}"`);
    await leader.query('COMMIT');
    leader.release();
    await registered;
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
