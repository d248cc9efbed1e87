import { expect } from '@jest/globals';
import { errorOf, event, type Case } from './engine.js';

const STEP_MS = 5000;

/** F17: the clock steps back a little, then far, and an administrator accepts it (`architecture.md`, Time). */
export const clockStepCase: Case = async ({ log, setClock }) => {
  const now = Date.now();
  const at = async (stream: string, clock: number, type = 'Tested'): Promise<number> => {
    await setClock(clock);
    return (await log.append(stream, [event(`${stream} ${clock} ${type}`, {}, { type })], 'NO_STREAM')).recordedAt;
  };
  expect(await at('a', now)).toBe(now);
  expect(await at('b', now - STEP_MS)).toBe(now);
  expect(await errorOf(at('c', now - STEP_MS - 1))).toMatchObject({ code: 'ClockBehind', retryable: false, facts: { recordedAt: now } });
  // What is in the log already is still answered: it needs no time.
  await setClock(now);
  const repeated = await log.append('d', [event('d')], 'NO_STREAM');
  await setClock(now - 60_000);
  expect(await log.append('d', [event('d')], 'NO_STREAM')).toEqual(repeated);
  expect(await at('accepted', now - 60_000, 'ClockStepAccepted')).toBe(now);
  expect(await at('e', now - 59_000)).toBe(now);
  expect(await log.now()).toBe(now);
  expect(await at('f', now + 1)).toBe(now + 1);
  // The acceptance was of that step; the next one is refused again.
  expect(await errorOf(at('g', now - 60_000))).toMatchObject({ code: 'ClockBehind' });
  expect((await log.readAll({})).map(({ recordedAt }) => recordedAt - now)).toEqual([0, 0, 0, 0, 0, 1]);
};
