import { describe, expect, it } from '@jest/globals';
import {
  businessYearOf,
  calendarOn,
  DEFAULT_CALENDAR,
  isWorkingDay,
  periodOf,
  workingDaysAfter,
  workingDaysBetween,
} from './calendar.js';
import type { CalendarVersion } from './calendar.js';

const golden: CalendarVersion = {
  version: 1,
  weekdays: [1, 2, 3, 4, 5],
  holidays: ['2026-10-01', '2026-10-02', '2026-10-05', '2026-10-06', '2026-10-07'],
  makeUpDays: ['2026-09-27', '2026-10-10'],
  from: '2026-01-01',
};
const sixDays: CalendarVersion = { ...golden, version: 2, weekdays: [1, 2, 3, 4, 5, 6], from: '2026-10-08' };

describe('working days (§3.1)', () => {
  it.each([
    ['2026-09-27', true, 'a Sunday made up'],
    ['2026-09-30', true, 'a Wednesday'],
    ['2026-10-01', false, 'a holiday'],
    ['2026-10-03', false, 'a Saturday'],
    ['2026-10-10', true, 'a Saturday made up'],
  ])('%s is worked: %s (%s)', (day, worked) => {
    expect(isWorkingDay(day, golden)).toBe(worked);
  });

  it.each([
    ['2025-12-31', 0],
    ['2026-01-01', 1],
    ['2026-10-07', 1],
    ['2026-10-08', 2],
  ])('on %s version %i is in force', (day, version) => {
    expect(calendarOn(day, [sixDays, golden]).version).toBe(version);
  });

  it('takes the higher version of two from one day, in whatever order they come', () => {
    const again = { ...golden, version: 3 };
    expect(calendarOn('2026-05-01', [again, golden]).version).toBe(3);
    expect(calendarOn('2026-05-01', [golden, again]).version).toBe(3);
  });

  it.each([
    ['2026-09-30', 0, '2026-09-30'],
    ['2026-09-30', 1, '2026-10-08'],
    ['2026-09-30', 3, '2026-10-10'],
    ['2026-09-30', 4, '2026-10-12'],
    ['2026-10-03', 1, '2026-10-08'],
  ])('a deadline from %s of %i working days ends on %s', (day, n, deadline) => {
    expect(workingDaysAfter(day, n, [golden])).toEqual({ day: deadline, calendarVersion: 1 });
  });

  it('counts a deadline under the version in force on the day of its event, though a later one begins meanwhile', () => {
    expect(workingDaysAfter('2026-10-07', 9, [golden, sixDays])).toEqual({ day: '2026-10-19', calendarVersion: 1 });
    expect(workingDaysAfter('2026-10-08', 8, [golden, sixDays])).toEqual({ day: '2026-10-17', calendarVersion: 2 });
  });

  it('counts Monday to Friday as worked before the first calendar is published', () => {
    expect(workingDaysAfter('2026-10-02', 1, [])).toEqual({ day: '2026-10-05', calendarVersion: 0 });
    expect(calendarOn('2026-10-02', [])).toBe(DEFAULT_CALENDAR);
  });

  it.each([
    ['2026-09-28', '2026-10-11', 6],
    ['2026-10-01', '2026-10-07', 0],
    ['2026-10-08', '2026-10-08', 1],
    ['2026-10-08', '2026-10-07', 0],
  ])('between %s and %s lie %i working days, edges included', (from, to, count) => {
    expect(workingDaysBetween(from, to, [golden])).toBe(count);
  });

  it('counts each day between under the version in force on that day', () => {
    expect(workingDaysBetween('2026-09-19', '2026-09-19', [golden, sixDays])).toBe(0);
    expect(workingDaysBetween('2026-10-17', '2026-10-17', [golden, sixDays])).toBe(1);
  });
});

describe('periods (§2.2)', () => {
  it.each([
    ['MONTH', '2026-07', 1, '2026-07-01', '2026-07-31'],
    ['MONTH', '2024-02', 4, '2024-02-01', '2024-02-29'],
    ['MONTH', '2026-12', 4, '2026-12-01', '2026-12-31'],
    ['QUARTER', '2026Q1', 1, '2026-01-01', '2026-03-31'],
    ['QUARTER', '2026Q4', 1, '2026-10-01', '2026-12-31'],
    ['QUARTER', '2026Q1', 4, '2026-04-01', '2026-06-30'],
    ['QUARTER', '2026Q4', 4, '2027-01-01', '2027-03-31'],
    ['QUARTER', '2026Q1', 12, '2026-12-01', '2027-02-28'],
    ['YEAR', '2026', 1, '2026-01-01', '2026-12-31'],
    ['YEAR', '2026', 4, '2026-04-01', '2027-03-31'],
  ] as const)('%s %s with first month %i is %s to %s', (level, code, first, from, to) => {
    expect(periodOf(level, code, first)).toEqual({ from, to });
  });

  it.each([
    ['MONTH', '2026-13'],
    ['MONTH', '2026-7'],
    ['MONTH', '2026Q1'],
    ['QUARTER', '2026Q5'],
    ['QUARTER', '2026'],
    ['YEAR', '26'],
    ['YEAR', '0026'],
    ['YEAR', '9999'],
  ] as const)('%s has no period %s', (level, code) => {
    expect(periodOf(level, code, 1)).toBeNull();
  });

  it.each([
    ['2026-03-31', 4, '2025'],
    ['2026-04-01', 4, '2026'],
    ['2026-01-01', 1, '2026'],
    ['2026-12-31', 1, '2026'],
  ])('%s with first month %i lies in business year %s', (day, first, code) => {
    expect(businessYearOf(day, first)).toBe(code);
  });
});
