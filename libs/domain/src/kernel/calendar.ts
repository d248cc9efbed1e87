import { addDays, dayNumber, dayOfNumber, weekday } from './day.js';
import type { Span } from './day.js';
import { assert } from './defect.js';
import type { Day } from './schema.js';
import { oneOf } from './schema.js';

/**
 * Working days and periods. Both are arithmetic on what the log says (`CalendarPublished`, `LogOpened`); no clock, no
 * time zone and no locale takes part.
 */

/** One version of the company calendar (`domain.md`, Company). In force from `from` until a later version's `from`. */
export interface CalendarVersion {
  /** From 1, without gaps; 0 is the default calendar, in force until the first one published. */
  readonly version: number;
  /** Working weekdays, 1 Monday to 7 Sunday; at least one. */
  readonly weekdays: readonly number[];
  /** Days off that fall on a working weekday. */
  readonly holidays: readonly Day[];
  /** Make-up working days (调休): worked though the weekday says no. */
  readonly makeUpDays: readonly Day[];
  readonly from: Day;
}

/** A deadline: it ends at 24:00 company time on `day`, counted under `calendarVersion`. The opening event names both. */
export interface Deadline {
  readonly day: Day;
  readonly calendarVersion: number;
}

/** Levels of cycles, schemes and templates (`domain.md`, Cycles and recalibrations), in the order of `scoring.md` §9. */
export const LEVELS = ['MONTH', 'QUARTER', 'YEAR'] as const;
export type Level = (typeof LEVELS)[number];
/** The level as a field of events and commands. */
export const level = oneOf('Level', LEVELS);

/** In force before the first calendar is published: Monday to Friday, no holidays. */
export const DEFAULT_CALENDAR: CalendarVersion = {
  version: 0,
  weekdays: [1, 2, 3, 4, 5],
  holidays: [],
  makeUpDays: [],
  from: '0001-01-01',
};

/**
 * The version in force on a day: of those whose `from` is not after it, the latest `from`; of two from one day, the
 * higher version. `DEFAULT_CALENDAR` where none is.
 */
export function calendarOn(day: Day, calendars: readonly CalendarVersion[]): CalendarVersion {
  return calendars.reduce(
    (best, next) =>
      next.from <= day && (next.from > best.from || (next.from === best.from && next.version > best.version))
        ? next
        : best,
    DEFAULT_CALENDAR,
  );
}

/**
 * Whether a day is worked under one version: make-up days are, holidays are not, otherwise the weekday decides.
 *
 * | weekdays 1 to 5 | 2026-10-01 Thu, holiday | 2026-10-10 Sat, make-up | 2026-10-12 Mon |
 * | --- | --- | --- | --- |
 * | worked | no | yes | yes |
 */
export function isWorkingDay(day: Day, calendar: CalendarVersion): boolean {
  if (calendar.makeUpDays.includes(day)) return true;
  if (calendar.holidays.includes(day)) return false;
  return calendar.weekdays.includes(weekday(day));
}

/**
 * A deadline of `n` working days from an event of `day`: it ends at 24:00 company time on the n-th working day after
 * that day, under the version in force on that day, also where a later version begins meanwhile (`domain.md`, Company).
 * `n` is a whole number from 0; 0 is the day of the event itself.
 */
export function workingDaysAfter(day: Day, n: number, calendars: readonly CalendarVersion[]): Deadline {
  assert(Number.isSafeInteger(n) && n >= 0, 'working days are counted from 0', { n });
  const calendar = calendarOn(day, calendars);
  // A calendar without working weekdays cannot be published (CALENDAR_BROKEN), and its holidays are finite: this ends.
  assert(calendar.weekdays.length > 0, 'a calendar has a working weekday', { version: calendar.version });
  let last = day;
  for (let left = n; left > 0;) {
    last = addDays(last, 1);
    if (isWorkingDay(last, calendar)) left -= 1;
  }
  return { day: last, calendarVersion: calendar.version };
}

/**
 * Working days from `from` to `to`, both edges included, each under the version in force on that very day; 0 where
 * `to` lies before `from`. For the elapsed share of a period (`domain.md`, Targets, Progress board).
 */
export function workingDaysBetween(from: Day, to: Day, calendars: readonly CalendarVersion[]): number {
  let count = 0;
  for (let number = dayNumber(from); number <= dayNumber(to); number += 1) {
    const day = dayOfNumber(number);
    if (isWorkingDay(day, calendarOn(day, calendars))) count += 1;
  }
  return count;
}

const twoDigits = (month: number): string => String(month).padStart(2, '0');

/** `count` whole months beginning with month `first` (1 to 12, or beyond: 13 is January of the year after). */
function monthsFrom(year: number, first: number, count: number): Span {
  const firstDay = (index: number): Day =>
    `${String(year + Math.floor(index / 12)).padStart(4, '0')}-${twoDigits((index % 12) + 1)}-01`;
  return { from: firstDay(first - 1), to: addDays(firstDay(first - 1 + count), -1) };
}

const CODES: Readonly<Record<Level, RegExp>> = {
  MONTH: /^(\d{4})-(0[1-9]|1[0-2])$/,
  QUARTER: /^(\d{4})Q([1-4])$/,
  YEAR: /^(\d{4})$/,
};

/**
 * The period of a cycle: it follows from level, code and the first month of the business year, so two periods of one
 * level cannot overlap. A business year bears the number of the calendar year in which it begins; `QUARTER` and
 * `YEAR` codes name the business year, a `MONTH` code names a calendar month. Null: not a code of this level, or a
 * year before 1900 or after 9998.
 *
 * | code | first month 1 | first month 4 |
 * | --- | --- | --- |
 * | `2026-07` | 2026-07-01 to 2026-07-31 | the same |
 * | `2026Q4` | 2026-10-01 to 2026-12-31 | 2027-01-01 to 2027-03-31 |
 * | `2026` | 2026-01-01 to 2026-12-31 | 2026-04-01 to 2027-03-31 |
 */
export function periodOf(cycleLevel: Level, code: string, businessYearFirstMonth: number): Span | null {
  const match = CODES[cycleLevel].exec(code);
  const year = Number(match?.[1]);
  if (match === null || year < 1900 || year > 9998) return null;
  const part = Number(match[2]);
  switch (cycleLevel) {
    case 'MONTH':
      return monthsFrom(year, part, 1);
    case 'QUARTER':
      return monthsFrom(year, businessYearFirstMonth + 3 * (part - 1), 3);
    case 'YEAR':
      return monthsFrom(year, businessYearFirstMonth, 12);
  }
}

/** The code of the business year (a `YEAR` code) in which a day lies; `2027-03-31` with first month 4 is `2026`. */
export function businessYearOf(day: Day, businessYearFirstMonth: number): string {
  const year = Number(day.slice(0, 4));
  const month = Number(day.slice(5, 7));
  return String(month < businessYearFirstMonth ? year - 1 : year).padStart(4, '0');
}
