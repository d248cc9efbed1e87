import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { OperationTurns } from './operation-turns.js';

/** Enters operations by the first letter of their names, and remembers which run. */
function running(turns: OperationTurns) {
  const leave = new Map<string, () => void>();
  const enter = (name: string): boolean => turns.enter(name.charAt(0))?.then((left) => leave.set(name, left)) !== undefined;
  const end = async (name: string): Promise<void> => {
    leave.get(name)?.();
    leave.delete(name);
    await turn();
  };
  return { enter, end, names: () => [...leave.keys()].sort((a, b) => (a < b ? -1 : 1)) };
}

describe('turns of operations', () => {
  it('admit so many of one identity and so many in all, and then one of each in turn', async () => {
    const { enter, end, names } = running(new OperationTurns({ perIdentity: 1, inAll: 2, waiting: 3 }));
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) enter(name);
    await turn();
    expect(names()).toEqual(['a1', 'b1']);
    await end('a1');
    expect(names()).toEqual(['a2', 'b1']);
    await end('b1');
    expect(names()).toEqual(['a2', 'b2']);
    await end('a2');
    expect(names()).toEqual(['b2', 'c1']);
    await end('b2');
    expect(names()).toEqual(['a3', 'c1']);
    await end('c1');
    expect(names()).toEqual(['a3']);
  });

  it('refuse what would wait beyond its identity’s places, and take it again once there is room', async () => {
    const { enter, end } = running(new OperationTurns({ perIdentity: 1, inAll: Number.POSITIVE_INFINITY, waiting: 2 }));
    expect(['a1', 'a2', 'a3', 'a4', 'b1'].map(enter)).toEqual([true, true, true, false, true]);
    await turn();
    await end('a1');
    expect(enter('a5')).toBe(true);
  });
});
