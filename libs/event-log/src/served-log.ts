import type { EventLog } from './port.js';
import type { Grants } from './postgres/grants.js';
import type { Protection } from './postgres/migrate.js';

/** A log as an application serves it: the port, and what its operator is told of the engine behind it. */
export interface ServedLog extends EventLog {
  /** Whether the login that serves can change nothing that is recorded in PostgreSQL. */
  readonly protection: Protection;
  /** What stands between this log and protection, in words; empty where it is protected. */
  readonly violations: readonly string[];
  /** Events of appends that wait to be sent. */
  readonly waitingEvents: number;
  /** Looks again at what the login that serves may do. */
  grants(): Promise<Grants>;
  /** How far the clock is behind the last event, ms, 0 where it is not; more than 5,000, and appends are refused (`ClockBehind`). */
  clockBehindMs(): Promise<number>;
  /** Asks the engine for a sign of life; throws as the log does where it gives none, or may not be served any more. */
  probe(): Promise<void>;
}
