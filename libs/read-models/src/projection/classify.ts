import { isLogError, LogError } from '@assay/event-log';
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

/** What an error says of itself, whatever made it: errors of the platform are of no class of ours. */
interface ErrorLike {
  readonly code?: unknown;
  readonly name?: unknown;
  readonly message?: unknown;
  readonly retryable?: unknown;
}
const likeError = (error: unknown): ErrorLike => (typeof error === 'object' && error !== null ? error : {});
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * Connection, lock, timeout and disk errors are tried again and park nothing; data the tables refuse (classes 22 and 23)
 * is searched for; anything else is ours and stops the projection (`architecture.md`, Read models, Poison).
 */
export function remedyFor(error: unknown): Remedy {
  if (isReadModelError(error, 'LEASE_LOST')) return 'YIELD';
  if (isReadModelError(error)) return 'STOP';
  const { code: given, message, retryable } = likeError(error);
  if (retryable !== undefined) return retryable === true ? 'RETRY' : 'STOP';
  const code = textOf(given);
  if (SYSTEM_CODES.has(code)) return 'RETRY';
  if (SQLSTATE.test(code)) {
    const errorClass = code.slice(0, 2);
    if (DATA_CLASSES.has(errorClass)) return 'BISECT';
    return TRANSIENT_CLASSES.has(errorClass) ? 'RETRY' : 'STOP';
  }
  return DRIVER_WORDS.test(textOf(message)) ? 'RETRY' : 'STOP';
}

/** Whether a reading that failed is worth another attempt: nothing is wrong with what was asked. */
export function isPassing(error: unknown): boolean {
  return likeError(error).retryable === true || remedyFor(error) === 'RETRY';
}

/** The SQLSTATE of an error, or its class name: what is known of it without showing data. */
export function errorWord(error: unknown): string {
  const { code, name } = likeError(error);
  return textOf(code) || textOf(name) || 'unknown';
}

/** What a caller is told of a failed reading: that the tables cannot be reached just now (`Unavailable`), never a driver's own words; our own errors as they are. */
export function toCaller(error: unknown): unknown {
  if (isReadModelError(error) || isLogError(error) || remedyFor(error) !== 'RETRY') return error;
  return new LogError(
    'Unavailable',
    'the read models cannot be reached just now',
    { sqlState: errorWord(error) },
    error,
  );
}
