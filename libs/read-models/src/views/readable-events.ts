import {
  evolveAppraisal,
  initialAppraisal,
  scoreSight,
  seesIdentities,
  type AppraisalState,
  type KnownAppraisal,
  type Principal,
  type Recorded,
} from '@assay/domain';
import type { EventSource } from '../feed/event-source.js';
import type { EventDocument } from './event.projector.js';
import { readOrNone } from './read-stream.js';

/** For whom, and as of which moment, events are shown. */
export interface Reader {
  readonly principal: Principal;
  /** Position of the moment asked for; absent live. Rights are judged now whatever it is. */
  readonly upTo?: number;
}

/** Members of an appraisal's events that tell of its figures: for who sees the score in full. */
const FIGURES: ReadonlySet<string> = new Set(['total', 'grade', 'totalBefore', 'totalAfter', 'notes']);
/** Members that tell who a token says somebody is, wherever they stand in these events. */
const IDENTITIES: ReadonlySet<string> = new Set(['issuer', 'subject']);
const IDENTITY_EVENTS: ReadonlySet<string> = new Set(['LogOpened', 'IdentityLinked', 'IntegrationRegistered']);

/**
 * Events of the trail as one reader may see them (`domain.md`, Appraisals). Sealed fields come back, from the log, where
 * the appraisal is unsealed now and at the moment asked for and the reader has full sight of its score, and to their
 * author; figures are for full sight alone; identities for `seesIdentities`. What a reader may not see is null in place.
 * The rows themselves are those `visibleEvents` lets through.
 */
export async function readableEvents(
  source: Pick<EventSource, 'readStream'>,
  rows: readonly EventDocument[],
  reader: Reader,
): Promise<readonly EventDocument[]> {
  const streams = [...new Set(rows.filter(({ category }) => category === 'appraisal').map(({ stream }) => stream))];
  const read = await Promise.all(streams.map((stream) => readOrNone(source, stream)));
  const appraisals = new Map(streams.map((stream, index) => [stream, read[index] ?? []]));
  return rows.map((row) => {
    const events = appraisals.get(row.stream);
    if (events !== undefined) return readableOf(row, events, reader);
    return IDENTITY_EVENTS.has(row.type) && !seesIdentities(reader.principal) ? { ...row, data: without(row.data, IDENTITIES) } : row;
  });
}

function readableOf(row: EventDocument, events: readonly Recorded[], reader: Reader): EventDocument {
  const state = events.reduce<AppraisalState>(
    // The codec has checked the events against this category's catalogue.
    (held, event) => evolveAppraisal(held, event as Parameters<typeof evolveAppraisal>[1]),
    initialAppraisal,
  );
  if (state.status === 'ABSENT') return row;
  const isFull = scoreSight(state, reader.principal) === 'FULL';
  if (row.sealed) {
    const event = isOpen(row, state, { ...reader, isFull }) ? events.find(({ id }) => id === row.eventId) : undefined;
    return event === undefined ? row : { ...row, sealed: false, data: event.data };
  }
  return isFull ? row : { ...row, data: without(row.data, FIGURES) };
}

/** Unsealed now and then, for full sight; their own for an author, before the unsealing only live. */
function isOpen({ data }: EventDocument, { unsealing }: KnownAppraisal, { principal, upTo, isFull }: Reader & { readonly isFull: boolean }): boolean {
  const unsealedThen = unsealing !== null && (upTo === undefined || unsealing.position <= upTo);
  const isOwn = typeof data === 'object' && data !== null && 'evaluatorId' in data && data.evaluatorId === principal.personId;
  return (unsealedThen && (isFull || isOwn)) || (isOwn && upTo === undefined);
}

/** A copy with the named members null, at any depth. */
function without(value: unknown, names: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, names.has(name) ? null : without(member, names)]));
}
