import { readFileSync } from 'node:fs';
import type { Io } from './command.js';
import { COMMANDS } from './commands.js';
import { runCommandLine } from './run.js';

process.exitCode = await main();
// A command that was interrupted, or left a socket behind, must not keep the terminal.
process.exit();

async function main(): Promise<number> {
  const interruption = new AbortController();
  process.on('SIGINT', () => interruption.abort());
  process.on('SIGTERM', () => interruption.abort());
  process.stdout.on('error', leaveQuietlyWhenNobodyReads);
  process.stderr.on('error', leaveQuietlyWhenNobodyReads);
  const io: Io = {
    stdin: process.stdin,
    out: (text) => new Promise((resolve) => (process.stdout.write(text) ? resolve() : process.stdout.once('drain', resolve))),
    err: (text) => void process.stderr.write(text),
    terminal: process.stderr.isTTY,
    signal: interruption.signal,
  };
  const code = await runCommandLine(process.argv.slice(2), io, { commands: COMMANDS, version: packageVersion() });
  await flushed();
  return code;
}

/** `assay … | head -1` is no failure: the reader has what it wanted. */
function leaveQuietlyWhenNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}

/** `process.exit` would cut off what a pipe has not taken yet. */
function flushed(): Promise<void> {
  return new Promise((resolve) => process.stdout.write('', () => resolve()));
}

/** The nearest package.json above: the same from `dist/apps/cli/src` and from the sources. */
function packageVersion(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    try {
      const parsed: unknown = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8'));
      if (parsed !== null && typeof parsed === 'object' && 'version' in parsed) return String(parsed.version);
    } catch (error) {
      if (folder.pathname === '/') throw error;
    }
  }
}
