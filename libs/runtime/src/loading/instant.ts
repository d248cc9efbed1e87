import type { Day } from '@assay/domain';
import { endOfDay } from '@assay/event-log';

/** The instant (ms) of an hour of a day in a zone; hours after the small ones, which summer time may skip. */
export const instantOf = (day: Day, hour: number, timeZone: string): number => endOfDay(day, timeZone) - (24 - hour) * 3_600_000;
