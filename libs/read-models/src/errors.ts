/** What the read models throw; the edge maps each code to the one of the same name (`api.md`, Errors). */
export type ReadModelErrorCode =
  | 'NOT_YET_VISIBLE'
  | 'OVERLOADED'
  | 'POSITION_AHEAD'
  | 'AS_OF_TOO_RECENT'
  | 'PROJECTION_BUILDING'
  | 'PROJECTION_PARKED'
  | 'BAD_USER_INPUT'
  | 'QUERY_TOO_COMPLEX'
  | 'DEFINITION_CHANGED'
  | 'PROJECTION_STOPPED'
  | 'LEASE_LOST';

const RETRYABLE: ReadonlySet<ReadModelErrorCode> = new Set([
  'NOT_YET_VISIBLE',
  'OVERLOADED',
  'PROJECTION_BUILDING',
  'LEASE_LOST',
]);

/** Match on `code`, never on message or class (`style.md`, Errors). */
export class ReadModelError extends Error {
  readonly retryable: boolean;
  constructor(
    readonly code: ReadModelErrorCode,
    message: string,
    readonly facts: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = code;
    this.retryable = RETRYABLE.has(code);
  }
}

/** Whether an error is one of the read models', of the given code where one is given. */
export function isReadModelError(error: unknown, code?: ReadModelErrorCode): error is ReadModelError {
  return error instanceof ReadModelError && (code === undefined || error.code === code);
}
