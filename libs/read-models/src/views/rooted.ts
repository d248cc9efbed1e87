import type { Recorded } from '@assay/domain';
import type { CategoryFold } from '../view/view.js';

/** Where a document stands in its root's stream; every document carries it. */
export interface DocumentOrigin {
  /** Revision of the root stream: what a mutation gives as `expectedRevision`. From 0. */
  readonly revision: number;
  /** Position of the root stream's last event. What it rests on beside may be newer: the row's own position says so. */
  readonly position: number;
}
/** A root's state with the position of its last event. */
export interface Rooted<S> {
  readonly state: S;
  readonly position: number;
}

/** The fold of a root category that remembers where it stands. `evolve` is the domain's. */
export function rooted<S>(fold: CategoryFold<S>): CategoryFold<Rooted<S>> {
  return {
    initial: { state: fold.initial, position: -1 },
    evolve: ({ state }, event: Recorded) => ({ state: fold.evolve(state, event), position: event.position }),
    asOfDay: ({ state, position }, day) => ({ state: fold.asOfDay?.(state, day) ?? state, position }),
    groups: ({ state }, stream) => fold.groups?.(state, stream) ?? [],
  };
}

/** What follows the category in a stream's name: the aggregate's id. */
export const idOfStream = (stream: string): string => stream.slice(stream.indexOf('-') + 1);
