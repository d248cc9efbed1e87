import type { EventSource } from './event-source.js';
import { Signal } from './signal.js';

/** A log that says nothing is looked at this often. */
const LOOK_MS = 1000;
const PAUSE_MS = 100;
const PAUSE_MS_MAX = 5000;

/** What following the log's end takes. */
export interface WakeOptions {
  readonly source: Pick<EventSource, 'moved' | 'head'>;
  /** Head of the log as it was known. */
  readonly after: number;
  readonly appended: Signal;
  readonly signal: AbortSignal;
}

/**
 * Moves the signal whenever something was appended, until aborted: one watcher for all projections of a process. A log
 * that cannot be asked is asked again with growing pauses; what is wrong with it shows where it is read.
 */
export async function wakeOnAppend({ source, after, appended, signal }: WakeOptions): Promise<void> {
  let known = after;
  let failures = 0;
  while (!signal.aborted) {
    const asked = performance.now();
    const position = await nextHead(source, known, signal);
    if (position !== null && position > known) {
      failures = 0;
      known = position;
      appended.notify();
    } else if (position !== null && performance.now() - asked > PAUSE_MS) failures = 0;
    // Told at once that it moved, though it did not: a log that is closing says so.
    else failures += 1;
    if (failures > 0)
      await new Signal().after(0, Math.min(PAUSE_MS * 2 ** Math.min(failures, 10), PAUSE_MS_MAX), signal);
  }
}

async function nextHead(source: WakeOptions['source'], known: number, signal: AbortSignal): Promise<number | null> {
  try {
    await source.moved(known, LOOK_MS, signal);
    return (await source.head()).position;
  } catch {
    return null;
  }
}
