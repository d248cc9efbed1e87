import { ReaderGone, type Io } from './command.js';
import { COMMANDS } from './commands.js';
import { packageVersion } from './package-version.js';
import { runCommandLine } from './run.js';

process.exitCode = await main();
// A command that was interrupted, or left a socket behind, must not keep the terminal.
process.exit();

async function main(): Promise<number> {
  const interruption = new AbortController();
  process.on('SIGINT', () => interruption.abort());
  process.on('SIGTERM', () => interruption.abort());
  const reader = { isGone: false };
  process.stdout.on('error', (error: NodeJS.ErrnoException) => void (reader.isGone = isClosedPipe(error)));
  process.stderr.on('error', isClosedPipe);
  const io: Io = {
    stdin: process.stdin,
    out: (text) => written(text, reader),
    err: (text) => void process.stderr.write(text),
    terminal: process.stderr.isTTY,
    signal: interruption.signal,
  };
  const code = await runCommandLine(process.argv.slice(2), io, { commands: COMMANDS, version: packageVersion() });
  if (!reader.isGone) await flushed();
  return code;
}

/** Resolves when the reader has taken the text; a reader that is gone is told once and never waited for. */
function written(text: string, reader: { readonly isGone: boolean }): Promise<void> {
  return new Promise((resolve, reject) => {
    if (reader.isGone) reject(new ReaderGone('nobody reads the results'));
    else process.stdout.write(text, (error) => (error ? reject(new ReaderGone('nobody reads the results', { cause: error })) : resolve()));
  });
}

/** Anything but a closed pipe is a fault, and ends the process by its stack. */
function isClosedPipe(error: NodeJS.ErrnoException): true {
  if (error.code === 'EPIPE') return true;
  throw error;
}

/** `process.exit` would cut off what a pipe has not taken yet. */
function flushed(): Promise<void> {
  return new Promise((resolve) => process.stdout.write('', () => resolve()));
}
