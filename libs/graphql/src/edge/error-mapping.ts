import { randomUUID } from 'node:crypto';
import { isNativeError } from 'node:util/types';
import { HttpException } from '@nestjs/common';
import { GraphQLError } from 'graphql';
import { isErrorCode, isRetryable, wordsOf, type ErrorCode } from './error-codes.js';

/** Where unknown errors are written: one line each, without anything a user typed. */
export interface FaultLog {
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

interface Shown {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

// The log's codes (`libs/event-log/src/errors.ts`). What is missing here is our fault and answered INTERNAL: a
// conflict or a missing stream that reaches the edge was to be handled below it.
const LOG_CODES: Readonly<Record<string, ErrorCode>> = {
  RevisionConflict: 'CONCURRENT_CHANGE',
  DuplicateMismatch: 'COMMAND_ID_REUSED',
  TooLarge: 'PAYLOAD_TOO_LARGE',
  OutcomeUnknown: 'OUTCOME_UNKNOWN',
  Unavailable: 'UNAVAILABLE',
  KeyUnavailable: 'UNAVAILABLE',
  ClockBehind: 'UNAVAILABLE',
  Aborted: 'UNAVAILABLE',
  Overloaded: 'OVERLOADED',
  // A replica of a later release answers: this one is not ready.
  LaterRelease: 'UNAVAILABLE',
  // What the server holds is not what people were told; an operator decides which of the two stays.
  LogDiverged: 'UNAVAILABLE',
  // Of the read models: what an operator has to mend, or another process is just taking over.
  PROJECTION_STOPPED: 'UNAVAILABLE',
  LEASE_LOST: 'UNAVAILABLE',
  CursorForeign: 'CURSOR_FOREIGN',
};
const LOG_WORDS: Partial<Record<ErrorCode, string>> = {
  CONCURRENT_CHANGE: 'It has changed since; read it again.',
  COMMAND_ID_REUSED: 'This commandId was used for another command.',
  CURSOR_FOREIGN: 'This cursor is not of this log.',
  PAYLOAD_TOO_LARGE: wordsOf('PAYLOAD_TOO_LARGE'),
  OUTCOME_UNKNOWN: wordsOf('OUTCOME_UNKNOWN'),
  UNAVAILABLE: wordsOf('UNAVAILABLE'),
  OVERLOADED: wordsOf('OVERLOADED'),
};
const STATUS_CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'BAD_USER_INPUT',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  413: 'PAYLOAD_TOO_LARGE',
  429: 'RATE_LIMITED',
  503: 'UNAVAILABLE',
};

/** graphql-js repeats a wrong value in its messages, however long it is. */
const MESSAGE_CHARACTERS_MAX = 1_000;

/** What a command's failure may show of its facts; anything else stays inside. */
const SHOWN_FACTS = ['expected', 'actual', 'position', 'commandId'] as const;

/**
 * Turns whatever was thrown or found wrong into an error of the API's vocabulary (`style.md`, Errors): the only place
 * that does. The unknown becomes `INTERNAL` with an opaque `errorId`, written once to the fault log however many
 * fields it broke. An error carries the id under which the log knows its request. Suggestions of graphql-js ("Did you mean …") are cut, since they tell of what introspection hides.
 */
export class ErrorMapper {
  private readonly ids = new WeakMap<object, string>();
  constructor(private readonly log: FaultLog) {}

  toApi(thrown: unknown, requestId?: string): GraphQLError {
    const outer = thrown instanceof GraphQLError ? thrown : undefined;
    const root = rootOf(thrown);
    const { code, message, details } = ofCode(root) ?? ofGraphql(outer, root) ?? this.internal(root, requestId);
    return new GraphQLError(shownMessage(message), {
      ...(outer?.nodes ? { nodes: outer.nodes } : {}),
      ...(outer?.source ? { source: outer.source } : {}),
      ...(outer?.positions ? { positions: outer.positions } : {}),
      ...(outer?.path ? { path: outer.path } : {}),
      extensions: { code, ...(isRetryable(code) ? { retryable: true } : {}), ...details, ...(requestId === undefined ? {} : { requestId }) },
    });
  }

