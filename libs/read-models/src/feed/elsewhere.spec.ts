import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { followElsewhere } from './elsewhere.js';
import type { CursorState } from './freshness.js';
import { Signal } from './signal.js';

// Time passes from look to look, however busy the machine is.
beforeEach(() => void jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
afterEach(() => void jest.useRealTimers());

describe('commits of another process', () => {
  /** A log at position 1 whose view another process takes there in steps, one at each look. */
  async function followed(steps: readonly number[], { asked = true } = {}): Promise<{ readonly looks: number; readonly told: number }> {
    const [appended, committed, ending] = [new Signal(), new Signal(), new AbortController()];
    let looks = 0;
    const cursors = (): Promise<ReadonlyMap<string, CursorState>> => {
      const position = steps[Math.min(looks, steps.length - 1)] ?? -1;
      looks += 1;
      if (position >= 1) setImmediate(() => ending.abort());
      return Promise.resolve(new Map([['unit__v1', { position, live: true }], ['later__v1', { position: -1, live: false }]]));
    };
    if (!asked) setImmediate(() => ending.abort());
    let over = false;
    const following = followElsewhere({ appended, committed, head: () => Promise.resolve({ position: 1 }), cursors, isAsked: () => asked, signal: ending.signal }).finally(() => (over = true));
    while (!over) {
      await turn();
      jest.advanceTimersByTime(10);
    }
    await following;
    return { looks, told: committed.version };
  }

  it('are told each time the cursors move, until all that are live are at the head', async () => {
    expect(await followed([0, 0, 1])).toEqual({ looks: 3, told: 2 });
  });

  it('are not looked for where nobody follows', async () => {
    expect(await followed([0], { asked: false })).toEqual({ looks: 0, told: 0 });
  });
});
