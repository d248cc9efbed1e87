import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Io } from './command.js';
import { COMMANDS } from './commands.js';
import { runCommandLine } from './run.js';

async function run(argv: readonly string[], ...chunks: readonly (string | Uint8Array)[]) {
  const written = { out: '', err: '' };
  const io: Io = {
    stdin: (async function* () {
      yield* chunks;
    })(),
    out: async (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    terminal: false,
    signal: new AbortController().signal,
  };
  const code = await runCommandLine(['score', ...argv], io, { commands: COMMANDS, version: '0.0.0' });
  return {
    code,
    ...written,
    answers: () =>
      written.out
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
  };
}

interface Case {
  readonly input: Record<string, unknown>;
  readonly expect: unknown;
}
const vectors = (file: string): readonly Case[] =>
  JSON.parse(readFileSync(new URL(`../../../test/vectors/${file}.json`, import.meta.url), 'utf8'));
function firstVector(file: string): Case {
  const [found] = vectors(file);
  if (found === undefined) throw new Error(`${file} is empty`);
  return found;
}
const company = firstVector('scoring/hand-made');
const year = firstVector('composite/hand-made');
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
const companyAnswer = { status: 'RATED', provisional: false, total: '103.19', grade: 'S' };
const yearAnswer = {
  status: 'RATED',
  total: '87.98',
  grade: 'A',
  coverage: 10000,
  levels: { MONTH: '80', QUARTER: '88.6875', YEAR: '95' },
};
const notJson = (lineNumber: number) => ({
  line: lineNumber,
  error: { code: 'BAD_USER_INPUT', field: '', message: expect.stringContaining('not JSON') },
});

describe('score', () => {
  it('answers JSON Lines one result a line, scores and composites, in the shape of `expect`', async () => {
    const { code, answers } = await run([], line(company.input), '\n', line(year.input));
    expect(code).toBe(0);
    const [first, second] = answers();
    expect(first).toMatchObject(companyAnswer);
    expect(Object.keys(first as object)).toEqual(['status', 'provisional', 'total', 'grade', 'indicators']);
    expect((first as { indicators: object[] }).indicators.map((one) => new Set(Object.keys(one)))).toEqual(
      (company.expect as { indicators: object[] }).indicators.map((one) => new Set(Object.keys(one))),
    );
    expect(second).toEqual(yearAnswer);
  });

  it.each(['scoring/hand-made', 'scoring/random', 'composite/hand-made', 'composite/random'])(
    'answers every input of the golden vectors %s',
    async (file) => {
      const cases = vectors(file);
      const { code, answers } = await run([], ...cases.map(({ input }) => line(input)));
      expect(code).toBe(0);
      const outcome = (answer: unknown) => {
        const { status, total, grade } = answer as { status: unknown; total: unknown; grade: unknown };
        return { status, total, grade };
      };
      expect(answers().map(outcome)).toEqual(cases.map((one) => outcome(one.expect)));
    },
  );

  it('reads one value over many lines, a byte order mark, CRLF, and bytes cut inside a character', async () => {
    const pretty = JSON.stringify({ ...company.input, facts: {} }, null, 2).replaceAll('\n', '\r\n');
    const bytes = new TextEncoder().encode(`\uFEFF${pretty}`);
    const pieces = Array.from(bytes, (_, index) => bytes.subarray(index, index + 1));
    const { code, answers } = await run(['-'], ...pieces);
    expect(code).toBe(0);
    expect(answers()).toMatchObject([{ provisional: true }]);
  });

  it('reads an array of inputs', async () => {
    const { code, answers } = await run([], JSON.stringify([year.input, { periods: 1 }, year.input], null, 1));
    expect(code).toBe(1);
    expect(answers()).toMatchObject([yearAnswer, { line: 2, error: { field: 'weights' } }, yearAnswer]);
  });

  it('reads a file, and nothing gives no line', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'score-'));
    try {
      const file = join(folder, 'inputs.json');
      writeFileSync(file, JSON.stringify(year.input, null, 2));
      expect((await run([file])).answers()).toEqual([yearAnswer]);
      expect(await run([], '\n \n')).toMatchObject({ code: 0, out: '' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('answers a bad line in its place and ends with 1', async () => {
    const { code, answers } = await run([], line(year.input), 'nonsense\n', '{"periods":[]}\n', line(year.input));
    expect(code).toBe(1);
    expect(answers()).toMatchObject([yearAnswer, notJson(2), { line: 3, error: { field: 'weights' } }, yearAnswer]);
  });

  it.each([
    ['first line no JSON', ['nonsense', JSON.stringify(year.input)], [notJson(1), yearAnswer]],
    ['first line cut off', ['{"periods": [', JSON.stringify(year.input)], [notJson(1), yearAnswer]],
    ['two lines cut off', ['{"a"', '{"b"'], [notJson(1), notJson(2)]],
    ['one value cut off', ['', '{', '  "periods": [', '    {'], [notJson(2)]],
    ['no object', ['5'], [{ line: 1, error: { code: 'BAD_USER_INPUT', field: '' } }]],
  ])('%s', async (_, lines, expected) => {
    const { code, answers } = await run([], lines.join('\n'));
    expect(code).toBe(1);
    expect(answers()).toMatchObject(expected);
  });

  it('refuses a quantity given as a JSON number, by field', async () => {
    const input = structuredClone(company.input) as { facts: { sales: { value: unknown }[] } };
    input.facts.sales[0] = { ...input.facts.sales[0], value: 400000.5 };
    const { code, answers } = await run([], line(input));
    expect(code).toBe(1);
    expect(answers()).toMatchObject([
      {
        line: 1,
        error: {
          code: 'BAD_USER_INPUT',
          field: 'facts.sales[0].value',
          message: expect.stringContaining('not a JSON number'),
        },
      },
    ]);
  });

  it('explains as an indented tree, an empty line between two, in the language asked for', async () => {
    const english = await run(['--explain'], line(year.input), line(year.input));
    expect(english.out.split('\n').slice(0, 3)).toEqual([
      'result: A [scoring §9]',
      '  grade by band: A = first band with from <= total [scoring §8]',
      '    total: 87.98 points = rounded once [scoring §7]',
    ]);
    expect(english.out.split('\n\n')).toHaveLength(2);
    const chinese = await run(['--explain', '--locale', 'zh-CN'], line(year.input));
    expect(chinese.out).toContain('总分: 87.98 分');
  });

  it.each([[['--nonsense']], [['a', 'b']], [['--locale', 'fr']], [['/no/such/file']], [['/']]])(
    'ends with 2 and no result for %j',
    async (argv) => {
      const { code, out, err } = await run(argv);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).not.toBe('');
    },
  );

  it('shows help on standard output', async () => {
    const { code, out, err } = await run(['--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('--explain');
  });
});
