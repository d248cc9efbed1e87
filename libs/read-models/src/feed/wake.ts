import type { Cursor, START } from '@assay/event-log';
import type { EventSource } from './event-source.js';
import { Signal } from './signal.js';

const RECONNECT_MS = 100;
const RECONNECT_MS_MAX = 5000;

export interface WakeOptions {
  readonly source: Pick<EventSource, 'subscribe'>;
  readonly after: Cursor | typeof START;
  readonly appended: Signal;
  readonly signal: AbortSignal;
}

/**
 * Moves the signal whenever something was appended, until aborted. A subscription that breaks or ends is taken up again
 * from the last event seen, with growing waits; projections look for themselves meanwhile.
 */
export async function wakeOnAppend({ source, after, appended, signal }: WakeOptions): Promise<void> {
  let cursor = after;
  let failures = 0;
  while (!signal.aborted) {
    try {
      for await (const batch of source.subscribe({ after: cursor, signal })) {
        cursor = batch.cursor;
        failures = 0;
        appended.notify();
      }
    } catch {
      // Whatever is wrong with the log shows where it is read; here only the waking is lost.
    }
    appended.notify();
    failures += 1;
    if (!signal.aborted)
      await new Signal().after(0, Math.min(RECONNECT_MS * 2 ** Math.min(failures, 10), RECONNECT_MS_MAX), signal);
  }
}
