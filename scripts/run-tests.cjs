// Runs the tiers one after another and adds up what passed and what failed. A static check counts as one test.
'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { ROOT, prepare } = require('./prepare.cjs');

const bin = (file) => path.join(ROOT, 'node_modules', file);
const CHECKS = {
  types: [bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json'],
  lint: [bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0'],
  imports: [bin('dependency-cruiser/bin/dependency-cruise.mjs'), '--config', '.dependency-cruiser.cjs', 'apps', 'libs', 'test', 'scripts'],
  unused: [bin('knip/bin/knip.js')],
  'reference pages': ['dist/scripts/generate-docs.js', '--check'],
  'schema page': ['dist/apps/api/src/emit-schema.js', '--check'],
  frontends: ['scripts/frontends.mjs'],
  'view definitions': ['scripts/definition-hashes.mjs', '--check'],
};
/** Files that look at how long answers take have the machine to themselves; what else starts processes shares two cores. */
const TIERS = {
  check: {},
  unit: { files: '^(?!.*\\.(int|e2e)\\.spec\\.ts$).*\\.spec\\.ts$', workers: '100%' },
  int: { files: '\\.int\\.spec\\.ts$', workers: '100%' },
  e2e: { files: '^(?!.*\\.timed\\.).*\\.e2e\\.spec\\.ts$', workers: '2' },
  timed: { files: '\\.timed\\.e2e\\.spec\\.ts$', workers: '1' },
};
/** Longer than this, and something hangs that will not end by itself. */
const TIER_MS_MAX = 30 * 60_000;

async function main(argv) {
  const { tiers, jestArgs } = parse(argv);
  prepare();
  const total = { passed: 0, failed: 0 };
  for (const tier of tiers) {
    const { passed, failed } = tier === 'check' ? await runChecks() : await runJest(tier, jestArgs);
    total.passed += passed;
    total.failed += failed;
  }
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}

function parse(argv) {
  const split = argv.indexOf('--');
  const own = split < 0 ? argv : argv.slice(0, split);
  const named = own[0] === '--tier' && own.length === 2 ? own[1].split(',') : own.length === 0 ? Object.keys(TIERS) : [];
  if (named.length === 0 || named.some((tier) => !Object.hasOwn(TIERS, tier))) {
    process.stderr.write(`Usage: npm test [-- --tier ${Object.keys(TIERS).join('|')}[,...] [-- <arguments for Jest>]]\n`);
    process.exit(2);
  }
  return { tiers: named, jestArgs: split < 0 ? [] : argv.slice(split + 1) };
}

/** All at once, each one's output kept together and shown only where it fails. */
async function runChecks() {
  const results = await Promise.all(
    Object.entries(CHECKS).map(async ([name, args]) => {
      const { code, output } = await node(args, { captured: true });
      process.stdout.write(`${code === 0 ? 'PASS' : 'FAIL'} check: ${name}\n${code === 0 ? '' : output}`);
      return code === 0;
    }),
  );
  const passed = results.filter(Boolean).length;
  return { passed, failed: results.length - passed };
}

async function runJest(tier, jestArgs) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'assay-test-'));
  const outputFile = path.join(folder, 'result.json');
  const { files, workers } = TIERS[tier];
  const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', bin('jest/bin/jest.js')];
  const ours = [`--testRegex=${files}`, '--maxWorkers', workers, '--passWithNoTests', '--json', '--outputFile', outputFile];
  const { code } = await node([...jest, ...ours, ...jestArgs], { captured: false });
  const counts = countsOf(outputFile, { code, partial: jestArgs.length > 0 });
  fs.rmSync(folder, { recursive: true, force: true });
  return counts;
}

/** A file that could not be run counts as one failure; so does a skipped test, unless the call chose some tests by name. */
function countsOf(outputFile, { code, partial }) {
  if (!fs.existsSync(outputFile)) return { passed: 0, failed: 1 };
  const result = JSON.parse(fs.readFileSync(outputFile, 'utf8'));
  const skipped = partial ? 0 : result.numPendingTests + result.numTodoTests;
  if (skipped > 0) process.stdout.write(`${skipped} tests were skipped, which counts as failed\n`);
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites + skipped;
  return { passed: result.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
}

/** Jest writes its report to standard error; with --json the result itself goes to the file and standard output stays clean. */
function node(args, { captured }) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      stdio: captured ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      timeout: TIER_MS_MAX,
    });
    let output = '';
    if (captured) for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => resolve({ code: code === null ? 1 : code, output }));
  });
}

module.exports = { main };
