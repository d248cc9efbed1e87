import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { endInTime } from './last-resort.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

it('ends what does not end by itself, and nothing before it was told to', () => {
  let ended = 0;
  const controller = new AbortController();
  endInTime(controller.signal, { delayMs: 1_000, graceMs: 10_000 }, () => (ended += 1));
  jest.advanceTimersByTime(3_600_000);
  expect(ended).toBe(0);
  controller.abort();
  jest.advanceTimersByTime(40_999);
  expect(ended).toBe(0);
  jest.advanceTimersByTime(1);
  expect(ended).toBe(1);
});
