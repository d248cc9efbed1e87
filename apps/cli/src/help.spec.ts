import { describe, expect, it } from '@jest/globals';
import type { Io } from './command.js';
import { COMMANDS } from './commands.js';
import { CALL } from './define-command.js';
import { runCommandLine } from './run.js';

async function run(...argv: readonly string[]) {
  const written = { out: '', err: '' };
  const io: Io = {
    stdin: (async function* () {})(),
    out: async (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    terminal: false,
    signal: new AbortController().signal,
  };
  return { code: await runCommandLine(argv, io, { commands: COMMANDS, version: '1.0.0' }), ...written };
}

/** The lines below a title, up to the next empty one. */
function below(title: string, text: string): readonly string[] {
  const lines = text.split('\n');
  const from = lines.indexOf(title) + 1;
  return from === 0 ? [] : lines.slice(from, lines.indexOf('', from));
}

describe.each(Object.keys(COMMANDS))('the help of %s', (name) => {
  it('needs no database, and goes to standard output alone', async () => {
    const [long, short] = [await run(name, '--help'), await run(name, '-h')];
    expect(long).toMatchObject({ code: 0, err: '' });
    expect(short).toEqual(long);
    expect(long.out.startsWith(`Usage: ${CALL}${name}`)).toBe(true);
  });

  it('has an example, the common options and every exit code', async () => {
    const { out } = await run(name, '--help');
    expect(below('Examples', out).some((line) => line.startsWith(`  ${CALL}${name}`))).toBe(true);
    const options = below('Options', out).map((line) => line.trim().split(/ {2,}/)[0]);
    expect(options).toEqual(expect.arrayContaining(['--json', '--quiet', '--help']));
    expect(below('Exit codes', out).flatMap((line) => /^ {2}(\d+) +\S/.exec(line)?.[1] ?? [])).toEqual(['0', '1', '2', '3', '130']);
  });

  it('names every option that its usage shows, in lines that fit a terminal', async () => {
    const { out } = await run(name, '--help');
    const usage = out.slice(0, out.indexOf('\n\n'));
    const listed = below('Options', out).join('\n');
    for (const [option] of usage.matchAll(/--[a-z][a-z-]+/g)) expect([option, listed.includes(option)]).toEqual([option, true]);
    for (const line of out.split('\n').filter((one) => !one.includes(CALL))) expect([line, line.length <= 132]).toEqual([line, true]);
  });

  it('is pointed at where an option is unknown, with 2 and no result', async () => {
    const { code, out, err } = await run(name, '--no-such-option');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`${name} --help`);
  });
});
