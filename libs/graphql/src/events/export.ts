import type { Principal } from '@assay/domain';
import { eventView, ReadModelError, type EventDocument } from '@assay/read-models';
import type { FeaturePorts } from '../reading/ports.js';
import { readableTrail, type TrailPorts } from './trail.js';

/** What an export reads. */
export interface ExportPorts extends TrailPorts {
  readonly readModels: Pick<FeaturePorts['readModels'], 'history' | 'parked'>;
}
/** Positions of the log, both inclusive. */
export interface EventRange {
  readonly from: number;
  readonly to: number;
}
/** A position of an export: the event as its reader may see it, or only that there is one. */
export type ExportedEvent = (Omit<EventDocument, 'recordedAt'> & { readonly recordedAt: string }) | { readonly position: number; readonly redacted: true };

/** As many as one page of the trail holds. */
const POSITIONS_PER_PAGE = 100;

/**
 * Every position of a range in order, in pages: events by the same access and seal as the audit trail, and what the
 * reader may not see as `{ position, redacted }`, so that nothing is left out unseen (`api.md`, Command line). The views
 * must show the range. `PROJECTION_PARKED` where part of the trail waits to be unparked: it would look redacted.
 */
export async function* exportEvents({ readModels, log }: ExportPorts, principal: Principal, { from, to }: EventRange): AsyncGenerator<readonly ExportedEvent[]> {
  const parked = await readModels.parked(eventView);
  if (parked.length > 0) throw new ReadModelError('PROJECTION_PARKED', `${String(parked.length)} keys of the audit trail are parked: unpark them first`, { keys: parked.map(({ key }) => key) });
  for (let first = from; first <= to; first += POSITIONS_PER_PAGE) {
    const last = Math.min(first + POSITIONS_PER_PAGE - 1, to);
    const page = { filter: { position: { gte: first, lte: last } }, orderBy: { column: 'position', direction: 'ASC' }, first: POSITIONS_PER_PAGE } as const;
    const { events } = await readableTrail({ readModels, log }, principal, page);
    const byPosition = new Map(events.map((event) => [event.position, event]));
    yield Array.from({ length: last - first + 1 }, (_, index) => exported(byPosition.get(first + index), first + index));
  }
}

function exported(event: EventDocument | undefined, position: number): ExportedEvent {
  if (event === undefined) return { position, redacted: true };
  return { ...event, recordedAt: new Date(event.recordedAt).toISOString() };
}
