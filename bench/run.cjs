// npm run bench [-- <name>]: builds what is missing, installs the peers that Assay is measured against, and measures one or all.
'use strict';

require('../scripts/node-version.cjs')();

const { spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { prepare } = require('../scripts/prepare.cjs');

const LOCK = path.join(__dirname, 'package-lock.json');
const STAMP = path.join(__dirname, 'node_modules', '.assay-lock');
const BENCHES = { log: 'log.mjs', engine: 'engine.mjs', rebuild: 'rebuild.mjs', asof: 'asof.mjs', fresh: 'fresh.mjs', list: 'list.mjs', start: 'start.mjs', score: 'score.mjs', scaling: 'scaling.mjs', all: 'all.mjs' };
const USAGE = `Usage: npm run bench                  all, within 18 minutes; --write writes docs/benchmarks.md
       npm run bench -- <${Object.keys(BENCHES).join('|')}> [--runs 5] ...
What is measured, and how: docs/benchmarks.md
`;

function main(argv) {
  const [name, ...rest] = argv[0] === undefined || argv[0].startsWith('-') ? ['all', ...argv] : argv;
  const file = BENCHES[name];
  if (file === undefined) {
    process.stderr.write(USAGE);
    process.exit(2);
  }
  prepare();
  installPeers();
  process.argv = [process.argv[0], path.join(__dirname, file), ...rest];
  import(`./${file}`).catch((error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
}

function installPeers() {
  const wanted = crypto.createHash('sha256').update(fs.readFileSync(LOCK)).digest('hex');
  if (fs.existsSync(STAMP) && fs.readFileSync(STAMP, 'utf8') === wanted) return;
  process.stderr.write('Installing the peers as bench/package-lock.json says ...\n');
  // npm tells its scripts where it is; without it, by hand say, the one on the PATH has to do.
  const npm = process.env.npm_execpath;
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, all] = npm && npm.endsWith('.js') ? [process.execPath, [npm, ...args]] : ['npm', args];
  const done = spawnSync(command, all, { cwd: __dirname, encoding: 'utf8' });
  if (done.status !== 0) {
    process.stderr.write(`${done.stdout || ''}${done.stderr || ''}assay: npm ci failed in bench\n`);
    process.exit(1);
  }
  fs.writeFileSync(STAMP, wanted);
}

main(process.argv.slice(2));
