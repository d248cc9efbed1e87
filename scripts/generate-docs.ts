/**
 * Writes docs/reference from what the code declares: access, the command line, settings, rules, events, the schemas of an import's files; with --check it writes nothing and fails
 * where they differ. Run after a build: npm run docs.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RULES, eventCatalogue } from '@assay/domain';
import { TOKEN_SETTING } from '@assay/runtime';
import { everyMetric } from '../apps/api/src/observing.js';
import { SETTING_GROUPS } from '../apps/api/src/settings.js';
import { companyFile } from '../apps/cli/src/import/company-file.js';
import { crmMapping } from '../apps/cli/src/import/mapping.js';
import { accessPage } from './reference-access.js';
import { cliPage } from './reference-cli.js';
import { configPage } from './reference-config.js';
import { eventsPage } from './reference-events.js';
import { jsonSchemaPage } from './reference-json.js';
import { metricsPage } from './reference-metrics.js';
import { rulesPage } from './reference-rules.js';

const FOLDER = path.join('docs', 'reference');
const PAGES: Readonly<Record<string, string>> = {
  'access.md': accessPage(),
  'cli.md': await cliPage(),
  'config.md': configPage({ ...SETTING_GROUPS, 'Command line, beside the first group': TOKEN_SETTING }),
  'metrics.md': await metricsPage(everyMetric()),
  'rules.md': rulesPage(RULES),
  'events.md': eventsPage(eventCatalogue),
  'crm-mapping.schema.json': jsonSchemaPage('How a CRM’s export is to be read', crmMapping),
  'crm-company.schema.json': jsonSchemaPage('What a replay of an export needs beside it', companyFile),
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
