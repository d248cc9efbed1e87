import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { MIGRATIONS } from './schema.js';

/** What stands in databases already: a change is a new migration, and a new line here. */
const PUBLISHED: readonly string[] = [
  'f109f3fb878e3f823865935d3b04f74077d728fff4097ab2934c1813aa94344a',
  'd633906e4d9e8a5d98450430cab8bda0112dabb3a914698b98aa7cfaf8ad748d',
  '772038e8ae2e347e8e022d02e0c27b2e63e55a55b25d7ab93c527bbe570198e4',
];

describe('migrations of the log', () => {
  it('are never edited once they are published', () => {
    expect(MIGRATIONS.map((statements) => createHash('sha256').update(statements).digest('hex'))).toEqual(PUBLISHED);
  });
});
