import { COMMANDS } from '../../apps/cli/src/commands.js';
import { runCommandLine } from '../../apps/cli/src/run.js';

/** What a command wrote and how it ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}
/** What a command finds around it. */
export interface Surroundings {
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Called with each text before it counts as written; what it throws, the command's `out` rejects with. */
  readonly onOut?: (text: string) => void;
}

/** Runs a command of the line in this process, under an environment of its own. One at a time. */
export async function runCommand(argv: readonly string[], { environment = {}, signal = new AbortController().signal, onOut }: Surroundings = {}): Promise<Ended> {
  const written = { out: '', err: '' };
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    const io = {
      stdin: (async function* () {})(),
      out: async (text: string) => {
        onOut?.(text);
        written.out += text;
      },
      err: (text: string) => void (written.err += text),
      terminal: false,
      signal,
    };
    const code = await runCommandLine(argv, io, { commands: COMMANDS, version: '0.0.0' });
    return { code, ...written };
  } finally {
    for (const name of Object.keys(environment)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}
