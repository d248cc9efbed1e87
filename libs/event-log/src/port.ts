/**
 * The log port (`architecture.md`, The log port). Two engines stand behind it; `test/conformance` says what each must do.
 * It moves bytes and order: it knows no aggregate. `EventStore` in `event-store.ts` adds the codec on top.
 */
/** The expected revision of a stream that must not exist yet. */
export const NO_STREAM = 'NO_STREAM';
/** The cursors before everything and after everything there is now. */
export const START = 'START';
export const END = 'END';

/** Opaque, fixed-width, string-comparable in log order, naming its log. */
export type Cursor = string;

/** What JSON can carry. A member without a value is refused by the log: `EventStore` leaves it out first. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue | undefined };

/** An event to be appended. `data` and `meta` become canonical JSON (RFC 8785) once; those bytes are stored, hashed, returned. */
export interface AppendEvent {
  /** UUID; the same id with the same bytes at the same place is the same event. */
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: JsonValue;
  readonly meta: JsonValue;
}

/** An event as the log gives it back. */
export interface StoredEvent {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: number;
  readonly cursor: Cursor;
  readonly type: string;
  readonly schemaVersion: number;
  /** The stored canonical bytes. */
  readonly body: Uint8Array;
  readonly metaBytes: Uint8Array;
  /** The same as text, where the engine has it at hand: whoever parses need not decode again. */
  readonly bodyText?: string;
  readonly metaText?: string;
  /** Milliseconds since 1970 (UTC), assigned under the append lock. */
  readonly recordedAt: number;
}

/** How long an append may take, and what may call it off. */
export interface AppendOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds the whole call may take, re-sends included. Default 10,000. */
  readonly deadlineMs?: number;
  /** Only the loader of a SIMULATED log gives one: the instant that becomes `recordedAt`. */
  readonly simulatedNow?: number;
}
/** Where an append stands; for a repetition, where it stood the first time. */
export interface AppendResult {
  /** Revision and position of the last event appended. */
  readonly revision: number;
  readonly position: number | null;
  readonly cursor: Cursor;
  readonly recordedAt: number;
}

/** Which part of a stream, in which direction. */
export interface ReadStreamOptions {
  /** First revision, inclusive. */
  readonly from?: number;
  /** Last revision, inclusive. */
  readonly to?: number;
  readonly direction?: 'FORWARDS' | 'BACKWARDS';
  readonly max?: number;
}
/** Which part of the log, in log order. */
export interface ReadAllOptions {
  /** Exclusive. */
  readonly after?: Cursor | typeof START;
  /** Inclusive position. */
  readonly upTo?: number;
  /** Stream name prefixes; none means all. */
  readonly streams?: readonly string[];
  /** Event types; none means all. */
  readonly types?: readonly string[];
  readonly max?: number;
}
/** Where a subscription begins, what it asks for, and what ends it. */
export interface SubscribeOptions {
  /** Exclusive. */
  readonly after: Cursor | typeof START | typeof END;
  readonly streams?: readonly string[];
  readonly types?: readonly string[];
  readonly signal?: AbortSignal;
}
/** What a subscription delivers at a time. */
export interface SubscriptionBatch {
  readonly events: readonly StoredEvent[];
  /** Everything up to here was delivered or did not match; resume after it. */
  readonly cursor: Cursor;
  readonly caughtUp: boolean;
}
/** The log's end. */
export interface Head {
  /** Position of the last event, -1 for an empty log. */
  readonly position: number;
  readonly cursor: Cursor | typeof START;
  readonly recordedAt: number | null;
}
/** Which engine stands behind the port, and what it cannot do. */
export interface Capabilities {
  readonly engine: 'postgres' | 'eventstoredb' | 'memory';
  /** Conformance cases that this engine cannot have, each with its reason. */
  readonly declared: Readonly<Record<string, string>>;
}

/** The writer lease of a SIMULATED log: while it is held, appends of this process give their instant, and no other may append. */
export interface SimulationLease {
  /** Gives the lease up; the log stays simulated until `SimulationEnded`. */
  release(): Promise<void>;
}

/** The port itself; errors are `LogError`s. `architecture.md`, The log port. */
export interface EventLog {
  /** The log's own UUID; cursors name it, event ids are derived from it, and `LogOpened` states it. */
  readonly id: string;
  append(stream: string, events: readonly AppendEvent[], expected: typeof NO_STREAM | number, options?: AppendOptions): Promise<AppendResult>;
  /** A missing stream throws `StreamNotFound`. */
  readStream(stream: string, options?: ReadStreamOptions): Promise<readonly StoredEvent[]>;
  readAll(options: ReadAllOptions): Promise<readonly StoredEvent[]>;
  subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionBatch>;
  head(): Promise<Head>;
  /** The last position recorded at or before the time (ms), -1 where none is. */
  positionAt(time: number): Promise<number>;
  /** The cursor of a position of this log, for resuming after it. */
  cursorOf(position: number): Cursor;
  /** The log clock: max(last recordedAt, the engine's clock), ms. */
  now(): Promise<number>;
  /** Resolves once something may have been appended after the position; on the signal, at the time-out, or at `close`. */
  moved(after: number, options?: { readonly signal?: AbortSignal; readonly timeoutMs?: number }): Promise<void>;
  /**
   * Takes the writer lease of a log that is empty (it becomes SIMULATED) or SIMULATED with nobody holding it.
   * A REAL log refuses (`InvalidEvent`), a held lease is `Unavailable`.
   */
  takeSimulationLease(): Promise<SimulationLease>;
  readonly capabilities: Capabilities;
  close(): Promise<void>;
}
