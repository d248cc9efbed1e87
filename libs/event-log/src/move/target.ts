import type { Connection } from '../connection.js';
import type { StoredEvent } from '../port.js';
import type { ReadableLog } from './side-by-side.js';

/** What a target is opened for. */
export interface TargetRequest {
  readonly logId: string;
  readonly app: Connection;
  readonly owner: Connection | undefined;
  readonly signal: AbortSignal | undefined;
}

/** How the clock of a log runs on (`architecture.md`, Time): moved with it. */
export interface MovedClock {
  readonly offsetMs: number;
  readonly stepAcceptedAt: number | null;
}

/** Where a log is moved to. */
export interface MoveTarget {
  /** Position of the last event that is there; -1 where there is none. */
  head(): Promise<number>;
  /** Adds what follows the head, in log order; durable when it resolves. */
  write(events: readonly StoredEvent[]): Promise<void>;
  /** What is there, to be compared before anything is added. */
  log(): ReadableLog;
  /** The log as whoever opens it finds it, with nothing of what this process has written still at hand. */
  reread(): Promise<ReadableLog>;
  /** All is written and verified: from now on the log may be written to. */
  finish(clock: MovedClock): Promise<void>;
  close(): Promise<void>;
}
