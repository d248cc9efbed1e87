import type { Recorded } from '@assay/domain';
import type { Cursor, Head, ReadAllOptions, ReadStreamOptions } from '@assay/event-log';

/**
 * The part of the event store that read models read: decoded, newest versions of events. What it throws with
 * `retryable` is tried again; anything else (an unknown type, a bad hash) stops the projection that reads it.
 */
export interface EventSource {
  readAll(options: ReadAllOptions): Promise<readonly Recorded[]>;
  /** A missing stream throws `StreamNotFound`. */
  readStream(stream: string, options?: ReadStreamOptions): Promise<readonly Recorded[]>;
  /** Resolves once something may have been appended after the position; on the signal, at the time-out, or at the log's close. */
  moved(after: number, options?: { readonly signal?: AbortSignal; readonly timeoutMs?: number }): Promise<void>;
  head(): Promise<Head>;
  cursorOf(position: number): Cursor;
}
