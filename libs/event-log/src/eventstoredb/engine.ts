/**
 * The small facade behind which the client of EventStoreDB stands (`architecture.md`, EventStoreDB / KurrentDB adapter): what
 * the adapter needs of it and no more, so that its successor fits here too. Engine positions stay behind it, as bigint.
 */

/** An event as the engine gives it back. */
export interface EngineEvent {
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly body: Uint8Array;
  /** What the client made of the metadata: the parsed JSON of `frame.ts`. */
  readonly metadata: unknown;
  /** Milliseconds since 1970, by the engine's clock. */
  readonly created: number;
  readonly position: bigint;
}

/** One append on its way to the engine. */
export interface EngineAppend {
  readonly stream: string;
  /** -1: the stream must not exist. */
  readonly expected: number;
  readonly events: readonly { readonly id: string; readonly type: string; readonly body: Uint8Array; readonly metadata: Uint8Array }[];
}

/** Part of a stream, inclusive of `from`. Backwards from the end where `from` is null. */
export interface EngineStreamRange {
  readonly stream: string;
  readonly from: number | null;
  readonly direction: 'FORWARDS' | 'BACKWARDS';
  readonly max: number;
}
/** Part of everything: forwards inclusive of `from` (null: the start), or backwards from the end. */
export interface EngineRange {
  readonly from: bigint | null;
  readonly direction: 'FORWARDS' | 'BACKWARDS';
  readonly max: number;
}

/** What a subscription tells; after `ended` nothing more. */
export interface EngineListener {
  /** Every event, those of the system too, in order; a promise holds the next ones back until it resolves. */
  event(event: EngineEvent): void;
  /** The stream of events is over: by an error, or without one. */
  ended(error: unknown): void;
}
export interface EngineSubscription {
  pause(): void;
  resume(): void;
  /** Nothing is told any more once this was called. */
  stop(): void;
}

/** One connection to the engine. Errors are the client's own: `engine-errors.ts` says what they mean. */
export interface EngineClient {
  /** The revision of the last event, as the engine says it. No deadline of its own: the caller has one. */
  append(append: EngineAppend): Promise<number>;
  /** Fails unless something comes in each `silenceMs`. */
  readStream(range: EngineStreamRange, silenceMs: number): Promise<readonly EngineEvent[]>;
  readAll(range: EngineRange, silenceMs: number): Promise<readonly EngineEvent[]>;
  /** Everything after a position (exclusive), or from the start. */
  subscribe(after: bigint | null, listener: EngineListener): EngineSubscription;
  /** The metadata of a stream; null where it has none. Fails unless it comes in `silenceMs`. */
  metadataOf(stream: string, silenceMs: number): Promise<Readonly<Record<string, unknown>> | null>;
  /** Writes a stream's first metadata; fails with a conflict where it has some, and unless it is answered in `silenceMs`. */
  describe(stream: string, metadata: Readonly<Record<string, string>>, silenceMs: number): Promise<void>;
  /** Ends every call under way. */
  dispose(): Promise<void>;
}

/** Makes a new connection; it may fail, and may be called again. */
export type ConnectEngine = () => Promise<EngineClient>;
