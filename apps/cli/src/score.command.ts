import { createReadStream } from 'node:fs';
import { composite, readCompositeInput, readScoreInput, renderDerivation, score } from '@assay/domain';
import type { CompositeResult, DerivationNode, InputProblem, ScoreResult } from '@assay/domain';
import { UsageError, type ExitCode, type Io, type RunCommand } from './command.js';
import { defineCommand } from './define-command.js';
import { localeOf } from './locale.js';
import { entriesOf } from './json-entries.js';
import type { Entry } from './json-entries.js';

/** The calculator for anyone checking a score by hand (`api.md`, Command line). It reads nothing but its input. */
export const runScore: RunCommand = defineCommand({
  name: 'score',
  help: {
    usage: ['score [file] [--explain] [--locale en|zh-CN]'],
    about: `Computes scores and composites from their inputs, with no database and no server.

One line of JSON is written for each input, in their order. For one that is refused it is
{"line": n, "error": {"code", "field", "message"}}, n counting lines (in a JSON array: inputs)
from 1, and the command ends with 1.
Quantities are text ("12.5"), weights are whole basis points (4000 is 40 %).`,
    options: {
      file: 'one input as JSON, a JSON array of inputs, or JSON Lines; "-" or none reads standard input.\nAn input with "periods" is a composite',
      '--explain': 'the derivation of each result as an indented text tree instead of the result',
      '--locale LOCALE': 'language of the derivation: en (default) or zh-CN',
    },
    examples: ['score input.json', 'score - --explain --locale zh-CN < input.json'],
    exit: { 1: 'done, and one or more inputs were refused in their places' },
  },
  options: { explain: { type: 'boolean' }, locale: { type: 'string' } },
  run: ({ values, positionals, io }) => {
    if (positionals.length > 1) throw new UsageError(`score takes one file, not ${positionals.length}`);
    const locale = localeOf(values.locale ?? 'en');
    const isExplained = values.explain === true;
    if (isExplained && values.json === true) throw new UsageError('--explain writes text; give it or --json, not both');
    const write = isExplained ? (answer: Answer) => renderDerivation(answer.derivation, locale) : resultLine;
    // Trees of several lines each are told apart by an empty one.
    return answerAll(positionals[0] ?? '-', io, { write, separator: isExplained ? '\n' : '' });
  },
});

async function answerAll(file: string, io: Io, { write, separator }: { readonly write: (answer: Answer) => string; readonly separator: string }): Promise<ExitCode> {
  let refused = false;
  let before = '';
  for await (const entry of entriesOf(file === '-' ? io.stdin : contentOf(file))) {
    const answer = answerTo(entry);
    if ('problem' in answer) refused = true;
    await io.out(`${before}${'problem' in answer ? refusalLine(entry, answer.problem) : write(answer)}\n`);
    before = separator;
  }
  return refused ? 1 : 0;
}

/** A file that cannot be read is a mistake of the command line, not of what stands in it. */
async function* contentOf(file: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(file);
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

type Answer = (ScoreResult | CompositeResult) & { readonly derivation: DerivationNode };

function answerTo(entry: Entry): Answer | { readonly problem: InputProblem } {
  if ('malformed' in entry)
    return { problem: { code: 'BAD_USER_INPUT', field: '', message: `not JSON: ${entry.malformed}` } };
  const { json } = entry;
  if (typeof json === 'object' && json !== null && Object.hasOwn(json, 'periods')) {
    const read = readCompositeInput(json);
    return 'problem' in read ? read : composite(read.input);
  }
  const read = readScoreInput(json);
  return 'problem' in read ? read : score(read.input);
}

const refusalLine = ({ line }: Entry, { code, field, message }: InputProblem): string =>
  JSON.stringify({ line, error: { code, field, message } });

/** The shape of `expect` in the golden vectors (`scoring.md`, Golden cases), and nothing else. */
function resultLine(answer: Answer): string {
  if ('levels' in answer) {
    const { status, total, grade, coverage, levels } = answer;
    return JSON.stringify({ status, total, grade, coverage, levels });
  }
  const { status, provisional, total, grade } = answer;
  const indicators = answer.indicators.map(
    ({ deviation: _deviation, pendingCode: _pendingCode, ...figures }) => figures,
  );
  return JSON.stringify({ status, provisional, total, grade, indicators });
}