  private internal(root: unknown, requestId?: string): Shown {
    const known = typeof root === 'object' && root !== null ? this.ids.get(root) : undefined;
    const errorId = known ?? randomUUID();
    if (known === undefined) {
      if (typeof root === 'object' && root !== null) this.ids.set(root, errorId);
      this.log.error({ errorId, ...(requestId === undefined ? {} : { requestId }), ...faultOf(root) }, 'internal error');
    }
    return { code: 'INTERNAL', message: wordsOf('INTERNAL'), details: { errorId } };
  }
}

/** What an error may say in our log: its kind and place. Quoted parts of its message can be a user's and are cut. */
export function faultOf(error: unknown): Readonly<Record<string, unknown>> {
  if (!isNativeError(error)) return { fault: typeof error };
  const code: unknown = 'code' in error ? error.code : undefined;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    fault: error.name,
    ...(typeof code === 'string' ? { faultCode: code } : {}),
    faultMessage: error.message.split('\n', 1)[0]?.replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '…').slice(0, 300),
    frames: frames.slice(0, 20).map((line) => line.trim()),
    ...(isNativeError(error.cause) ? { cause: faultOf(error.cause) } : {}),
  };
}

function rootOf(thrown: unknown): unknown {
  let at: unknown = thrown;
  while (at instanceof GraphQLError && at.originalError !== undefined) at = at.originalError;
  return at;
}

function ofCode(root: unknown): Shown | undefined {
  if (root instanceof GraphQLError) {
    const { code, ...details } = root.extensions;
    return isErrorCode(code) ? { code, message: root.message, details } : undefined;
  }
  if (root instanceof HttpException) {
    const code = STATUS_CODES[root.getStatus()];
    return code === undefined ? undefined : { code, message: root.message };
  }
  if (!isNativeError(root) || !('code' in root) || typeof root.code !== 'string' || !('facts' in root)) return undefined;
  const mapped = 'retryable' in root ? LOG_CODES[root.code] : undefined;
  if (mapped !== undefined) return { code: mapped, message: LOG_WORDS[mapped] ?? root.code };
  // INTERNAL is what a Defect carries; it must take the path that gives it an id and writes it down.
  if (!isErrorCode(root.code) || root.code === 'INTERNAL') return undefined;
  if (root.code === 'NOT_FOUND') return { code: root.code, message: wordsOf('NOT_FOUND') };
  return { code: root.code, message: root.message, details: shownFacts(root.facts) };
}

function shownFacts(facts: unknown): Readonly<Record<string, unknown>> {
  if (typeof facts !== 'object' || facts === null) return {};
  return Object.fromEntries(Object.entries(facts).filter(([name]) => SHOWN_FACTS.some((shown) => shown === name)));
}

function ofGraphql(outer: GraphQLError | undefined, root: unknown): Shown | undefined {
  // graphql-http reports a request that is not well formed by plain errors without a path or a document.
  if (outer === undefined) return isRequestError(root) ? { code: 'BAD_USER_INPUT', message: root.message } : undefined;
  if (!(root instanceof GraphQLError) || outer.path !== undefined) return undefined;
  if (outer.message.startsWith('Syntax Error')) return { code: 'GRAPHQL_PARSE_FAILED', message: outer.message };
  if (outer.message.startsWith('Variable "$')) return { code: 'BAD_USER_INPUT', message: outer.message };
  if (outer.nodes === undefined) return { code: 'BAD_USER_INPUT', message: outer.message };
  return { code: 'GRAPHQL_VALIDATION_FAILED', message: outer.message };
}

const REQUEST_ERRORS: ReadonlySet<string> = new Set([
  'Unparsable URL',
  'Missing body',
  'Unparsable JSON body',
  'JSON body must be an object',
  'Missing query',
  'Invalid query',
  'Invalid variables',
  'Invalid operationName',
  'Invalid extensions',
]);
const isRequestError = (root: unknown): root is Error => root instanceof Error && root.constructor === Error && REQUEST_ERRORS.has(root.message);

/** Linear in the message, which can hold what a client sent; a pattern over all of it could be made to take minutes. */
function shownMessage(message: string): string {
  const at = message.endsWith('?') ? message.lastIndexOf('Did you mean ') : -1;
  const text = (at < 0 ? message : message.slice(0, at)).slice(0, MESSAGE_CHARACTERS_MAX).trim();
  return text.endsWith(',') ? text.slice(0, -1) : text;
}
