import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Groups, type Back } from './groups.js';

const FEW = 8;
const HOLD_MS = 25;
/** More turns of the event loop than whoever joins may wait for others that come together. */
const TURNS = 12;

// Time passes when a case says so, however busy the machine is.
beforeEach(() => void jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
afterEach(() => void jest.useRealTimers());
async function turns(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
}
/** Lets time pass and whoever may go then go. */
async function pass(ms: number): Promise<void> {
  await turns();
  jest.advanceTimersByTime(ms);
  await turns();
}

/** Who has gone, in order, with what says that its answer is there. */
function joining(groups: Groups): { join(name: string): Promise<void>; readonly gone: string[]; answer(name: string): void } {
  const gone: string[] = [];
  const backs = new Map<string, Back>();
  const join = async (name: string): Promise<void> => {
    const back = await groups.join();
    gone.push(name);
    backs.set(name, back);
  };
  return { join, gone, answer: (name) => backs.get(name)?.() };
}
const names = (letter: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${letter}${String(index)}`);

describe('appends that go in groups', () => {
  it('go at once while few are on their way', async () => {
    const { join, gone } = joining(new Groups());
    for (const name of names('a', FEW)) await join(name);
    expect(gone).toEqual(names('a', FEW));
  });

  it('go together, those that come together, however many', async () => {
    const { join, gone } = joining(new Groups());
    await Promise.all(names('a', 64).map(join));
    expect(gone).toEqual(names('a', 64));
  });

  it('wait while many are on their way, and go together when all but a few were answered', async () => {
    const { join, gone, answer } = joining(new Groups());
    await Promise.all(names('a', 12).map(join));
    const later = Promise.all(names('b', 30).map(join));
    for (const name of names('a', 4)) answer(name);
    // Twice said, once counted.
    answer('a0');
    await pass(HOLD_MS - 1);
    expect(gone).toHaveLength(12);
    answer('a4');
    await later;
    expect(gone).toEqual([...names('a', 12), ...names('b', 30)]);
  });

  it('are not held back for longer than 25 ms by replies that do not come', async () => {
    const { join, gone } = joining(new Groups());
    await Promise.all(names('a', 20).map(join));
    const waiting = join('b');
    await pass(HOLD_MS - 1);
    expect(gone).toHaveLength(20);
    await pass(1);
    expect(gone).toHaveLength(21);
    await waiting;
  });

  it('count once, whether the time was up or the answer came', async () => {
    const { join, gone, answer } = joining(new Groups());
    await Promise.all(names('a', 20).map(join));
    const second = Promise.all(names('b', 20).map(join));
    await pass(HOLD_MS);
    await second;
    // The first group was given up already; its answers are not those of the second.
    for (const name of names('a', 20)) answer(name);
    const third = join('c');
    await pass(HOLD_MS - 1);
    expect(gone).toHaveLength(40);
    await pass(1);
    expect(gone).toHaveLength(41);
    await third;
  });
});

describe('who waits for a group', () => {
  it('waits for nothing while few are on their way', async () => {
    const groups = new Groups();
    await groups.join();
    await expect(groups.answered(60_000)).resolves.toBeUndefined();
  });

  it('is told when all but a few were answered, or when its own time is up', async () => {
    const groups = new Groups();
    const backs = await Promise.all(names('a', FEW).map(() => groups.join()));
    let upAt: number | null = null;
    void groups.answered(5).then(() => (upAt = Date.now()));
    const begun = Date.now();
    await pass(4);
    expect(upAt).toBeNull();
    await pass(1);
    expect(upAt).toBe(begun + 5);
    const told = groups.answered(60_000);
    backs[0]?.();
    await expect(told).resolves.toBeUndefined();
  });
});
