import type { StoredEvent } from './port.js';

/** What a pass over the log in order asks for; positions instead of cursors. */
export interface Scan {
  /** Exclusive; -1 for the start. */
  readonly after: number;
  /** Inclusive. */
  readonly upTo?: number;
  readonly streams?: readonly string[];
  readonly types?: readonly string[];
  readonly max: number;
}

/** A page of a pass: everything up to `reached` is in it or did not match. */
export interface Page {
  readonly events: readonly StoredEvent[];
  readonly reached: number;
  /** `reached` was the head when this was read. */
  readonly atHead: boolean;
}

/** The filter of a read or subscription; a list that names nothing asks for everything. */
export function filterOf({ streams, types }: Pick<Scan, 'streams' | 'types'>): Pick<Scan, 'streams' | 'types'> {
  return { ...(streams?.length ? { streams } : {}), ...(types?.length ? { types } : {}) };
}

/** Whether an event is asked for by the prefixes and types, where any are named. */
export function matches(event: StoredEvent, { streams, types }: Pick<Scan, 'streams' | 'types'>): boolean {
  const named = streams === undefined || streams.some((prefix) => event.stream.startsWith(prefix));
  return named && (types === undefined || types.includes(event.type));
}
