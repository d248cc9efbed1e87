import { GraphQLError, type GraphQLErrorExtensions } from 'graphql';

/** Every `extensions.code` there is (`api.md`, Schema, Errors). Clients branch on these, never on a message. */
export const ERROR_CODES = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONCURRENT_CHANGE',
  'COMMAND_ID_REUSED',
  'CURSOR_FOREIGN',
  'POSITION_AHEAD',
  'AS_OF_TOO_RECENT',
  'NOT_YET_VISIBLE',
  'PROJECTION_PARKED',
  'PROJECTION_BUILDING',
  'OUTCOME_UNKNOWN',
  'OVERLOADED',
  'RATE_LIMITED',
  'QUERY_TOO_COMPLEX',
  'PAYLOAD_TOO_LARGE',
  'UNAVAILABLE',
  'INTERNAL',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

const RETRYABLE: ReadonlySet<ErrorCode> = new Set(['NOT_YET_VISIBLE', 'OUTCOME_UNKNOWN', 'OVERLOADED', 'RATE_LIMITED', 'UNAVAILABLE', 'PROJECTION_BUILDING']);
const KNOWN: ReadonlySet<string> = new Set(ERROR_CODES);

/** Whether text is one of the codes above. */
export const isErrorCode = (text: unknown): text is ErrorCode => typeof text === 'string' && KNOWN.has(text);

/** Whether the same request, sent again unchanged, may succeed. `OUTCOME_UNKNOWN`: only with the same `commandId`. */
export const isRetryable = (code: ErrorCode): boolean => RETRYABLE.has(code);

const WORDS = {
  UNAUTHENTICATED: 'A valid token is needed.',
  FORBIDDEN: 'You may not do this.',
  // One sentence for what does not exist and for what may not be read; nothing in the answer may tell them apart.
  NOT_FOUND: 'Not found.',
  RATE_LIMITED: 'Too many requests; try again later.',
  PAYLOAD_TOO_LARGE: 'The request is too large.',
  UNAVAILABLE: 'The service cannot answer now; try again.',
  OVERLOADED: 'The service is busy; try again.',
  OUTCOME_UNKNOWN: 'Whether the command was carried out is not known; repeat it with the same commandId.',
  INTERNAL: 'Internal error.',
} as const satisfies Partial<Record<ErrorCode, string>>;
type WordedCode = keyof typeof WORDS;

/** The one sentence of a code that has only one. */
export const wordsOf = (code: WordedCode): string => WORDS[code];

/**
 * An error of the API, for resolvers to throw: `apiError('POSITION_AHEAD', 'The log ends at 41.', { position: '41' })`.
 * `retryable: true` is added where the code says so. What `details` holds is shown to the client as it is.
 */
export function apiError(code: ErrorCode, message: string, details: GraphQLErrorExtensions = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...(isRetryable(code) ? { retryable: true } : {}), ...details } });
}

/** For what does not exist and for what the caller may not read: the same words, nothing else. */
export const notFound = (): GraphQLError => apiError('NOT_FOUND', WORDS.NOT_FOUND);
export const forbidden = (): GraphQLError => apiError('FORBIDDEN', WORDS.FORBIDDEN);
export const unauthenticated = (): GraphQLError => apiError('UNAUTHENTICATED', WORDS.UNAUTHENTICATED);
export const badInput = (message: string, details: GraphQLErrorExtensions = {}): GraphQLError => apiError('BAD_USER_INPUT', message, details);
export const rateLimited = (retryAfterSeconds: number): GraphQLError => apiError('RATE_LIMITED', WORDS.RATE_LIMITED, { retryAfterSeconds });
export const unavailable = (): GraphQLError => apiError('UNAVAILABLE', WORDS.UNAVAILABLE);
