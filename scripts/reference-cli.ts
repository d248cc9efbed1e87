import { COMMANDS } from '../apps/cli/src/commands.js';
import { runCommandLine } from '../apps/cli/src/run.js';
import { DO_NOT_EDIT } from './reference-rules.js';

/** `docs/reference/cli.md`: what the command line itself answers to `--help`, command by command. */
export async function cliPage(): Promise<string> {
  const parts = [];
  for (const [name, { summary }] of Object.entries(COMMANDS)) parts.push(`## ${name}`, '', `${summary}.`, '', ...block(await answerTo(name, '--help')));
  return [DO_NOT_EDIT, '# Command line', '', ...INTRO, '', ...block(await answerTo('--help')), ...parts].join('\n');
}

const INTRO = [
  'Every command is run from the checkout, and works on the log that `--log` or `ASSAY_LOG` names, in the folder `ASSAY_DATA` or on the server `DATABASE_URL`.',
  'A command may run while the server does.',
  '',
  '- A progress bar is shown on a terminal only; elsewhere a line is written each 10 s. Nothing is coloured, so `NO_COLOR` changes nothing.',
  '- A reader that closes the pipe ends a command quietly, with 0. The first Ctrl-C lets it put its things in order; it ends with 130.',
  '- What stands on standard error is for people and may change; results, JSON and exit codes are for programs too.',
];

const block = (text: string): readonly string[] => ['```text', text.trimEnd(), '```', ''];

async function answerTo(...argv: readonly string[]): Promise<string> {
  let answer = '';
  const io = { stdin: nothing(), out: async (text: string) => void (answer += text), err: fail, terminal: false, signal: new AbortController().signal };
  await runCommandLine(argv, io, { commands: COMMANDS, version: '' });
  return answer;
}

async function* nothing(): AsyncGenerator<string> {
  // Help reads no input.
}

function fail(text: string): never {
  throw new Error(`the command line has no help there: ${text}`);
}
