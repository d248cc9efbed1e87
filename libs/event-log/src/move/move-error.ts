/**
 * Why a log is not moved. Match on `code`, never on message or class.
 * - SourceEmpty: there is nothing to move.
 * - TargetForeign: the target holds another log, or what is no beginning of this one.
 * - TargetAhead: the target holds events of this log that the source does not have; the way to go on is the other way.
 * - MoveRunning: another process is moving this log.
 * - MoveDiverged: read back, the two logs are not the same; the facts name the first position and what differs there.
 */
export type MoveErrorCode = 'SourceEmpty' | 'TargetForeign' | 'TargetAhead' | 'MoveRunning' | 'MoveDiverged';

/** Which engine a log is moved to. */
export type MoveDirection = 'EVENTSTORE' | 'POSTGRES';

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

const PLACES = { EVENTSTORE: { name: 'EventStoreDB', option: '--to eventstore' }, POSTGRES: { name: 'PostgreSQL', option: '--to postgres' } } as const;

/** The refusal of a move to where the log goes further than where it would be moved from. */
export function targetAhead(to: MoveDirection, facts: Readonly<Record<string, unknown>> = {}): MoveError {
  const [target, source] = to === 'EVENTSTORE' ? [PLACES.EVENTSTORE, PLACES.POSTGRES] : [PLACES.POSTGRES, PLACES.EVENTSTORE];
  return new MoveError('TargetAhead', `${target.name} holds events of this log that ${source.name} does not have, so nothing is moved there: a move to ${source.name} that was interrupted is finished by migrate-log ${source.option}`, facts);
}
