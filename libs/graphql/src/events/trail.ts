import type { Principal } from '@assay/domain';
import { eventView, readableEvents, visibleEvents, type EventDocument, type Filter, type Page, type SelectOptions } from '@assay/read-models';
import type { GraphQLResolveInfo } from 'graphql';
import { connectionOf, isSelected, pageOf, type PageRequest } from '../edge/connection.js';
import { principalIn, type At } from '../reading/documents.js';
import type { ShownConnection } from '../reading/lists.js';
import type { FeaturePorts } from '../reading/ports.js';
import { shownEvent, type ShownEvent } from './event.js';

/** The trail's rows, and the log that sealed fields come back from. */
export interface TrailPorts {
  readonly readModels: Pick<FeaturePorts['readModels'], 'history'>;
  readonly log: Pick<FeaturePorts['log'], 'readStream'>;
}

/** A page of the trail: of the events that the caller may read, each as they may see it. */
export interface TrailRequest {
  readonly page: PageRequest;
  readonly filter: Filter;
  readonly newestFirst: boolean;
  readonly info: GraphQLResolveInfo;
}

/** One page of the audit trail (`api.md`, Lists): filtered by access in SQL, each event redacted for its reader. */
export async function trailPage(ports: TrailPorts, request: TrailRequest, { context, shown }: At): Promise<ShownConnection<ShownEvent>> {
  const { page, filter, newestFirst, info } = request;
  const principal = await principalIn(context);
  const { size, direction, after, before } = pageOf(page);
  const bounds = { ...(direction === 'FORWARD' ? { first: size } : { last: size }), ...(after === null ? {} : { after }), ...(before === null ? {} : { before }) };
  const orderBy = { column: 'position', direction: newestFirst ? 'DESC' : 'ASC' } as const;
  const upTo = shown.historical ? { upTo: shown.position } : {};
  const { found, events } = await readableTrail(ports, principal, { filter, orderBy, count: isSelected(info, 'totalCount'), ...bounds, ...upTo });
  const rows = events.map((event, index) => ({ node: shownEvent(event), cursor: found.rows[index]?.cursor ?? '' }));
  const connection = connectionOf({ ...found, rows }, ({ cursor }) => cursor);
  return { ...connection, edges: rows, nodes: rows.map(({ node }) => node), position: shown.position };
}

/** Events by id as a caller may see them; one answer for each, null for what is not there or may not be read. */
export async function eventsById(ports: TrailPorts, ids: readonly string[], principal: Principal): Promise<readonly (ShownEvent | null)[]> {
  const wanted = [...new Set(ids)];
  const { events } = await readableTrail(ports, principal, { filter: { eventId: { in: wanted } }, first: Math.min(Math.max(wanted.length, 1), 100) });
  const byId = new Map(events.map((event) => [event.eventId, shownEvent(event)]));
  return ids.map((id) => byId.get(id) ?? null);
}

/** What of the trail to read; `upTo` is the moment asked for, absent live. */
interface TrailSelection extends Omit<SelectOptions, 'visibility'> {
  readonly upTo?: number;
}

/** Events of the trail that a reader may see, each as they may see it: access in SQL, then seal and redaction. */
export async function readableTrail({ readModels, log }: TrailPorts, principal: Principal, { upTo, ...options }: TrailSelection): Promise<{ readonly found: Page<EventDocument>; readonly events: readonly EventDocument[] }> {
  const found = await readModels.history<EventDocument>(eventView, { ...options, visibility: visibleEvents(principal) });
  const events = await readableEvents(log, found.rows.map(({ doc }) => doc), { principal, ...(upTo === undefined ? {} : { upTo }) });
  return { found, events };
}
