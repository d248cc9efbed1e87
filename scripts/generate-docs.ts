/**
 * Writes docs/reference/rules.md and events.md from what the code declares; with --check it writes nothing and fails
 * where they differ. Run after a build: npm run docs.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RULES, eventCatalogue } from '@assay/domain';
import { eventsPage } from './reference-events.js';
import { rulesPage } from './reference-rules.js';

const FOLDER = path.join('docs', 'reference');
const PAGES: Readonly<Record<string, string>> = {
  'rules.md': rulesPage(RULES),
  'events.md': eventsPage(eventCatalogue),
};

const check = process.argv.includes('--check');
const stale = Object.entries(PAGES).filter(([name, page]) => !existsSync(path.join(FOLDER, name)) || readFileSync(path.join(FOLDER, name), 'utf8') !== page);
for (const [name, page] of stale) {
  if (check) {
    process.stderr.write(`docs/reference/${name} is not what the code says; run npm run docs and commit it\n`);
    process.exitCode = 1;
  } else {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(path.join(FOLDER, name), page);
    process.stdout.write(`wrote docs/reference/${name}\n`);
  }
}
