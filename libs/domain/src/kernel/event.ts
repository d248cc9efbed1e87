import type { z } from 'zod';
import type { Day } from './schema.js';

/**
 * Events: what happened, as plain JSON, one per business fact (`domain.md`, Conventions).
 * A published event schema is never edited: a new version gets an upcaster in `libs/event-log`.
 */
export interface EventDefinition<S extends z.ZodType = z.ZodType> {
  /** Version of the payload's shape, from 1. */
  readonly version: number;
  /** One sentence for `docs/reference/events.md`. */
  readonly doc: string;
  readonly data: S;
}
export type EventDefinitions = Readonly<Record<string, EventDefinition>>;

/** Keeps the literal names, so that the union of events can be inferred from the definitions. */
export function defineEvents<D extends EventDefinitions>(definitions: D): D {
  return definitions;
}

/** The union `{ type, data }` of a definition table. */
export type EventOf<D extends EventDefinitions> = {
  readonly [T in keyof D & string]: { readonly type: T; readonly data: Readonly<z.infer<D[T]['data']>> };
}[keyof D & string];

/** What every event says of how it came about. All of it is stored with the event. */
export interface EventMeta {
  /** Person id of who acts, or `SYSTEM`. */
  readonly actor: string;
  /** The policy that allowed it, e.g. `MANAGER` (`domain.md`, Who may do what). */
  readonly authority: string;
  readonly commandId: string;
  /** SHA-256 of the canonical command. */
  readonly commandDigest: string;
  /** One id through everything that one intention set in motion. */
  readonly correlationId: string;
  /** Id of the event that caused this one; absent where a person began. */
  readonly causationId?: string;
  /** The human at the root of the causation chain, where `actor` is SYSTEM and somebody was. */
  readonly rootActor?: string;
  /** Why, 1 to 1,000 characters, where the rule asks for one. Personal text. */
  readonly reason?: string;
  /** The business day it is true from, where it differs from the day of recording. */
  readonly effectiveOn?: Day;
  /** The person whose key seals this event's personal texts; the actor where nobody is named. */
  readonly subject?: string;
}

/** An event as the log gives it back, decoded and upcast to the newest version of its type. */
export interface Recorded<E extends { readonly type: string; readonly data: unknown } = { readonly type: string; readonly data: unknown }> {
  readonly id: string;
  readonly stream: string;
  /** From 0, without gaps inside a stream. */
  readonly revision: number;
  /** From 0, without gaps over the log; position order is commit order. */
  readonly position: number;
  readonly type: E['type'];
  readonly schemaVersion: number;
  readonly data: E['data'];
  readonly meta: EventMeta;
  /** Milliseconds since 1970-01-01T00:00:00Z by the log's clock; never decreasing. */
  readonly recordedAt: number;
}
/** Distributes over the union, so that `switch (event.type)` narrows `event.data`. */
export type RecordedOf<E extends { readonly type: string; readonly data: unknown }> = E extends unknown ? Omit<Recorded<E>, 'type' | 'data'> & E : never;

/** One stream at one revision: what a decision rested on (`architecture.md`, History and replay). */
export interface BasisEntry {
  readonly stream: string;
  readonly revision: number;
}

/** The category of a stream: what stands before its first dash. `person-<id>` → `person`; `company` → `company`. */
export function categoryOf(stream: string): string {
  const dash = stream.indexOf('-');
  return dash < 0 ? stream : stream.slice(0, dash);
}
