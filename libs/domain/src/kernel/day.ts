import type { Day } from './schema.js';
import { assert } from './defect.js';

/** Days are counted from 1970-01-01 in the proleptic Gregorian calendar; no clock and no time zone takes part. */

/** Number of days since 1970-01-01 (negative before). */
export function dayNumber(day: Day): number {
  // A Day is three numbers between dashes: its schema checked it.
  const [y, m, d] = day.split('-').map(Number) as [number, number, number];
  const year = m <= 2 ? y - 1 : y;
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = Math.floor((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + d - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The day of a number from `dayNumber`. */
export function dayOfNumber(count: number): Day {
  assert(Number.isSafeInteger(count), 'a day number is an integer', { count });
  const shifted = count + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1;
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** The day `days` later (earlier where negative). */
export const addDays = (day: Day, days: number): Day => dayOfNumber(dayNumber(day) + days);

/** Days from `from` to `to`, both edges included; 0 or less where `to` lies before `from`. */
export const daysInclusive = (from: Day, to: Day): number => dayNumber(to) - dayNumber(from) + 1;

/** 1 Monday to 7 Sunday (ISO 8601). */
export const weekday = (day: Day): number => ((((dayNumber(day) + 3) % 7) + 7) % 7) + 1;

/** The earlier of two days. */
export const minDay = (a: Day, b: Day): Day => (a < b ? a : b);
/** The later of two days. */
export const maxDay = (a: Day, b: Day): Day => (a > b ? a : b);

/** A run of days, both edges included. */
export interface Span {
  readonly from: Day;
  readonly to: Day;
}
/** Whether a day lies in a span, its edges included. */
export const inSpan = (day: Day, span: Span): boolean => span.from <= day && day <= span.to;
/** Whether two spans have a day in common. */
export const overlaps = (a: Span, b: Span): boolean => a.from <= b.to && b.from <= a.to;
/** What two spans have in common, or null. */
export function intersect(a: Span, b: Span): Span | null {
  const span = { from: maxDay(a.from, b.from), to: minDay(a.to, b.to) };
  return span.from <= span.to ? span : null;
}
