/** What the log throws. Match on `code`, never on message or class (`style.md`, Errors). */
export type LogErrorCode =
  | 'RevisionConflict'
  | 'DuplicateMismatch'
  | 'TooLarge'
  | 'InvalidEvent'
  | 'OutcomeUnknown'
  | 'Unavailable'
  | 'Overloaded'
  | 'Unauthorized'
  | 'CursorForeign'
  | 'ClockBehind'
  | 'StreamNotFound'
  | 'StreamDeleted'
  | 'Aborted'
  | 'KeyUnavailable'
  /** The order index is not of the log that the server holds now: another log, or an older copy of this one. */
  | 'LogDiverged'
  /** An event that only a later release can read: this one must not guess what it means. */
  | 'LaterRelease';

const RETRYABLE: ReadonlySet<LogErrorCode> = new Set(['OutcomeUnknown', 'Unavailable', 'Overloaded', 'KeyUnavailable']);

/** An error of the log: its code, the facts that explain it, and whether trying again may help. */
export class LogError extends Error {
  readonly retryable: boolean;
  constructor(
    readonly code: LogErrorCode,
    message: string,
    readonly facts: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = code;
    this.retryable = RETRYABLE.has(code);
  }
}

/** Whether an error is the log's, of this code where one is given. */
export function isLogError(error: unknown, code?: LogErrorCode): error is LogError {
  return error instanceof Error && 'code' in error && 'retryable' in error && 'facts' in error && (code === undefined || error.code === code);
}
