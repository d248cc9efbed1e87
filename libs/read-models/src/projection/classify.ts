import { isReadModelError } from '../errors.js';

/** What a failed batch calls for: another attempt, a search for the culprit, letting go, or an end. */
export type Remedy = 'RETRY' | 'BISECT' | 'YIELD' | 'STOP';

/** SQLSTATE classes: connection, transaction rollback, resources, object in use, operator intervention, system. */
const TRANSIENT_CLASSES: ReadonlySet<string> = new Set(['08', '25', '40', '53', '55', '57', '58']);
const DATA_CLASSES: ReadonlySet<string> = new Set(['22', '23']);
const SYSTEM_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
  'EHOSTUNREACH',
]);
const SQLSTATE = /^[0-9A-Z]{5}$/;
/** The driver gives its own errors no code; these are all about a connection that ended or did not come. */
const DRIVER_WORDS =
  /Connection terminated|timeout exceeded|Client has encountered a connection error|not queryable|Query read timeout/i;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/**
 * Connection, lock, timeout and disk errors are tried again and park nothing; data the tables refuse (classes 22 and 23)
 * is searched for; anything else is ours and stops the projection (`architecture.md`, Read models, Poison).
 */
export function remedyFor(error: unknown): Remedy {
  if (isReadModelError(error, 'LEASE_LOST')) return 'YIELD';
  if (isReadModelError(error)) return 'STOP';
  if (error instanceof Error && 'retryable' in error) return error.retryable === true ? 'RETRY' : 'STOP';
  const code = codeOf(error);
  if (SYSTEM_CODES.has(code)) return 'RETRY';
  if (SQLSTATE.test(code)) {
    const errorClass = code.slice(0, 2);
    if (DATA_CLASSES.has(errorClass)) return 'BISECT';
    return TRANSIENT_CLASSES.has(errorClass) ? 'RETRY' : 'STOP';
  }
  return error instanceof Error && DRIVER_WORDS.test(error.message) ? 'RETRY' : 'STOP';
}

/** The SQLSTATE of an error, or its class name: what is known of it without showing data. */
export const errorWord = (error: unknown): string => codeOf(error) || (error instanceof Error ? error.name : 'unknown');
