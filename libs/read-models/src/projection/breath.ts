import { setImmediate as nextTurn } from 'node:timers/promises';

/** The longest that folding keeps everything else in the process waiting, ms. */
const HELD_MS_MAX = 20;

/** Lets others of the process have their turn during long pure work: a rebuild must not keep requests waiting. */
export class Breath {
  private since = performance.now();

  get isDue(): boolean {
    return performance.now() - this.since > HELD_MS_MAX;
  }

  async take(): Promise<void> {
    await nextTurn();
    this.since = performance.now();
  }
}
