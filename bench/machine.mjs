// What figures depend on besides the code: the machine, the versions, and what else runs.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { print } from './statistics.mjs';

export function printMachine() {
  const [cpu] = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  print(`Machine: ${os.availableParallelism()} x ${cpu?.model ?? 'unknown CPU'}, ${memory} GiB, ${os.type()} ${os.release()} ${os.arch()}`);
  print(`Load before (1, 5, 15 minutes): ${os.loadavg().map((load) => load.toFixed(2)).join(' ')}`);
  print(`Node ${process.version}, Assay ${commit()}`);
}

export function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), 'utf8')).version;
}

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'outside of a git checkout';
  }
}
