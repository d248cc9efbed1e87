import type { EventSource } from './event-source.js';
import { Signal } from './signal.js';

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
  let idle = 0;
  while (!signal.aborted) {
    const position = await nextHead(source, known, signal);
    idle = position > known ? 0 : idle + 1;
    known = Math.max(known, position);
    if (idle === 0) appended.notify();
    else await new Signal().after(0, Math.min(PAUSE_MS * 2 ** Math.min(idle - 1, 10), PAUSE_MS_MAX), signal);
  }
}

async function nextHead(source: WakeOptions['source'], known: number, signal: AbortSignal): Promise<number> {
  try {
    await source.moved(known, { signal });
    return signal.aborted ? known : (await source.head()).position;
  } catch {
    return known;
  }
}
