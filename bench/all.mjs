// npm run bench: every measurement one after another, each in a process of its own and within its time, and a table of the
// bars. --write also writes docs/benchmarks.md, --page another file; --only names some; --tiny shows
// in seconds that all of them work, and measures nothing.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { temporaryFolder } from './folder.mjs';
import { benchmarksPage } from './page.mjs';
import { print } from './statistics.mjs';

/** What each is run with, so that all of them end within the time; a single one may be given more. */
const BENCHES = {
  log: { full: ['--runs', '5', '--events', '60', '--lone', '300'], tiny: ['--runs', '1', '--writers', '4', '--events', '5', '--lone', '25'], minutes: 4 },
  engine: { full: ['--runs', '5', '--events', '60', '--follow', '20000'], tiny: ['--runs', '1', '--writers', '4', '--events', '3', '--follow', '500'], minutes: 3 },
  rebuild: { full: ['--runs', '3'], tiny: ['--runs', '1', '--agents', '12', '--deals', '40'], minutes: 9 },
  asof: { full: ['--runs', '5'], tiny: ['--runs', '1', '--agents', '12', '--deals', '40', '--asked', '3', '--events', '50'], minutes: 2 },
  fresh: { full: ['--seconds', '60'], tiny: ['--people', '3', '--samples', '3', '--rate', '5', '--seconds', '1', '--writers', '1'], minutes: 3 },
  list: { full: ['--runs', '5'], tiny: ['--runs', '1', '--turns', '1', '--rows', '2'], minutes: 2 },
  start: { full: ['--runs', '5'], tiny: ['--runs', '1', '--people', '1', '--facts', '1', '--rest', '1'], minutes: 2 },
  score: { full: ['--runs', '5'], tiny: ['--runs', '1', '--seconds', '0.1'], minutes: 1 },
};
const MINUTES_MAX = 18;
const PAGE = new URL('../docs/benchmarks.md', import.meta.url);

const { values } = parseArgs({ options: { write: { type: 'boolean' }, tiny: { type: 'boolean' }, only: { type: 'string' }, page: { type: 'string' } } });
const names = values.only === undefined ? Object.keys(BENCHES) : values.only.split(',');
const folder = temporaryFolder();
const begun = performance.now();
let current;
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => current?.kill(signal));
const done = [];
try {
  for (const name of names) done.push(await run(name));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
printTable(done);
const page = values.page ?? (values.write ? PAGE : null);
if (page !== null) writeFileSync(page, benchmarksPage(done, { minutes: (performance.now() - begun) / 60_000 }));
process.exit(done.every(({ code }) => code === 0) ? 0 : 1);

async function run(name) {
  const { full, tiny, minutes } = BENCHES[name];
  const args = values.tiny ? tiny : full;
  const left = MINUTES_MAX * 60_000 - (performance.now() - begun);
  print(`\n=== ${name} ${args.join(' ')}`);
  const results = join(mkdtempSync(join(folder, 'results-')), 'verdicts');
  writeFileSync(results, '');
  const { code, output } = await started(name, { args, results, timeMs: Math.max(1000, Math.min(left, minutes * 60_000)) });
  const verdicts = readFileSync(results, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
  return { name, args, code, output, verdicts };
}

function started(name, { args, results, timeMs }) {
  const { EVENTSTORE_URL, ...rest } = process.env;
  // One replayed log serves all that read it. The event store is measured by one; the others measure the log's default.
  const env = { ...rest, ...(name === 'engine' && EVENTSTORE_URL !== undefined ? { EVENTSTORE_URL } : {}), ASSAY_BENCH_RESULTS: results, ASSAY_BENCH_CRM: inFolder('crm'), ...(values.tiny ? { ASSAY_BENCH_COMPANY: inFolder('company') } : {}) };
  const child = spawn(process.execPath, [new URL(`${name}.mjs`, import.meta.url).pathname, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  current = child;
  const chunks = [];
  child.stdout.on('data', (chunk) => {
    chunks.push(chunk);
    process.stdout.write(chunk);
  });
  const timer = setTimeout(() => child.kill('SIGTERM'), timeMs);
  return new Promise((resolve) => {
    child.once('close', (code) => {
      clearTimeout(timer);
      if (code !== 0) print(`${name} ended with ${code ?? 'a signal: its time was over'}`);
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString('utf8') });
    });
  });
}

function inFolder(name) {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true, mode: 0o711 });
  return path;
}

function printTable(all) {
  print('\n=== Bars');
  for (const { name, code, verdicts } of all) {
    for (const { what, figure, bar, met } of verdicts) print(`${met ? 'MET    ' : 'NOT MET'}  ${what}: ${figure}; bar ${bar}`);
    if (code !== 0) print(`FAILED   ${name}`);
  }
}
