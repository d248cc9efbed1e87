import { categoryOf, type AccessRow, type Day, type Recorded } from '@assay/domain';
import { defineView, partKey, partOfKey, streamOfKey, type HistoryEntry, type KeyChange, type StateLookup } from '../view/view.js';
import { accessFolds, accessMarks, type StreamAccess } from './event-access.js';
import { hasSealedFields, withoutSealedFields } from './sealed-fields.js';

/**
 * An event as the audit trail keeps it: everything but what was sealed when it was recorded. `readableEvents` gives what
 * one reader may see of it, sealed fields included where they are unsealed.
 */
export interface EventDocument {
  readonly eventId: string;
  readonly stream: string;
  /** From 0, without gaps inside the stream. */
  readonly revision: number;
  /** From 0, without gaps over the log. */
  readonly position: number;
  /** Milliseconds since 1970-01-01T00:00:00Z by the log's clock. */
  readonly recordedAt: number;
  /** What stands before the stream's first dash, e.g. `appraisal`. */
  readonly category: string;
  readonly type: string;
  /** Version of the payload's shape. */
  readonly schemaVersion: number;
  /** Person id, or `SYSTEM`. */
  readonly actor: string;
  /** The policy that allowed it. */
  readonly authority: string;
  readonly commandId: string;
  readonly correlationId: string;
  /** Event that caused this one; null where a person began. */
  readonly causationId: string | null;
  /** The human at the root of the causation chain; null where there was none or the actor is it. */
  readonly rootActor: string | null;
  readonly reason: string | null;
  /** The business day it is true from, where it differs from the day of recording. */
  readonly effectiveOn: Day | null;
  /** Whether fields are left out of `data` (null in their place): they were sealed when it was recorded. */
  readonly sealed: boolean;
  readonly data: unknown;
}
/** A stream, or a recalibration in its cycle's, with who may read its events. */
export interface EventStreamDocument {
  readonly stream: string;
  readonly category: string;
  /** Marks as `visibleEvents` asks for them. */
  readonly marks: readonly string[];
}

/** An event as the trail shows it, its sealed fields left out. */
export function eventDocumentOf(event: Recorded): EventDocument {
  const { id: eventId, stream, revision, position, recordedAt, type, schemaVersion, meta, data } = event;
  const { actor, authority, commandId, correlationId } = meta;
  // Every event passes here.
  return {
    eventId,
    stream,
    revision,
    position,
    recordedAt,
    category: categoryOf(stream),
    type,
    schemaVersion,
    actor,
    authority,
    commandId,
    correlationId,
    causationId: meta.causationId ?? null,
    rootActor: meta.rootActor ?? null,
    reason: meta.reason ?? null,
    effectiveOn: meta.effectiveOn ?? null,
    sealed: hasSealedFields(type),
    data: withoutSealedFields(type, data),
  };
}

const rows = ({ key, events }: KeyChange<EventStreamDocument>): readonly HistoryEntry<EventDocument>[] =>
  events.filter(({ stream }) => stream === streamOfKey(key)).map((event) => ({ position: event.position, row: eventDocumentOf(event) }));

/** The part of a cycle's stream that an event belongs to; null where it is the cycle's own. */
function partOf({ parts }: StreamAccess, { data }: Recorded): string | null {
  if (typeof data !== 'object' || data === null) return null;
  if ('recalibration' in data && typeof data.recalibration === 'string') return data.recalibration;
  return 'proposalEventId' in data ? (parts.find(({ eventId }) => eventId === data.proposalEventId)?.id ?? null) : null;
}

function keysOf(access: StreamAccess, event: Recorded): readonly string[] {
  const part = categoryOf(event.stream) === 'cycle' ? partOf(access, event) : null;
  return [part === null ? event.stream : partKey(event.stream, part)];
}

/** Facts of a person are read by the head of their unit too, which their own entry says. */
const ownerOf = (stream: string, { row }: StreamAccess): string | null =>
  categoryOf(stream) === 'facts' && typeof row.owner === 'string' && !row.ownerUnit ? `person-${row.owner}` : null;

function rowOf(stream: string, access: StreamAccess, states: StateLookup<typeof accessFolds>): AccessRow {
  const owner = ownerOf(stream, access);
  if (owner === null) return access.row;
  const { manager, ownerUnit } = states.of('person', owner).row;
  return { ...access.row, manager: manager ?? null, ownerUnit: ownerUnit ?? null };
}

/**
 * The audit trail (`architecture.md`, Read models): one history row an event, read under the access of its stream as it
 * is now. Ask for it with `ReadModels.history` under `visibleEvents`, and hand the page through `readableEvents`.
 */
export const eventView = defineView<EventStreamDocument, EventDocument>()({
  name: 'event',
  version: 4,
  root: ['company', 'template', 'metric', 'goal', 'scheme', 'import', 'person', 'target', 'facts', 'cycle', 'appraisal', 'composite'],
  categories: accessFolds,
  keys: keysOf,
  dependencies: ({ key, root }) => {
    const owner = ownerOf(streamOfKey(key), root);
    return owner === null ? [] : [owner];
  },
  touches: (_root, event) => event.type === 'PersonJoined' || event.type === 'PersonTransferred',
  compute({ key, root, states }): EventStreamDocument | null {
    const stream = streamOfKey(key);
    const part = partOfKey(key);
    const category = categoryOf(stream);
    const marks =
      part === null
        ? accessMarks(category, rowOf(stream, root, states))
        : accessMarks('recalibration', root.parts.find(({ id }) => id === part)?.row ?? {});
    return { stream, category, marks };
  },
  columns: {
    affected: { type: 'text[]', of: (doc) => doc.marks },
    stream: { type: 'text', of: (doc) => doc.stream },
  },
  indexes: [['affected'], ['stream']],
  history: {
    columns: {
      stream: { type: 'text', of: (row) => row.stream },
      category: { type: 'text', of: (row) => row.category },
      type: { type: 'text', of: (row) => row.type },
      actor: { type: 'text', of: (row) => row.actor },
      rootActor: { type: 'text', of: (row) => row.rootActor },
      commandId: { type: 'text', of: (row) => row.commandId },
      correlation: { type: 'text', of: (row) => row.correlationId },
      causation: { type: 'text', of: (row) => row.causationId },
      eventId: { type: 'text', of: (row) => row.eventId },
      effectiveOn: { type: 'date', of: (row) => row.effectiveOn },
    },
    indexes: [['stream'], ['type'], ['actor'], ['recordedAt'], ['eventId'], ['correlation']],
    rows,
  },
});
