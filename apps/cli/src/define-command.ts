import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError, type ExitCode, type Io, type RunCommand } from './command.js';

type OptionsConfig = NonNullable<ParseArgsConfig['options']>;

/** What `--help` of a command says, and docs/reference/cli.md with it. */
export interface Help {
  /** How it is called, without what stands before every command's name; one line each way. */
  readonly usage: readonly string[];
  /** What it does, in lines of at most 120 characters. */
  readonly about: string;
  /** Arguments and options as they are typed, and what each means. */
  readonly options?: Readonly<Record<string, string>>;
  /** Whole command lines without what stands before every command's name. */
  readonly examples: readonly string[];
  /** What a code means of this command, where the general meaning does not say it. */
  readonly exit?: Readonly<Partial<Record<ExitCode, string>>>;
}

/** What a command is given: its options, its arguments, and where it writes to. */
interface Call<Values> {
  readonly values: Values;
  readonly positionals: readonly string[];
  readonly io: Io;
}
/** The options of a command as they were given. */
export type ValuesOf<O extends OptionsConfig> = ReturnType<typeof parseArgs<{ options: O & typeof COMMON; allowPositionals: true }>>['values'];

interface Definition<O extends OptionsConfig> {
  readonly name: string;
  readonly help: Help;
  /** As `parseArgs` takes them; `--json`, `--quiet` and `--help` are every command's. */
  readonly options: O;
  readonly run: (call: Call<ValuesOf<O>>) => Promise<ExitCode>;
}

const COMMON = { json: { type: 'boolean' }, quiet: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
const COMMON_OPTIONS = { '--json': 'the result as JSON, for programs', '--quiet': 'no progress and no notices, only results and errors', '--help': 'this text; no database is needed' };
const EXIT: Readonly<Record<ExitCode, string>> = { 0: 'done', 1: 'done with refusals', 2: 'usage or configuration', 3: 'unavailable', 130: 'interrupted' };
/** How every command is called. */
export const CALL = 'npm run -s assay -- ';

/** A command with its help: answers `--help` before anything is opened, and turns a slip on the line into a usage error. */
export function defineCommand<const O extends OptionsConfig>({ name, help, options, run }: Definition<O>): RunCommand {
  return async (argv, io) => {
    const { values, positionals } = parsed(name, argv, options);
    if ('help' in values && values.help === true) {
      await io.out(helpOf(help));
      return 0;
    }
    return run({ values, positionals, io });
  };
}

function parsed<const O extends OptionsConfig>(name: string, argv: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options: { ...options, ...COMMON } });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}; see ${name} --help`, { cause: error });
  }
}

function helpOf({ usage, about, options = {}, examples, exit = {} }: Help): string {
  const lines = usage.map((line, index) => `${index === 0 ? 'Usage:' : '      '} ${CALL}${line}`);
  return [
    ...lines,
    '',
    about,
    ...section('Options', table({ ...options, ...COMMON_OPTIONS })),
    ...section('Examples', examples.map((line) => `${CALL}${line}`)),
    ...section('Exit codes', table({ ...EXIT, ...exit })),
    '',
  ].join('\n');
}

const section = (title: string, lines: readonly string[]): readonly string[] => ['', title, ...lines.map((line) => `  ${line}`)];

/** Names in a column of their own; a meaning of several lines stays in its column. */
function table(rows: Readonly<Record<string, string>>): readonly string[] {
  const width = Math.max(...Object.keys(rows).map((name) => name.length));
  return Object.entries(rows).flatMap(([name, meaning]) => meaning.split('\n').map((line, index) => `${(index === 0 ? name : '').padEnd(width)}  ${line}`));
}
