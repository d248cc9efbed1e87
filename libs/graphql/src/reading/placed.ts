import type { Stale } from '@assay/read-models';
import { encodeNodeId, type NodeKey } from '../edge/node-id.js';
import type { Shown } from './moment.js';
import type { Source } from './sources.js';

/** What every document carries on its way through the resolvers, beside its own fields. */
export interface Place {
  readonly id: string;
  /** The document's key in its view. */
  readonly key: string;
  readonly shown: Shown;
  /** Why the row may be behind its events: its key is parked. */
  readonly stale: Stale | null;
}
/** A document with its place. `lastPosition` is that of its own stream's last event; `position` that of the answer. */
export type Placed<Doc> = Doc & Place & { readonly position: number; readonly lastPosition: number };

/** A root document has the position of its own stream's last event. */
interface Positioned {
  readonly position: number;
}

/** The opaque id of a document: two moments of one have two. `#`, which parts the keys of one stream, is no letter of ids. */
export function idOf({ type, prefix }: Pick<Source, 'type' | 'prefix'>, key: string, shown: Shown): string {
  const id: NodeKey = { type, key: key.slice(prefix.length).replace('#', ':') };
  if (!shown.historical) return encodeNodeId(id);
  return encodeNodeId({ ...id, asOf: String(shown.position), ...(shown.effectiveOn === null ? {} : { effectiveOn: shown.effectiveOn }) });
}

/** The view's key of an id's; whether there is such a document is another question. */
export const keyOfId = ({ prefix }: Pick<Source, 'prefix'>, key: string): string => `${prefix}${key.replace(':', '#')}`;

/** The moment that an id shows; null where it means the document as it is. */
export function shownOfId({ asOf, effectiveOn }: NodeKey): Shown | null {
  return asOf === undefined ? null : { position: Number(asOf), historical: true, effectiveOn: effectiveOn ?? null };
}

/** A document in its place. Facts have no id of their own in the schema. */
export function placed<Doc extends Positioned>(source: Source<Doc>, row: { readonly key: string; readonly doc: Doc; readonly stale: Stale | null }, shown: Shown): Placed<Doc> {
  const { key, doc, stale } = row;
  const id = source.type === 'Fact' ? '' : idOf(source, key, shown);
  return { ...doc, id, key, shown, stale, lastPosition: doc.position, position: shown.position };
}
