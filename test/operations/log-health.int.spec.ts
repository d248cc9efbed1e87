import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NO_STREAM, openPostgresLog, withClient, type PostgresLog } from '@assay/event-log';
import { testDatabase, type TestDatabase } from '../support/database.js';

describe('what the log says of itself', () => {
  let database: TestDatabase;
  let log: PostgresLog;
  const owner = (sql: string): Promise<unknown> => withClient(database.owner, (client) => client.query(sql));
  const event = { id: randomUUID(), type: 'Happened', schemaVersion: 1, data: {}, meta: { actor: 'SYSTEM', commandId: randomUUID() } };
  beforeAll(async () => {
    database = await testDatabase();
    log = await openPostgresLog(database);
    await log.append('thing-1', [event], NO_STREAM);
  }, 60_000);
  afterAll(async () => {
    await log.close();
    await database.close();
  });

  it('finds grants that lack, and grants that are too wide', async () => {
    const app = database.app.user ?? '';
    expect(await log.grants()).toEqual({ missing: [], violations: [] });
    await owner(`REVOKE EXECUTE ON FUNCTION assay.append_one FROM ${app}`);
    expect(await log.grants()).toEqual({ missing: ['the login may not append'], violations: [] });
    await owner(`GRANT EXECUTE ON FUNCTION assay.append_one TO ${app}; GRANT DELETE ON assay.event TO ${app}`);
    expect(await log.grants()).toEqual({ missing: [], violations: ['the login may delete'] });
    await owner(`REVOKE DELETE ON assay.event FROM ${app}; REVOKE USAGE ON SCHEMA assay FROM ${app}`);
    expect(await log.grants()).toMatchObject({ missing: ['the login may not use the schema assay'] });
    await owner(`GRANT USAGE ON SCHEMA assay TO ${app}`);
  });

  it('finds by how much its clock is behind, until the step is accepted', async () => {
    expect(await log.clockBehindMs()).toBe(0);
    const { recordedAt } = await log.head();
    await owner(`CREATE OR REPLACE FUNCTION assay.clock() RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT ${String((recordedAt ?? 0) - 60_000)}::bigint $$`);
    expect(await log.clockBehindMs()).toBe(60_000);
    await expect(log.append('thing-1', [{ ...event, id: randomUUID() }], 0)).rejects.toMatchObject({ code: 'ClockBehind' });
    await log.append('thing-2', [{ ...event, id: randomUUID(), type: 'ClockStepAccepted' }], NO_STREAM);
    expect(await log.clockBehindMs()).toBe(0);
  });
});
