import type { EventDocument } from '@assay/read-models';
import { encodeNodeId } from '../edge/node-id.js';

/** An event as the schema shows it. */
export type ShownEvent = Omit<EventDocument, 'data'> & { readonly id: string; readonly data: object; readonly json: unknown };

/** An event that has been made readable for its reader, in the shape of its type. */
export function shownEvent(event: EventDocument): ShownEvent {
  const { data, type, eventId } = event;
  const content = typeof data === 'object' && data !== null ? data : {};
  return { ...event, id: encodeNodeId({ type: 'Event', key: eventId }), data: { ...content, __typename: type }, json: data };
}
