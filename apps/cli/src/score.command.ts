import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { composite, readCompositeInput, readScoreInput, renderDerivation, score } from '@assay/domain';
import type { CompositeResult, DerivationNode, InputProblem, Locale, ScoreResult } from '@assay/domain';
import { UsageError } from './command.js';
import type { ExitCode, Io } from './command.js';
import { entriesOf } from './json-entries.js';
import type { Entry } from './json-entries.js';

const HELP = `Usage: npm run -s assay -- score [file] [--explain] [--locale en|zh-CN]

Computes scores and composites from their inputs, with no database and no server.

file      one input as JSON, a JSON array of inputs, or JSON Lines; "-" or none reads standard input.
          An input with "periods" is a composite.
--explain prints the derivation of each result as an indented text tree instead of the result.
--locale  language of the derivation: en (default) or zh-CN.

One line is written for each input, in their order. For one that is refused it is
{"line": n, "error": {"code", "field", "message"}}, n counting lines (in a JSON array: inputs)
from 1, and the command ends with 1.
Quantities are text ("12.5"), weights are whole basis points (4000 is 40 %).
`;

/** The calculator for anyone checking a score by hand (`api.md`, Command line). It reads nothing but its input. */
export async function runScore(argv: readonly string[], io: Io): Promise<ExitCode> {
  const { values, positionals } = parsed(argv);
  if (values.help === true) {
    await io.out(HELP);
    return 0;
  }
  if (positionals.length > 1) throw new UsageError(`score takes one file, not ${positionals.length}`);
  const [file = '-'] = positionals;
  const locale = localeOf(values.locale ?? 'en');
  const write = values.explain === true ? (answer: Answer) => renderDerivation(answer.derivation, locale) : resultLine;
  let refused = false;
  let separator = '';
  for await (const entry of entriesOf(file === '-' ? io.stdin : contentOf(file))) {
    const answer = answerTo(entry);
    if ('problem' in answer) refused = true;
    await io.out(`${separator}${'problem' in answer ? refusalLine(entry, answer.problem) : write(answer)}\n`);
    // Trees of several lines each are told apart by an empty one.
    if (values.explain === true) separator = '\n';
  }
  return refused ? 1 : 0;
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { explain: { type: 'boolean' }, locale: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function localeOf(text: string): Locale {
  if (text === 'en' || text === 'zh-CN') return text;
  throw new UsageError(`--locale is en or zh-CN, not "${text}"`);
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
