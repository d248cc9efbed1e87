import { describe, expect, it } from '@jest/globals';
import { Groups, type Back } from './groups.js';

const FEW = 8;

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
    for (const name of names('a', 4)) {
      expect(gone).toHaveLength(12);
      answer(name);
    }
    // Twice said, once counted.
    answer('a0');
    expect(gone).toHaveLength(12);
    answer('a4');
    await later;
    expect(gone).toEqual([...names('a', 12), ...names('b', 30)]);
  });

  it('are not held back for longer than 25 ms by replies that do not come', async () => {
    const { join, gone } = joining(new Groups());
    await Promise.all(names('a', 20).map(join));
    const begun = performance.now();
    await join('b');
    expect(performance.now() - begun).toBeGreaterThanOrEqual(24);
    expect(gone).toHaveLength(21);
  });

  it('count once, whether the time was up or the answer came', async () => {
    const { join, gone, answer } = joining(new Groups());
    await Promise.all(names('a', 20).map(join));
    await Promise.all(names('b', 20).map(join));
    // The first group was given up already; its answers are not those of the second.
    for (const name of names('a', 20)) answer(name);
    const begun = performance.now();
    await join('c');
    expect(performance.now() - begun).toBeGreaterThanOrEqual(20);
    expect(gone).toHaveLength(41);
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
    const begun = performance.now();
    await groups.answered(5);
    expect(performance.now() - begun).toBeLessThan(24);
    const told = groups.answered(60_000);
    backs[0]?.();
    await expect(told).resolves.toBeUndefined();
  });
});
