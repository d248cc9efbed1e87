// Brings a checkout to where it can run: packages as the lock file says, dist as the sources say. Both are stamped with a
// hash of what they were made from, so that a second start does neither and needs no network. No dependencies: it runs
// before there are any. Called by itself (node scripts/prepare.cjs) it prepares and ends.
'use strict';

const { spawnSync } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const ROOT = path.join(__dirname, '..');
const SOURCES = ['apps', 'libs', 'scripts', 'nest-cli.json', 'tsconfig.json', 'package-lock.json'];
const BUILD_STAMP = path.join(ROOT, 'dist', '.assay-sources');
const BYTES_FREE_MIN = 2 ** 30;

/** Prepares, then becomes the program: in this process, so that there is none in between to pass signals on. */
function prepareAndRun(main, options) {
  prepare(options);
  const file = path.join(ROOT, main);
  process.setSourceMapsEnabled(true);
  process.argv = [process.argv[0], file, ...process.argv.slice(2)];
  import(pathToFileURL(file).href).catch((error) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
}

function prepare({ say = true, demandRoom = false } = {}) {
  if (demandRoom) demandRoomToWork();
  if (isInstalled() && isBuilt()) return;
  demandWritable();
  withLock(() => {
    if (!isInstalled()) install(say);
    if (!isBuilt()) build(say);
  });
}

/** Packages of a folder that has a lock file of its own, beside the product's. */
function prepareFolder(folder, { say = true } = {}) {
  if (isInstalled(folder)) return;
  withLock(() => {
    if (!isInstalled(folder)) install(say, folder);
  });
}

const installStamp = (folder) => path.join(folder, 'node_modules', '.assay-lock');
const lockHash = (folder) => hashOf([path.join(folder, 'package-lock.json')]);
const isInstalled = (folder = ROOT) => readStamp(installStamp(folder)) === lockHash(folder);
const isBuilt = () => readStamp(BUILD_STAMP) === hashOf(SOURCES);

function install(say, folder = ROOT) {
  note(say, `Installing packages as ${path.relative(ROOT, path.join(folder, 'package-lock.json'))} says (once, about a minute) ...`);
  // npm tells its scripts where it is; without it, by hand say, the one on the PATH has to do.
  const npm = process.env.npm_execpath;
  // Development packages build and test, whatever NODE_ENV says.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const [command, all] = npm && npm.endsWith('.js') ? [process.execPath, [npm, ...args]] : ['npm', args];
  run(command, all, { name: 'npm ci', cwd: folder });
  fs.writeFileSync(installStamp(folder), lockHash(folder));
}

function build(say) {
  note(say, 'Building ...');
  const sources = hashOf(SOURCES);
  run(process.execPath, [path.join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build', 'api'], { name: 'nest build' });
  fs.writeFileSync(BUILD_STAMP, sources);
}

/** What the step prints is shown when it fails; otherwise it would bury what a newcomer has to read. */
function run(command, args, { name, cwd = ROOT }) {
  const done = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 26, shell: command === 'npm' && process.platform === 'win32' });
  if (done.status === 0) return;
  process.stderr.write(`${done.stdout || ''}${done.stderr || ''}`);
  fail(`${name} failed${done.error ? `: ${done.error.message}` : ''}`);
}

function readStamp(file) {
  try {
    return fs.readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}

/** SHA-256 over names and bytes. Specs and their fixtures are left out: no build contains them. */
function hashOf(entries) {
  const hash = crypto.createHash('sha256');
  for (const file of entries.flatMap(filesOf)) {
    if (/\.(spec|fixture)\.ts$/.test(file)) continue;
    hash.update(`${path.relative(ROOT, file)}\0`).update(fs.readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesOf(entry) {
  const top = path.resolve(ROOT, entry);
  if (!fs.statSync(top).isDirectory()) return [top];
  return fs
    .readdirSync(top, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((item) => (item.isDirectory() || item.isFile() ? filesOf(path.join(top, item.name)) : []));
}

function demandWritable() {
  try {
    fs.accessSync(ROOT, fs.constants.W_OK);
  } catch {
    fail(`${ROOT} cannot be written to; start it as the folder's owner, or clone it into a folder of your own`);
  }
}

function demandRoomToWork() {
  const { bavail, bsize } = fs.statfsSync(ROOT);
  if (bavail * bsize < BYTES_FREE_MIN) fail(`less than 1 GiB is free where ${ROOT} lies; free some space, or move the checkout`);
}

/** One process at a time installs and builds; another start on the same folder waits for it. */
function withLock(work) {
  const letGo = holdLock();
  try {
    work();
  } finally {
    letGo();
  }
}

/** The same for work that takes its time. */
async function underLock(work) {
  const letGo = holdLock();
  try {
    await work();
  } finally {
    letGo();
  }
}

/** Waits for the lock and takes it, from a dead holder too; answers what lets it go. */
function holdLock() {
  const lock = path.join(ROOT, '.assay-prepare.lock');
  while (!takeLock(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  const release = () => fs.rmSync(lock, { force: true });
  process.on('exit', release);
  return () => {
    release();
    process.off('exit', release);
  };
}

function takeLock(lock) {
  try {
    fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const holder = Number(readStamp(lock));
  if (holder > 0 && !isAlive(holder)) fs.rmSync(lock, { force: true });
  return false;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function note(say, line) {
  if (say) process.stderr.write(`${line}\n`);
}

function fail(line) {
  process.stderr.write(`assay: ${line}\n`);
  process.exit(1);
}

module.exports = { ROOT, hashOf, prepare, prepareAndRun, prepareFolder, readStamp, underLock };

if (require.main === module) prepare();
