import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { serveModeOf } from '@assay/graphql';
import { dropLog, holdFolder } from '@assay/runtime';
import { UsageError, type RunCommand } from './command.js';
import { cliConfig } from './config.js';
import { defineCommand } from './define-command.js';
import { isAgreed } from './is-agreed.js';

/** What a demo has beside its database and keys. Its mark stays: the next start loads a demo in its place. */
const BESIDE = (log: string): readonly string[] => [`${log}.demo-plan.json`, 'demo-tokens.txt', 'demo-tour.graphql'];

/** `assay reset`, which `npm run reset` calls (`api.md`, First start). */
export const runReset: RunCommand = defineCommand({
  name: 'reset',
  help: {
    usage: ['reset [--log <name>] [--yes]'],
    about: `Takes a demo log away with everything recorded in it, so that the next start loads the demo anew, or begins a log of your
own with --empty. Demo logs of the embedded database only, and not while one is served.`,
    options: { '--log NAME': 'the demo log; ASSAY_LOG or main where left out', '--yes': 'does not ask' },
    examples: ['reset', 'reset --log crm-2017 --yes'],
    exit: { 1: 'you did not say yes', 2: 'usage or configuration; or the log is no demo, or is being served', 3: 'there is no such log' },
  },
  options: { log: { type: 'string' }, yes: { type: 'boolean' } },
  run: async ({ values, positionals, io }) => {
    if (positionals.length > 0) throw new UsageError('reset takes options only; see reset --help');
    const { dataFolder, log, databaseUrl, eventStore } = cliConfig(values.log);
    if (eventStore !== undefined) throw new UsageError('EVENTSTORE_URL is set: reset takes logs of the embedded database away; give the event store an empty folder on its own machine');
    if (databaseUrl !== undefined) throw new UsageError('DATABASE_URL is set: reset takes logs of the embedded database away; drop this one on its server');
    if (serveModeOf(dataFolder, log) !== 'demo') throw new UsageError(`the log ${log} in ${dataFolder} is not a demo; reset takes away nothing else`);
    const hold = await holdFolder(dataFolder, log, { signal: io.signal });
    if ('servedAt' in hold) throw new UsageError(`the log ${log} is being served at ${hold.servedAt}; end that first`);
    try {
      if (values.yes !== true && !(await isAgreed(io, `Take away the demo log ${log} in ${dataFolder}, with everything recorded in it? [y/N] `))) return 1;
      await dropLog({ dataDir: dataFolder, log }, (line) => io.err(`assay: ${line}\n`));
      await Promise.all(BESIDE(log).map((file) => rm(join(dataFolder, file), { force: true })));
    } finally {
      await hold.release();
    }
    await io.out(values.json === true ? `${JSON.stringify({ log, reset: true })}\n` : `The demo log ${log} is gone; npm start loads it anew.\n`);
    return 0;
  },
});
