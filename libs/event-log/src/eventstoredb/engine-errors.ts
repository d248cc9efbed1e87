import { isLogError, LogError } from '../errors.js';

/**
 * What an error of the engine's client says of the call it ended, by its `type` and gRPC code, never by message or class.
 * Some reach us as plain errors without a type (`esdb-recorded.md`, Faults): the code then says the same.
 * - CONFLICT, TOO_LARGE, DELETED, NOT_FOUND: the server's own answer.
 * - DENIED: the login is refused; no waiting helps.
 * - INVALID_POSITION: there is no event boundary where we asked.
 * - LOST: no telling whether it was done; also what is unknown, which must not be taken for a failure.
 */
export type EngineFate = 'CONFLICT' | 'TOO_LARGE' | 'DELETED' | 'NOT_FOUND' | 'DENIED' | 'INVALID_POSITION' | 'LOST';

const BY_TYPE: Readonly<Record<string, EngineFate>> = {
  'wrong-expected-version': 'CONFLICT',
  'maximum-append-size-exceeded': 'TOO_LARGE',
  'stream-deleted': 'DELETED',
  'stream-not-found': 'NOT_FOUND',
  'access-denied': 'DENIED',
};
/** gRPC's INVALID_ARGUMENT, PERMISSION_DENIED and UNAUTHENTICATED. */
const BY_CODE: Readonly<Record<number, EngineFate>> = { 3: 'INVALID_POSITION', 7: 'DENIED', 16: 'DENIED' };
/** What the server says of a position that is no event's, where the code says nothing. */
const INVALID_POSITION = /InvalidPosition|invalid position/;

const memberOf = (error: unknown, name: string): unknown => (typeof error === 'object' && error !== null && name in error ? Reflect.get(error, name) : undefined);

/** What became of the call. */
export function engineFateOf(error: unknown): EngineFate {
  const type = memberOf(error, 'type');
  const byType = typeof type === 'string' ? BY_TYPE[type] : undefined;
  if (byType !== undefined) return byType;
  const message = memberOf(error, 'message');
  if (typeof message === 'string' && INVALID_POSITION.test(message)) return 'INVALID_POSITION';
  const code = memberOf(error, 'code');
  return typeof code === 'number' ? (BY_CODE[code] ?? 'LOST') : 'LOST';
}

/** Whether another node leads, to which the client goes by itself (`not-leader`). */
export const isNotLeader = (error: unknown): boolean => memberOf(error, 'type') === 'not-leader';

const GIVEN_UP = 'the connection to the event store was given up';
/** A read was under way on a connection that somebody gave up: it says nothing of the server. */
export const givenUp = (): LogError => new LogError('Unavailable', GIVEN_UP);
export const isGivenUp = (error: unknown): boolean => isLogError(error, 'Unavailable') && error.message === GIVEN_UP;

/** The revision that a stream has where an append was refused for another; -1 where there is no stream. */
export function actualOf(error: unknown): number {
  const actual = memberOf(error, 'actualVersion');
  return typeof actual === 'bigint' ? Number(actual) : -1;
}

/** The typed error of a call that changes nothing. */
export function toEngineError(error: unknown, what: string): LogError {
  if (error instanceof LogError) return error;
  const text = messageOf(error);
  if (engineFateOf(error) === 'DENIED') return new LogError('Unauthorized', `${what}: the event store refuses the login${text === '' ? '' : ` (${text})`}`, {}, error);
  return new LogError('Unavailable', `${what}: ${text === '' ? 'the event store gave no reason' : text}${hintOf(text)}`, {}, error);
}

const messageOf = (error: unknown): string => {
  const message = memberOf(error, 'message');
  return typeof message === 'string' ? message : String(error);
};

/** A wrong certificate or scheme looks like a server that is down (`esdb-recorded.md`): at boot it is said what it is. */
function hintOf(text: string): string {
  if (/certificate|issuer|self.signed/i.test(text)) return '; is the certificate of its CA given (EVENTSTORE_CA_FILE, or tlsCAFile in the address)?';
  if (/Failed to connect|wrong version number|EPROTO|socket hang up|ECONNRESET/i.test(text)) return '; is it up at this address, and does it speak TLS exactly where the address says so (tls=true or tls=false)?';
  return '';
}
