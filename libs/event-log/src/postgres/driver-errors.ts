import { LogError, type LogErrorCode } from '../errors.js';

/**
 * What a driver error says of the statement it ended, by SQLSTATE or system code, never by message:
 * - REFUSED: nothing was done, and the same statement would be refused again: an append of the group is the culprit.
 * - BUSY: nothing was done; it may go through later (locks, time-outs, resources).
 * - LOST: no telling whether it was done. Also what is unknown: it must not be taken for a failure.
 * - DENIED: the login is refused; no waiting helps.
 */
export type Fate = 'REFUSED' | 'BUSY' | 'LOST' | 'DENIED';

const BUSY = new Set(['55P03', '57014', '40001', '40P01', '25006']);

/** The SQLSTATE or system code of an error, else the empty text. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** What became of the statement. */
export function fateOf(error: unknown): Fate {
  const code = codeOf(error);
  if (code.startsWith('28') || code === '3D000' || code === '42501') return 'DENIED';
  if (BUSY.has(code) || /^(53|58)/.test(code)) return 'BUSY';
  // XX: an internal error leaves the connection in doubt. 57P: the server ended it, perhaps after the commit.
  // A digit tells an SQLSTATE from a code of the system, e.g. EPIPE.
  if (/^(08|57|XX)/.test(code) || !/^(?=.*\d)[0-9A-Z]{5}$/.test(code)) return 'LOST';
  return 'REFUSED';
}

const CODES: Readonly<Record<Fate, LogErrorCode>> = { REFUSED: 'InvalidEvent', BUSY: 'Unavailable', LOST: 'Unavailable', DENIED: 'Unauthorized' };

/** The typed error for a driver error, of a call that changes nothing. */
export function toLogError(error: unknown, what: string): LogError {
  if (error instanceof LogError) return error;
  return new LogError(CODES[fateOf(error)], `${what}: ${error instanceof Error ? error.message : String(error)}`, { sqlState: codeOf(error) || null }, error);
}
