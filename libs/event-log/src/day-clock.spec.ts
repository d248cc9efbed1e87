import { describe, expect, it } from '@jest/globals';
import { dayAt, endOfDay } from './day-clock.js';

describe('day clock', () => {
  it.each([
    ['2026-11-22T15:59:59.999Z', 'Asia/Hong_Kong', '2026-11-22'],
    ['2026-11-22T16:00:00.000Z', 'Asia/Hong_Kong', '2026-11-23'],
    ['2026-03-08T04:59:59.999Z', 'America/New_York', '2026-03-07'],
    ['1969-12-31T23:59:59.999Z', 'UTC', '1969-12-31'],
    ['2026-06-01T18:14:59.999Z', 'Asia/Kathmandu', '2026-06-01'],
    ['2026-06-01T18:15:00.000Z', 'Asia/Kathmandu', '2026-06-02'],
  ])('%s in %s is %s', (instant, zone, day) => {
    expect(dayAt(Date.parse(instant), zone)).toBe(day);
  });

  it.each([
    ['2026-03-29', 'Europe/Berlin', '2026-03-29T22:00:00.000Z'],
    ['2026-10-25', 'Europe/Berlin', '2026-10-25T23:00:00.000Z'],
    // Midnight does not exist on the next day: it begins at 01:00.
    ['2018-11-03', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    // The whole of 30 December 2011 was left out.
    ['2011-12-29', 'Pacific/Apia', '2011-12-30T10:00:00.000Z'],
  ])('%s in %s ends at %s', (day, zone, instant) => {
    const end = endOfDay(day, zone);
    expect(new Date(end).toISOString()).toBe(instant);
    expect(dayAt(end - 1, zone)).toBe(day);
    expect(dayAt(end, zone) > day).toBe(true);
  });

  it('refuses an unknown zone', () => {
    expect(() => dayAt(0, 'Mars/Olympus')).toThrow(RangeError);
  });
});
