/**
 * Replays a given export (sales_pipeline.csv and sales_teams.csv in a folder) with the example mapping and company file,
 * makes the assertions of the generated one on it, and prints its figures: npm run test:import -- <folder> [--memory].
 * By default into an embedded PostgreSQL of its own; nothing is written into the folder.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [folder, place, ...more] = process.argv.slice(2);
const usable = folder !== undefined && more.length === 0 && (place === undefined || place === '--memory');
if (!usable) fail('Usage: npm run test:import -- <folder> [--memory]');
for (const name of ['sales_pipeline.csv', 'sales_teams.csv']) {
  if (!existsSync(join(folder, name))) fail(`${folder} holds no ${name}; "npm run -s assay -- seed crm --seed 1 --out ${folder}" makes an export of that kind`);
}
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js', '--testRegex', 'test/import/given\\.import\\.ts$', '--runInBand', '--testTimeout=120000'];
const env = { ...process.env, ASSAY_EXPORT: resolve(folder), ASSAY_EXPORT_IN: place === '--memory' ? 'memory' : 'database' };
process.exitCode = spawnSync(process.execPath, jest, { stdio: 'inherit', env }).status ?? 1;

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
