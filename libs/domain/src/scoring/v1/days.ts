// The engine counts days itself, so that a change to the kernel's calendar cannot reach a released engine.

/** Days from `from` to `to`, both included; 0 or less where `to` lies before `from`. */
export const daysInclusive = (from: string, to: string): number => dayNumber(to) - dayNumber(from) + 1;

/** Days since the first of March of the year 0, Gregorian: with the year begun in March the leap day comes last. */
function dayNumber(day: string): number {
  const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
  const marchYear = month < 3 ? year - 1 : year;
  const marchMonth = month < 3 ? month + 9 : month - 3;
  const leapDays = Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + Math.floor((marchMonth * 153 + 2) / 5) + Number(day.slice(8, 10)) - 1;
}
