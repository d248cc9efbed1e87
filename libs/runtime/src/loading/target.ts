import type { AccountDigest, CommandMessage, CommandOutcome, Executor, Finder, Principals } from '@assay/commands';
import type { EventStore } from '@assay/event-log';

/**
 * What a loader needs of an open log. A runtime gives it for a log in a database, `memoryTarget` for a dry run and for
 * tests; what is loaded knows neither.
 */
export interface LoadTarget {
  readonly logId: string;
  readonly store: Pick<EventStore, 'readStream' | 'readAll' | 'head' | 'now'>;
  readonly executor: Executor;
  readonly finder: Finder;
  readonly principals: Principals;
  readonly accountDigest: AccountDigest;
}

/** What `LogOpened` states beside the log's own id (`domain.md`, Company). */
export interface OpeningOptions {
  readonly name: string;
  /** IANA name, e.g. `Asia/Shanghai`. */
  readonly timeZone: string;
  /** 1 to 12. */
  readonly businessYearFirstMonth: number;
  /** The first administrator as tokens name them; the person's id follows from it. */
  readonly admin: { readonly issuer: string; readonly subject: string };
}

/** A simulated log under way, with its clock and the one loader that may write to it. */
export interface OpenSimulation {
  readonly simulation: {
    readonly now: number;
    execute(message: CommandMessage): Promise<CommandOutcome>;
    advance(to: number): Promise<void>;
    settle(): Promise<void>;
  };
  /** Id of the first administrator. */
  readonly adminId: string;
  /** Ends the simulation: from here on the log runs with the real clock, moved by `offsetMs`. */
  readonly end: (offsetMs: number) => Promise<void>;
  /** Gives the writer lease back; the log stays simulated unless it was ended. */
  release(): Promise<void>;
}

/** A log that a loader may begin, or go on with. */
export interface SimulationTarget extends LoadTarget {
  /** Takes the writer lease and begins, or resumes, at the later of `from` (ms) and the last recordedAt. */
  begin(opening: OpeningOptions, from: number): Promise<OpenSimulation>;
  /** The real clock, ms: no event is dated after it. */
  readonly clock: () => number;
}
