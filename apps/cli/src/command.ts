/**
 * What a command of the line is, and what it may touch. Commands write through `Io` alone, so that a spec runs them
 * without a process, and results (standard output) never mix with what is said about them (standard error).
 */

/** 0 done; 1 done with refusals; 2 usage or configuration; 3 unavailable; 130 interrupted (`api.md`, Command line). */
export type ExitCode = 0 | 1 | 2 | 3 | 130;

export interface Io {
  /** Standard input, read by those commands that take `-`. */
  readonly stdin: AsyncIterable<Uint8Array | string>;
  /**
   * Results. Resolves when the reader has taken them, so that a long output does not pile up in memory. Rejects with
   * `ReaderGone` once nobody reads any more.
   */
  out(text: string): Promise<void>;
  /** Progress, warnings, errors. */
  err(text: string): void;
  /** Whether a person watches standard error: a progress bar goes to a terminal only. */
  readonly terminal: boolean;
  /** Aborted by the first Ctrl-C. Who listens to it has time to put things in order; who does not is ended at once. */
  readonly signal: AbortSignal;
}

/** What a command's module exports. `argv` is what follows the command's name, its own `--help` included. */
export type RunCommand = (argv: readonly string[], io: Io) => Promise<ExitCode>;

/** A command line that makes no sense, or a setting that does not: ends with exit code 2 and the message alone. */
export class UsageError extends Error {
  readonly code = 'USAGE';
}

/** `assay … | head -1` is no failure: the reader has what it wanted, and the command puts its things in order and ends. */
export class ReaderGone extends Error {
  readonly code = 'READER_GONE';
}
