import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { ConfigError, processEnvironment, readConfig } from './config.js';
import { ServeError } from './serve.js';
import { runApplication } from './application.js';
import { modeAtStart } from './first-start.js';
import { exitCodeOf, interruption } from './interruption.js';

const REFUSALS: ReadonlySet<string> = new Set(['CONFIGURATION', 'SERVE', 'Unavailable', 'Unauthorized', 'KeyUnavailable']);

/** One line for what the operator can mend; a stack for what only we can. */
function explained(error: unknown): string {
  const expected = error instanceof ConfigError || error instanceof ServeError || (error instanceof Error && 'code' in error && REFUSALS.has(String(error.code)));
  if (error instanceof Error) return expected ? `assay: ${error.message}` : (error.stack ?? error.message);
  return String(error);
}

const signal = interruption();
try {
  const { values } = parseArgs({ options: { log: { type: 'string' } }, strict: true });
  const config = readConfig({ environment: processEnvironment(), log: values.log, modeOf: modeAtStart });
  await runApplication(config, { print: (text) => void process.stdout.write(text), signal });
  process.exitCode = signal.aborted ? exitCodeOf(signal, true) : 0;
} catch (error) {
  // What ends a start that was interrupted is the interruption, whichever step it met.
  if (!signal.aborted) process.stderr.write(`${explained(error)}\n`);
  process.exitCode = signal.aborted ? exitCodeOf(signal, false) : 1;
}
// Everything is closed by now; what a library left behind must not keep the process.
process.exit();
