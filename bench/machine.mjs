// What figures depend on besides the code: the machine, the versions, and what else runs.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { print } from './statistics.mjs';

const CALM_LOOKS = 4;
const LOOK_MS = 500;

export function printMachine() {
  const [cpu] = os.cpus();
  const memory = Math.round(os.totalmem() / 2 ** 30);
  print(`Machine: ${os.availableParallelism()} x ${cpu?.model ?? 'unknown CPU'}, ${memory} GiB, ${os.type()} ${os.release()} ${os.arch()}`);
  printLoad('before');
  print(`Node ${process.version}, Assay ${commit()}`);
}

/** Figures of a machine that others use too are worth what its load is. */
export function printLoad(when) {
  print(`Load ${when} (1, 5, 15 minutes): ${os.loadavg().map((load) => load.toFixed(2)).join(' ')}`);
}

/**
 * Resolves once the processors were at most this busy for two seconds on end. For a machine shared with others: it looks
 * before a run and knows nothing of its result.
 */
export async function quietMachine(busyPercentMax) {
  for (let calm = 0; calm < CALM_LOOKS; ) {
    const before = processorTimes();
    await delay(LOOK_MS);
    const after = processorTimes();
    const busyPercent = 100 * (1 - (after.idle - before.idle) / (after.all - before.all));
    calm = busyPercent <= busyPercentMax ? calm + 1 : 0;
  }
}

function processorTimes() {
  const times = os.cpus().map((cpu) => cpu.times);
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  return { idle: sum(times.map(({ idle }) => idle)), all: sum(times.flatMap((one) => Object.values(one))) };
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
