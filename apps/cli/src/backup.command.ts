import { join, resolve } from 'node:path';
import { backupLog } from '@assay/event-log';
import { serveModeOf } from '@assay/graphql';
import { UsageError, type RunCommand } from './command.js';
import { backupRefusals, describeBackup, onPlace } from './backup/on-place.js';
import { cliConfig } from './config.js';
import { defineCommand } from './define-command.js';
import { packageVersion } from './package-version.js';
import { Progress } from './progress.js';

/** `assay backup` (`architecture.md`, Embedded PostgreSQL). */
export const runBackup: RunCommand = defineCommand({
  name: 'backup',
  help: {
    usage: ['backup <file> [--log <name>]'],
    about: `Copies the whole log into one file, as of one moment, while it is served. The file holds every event byte for byte with
digests, is read back before it gets its name, and fits every later release and any version of PostgreSQL.
It does not hold the keys of personal texts: without them a restored log's names and comments cannot be read. Keep the
keys apart, where this file is not kept. It does not hold read models either: they are made again from the log.`,
    options: { '<file>': 'what is written; a file that is there already is not replaced', '--log NAME': 'the log; ASSAY_LOG or main where left out' },
    examples: ['backup /backups/main.backup', 'backup /backups/crm-2017.backup --log crm-2017 --json'],
    exit: { 3: 'the database is not available, or the file cannot be written' },
  },
  options: { log: { type: 'string' } },
  run: async ({ values, positionals, io }) => {
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError('backup takes one file to write, e.g.: backup /backups/main.backup');
    const config = cliConfig(values.log);
    const quiet = values.quiet === true;
    const progress = new Progress(io, { quiet, clock: Date.now });
    const stated = { assayVersion: packageVersion(), log: config.log, mode: serveModeOf(config.dataFolder, config.log) };
    const summary = await backupRefusals(io, () =>
      onPlace({ config, io, existing: true, quiet }, ({ app }) =>
        backupLog({
          ...{ app, file: resolve(file), stated, signal: io.signal },
          onProgress: ({ phase, events, of }) => progress.bar(phase === 'WRITTEN' ? 'written' : 'read back', { done: events, of }),
        }).finally(() => progress.end()),
      ),
    );
    if (typeof summary === 'number') return summary;
    const keys = join(resolve(config.dataFolder), 'keys');
    await io.out(values.json === true ? `${JSON.stringify({ file: resolve(file), ...summary.header, sha256: summary.sha256, keys })}\n` : `${resolve(file)}: ${describeBackup(summary.header)}\nSHA-256 ${summary.sha256}, read back from the file.\n`);
    if (!quiet) io.err(keysNotice(keys, summary.header.logId));
    return 0;
  },
});

const keysNotice = (keys: string, logId: string): string => `assay: the keys of personal texts are not in this file. Copy ${join(keys, 'master.key')} and ${join(keys, logId)} to another place than this file,
readable by you alone: without them names and comments of a restored log cannot be read.
`;
