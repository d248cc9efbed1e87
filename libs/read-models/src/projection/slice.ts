import type { JsonValue } from '@assay/event-log';
import type { ColumnValue } from '../view/columns.js';

/** A stream as a projection has folded it. A broken one met an event its fold throws at, and stands still. */
export interface StreamState {
  readonly revision: number;
  readonly state: unknown;
  readonly broken: boolean;
}

/** A key as a projection holds it. `links` are the streams it depends on, and groups as `@name`. */
export interface KeyState {
  readonly doc: unknown;
  readonly links: readonly string[];
  readonly parked: boolean;
}

/**
 * The part of a projection's tables that a batch is folded on. A map has an entry for whatever was asked for, null or
 * empty where the tables hold nothing; what has no entry is unknown and must be loaded first.
 */
export interface Slice {
  readonly states: Map<string, StreamState | null>;
  readonly keys: Map<string, KeyState | null>;
  /** Members by group name. */
  readonly groups: Map<string, readonly string[]>;
  /** Keys by the stream, or `@group`, they are linked to. */
  readonly linked: Map<string, readonly string[]>;
}
export const emptySlice = (): Slice => ({ states: new Map(), keys: new Map(), groups: new Map(), linked: new Map() });

/** What to load into a slice. Loading `linked` also brings the keys found, their links, and the states and groups behind them. */
export interface Ask {
  readonly states: ReadonlySet<string>;
  readonly keys: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  readonly linked: ReadonlySet<string>;
}

/** A document to write. */
export interface RowWrite {
  readonly key: string;
  /** Null deletes the row. */
  readonly doc: unknown;
  readonly columns: Readonly<Record<string, ColumnValue>>;
  /** Position and time of the last event that touched the key. */
  readonly position: number;
  readonly recordedAt: number;
}
/** A history row to add. */
export interface HistoryWrite {
  readonly key: string;
  readonly position: number;
  readonly recordedAt: number;
  readonly seq: number;
  readonly row: unknown;
  readonly columns: Readonly<Record<string, ColumnValue>>;
}
/** Why a key is parked: its fold or `compute` threw, its row was refused, or it shares an event or a stream with such a key. */
export type ParkCode = 'FOLD_FAILED' | 'STORE_REFUSED' | 'TOUCHES_PARKED' | 'DEPENDS_ON_BROKEN';
/** A key that stands still, and the event it met. */
export interface Parking {
  readonly key: string;
  readonly position: number;
  readonly recordedAt: number;
  readonly eventId: string;
  readonly code: ParkCode;
  /** What is known without showing data: the error's class, or a defect's constant words. */
  readonly detail: string;
}
/** A key depends on a stream, or on a group as `@name`. */
export interface Link {
  readonly source: string;
  readonly key: string;
}

/** What a batch changes, one list per table. */
export interface Writes {
  readonly states: readonly (StreamState & { readonly stream: string })[];
  readonly linksAdded: readonly Link[];
  readonly linksRemoved: readonly Link[];
  readonly members: readonly { readonly group: string; readonly stream: string }[];
  readonly rows: readonly RowWrite[];
  readonly history: readonly HistoryWrite[];
  readonly parked: readonly Parking[];
}
export const isEmpty = (writes: Writes): boolean =>
  Object.values(writes).every((list: readonly unknown[]) => list.length === 0);

/** States and documents as they are stored: JSON text, object keys in the order the fold gave them. */
export const jsonText = (value: unknown): string => JSON.stringify(value ?? null);
/** A stored state or document read back. */
export function jsonValue(text: string): JsonValue {
  // What `JSON.parse` returns is JSON.
  return JSON.parse(text) as JsonValue;
}
