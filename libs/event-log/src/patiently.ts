import { setTimeout as delay } from 'node:timers/promises';

const RETRY_DELAYS_MS = [50, 100, 250, 500, 1000] as const;

/** What is waited out, and when to give up. */
export interface Patience {
  readonly passes: (error: unknown) => boolean;
  readonly stopped: () => boolean;
}

/**
 * Repeats what fails for a while: a server that restarts, a connection that is cut. Between two attempts 50 ms, later 1 s.
 * Null once stopped; throws what does not pass.
 */
export async function patiently<T>(work: () => Promise<T>, { passes, stopped }: Patience): Promise<T | null> {
  for (let round = 0; !stopped(); round += 1) {
    try {
      return await work();
    } catch (error) {
      if (stopped()) return null;
      if (!passes(error)) throw error;
      await delay(RETRY_DELAYS_MS[Math.min(round, RETRY_DELAYS_MS.length - 1)]);
    }
  }
  return null;
}
