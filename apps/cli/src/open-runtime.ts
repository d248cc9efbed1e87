import { setTimeout as delay } from 'node:timers/promises';
import { openRuntime, type Runtime, type RuntimeOptions } from '@assay/runtime';
import type { Io } from './command.js';
import type { CliConfig } from './config.js';

/** The log that the settings name, with everything behind it; what must be known goes to standard error. */
export function runtimeOf({ dataFolder, log, databaseUrl, databaseOwnerUrl, eventStore }: CliConfig, io: Pick<Io, 'err'>, { quiet = false, ...options }: Pick<RuntimeOptions, 'viewsLater' | 'existing' | 'signal'> & { readonly quiet?: boolean } = {}): Promise<Runtime> {
  return openRuntime({
    ...options,
    dataDir: dataFolder,
    log,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(databaseOwnerUrl === undefined ? {} : { databaseOwnerUrl }),
    ...(eventStore === undefined ? {} : { eventStore }),
    say: (line) => (quiet ? undefined : io.err(`assay: ${line}\n`)),
    onParked: ({ manager, key, command, code }) => io.err(`assay: ${manager} parks ${key}: ${command} was refused with ${code}\n`),
    onError: (error) => io.err(`assay: ${error instanceof Error ? error.message : String(error)}; tried again\n`),
  });
}

/** How a command opens its log. */
export interface RuntimeRequest extends Pick<RuntimeOptions, 'viewsLater' | 'existing'> {
  readonly config: CliConfig;
  readonly io: Pick<Io, 'err' | 'signal'>;
  readonly quiet: boolean;
}

/** Work on an open log, which is closed whatever the work comes to. */
export const withRuntime = <T>({ config, io, ...options }: RuntimeRequest, work: (runtime: Runtime) => Promise<T>): Promise<T> =>
  withOpened({ signal: io.signal, open: () => runtimeOf(config, io, { ...options, signal: io.signal }), close: (runtime) => runtime.close() }, work);

/** How long work may take to end once it is interrupted. */
const GRACE_MS = 2000;

/** What is opened for some work, and how it is closed. */
export interface Opening<O> {
  readonly signal: AbortSignal;
  readonly open: () => Promise<O>;
  readonly close: (opened: O) => Promise<void>;
}

/**
 * Work on what is opened for it, and closed whatever the work comes to: at Ctrl-C too, which ends the work where it is, so
 * that neither a lease nor an embedded server is left behind.
 */
export async function withOpened<O, T>({ signal, open, close }: Opening<O>, work: (opened: O) => Promise<T>): Promise<T> {
  const interrupted = new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('interrupted')), { once: true }));
  // Heard while it is being opened, it is told below.
  interrupted.catch(() => undefined);
  const opened = await open();
  try {
    signal.throwIfAborted();
    const running = work(opened);
    return await Promise.race([running, interrupted.catch((error: unknown) => left(running, error))]);
  } finally {
    await close(opened);
  }
}

/** Work that heeds the signal itself tidies up what it made; other work is not waited for. */
async function left(running: Promise<unknown>, error: unknown): Promise<never> {
  await Promise.race([running.catch(() => undefined), delay(GRACE_MS, undefined, { ref: false })]);
  throw error;
}
