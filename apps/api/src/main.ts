import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { ConfigError, processEnvironment, readConfig } from './config.js';
import { ServeError } from './serve.js';
import { runApplication } from './application.js';
import { modeAtStart } from './first-start.js';

const REFUSALS: ReadonlySet<string> = new Set(['CONFIGURATION', 'SERVE', 'Unavailable', 'Unauthorized', 'KeyUnavailable']);

/** One line for what the operator can mend; a stack for what only we can. */
function explained(error: unknown): string {
  const expected = error instanceof ConfigError || error instanceof ServeError || (error instanceof Error && 'code' in error && REFUSALS.has(String(error.code)));
  if (error instanceof Error) return expected ? `assay: ${error.message}` : (error.stack ?? error.message);
  return String(error);
}

try {
  const { values } = parseArgs({ options: { log: { type: 'string' } }, strict: true });
  const config = readConfig({ environment: processEnvironment(), log: values.log, modeOf: modeAtStart });
  await runApplication(config, (text) => void process.stdout.write(text));
  process.exitCode = 0;
} catch (error) {
  process.stderr.write(`${explained(error)}\n`);
  process.exitCode = 1;
}
// Everything is closed by now; what a library left behind must not keep the process.
process.exit();
