import type { CursorState } from './freshness.js';
import { Signal } from './signal.js';

/** How often the cursors are looked at while they are on their way to the head. */
const LOOK_MS = 10;
/** Cursors that stand still so long have stopped, or nobody leads them. */
const STANDING_MS_MAX = 2_000;
/** Without an append nothing moves. */
const REST_MS = 60_000;

/** What following the commits of other processes takes. */
export interface ElsewhereOptions {
  /** Moves with each append to the log. */
  readonly appended: Signal;
  /** Moved with each commit that is seen. */
  readonly committed: Signal;
  readonly head: () => Promise<{ readonly position: number }>;
  readonly cursors: () => Promise<ReadonlyMap<string, CursorState>>;
  /** Whether somebody here waits for what another process writes. */
  readonly isAsked: () => boolean;
  readonly signal: AbortSignal;
}

/**
 * Tells those who follow views of the commits of other processes, soon after each append: a process that leads wakes its
 * own, and polling alone would either be late or ask an idle database all day.
 */
export async function followElsewhere({ appended, committed, head, cursors, isAsked, signal }: ElsewhereOptions): Promise<void> {
  let known = '';
  let movedAt = performance.now();
  const look = async (position: number): Promise<boolean> => {
    const live = [...(await cursors())].filter(([, cursor]) => cursor.live);
    const now = live.map(([name, cursor]) => `${name}@${String(cursor.position)}`).join();
    if (now !== known) {
      known = now;
      movedAt = performance.now();
      committed.notify();
    }
    return live.every(([, cursor]) => cursor.position >= position) || performance.now() - movedAt > STANDING_MS_MAX;
  };
  while (!signal.aborted) {
    const seen = appended.version;
    movedAt = performance.now();
    // A database that does not answer is what its readers are told of.
    const position = isAsked() ? await head().then((at) => at.position, () => -1) : -1;
    while (isAsked() && !signal.aborted && !(await look(position).catch(() => true))) await new Signal().after(0, LOOK_MS, signal);
    await appended.after(seen, REST_MS, signal);
  }
}
