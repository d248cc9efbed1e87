import { createInterface } from 'node:readline/promises';
import { Readable } from 'node:stream';
import { UsageError, type Io } from './command.js';

/** Whether the person at the terminal says yes to what cannot be taken back; a usage error where nobody is there to ask. */
export async function isAgreed(io: Io, question: string): Promise<boolean> {
  if (!io.terminal) throw new UsageError('nobody is there to ask: say --yes');
  io.err(question);
  const lines = createInterface({ input: Readable.from(io.stdin) });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
    return false;
  } finally {
    lines.close();
  }
}
