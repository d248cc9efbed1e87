import type { AccountDigest, CommandMessage, CommandOutcome, Executor, Finder, Principals } from '@assay/commands';
import type { EventStore } from '@assay/event-log';

/**
 * What an import needs of an open log. A runtime gives it for a log in a database, `memoryTarget` for a dry run of a
 * replay and for tests; the import itself knows neither.
 */
export interface ImportTarget {
  readonly logId: string;
  readonly store: Pick<EventStore, 'readStream' | 'readAll' | 'head' | 'now'>;
  readonly executor: Executor;
  readonly finder: Finder;
  readonly principals: Principals;
  readonly accountDigest: AccountDigest;
}

/** What `LogOpened` states beside the log's own id. */
export interface Opening {
  readonly name: string;
  readonly timeZone: string;
  readonly businessYearFirstMonth: number;
  readonly admin: { readonly issuer: string; readonly subject: string };
}

/** A simulated log under way, with its clock. */
export interface SimulatedLog {
  readonly simulation: {
    readonly now: number;
    execute(message: CommandMessage): Promise<CommandOutcome>;
    advance(to: number): Promise<void>;
    settle(): Promise<void>;
  };
  /** Id of the first administrator. */
  readonly adminId: string;
  readonly end: (offsetMs: number) => Promise<void>;
  release(): Promise<void>;
}

/** A log that a replay may begin, or go on with. */
export interface ReplayTarget extends ImportTarget {
  /** Takes the writer lease and begins, or resumes, at the later of `from` (ms) and the last recordedAt. */
  begin(opening: Opening, from: number): Promise<SimulatedLog>;
  /** The real clock, ms: no event is dated after it. */
  readonly clock: () => number;
}
