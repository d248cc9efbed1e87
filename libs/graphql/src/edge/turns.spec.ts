import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Turns } from './turns.js';

// Time passes when a case says so, however busy the machine is.
beforeEach(() => void jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] }));
afterEach(() => void jest.useRealTimers());

describe('turns', () => {
  it('lets a client that nobody is before begin at once, its next with the next turn of the event loop', async () => {
    const begun: string[] = [];
    const turns = new Turns();
    for (const name of ['a1', 'a2', 'b1', 'a3']) turns.take(name.charAt(0), () => begun.push(name));
    expect(begun).toEqual(['a1', 'b1']);
    await turn();
    expect(begun).toEqual(['a1', 'b1', 'a2']);
    turns.take('a', () => begun.push('a4'));
    await turn();
    await turn();
    expect(begun).toEqual(['a1', 'b1', 'a2', 'a3', 'a4']);
    await turn();
    turns.take('a', () => begun.push('a5'));
    expect(begun.at(-1)).toBe('a5');
  });

  it('has who took long pause three times as long, and nobody else', async () => {
    let used = 0;
    const turns = new Turns(() => used);
    const begun: string[] = [];
    expect(turns.spend('a', () => ((used += 10), 'done'))).toBe('done');
    turns.spend('b', () => (used += 1));
    const paused = turns.taken('a').then(() => begun.push('a'));
    turns.take('b', () => begun.push('b'));
    await turn();
    jest.advanceTimersByTime(29);
    await turn();
    expect(begun).toEqual(['b']);
    jest.advanceTimersByTime(1);
    await paused;
    expect(begun).toEqual(['b', 'a']);
  });

  it('counts what was done in vain as well', async () => {
    let used = 0;
    const turns = new Turns(() => used);
    const fail = (): never => {
      used += 5;
      throw new Error('refused');
    };
    expect(() => turns.spend('a', fail)).toThrow('refused');
    let begun = false;
    turns.take('a', () => (begun = true));
    await turn();
    expect(begun).toBe(false);
  });
});
