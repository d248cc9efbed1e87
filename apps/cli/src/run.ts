import { getEventListeners } from 'node:events';
import { isLogError } from '@assay/event-log';
import type { ExitCode, Io } from './command.js';
import type { CommandTable } from './commands.js';
import { codeOf, isOfTheApi } from './error-code.js';

/**
 * Finds the command that the line names and runs it. `--help` and `--version` are answered here and need no database.
 * Whatever a command throws ends in an exit code of `api.md` (Command line), never in a bare stack for a usage error.
 */
export async function runCommandLine(argv: readonly string[], io: Io, options: { commands: CommandTable; version: string }): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === '--version' || name === '-v') {
    await io.out(`${options.version}\n`);
    return 0;
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    await io.out(helpText(options.commands));
    return 0;
  }
  const entry = name !== undefined && Object.hasOwn(options.commands, name) ? options.commands[name] : undefined;
  if (entry === undefined) {
    io.err(name === undefined ? helpText(options.commands) : `assay: no command "${name}"; assay --help lists them\n`);
    return 2;
  }
  try {
    const run = await entry.load();
    const interrupted = untilInterrupted(io.signal);
    const code = await Promise.race([run(rest, io), interrupted]);
    return io.signal.aborted ? 130 : code;
  } catch (error) {
    if (io.signal.aborted) return 130;
    return report(error, io);
  }
}

function helpText(commands: CommandTable): string {
  const names = Object.keys(commands);
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => `  ${name.padEnd(width)}  ${commands[name]?.summary ?? ''}`);
  return [
    'Usage: npm run -s assay -- <command> [options]',
    '',
    ...lines,
    '',
    'Each command answers --help and takes --json and --quiet. Results go to standard output, everything else to standard',
    'error; "-" stands for standard input where a command reads one.',
    'Exit codes: 0 done, 1 done with refusals, 2 usage or configuration, 3 unavailable, 130 interrupted.',
    '',
  ].join('\n');
}

/**
 * Resolves at the first Ctrl-C, but only where nobody else listens: a command that does has things to put in order and
 * ends by itself. Called before the command starts, so that it is asked first, while the others are still registered.
 */
function untilInterrupted(signal: AbortSignal): Promise<ExitCode> {
  return new Promise((resolve) => {
    const heard = (): void => {
      if (getEventListeners(signal, 'abort').length === 0) resolve(130);
    };
    signal.addEventListener('abort', heard, { once: true });
    if (signal.aborted) resolve(130);
  });
}

function report(error: unknown, io: Io): ExitCode {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  if (code === 'READER_GONE') return 0;
  if (MISUSE.has(code) || code.startsWith('ERR_PARSE_ARGS')) {
    io.err(`assay: ${message}\n`);
    return 2;
  }
  // The read models' errors have the same shape as the log's.
  const awaited = isLogError(error) || UNREACHABLE.has(code) || isOfTheApi(error);
  io.err(awaited ? `assay: ${message}\n` : `assay: ${error instanceof Error ? (error.stack ?? message) : message}\n`);
  return 3;
}

/** What was asked makes no sense: of the line itself, or as the API says it of an argument. */
const MISUSE: ReadonlySet<string> = new Set(['USAGE', 'BAD_USER_INPUT', 'POSITION_AHEAD', 'AS_OF_TOO_RECENT', 'QUERY_TOO_COMPLEX']);
const UNREACHABLE: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH']);
