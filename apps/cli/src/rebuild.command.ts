import { allViews, rebuild, type Rebuilt, type View } from '@assay/read-models';
import type { Runtime } from '@assay/runtime';
import { UsageError, type ExitCode, type Io, type RunCommand } from './command.js';
import { cliConfig } from './config.js';
import { defineCommand, type Help } from './define-command.js';
import { demandOpened } from './open-log.js';
import { withRuntime } from './open-runtime.js';
import { Progress } from './progress.js';
import { textTable } from './text-table.js';

const HELP: Help = {
  usage: ['rebuild [view…] [--replace] [--log <name>]'],
  about: `Folds views from the log's start into tables of their own, beside those that go on serving, and compares the two row by
row at one position. With --replace the fresh rows take the place of the old ones in one transaction. It is strict: an
event that a fold throws at ends it, and nothing is replaced. The server may go on; what an interrupted rebuild leaves
behind, the next one clears away.`,
  options: {
    'view…': `all where none is named: ${allViews.slice(0, 7).map(({ name }) => name).join(', ')},\n${allViews.slice(7).map(({ name }) => name).join(', ')}`,
    '--replace': 'puts the fresh rows in the place of what is there; without it nothing is changed',
    '--log NAME': 'the log; ASSAY_LOG or main where left out',
  },
  examples: ['rebuild', 'rebuild appraisal event --json', 'rebuild appraisal --replace'],
  exit: { 1: 'a view differs from its fresh fold, and was not replaced' },
};

/** `assay rebuild` (`architecture.md`, Read models). */
export const runRebuild: RunCommand = defineCommand({
  name: 'rebuild',
  help: HELP,
  options: { replace: { type: 'boolean' }, log: { type: 'string' } },
  run({ values, positionals, io }) {
    const views = positionals.length === 0 ? allViews : [...new Set(positionals)].map(viewOf);
    const config = cliConfig(values.log);
    const quiet = values.quiet === true;
    return withRuntime({ config, io, quiet, existing: true }, async (runtime): Promise<ExitCode> => {
      await demandOpened(config, runtime);
      const rebuilt = await rebuildAll(runtime, views, { io, quiet, replace: values.replace === true });
      await io.out(values.json === true ? `${JSON.stringify(rebuilt)}\n` : tableOf(rebuilt));
      return rebuilt.some((one) => isDifferent(one) && !one.replaced) ? 1 : 0;
    });
  },
});

/** The view of a name, in the version that this build reads. */
export function viewOf(name: string): View {
  const found = allViews.find((view) => view.name === name);
  if (found === undefined) throw new UsageError(`there is no view ${name}; there are ${allViews.map((view) => view.name).join(', ')}`);
  return found;
}

async function rebuildAll({ pool, store }: Runtime, views: readonly View[], { io, quiet, replace }: { readonly io: Io; readonly quiet: boolean; readonly replace: boolean }): Promise<readonly Rebuilt[]> {
  const progress = new Progress(io, { quiet, clock: Date.now });
  const reached = new Map(views.map(({ name }) => [name, 0]));
  const onProgress = ({ name, position, of }: { readonly name: string; readonly position: number; readonly of: number }): void => {
    reached.set(name, position);
    const done = [...reached.values()].reduce((sum, one) => sum + one, 0);
    progress.bar(`events folded for ${String(views.length)} views`, { done, of: of * views.length });
  };
  try {
    return await rebuild({ pool, source: store }, views, { replace, onProgress, signal: io.signal });
  } finally {
    progress.end();
  }
}

const isDifferent = ({ differences }: Rebuilt): boolean => Object.keys(differences).length > 0;

function tableOf(rebuilt: readonly Rebuilt[]): string {
  const found = (one: Rebuilt): string => (isDifferent(one) ? `differs: ${Object.entries(one.differences).map(([table, count]) => `${String(count)} in ${table}`).join(', ')}` : 'the same');
  return textTable(['view', 'version', 'position', 'result'], rebuilt.map((one) => [one.name, one.version, one.position, `${found(one)}${one.replaced ? '; replaced' : ''}`]));
}
