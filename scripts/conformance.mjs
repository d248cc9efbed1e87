/**
 * Runs the conformance suite of the log against every engine at hand and prints a table, case by engine. Fails unless
 * each case passed or is declared with its reason. `ASSAY_TEST_DATABASE_URL` names a PostgreSQL server to include.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const casesOf = (file) => JSON.parse(readFileSync(`test/conformance/${file}`, 'utf8'));
const cases = { ...casesOf('cases.json'), ...casesOf('projection-names.json'), ...casesOf('timer-names.json') };
const engines = runSuite();
printTable(engines);
const failures = [...engines].flatMap(([engine, results]) => Object.keys(cases).filter((id) => !results.get(id)?.ok).map((id) => `${id} on ${engine}`));
if (engines.size === 0) failures.push('no engine ran');
process.stdout.write(failures.length === 0 ? '\nEach case passed or is declared.\n' : `\nNot passed: ${failures.join(', ')}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

function runSuite() {
  const folder = mkdtempSync(join(tmpdir(), 'assay-conformance-table-'));
  const output = join(folder, 'results.json');
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js', '--testPathPatterns', 'test/conformance/.*\\.spec\\.ts$', '--json', '--outputFile', output];
  spawnSync(process.execPath, jest, { stdio: ['ignore', 'ignore', 'inherit'] });
  const { testResults } = JSON.parse(readFileSync(output, 'utf8'));
  rmSync(folder, { recursive: true });
  const byEngine = new Map();
  for (const { ancestorTitles, title, status } of testResults.flatMap((file) => file.assertionResults)) {
    const engine = /^conformance: (.+)$/.exec(ancestorTitles[0] ?? '')?.[1];
    const [, id, declared] = /^\[([A-Z]\d\d)\] \S+(?: \(declared: (.+)\))?$/.exec(title) ?? [];
    if (engine === undefined || id === undefined) continue;
    if (!byEngine.has(engine)) byEngine.set(engine, new Map());
    const ok = status === 'passed';
    byEngine.get(engine).set(id, { ok, mark: ok ? (declared ? 'declared' : 'passed') : 'FAILED', declared });
  }
  return byEngine;
}

function printTable(byEngine) {
  const names = [...byEngine.keys()];
  const width = Math.max(...Object.values(cases).map(({ length }) => length));
  const row = (first, cells) => process.stdout.write(`${first.padEnd(width + 5)} ${cells.map((cell, index) => cell.padEnd(names[index].length)).join('  ')}\n`);
  row('case', names);
  for (const [id, name] of Object.entries(cases)) row(`${id} ${name}`, names.map((engine) => byEngine.get(engine).get(id)?.mark ?? 'MISSING'));
  process.stdout.write('\nDeclared:\n');
  for (const engine of names) {
    const reasons = new Map();
    for (const [id, { declared }] of byEngine.get(engine)) if (declared) reasons.set(declared, [...(reasons.get(declared) ?? []), id]);
    for (const [reason, ids] of reasons) process.stdout.write(`  ${engine}: ${ids.join(' ')}: ${reason}\n`);
  }
}
