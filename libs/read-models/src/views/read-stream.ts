import type { Recorded } from '@assay/domain';
import { isLogError } from '@assay/event-log';
import type { EventSource } from '../feed/event-source.js';

/** The events of a stream; none where it does not exist. */
export async function readOrNone(source: Pick<EventSource, 'readStream'>, stream: string): Promise<readonly Recorded[]> {
  try {
    return await source.readStream(stream);
  } catch (error) {
    if (isLogError(error, 'StreamNotFound')) return [];
    throw error;
  }
}
