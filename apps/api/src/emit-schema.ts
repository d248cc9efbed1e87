import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { RESOLVERS, schemaText } from '@assay/graphql';

// Writes docs/reference/schema.graphql, or with --check says whether it is what the code says: no server, no database.
const FILE = 'docs/reference/schema.graphql';
const text = await schemaText(RESOLVERS);
if (!process.argv.includes('--check')) {
  writeFileSync(FILE, text);
} else if (readFileSync(FILE, 'utf8') !== text) {
  process.stderr.write(`${FILE} differs from the code; run npm run docs\n`);
  process.exitCode = 1;
}
