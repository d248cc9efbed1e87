import { addDays, dayOfNumber, type Day } from '@assay/domain';
import { Temporal } from 'temporal-polyfill';

/** From instants of the log clock to the company's days and back (`architecture.md`, Time). */

const DAY_MS = 86_400_000;
/** No zone has changed its offset inside a quarter of an hour since 1973. */
const QUARTER_MS = 900_000;
const CACHE_MAX = 20_000;

const offsets = new Map<string, Map<number, number>>();
const dayEnds = new Map<string, number>();

/**
 * The calendar day of an instant in an IANA time zone: `dayAt(0, 'Asia/Hong_Kong')` is `1970-01-01`.
 * `ms` counts from 1970-01-01T00:00:00Z. An unknown zone throws a `RangeError`.
 */
export function dayAt(ms: number, timeZone: string): Day {
  return dayOfNumber(Math.floor((ms + offsetAt(ms, timeZone)) / DAY_MS));
}

/**
 * The instant, in ms, at which a day ends in a zone: 24:00, which is the first instant of the next day. So
 * `dayAt(endOfDay(d, z), z)` is the day after d, and a millisecond earlier it is d, whatever summer time does.
 */
export function endOfDay(day: Day, timeZone: string): number {
  const key = `${timeZone} ${day}`;
  const known = dayEnds.get(key);
  if (known !== undefined) return known;
  const end = Temporal.PlainDate.from(addDays(day, 1)).toZonedDateTime({ timeZone }).epochMilliseconds;
  if (dayEnds.size >= CACHE_MAX) dayEnds.clear();
  dayEnds.set(key, end);
  return end;
}

function offsetAt(ms: number, timeZone: string): number {
  const quarter = Math.floor(ms / QUARTER_MS);
  const ofZone = offsets.get(timeZone) ?? new Map<number, number>();
  offsets.set(timeZone, ofZone);
  const known = ofZone.get(quarter);
  if (known !== undefined) return known;
  const offset = Temporal.Instant.fromEpochMilliseconds(quarter * QUARTER_MS).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6;
  if (ofZone.size >= CACHE_MAX) ofZone.clear();
  ofZone.set(quarter, offset);
  return offset;
}
