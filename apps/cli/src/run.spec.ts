import { describe, expect, it } from '@jest/globals';
import { LogError } from '@assay/event-log';
import { UsageError } from './command.js';
import type { Io, RunCommand } from './command.js';
import { COMMANDS } from './commands.js';
import { runCommandLine } from './run.js';

function fixture(run: RunCommand = async () => 0) {
  const interruption = new AbortController();
  const written = { out: '', err: '' };
  const io: Io = {
    stdin: (async function* () {})(),
    out: async (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    terminal: false,
    signal: interruption.signal,
  };
  const commands = { probe: { summary: 'A probe', load: async () => run } };
  return { written, interruption, call: (...argv: string[]) => runCommandLine(argv, io, { commands, version: '1.2.3' }) };
}

describe('command line', () => {
  it('answers --version on standard output', async () => {
    const { written, call } = fixture();
    expect(await call('--version')).toBe(0);
    expect(written).toEqual({ out: '1.2.3\n', err: '' });
  });

  it('lists each command with its summary on --help', async () => {
    const { written, call } = fixture();
    expect(await call('--help')).toBe(0);
    expect(written.out).toContain('  probe  A probe\n');
  });

  it.each([[[]], [['unknown']], [['constructor']]])('ends with 2 and writes no result for %j', async (argv) => {
    const { written, call } = fixture();
    expect(await call(...argv)).toBe(2);
    expect(written.out).toBe('');
    expect(written.err).not.toBe('');
  });

  it('hands the command what follows its name, and returns its code', async () => {
    let seen: readonly string[] = [];
    const { call } = fixture(async (argv) => {
      seen = argv;
      return 1;
    });
    expect(await call('probe', '--help', 'x')).toBe(1);
    expect(seen).toEqual(['--help', 'x']);
  });

  it.each([
    ['a usage error', new UsageError('no such flag'), 2, 'assay: no such flag\n'],
    ['an unreachable log', new LogError('Unavailable', 'the log does not answer'), 3, 'assay: the log does not answer\n'],
    ['an unreachable server', Object.assign(new Error('connect refused'), { code: 'ECONNREFUSED' }), 3, 'assay: connect refused\n'],
  ])('ends %s with its code and one line', async (_name, error, code, line) => {
    const { written, call } = fixture(() => Promise.reject(error));
    expect(await call('probe')).toBe(code);
    expect(written).toEqual({ out: '', err: line });
  });

  it('ends a defect with 3 and its stack', async () => {
    const { written, call } = fixture(() => Promise.reject(new Error('broken invariant')));
    expect(await call('probe')).toBe(3);
    expect(written.err).toContain('run.spec');
  });

  it('leaves a command that does not listen to the interruption', async () => {
    const { interruption, call } = fixture(() => new Promise(() => undefined));
    const running = call('probe');
    interruption.abort();
    expect(await running).toBe(130);
  });

  it('waits for a command that listens, then ends with 130', async () => {
    let tidied = false;
    const { interruption, call } = fixture((_argv, io) => {
      return new Promise((resolve) => {
        io.signal.addEventListener('abort', () => setImmediate(() => resolve(((tidied = true), 0))), { once: true });
      });
    });
    const running = call('probe');
    await Promise.resolve();
    await Promise.resolve();
    interruption.abort();
    expect(await running).toBe(130);
    expect(tidied).toBe(true);
  });

  it('loads every command of the table, each named in lower-case words with a summary', async () => {
    for (const [name, entry] of Object.entries(COMMANDS)) {
      expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(entry.summary).not.toBe('');
      expect(await entry.load()).toBeInstanceOf(Function);
    }
  });
});
