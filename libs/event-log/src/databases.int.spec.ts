import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testDatabase, type TestDatabase } from '../../../test/support/database.js';
import { databaseNameOf, ensureServerDatabase, serverConnection } from './databases.js';
import { withClient } from './connection.js';

describe('databases of logs', () => {
  let database: TestDatabase;
  beforeAll(async () => (database = await testDatabase()));
  afterAll(() => database.close());

  it('names one database per log, and refuses names that could be anything else', () => {
    expect(databaseNameOf('crm-2017')).toBe('assay_crm-2017');
    for (const name of ['', 'Main', '1st', 'a b', 'a"; DROP', 'x'.repeat(41)]) expect(() => databaseNameOf(name)).toThrow('cannot name a log');
  });

  it('finds the database of a log by that of main', () => {
    expect(serverConnection({ connectionString: 'postgresql://u:p@h:5433/assay?sslmode=require' }, 'crm')).toEqual({ connectionString: 'postgresql://u:p@h:5433/assay_crm?sslmode=require' });
    expect(serverConnection({ host: 'h', database: 'assay' }, 'main')).toEqual({ host: 'h', database: 'assay' });
    expect(serverConnection({ host: 'h', database: 'assay' }, 'crm')).toEqual({ host: 'h', database: 'assay_crm' });
  });

  it('leaves main and what is there alone, and says so where the login may not create', async () => {
    await ensureServerDatabase(database.owner, 'main');
    await expect(ensureServerDatabase(database.owner, 'other')).rejects.toMatchObject({ code: '42501' });
    expect(await withClient(database.owner, async (client) => (await client.query('SELECT 1')).rowCount)).toBe(1);
  });
});
