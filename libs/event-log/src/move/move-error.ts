/**
 * Why a log is not moved. Match on `code`, never on message or class.
 * - SourceEmpty: there is nothing to move.
 * - TargetForeign: the target holds another log, or what is no beginning of this one.
 * - MoveRunning: another process is moving this log.
 * - MoveDiverged: read back, the two logs are not the same; the facts name the first position and what differs there.
 */
export type MoveErrorCode = 'SourceEmpty' | 'TargetForeign' | 'MoveRunning' | 'MoveDiverged';

/** Why a log is not moved, in words that name the place and the way out. */
export class MoveError extends Error {
  constructor(
    readonly code: MoveErrorCode,
    message: string,
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = code;
  }
}
