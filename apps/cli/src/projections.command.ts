import { allViews, dropProjection, registeredProjections, type Parking, type RegisteredProjection, type View } from '@assay/read-models';
import type { Runtime } from '@assay/runtime';
import { UsageError, type ExitCode, type Io, type RunCommand } from './command.js';
import { cliConfig } from './config.js';
import { defineCommand, type Help } from './define-command.js';
import { withRuntime } from './open-runtime.js';
import { Progress } from './progress.js';
import { viewOf } from './rebuild.command.js';
import { textTable } from './text-table.js';

const HELP: Help = {
  usage: ['projections list [--log <name>]', 'projections drop <name> <version> [--log <name>]', 'projections unpark <name> [key…] [--log <name>]'],
  about: `What is kept for queries, by name and version, and what an operator does with it.

list    name, version, state, position, lag (events of the log not taken in), parked keys. The state is LIVE, BUILDING (it
        has not caught up since it was made), STOPPED (something is wrong that waiting does not mend), or UNUSED
        (this build reads another version, and no running process writes this one).
drop    drops the tables of a version that neither this build nor any running process uses. Going back to the build
        that reads it folds it anew.
unpark  refolds parked keys from the log's start, all of them where none is named. Do so once what made them fail is
        mended; a key that fails still stays parked.`,
  options: { '--log NAME': 'the log; ASSAY_LOG or main where left out' },
  examples: ['projections list', 'projections list --json', 'projections drop appraisal 1', 'projections unpark appraisal', 'projections unpark goal goal-0b3f7a52-6f0e-5d0c-9d5e-0a8b7c6d5e4f'],
  exit: { 1: 'the version is not there or in use and was not dropped; or a key is still parked, or was not parked' },
};

interface Call {
  readonly runtime: Runtime;
  readonly io: Io;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** `assay projections` (`architecture.md`, Read models). */
export const runProjections: RunCommand = defineCommand({
  name: 'projections',
  help: HELP,
  options: { log: { type: 'string' } },
  run({ values, positionals, io }) {
    const work = workOf(positionals);
    const [json, quiet] = [values.json === true, values.quiet === true];
    // Nothing is started here: what is looked at must not move by being looked at.
    return withRuntime({ config: cliConfig(values.log), io, quiet, existing: true, viewsLater: true }, (runtime) => work({ runtime, io, json, quiet }));
  },
});

function workOf([verb, name, ...rest]: readonly string[]): (call: Call) => Promise<ExitCode> {
  if (verb === 'list' && name === undefined) return list;
  if (verb === 'drop' && name !== undefined && rest.length === 1 && /^[1-9]\d{0,8}$/.test(rest[0] ?? '')) return (call) => drop({ name, version: Number(rest[0]) }, call);
  if (verb === 'unpark' && name !== undefined) {
    const view = viewOf(name);
    return (call) => unpark(view, rest, call);
  }
  throw new UsageError('projections takes list, drop <name> <version> or unpark <name> [key…]; see projections --help');
}

const isRead = ({ name, version }: { readonly name: string; readonly version: number }): boolean => allViews.some((view) => view.name === name && view.version === version);

function stateOf(projection: RegisteredProjection): string {
  if (!isRead(projection) && !projection.led) return 'UNUSED';
  if (projection.stopped !== null) return 'STOPPED';
  return projection.live ? 'LIVE' : 'BUILDING';
}

async function list({ runtime, io, json }: Call): Promise<ExitCode> {
  const head = (await runtime.store.head()).position;
  const projections = await registeredProjections(runtime.pool);
  const shown = projections.map((one) => ({ name: one.name, version: one.version, state: stateOf(one), position: one.position < 0 ? null : one.position, lag: Math.max(0, head - one.position), parked: one.parked, stopped: one.stopped }));
  if (json) await io.out(`${JSON.stringify(shown)}\n`);
  else await io.out(textTable(['name', 'version', 'state', 'position', 'lag', 'parked'], shown.map(({ name, version, state, position, lag, parked }) => [name, version, state, position ?? 'none', lag, parked])));
  for (const { name, version, stopped } of shown) if (stopped !== null) io.err(`assay: ${name} ${String(version)} stopped: ${stopped}\n`);
  return 0;
}

async function drop(id: { readonly name: string; readonly version: number }, { runtime, io, json }: Call): Promise<ExitCode> {
  const named = `${id.name} ${String(id.version)}`;
  const outcome = isRead(id) ? 'READ_HERE' : await dropProjection(runtime.pool, id);
  if (json) await io.out(`${JSON.stringify({ ...id, outcome })}\n`);
  const refusal = REFUSALS[outcome];
  if (refusal !== undefined) io.err(`assay: ${named} ${refusal}\n`);
  else if (!json) await io.out(`${named} is dropped\n`);
  return refusal === undefined ? 0 : 1;
}

const REFUSALS: Readonly<Record<string, string>> = {
  READ_HERE: 'is what this build reads; rebuild --replace folds it anew',
  UNKNOWN: 'is not there; projections list shows what is',
  IN_USE: 'is written by a running process; stop that first',
};

async function unpark(view: View, named: readonly string[], call: Call): Promise<ExitCode> {
  const { readModels } = call.runtime;
  // Refuses tables that other code has filled: its rows and ours must not mix.
  await readModels.start();
  const parked = new Set((await readModels.parked(view)).map(({ key }) => key));
  const keys = named.length === 0 ? [...parked] : [...new Set(named)].filter((key) => parked.has(key));
  const still = await refold(view, keys, call);
  const failed = new Set(still.map(({ key }) => key));
  return tellUnparked({ view, keys, still, unparked: keys.filter((key) => !failed.has(key)), notParked: named.filter((key) => !parked.has(key)) }, call);
}

/** The keys that stay parked. */
async function refold(view: View, keys: readonly string[], { runtime, io, quiet }: Call): Promise<readonly Parking[]> {
  const still: Parking[] = [];
  const progress = new Progress(io, { quiet, clock: Date.now });
  try {
    for (const [index, key] of keys.entries()) {
      io.signal.throwIfAborted();
      still.push(...(await runtime.readModels.unpark(view, [key])));
      progress.bar('keys refolded', { done: index + 1, of: keys.length });
    }
  } finally {
    progress.end();
  }
  return still;
}

interface Unparked {
  readonly view: View;
  readonly keys: readonly string[];
  readonly still: readonly Parking[];
  readonly unparked: readonly string[];
  /** Keys that were named and did not wait for anything. */
  readonly notParked: readonly string[];
}

async function tellUnparked({ view: { name, version }, keys, still, unparked, notParked }: Unparked, { io, json }: Call): Promise<ExitCode> {
  if (json) await io.out(`${JSON.stringify({ name, version, unparked, parked: still, notParked })}\n`);
  else await io.out(`${String(unparked.length)} of ${String(keys.length)} keys of ${name} unparked\n`);
  for (const { key, code, position, detail } of still) io.err(`assay: ${key} is still parked: ${code} at position ${String(position)}${detail === '' ? '' : `, ${detail}`}\n`);
  for (const key of notParked) io.err(`assay: ${key} is not parked\n`);
  return still.length + notParked.length > 0 ? 1 : 0;
}
