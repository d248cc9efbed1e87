import { describe, expect, it } from '@jest/globals';
import { databaseNameOf } from './databases.js';

describe('databases of logs', () => {
  it('names one database per log, and refuses names that could be anything else', () => {
    expect(databaseNameOf('crm-2017')).toBe('assay_crm-2017');
    for (const name of ['', 'Main', '1st', 'a b', 'a"; DROP', 'x'.repeat(41)]) expect(() => databaseNameOf(name)).toThrow('cannot name a log');
  });
});
