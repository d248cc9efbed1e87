import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { it } from '@jest/globals';
import { schemaText } from './edge/schema-text.js';
import { undescribed } from './edge/descriptions.js';
import { RESOLVERS } from './resolvers.js';

it('x', async () => {
  const text = await schemaText(RESOLVERS);
  writeFileSync('/tmp/x/schema.graphql', text);
  writeFileSync('/tmp/x/undescribed.txt', undescribed().join('\n'));
});
