import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { inspectLocalKeys, openBackup, restoreLog, verifyBackup, type Backup, type BackupSummary } from '@assay/event-log';
import { demoMarkOf, markDemo, serveModeOf } from '@assay/graphql';
import { FOLLOWING_SCHEMAS, type OpenPlace } from '@assay/runtime';
import { UsageError, type ExitCode, type Io, type RunCommand } from './command.js';
import { backupRefusals, describeBackup, onPlace } from './backup/on-place.js';
import { cliConfig, type CliConfig } from './config.js';
import { defineCommand } from './define-command.js';
import { Progress } from './progress.js';

/** `assay restore` (`architecture.md`, Embedded PostgreSQL). */
export const runRestore: RunCommand = defineCommand({
  name: 'restore',
  help: {
    usage: ['restore <file> [--log <name>]', 'restore <file> --check'],
    about: `Fills an empty log from a back-up: the same id, positions, events, bytes and times. It is restored whole and read back,
or not at all; interrupted, it leaves the log empty. Nothing may serve the log meanwhile. Read models are made again at the
next start. The log finds its keys under its id in the data folder; they come from where you keep them, not from the file.`,
    options: { '<file>': 'a file that backup wrote', '--log NAME': 'the empty log to fill; ASSAY_LOG or main where left out', '--check': 'only reads and verifies the file; needs no database' },
    examples: ['restore /backups/main.backup --check', 'restore /backups/main.backup', 'restore /backups/main.backup --log main-as-of-june'],
    exit: { 1: 'the file is damaged, and where is said', 2: 'usage or configuration; or the log is not empty', 3: 'the database is not available, or another program uses the log' },
  },
  options: { log: { type: 'string' }, check: { type: 'boolean' } },
  run: async ({ values, positionals, io }) => {
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError('restore takes one file that backup wrote, e.g.: restore /backups/main.backup');
    if (!existsSync(file)) throw new UsageError(`there is no file ${file}; paths are read from the folder you are in`);
    const request: Request = { file: resolve(file), io, json: values.json === true, quiet: values.quiet === true };
    return values.check === true ? check(request) : restore(request, cliConfig(values.log));
  },
});

interface Request {
  readonly file: string;
  readonly io: Io;
  readonly json: boolean;
  readonly quiet: boolean;
}

async function check({ file, io, json, quiet }: Request): Promise<ExitCode> {
  const progress = new Progress(io, { quiet, clock: Date.now });
  const summary = await backupRefusals(io, async () => {
    const backup = await openBackup(file);
    const onBlock = (last: number): void => {
      io.signal.throwIfAborted();
      progress.bar('read', { done: last + 1, of: backup.header.events });
    };
    return { header: backup.header, sha256: await verifyBackup(backup, onBlock).finally(() => progress.end()) };
  });
  if (typeof summary === 'number') return summary;
  await io.out(json ? `${JSON.stringify({ file, ...summary.header, sha256: summary.sha256 })}\n` : `${file} is whole: ${describeBackup(summary.header)}\nSHA-256 ${summary.sha256}.\n`);
  return 0;
}

async function restore(request: Request, config: CliConfig): Promise<ExitCode> {
  const { io, file, quiet } = request;
  const summary = await backupRefusals(io, async () => {
    const backup = await openBackup(file);
    demandMark(backup, config);
    return onPlace({ config, io, existing: false, quiet }, (place) => markedAlike(backup, config, () => fill(place, request)));
  });
  return typeof summary === 'number' ? summary : tell(summary, request, config);
}

function fill({ app, owner }: OpenPlace, { file, io, quiet }: Request): Promise<BackupSummary> {
  const progress = new Progress(io, { quiet, clock: Date.now });
  const onProgress = ({ phase, events, of }: { readonly phase: 'WRITTEN' | 'VERIFYING'; readonly events: number; readonly of: number }): void => {
    if (phase === 'WRITTEN') progress.bar('restored', { done: events, of });
    else progress.say('reading all of it back from the database');
  };
  return restoreLog({ app, ...(owner === null ? {} : { owner }), file, followers: FOLLOWING_SCHEMAS, signal: io.signal, onProgress }).finally(() => progress.end());
}

/** A log that was no demo is never served as one. */
function demandMark({ header: { mode } }: Backup, { dataFolder, log }: CliConfig): void {
  if (mode === 'demo' || serveModeOf(dataFolder, log) === 'production') return;
  throw new UsageError(`${demoMarkOf(dataFolder, log)} marks ${log} as a demo, and the back-up is of a log that was none; remove that file, or name another log by --log`);
}

/**
 * A demo is served as a demo again. The mark comes first: a restored demo must not be without it at any moment; and it goes
 * again where nothing was restored.
 */
async function markedAlike<T>({ header: { mode } }: Backup, { dataFolder, log }: CliConfig, work: () => Promise<T>): Promise<T> {
  // Where there is no folder of keys, a start would take the log for one that was never opened, and open a demo in it.
  mkdirSync(join(dataFolder, 'keys'), { recursive: true, mode: 0o700 });
  if (mode === 'production' || serveModeOf(dataFolder, log) === 'demo') return work();
  markDemo(dataFolder, log);
  try {
    return await work();
  } catch (error) {
    rmSync(demoMarkOf(dataFolder, log), { force: true });
    throw error;
  }
}

async function tell({ header, sha256 }: BackupSummary, { file, io, json, quiet }: Request, config: CliConfig): Promise<ExitCode> {
  const folder = join(resolve(config.dataFolder), 'keys');
  const { problems } = await inspectLocalKeys(folder, header.logId);
  const keys = problems.length === 0 ? 'FOUND' : problems.some(({ kind }) => kind === 'MISSING') ? 'MISSING' : 'FAULTY';
  await io.out(json ? `${JSON.stringify({ file, ...header, log: config.log, sha256, keys, keysFolder: folder })}\n` : `Restored into ${config.log}: ${describeBackup(header)}\nSHA-256 ${sha256}, read back from the database.\n`);
  if (quiet || keys === 'FOUND') return 0;
  const missing = `the keys of this log are not in ${folder}: put master.key and the folder ${header.logId} there from where you keep them. Until then it is not served, and no name or comment in it can be read`;
  io.err(`assay: ${keys === 'MISSING' ? missing : `the keys of this log in ${folder} have faults; doctor says which`}\n`);
  return 0;
}
