import type { Recorded } from '@assay/domain';
import type { Cursor, Head, ReadAllOptions, ReadStreamOptions, SubscribeOptions } from '@assay/event-log';

/**
 * The part of the event store that read models read: decoded, newest versions of events. What it throws with
 * `retryable` is tried again; anything else (an unknown type, a bad hash) stops the projection that reads it.
 */
export interface EventSource {
  readAll(options: ReadAllOptions): Promise<readonly Recorded[]>;
  /** A missing stream throws `StreamNotFound`. */
  readStream(stream: string, options?: ReadStreamOptions): Promise<readonly Recorded[]>;
  /** Only its waking matters here: what happened is read in pages. */
  subscribe(options: SubscribeOptions): AsyncIterable<{ readonly cursor: Cursor }>;
  head(): Promise<Head>;
  cursorOf(position: number): Cursor;
}
