import type { EncodedAppend } from '../encode.js';
import { LogError } from '../errors.js';
import type { EventPlace } from './places.js';

/** Where an append stands; without a position where it was not indexed in time. */
export interface EngineAnswer {
  readonly revision: number;
  readonly position: number | null;
  readonly recordedAt: number;
}

/** Without a place for what is not indexed yet; its time is then about now. */
export const answerOf = ({ expected, events }: EncodedAppend, place: EventPlace | null): EngineAnswer => ({ revision: expected + events.length, position: place?.ordinal ?? null, recordedAt: place?.recordedAt ?? Date.now() });

/** It was not sent. */
export const aborted = (): LogError => new LogError('Aborted', 'the append was called off before it was sent');
/** It was not sent. */
export const closedError = (): LogError => new LogError('Unavailable', 'the log is closed in this process');
/** It was sent, and nobody has said what came of it. */
export const unknownOutcome = ({ stream, events }: EncodedAppend, cause: unknown): LogError => new LogError('OutcomeUnknown', 'no telling whether the append was done; repeat it with the same ids', { stream, ids: events.map(({ id }) => id) }, cause);
/** Something else stands where it was to stand, or it stands elsewhere. */
export const mismatch = ({ stream, expected }: EncodedAppend): LogError => new LogError('DuplicateMismatch', 'an event id of this append stands in the log at another place or with other bytes', { stream, expected });
