import { setImmediate as nextTurn } from 'node:timers/promises';

/** More turns than this, and somebody has waited long enough. */
const TURNS_MAX = 8;

/**
 * Resolves when a count has stopped growing over a turn of the event loop: what comes together, from one read of a socket
 * say, is then taken together.
 */
export async function settled(count: () => number): Promise<void> {
  for (let [turn, before] = [0, -1]; turn < TURNS_MAX && count() !== before; turn += 1) {
    before = count();
    await nextTurn();
  }
}
