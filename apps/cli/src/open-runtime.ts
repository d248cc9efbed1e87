import { openRuntime, type Runtime, type RuntimeOptions } from '@assay/runtime';
import type { Io } from './command.js';
import type { CliConfig } from './config.js';

/** The log that the settings name, with everything behind it; what must be known goes to standard error. */
export function runtimeOf({ dataFolder, log, databaseUrl, databaseOwnerUrl }: CliConfig, io: Pick<Io, 'err'>, options: Pick<RuntimeOptions, 'viewsLater'> = {}): Promise<Runtime> {
  return openRuntime({
    ...options,
    dataDir: dataFolder,
    log,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(databaseOwnerUrl === undefined ? {} : { databaseOwnerUrl }),
    say: (line) => io.err(`assay: ${line}\n`),
    onParked: ({ manager, key, command, code }) => io.err(`assay: ${manager} parks ${key}: ${command} was refused with ${code}\n`),
    onError: (error) => io.err(`assay: ${error instanceof Error ? error.message : String(error)}; tried again\n`),
  });
}
