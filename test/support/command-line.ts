import type { Io } from '../../apps/cli/src/command.js';
import { COMMANDS } from '../../apps/cli/src/commands.js';
import { runCommandLine } from '../../apps/cli/src/run.js';

/** What a command came to. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs a command in this process, as a line would, with these variables set while it runs. `onErr` hears what it says,
 * `onOut` what it is about to write; what that throws, writing rejects with.
 */
export async function runLine(argv: readonly string[], environment: Readonly<Record<string, string | undefined>>, options: { readonly signal?: AbortSignal; readonly terminal?: boolean; readonly onErr?: (text: string) => void; readonly onOut?: (text: string) => void } = {}): Promise<Ran> {
  const before = Object.fromEntries(Object.keys(environment).map((name) => [name, process.env[name]]));
  const written = { out: '', err: '' };
  const io: Io = {
    stdin: (async function* () {})(),
    out: async (text) => {
      options.onOut?.(text);
      written.out += text;
    },
    err: (text) => {
      written.err += text;
      options.onErr?.(text);
    },
    terminal: options.terminal ?? false,
    signal: options.signal ?? new AbortController().signal,
  };
  try {
    setVariables(environment);
    const code = await runCommandLine(argv, io, { commands: COMMANDS, version: '0.0.0' });
    return { code, ...written };
  } finally {
    setVariables(before);
  }
}

function setVariables(variables: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}
