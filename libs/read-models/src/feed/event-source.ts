import type { Recorded } from '@assay/domain';
import type { Head, ReadRecordedOptions, ReadStreamOptions } from '@assay/event-log';

/**
 * The part of the event store that read models read: decoded, newest versions of events. What it throws with
 * `retryable` is tried again; anything else (an unknown type, a bad hash) stops the projection that reads it.
 */
export interface EventSource {
  readAll(options: ReadRecordedOptions): Promise<readonly Recorded[]>;
  /** A missing stream throws `StreamNotFound`. */
  readStream(stream: string, options?: ReadStreamOptions): Promise<readonly Recorded[]>;
  /** Resolves once something may have been appended after the position, at the time-out, or on the signal. */
  moved(afterPosition: number, timeoutMs: number, signal: AbortSignal): Promise<void>;
  head(): Promise<Head>;
}
