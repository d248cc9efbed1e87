import { addDays, businessYearOf, DEFAULT_CALENDAR, isWorkingDay, periodOf, workingDaysAfter, type Day, type Level, type Span } from '@assay/domain';

/** Where the demo company is; *today* is a day of this zone. */
export const DEMO_ZONE = 'Asia/Shanghai';

/** A cycle of the demo with the days on which something happens to its appraisals; null: nothing of it has been planned yet. */
export interface DemoCycle {
  readonly level: Level;
  readonly code: string;
  readonly stream: string;
  readonly period: Span;
  readonly openedOn: Day;
  readonly cutOffOn: Day;
  readonly dueOn: Day;
  readonly publishedOn: Day;
  /** Null: the results still await it. */
  readonly interviewOn: Day | null;
  readonly finalOn: Day;
  /** Working days in which the subject may file a dispute. */
  readonly filingDays: number;
}

/** Everything that the demo dates, as a function of today alone (`api.md`, First start). */
export interface DemoDates {
  readonly today: Day;
  readonly firstMonth: number;
  readonly foundedOn: Day;
  readonly rulesOn: Day;
  /** Codes of the business year that is over and of the one that runs. */
  readonly years: readonly [string, string];
  readonly cycles: readonly DemoCycle[];
  /** then A: the quarter of four working days ago. */
  readonly quarters: Readonly<Record<'A5' | 'A4' | 'A3' | 'A2' | 'A1' | 'A', DemoCycle>>;
  readonly transferOn: Day;
  /** First day on which the leaver no longer belongs to the company. */
  readonly leftFrom: Day;
  readonly lateFactOn: Day;
  /** The last working day before today. */
  readonly requestedOn: Day;
  readonly compositesOn: Day;
}

const ANCHOR_WORKING_DAYS = 4;
const OPENED_WORKING_DAYS = 5;
const FOUNDED_DAYS = 30;
const QUARTER_MONTHS = 3;

/** The n-th working day after a day. The company publishes no calendar of its own, so Monday to Friday. */
export const after = (day: Day, n: number): Day => workingDaysAfter(day, n, []).day;

/** The n-th working day before a day. */
export function before(day: Day, n: number): Day {
  let found = day;
  for (let left = n; left > 0; ) {
    found = addDays(found, -1);
    if (isWorkingDay(found, DEFAULT_CALENDAR)) left -= 1;
  }
  return found;
}

/** The working day on which something planned for a day happens: that day, or the next one worked. */
export const worked = (day: Day): Day => (isWorkingDay(day, DEFAULT_CALENDAR) ? day : after(day, 1));

/** The dates of a demo that is first started on a day. */
export function demoDates(today: Day): DemoDates {
  const anchor = quarterStart(before(today, ANCHOR_WORKING_DAYS));
  const yearStart = monthsLater(anchor, -QUARTER_MONTHS);
  const firstMonth = Number(yearStart.slice(5, 7));
  const years = [businessYearOf(addDays(yearStart, -1), firstMonth), businessYearOf(yearStart, firstMonth)] as const;
  const cycles = cyclesOf(today, { years, firstMonth, anchor });
  const quarterFrom = (from: Day): DemoCycle => found(cycles, ({ level, period }) => level === 'QUARTER' && period.from === from);
  const at = (quartersBack: number): DemoCycle => quarterFrom(monthsLater(anchor, -QUARTER_MONTHS * quartersBack));
  const quarters = { A5: at(5), A4: at(4), A3: at(3), A2: at(2), A1: at(1), A: at(0) };
  const foundedOn = worked(addDays(quarters.A5.period.from, -FOUNDED_DAYS));
  return {
    ...{ today, firstMonth, years, cycles, quarters, foundedOn },
    rulesOn: after(foundedOn, 1),
    transferOn: `${monthsLater(quarters.A4.period.from, 1).slice(0, 8)}15`,
    leftFrom: monthsLater(quarters.A3.period.from, 2),
    lateFactOn: addDays(quarters.A2.cutOffOn, 2),
    requestedOn: before(today, 1),
    compositesOn: after(quarters.A2.period.to, 19),
  };
}

/** The first day of the month so many months later (earlier where negative) than that of a day. */
export function monthsLater(day: Day, months: number): Day {
  const index = Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1 + months;
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}-01`;
}

const quarterStart = (day: Day): Day => monthsLater(day, -((Number(day.slice(5, 7)) - 1) % QUARTER_MONTHS));

interface Around {
  readonly years: readonly [string, string];
  readonly firstMonth: number;
  readonly anchor: Day;
}

/** Both years, their quarters and months up to today; where today is past A, its quarter and month are there too. */
function cyclesOf(today: Day, { years, firstMonth, anchor }: Around): readonly DemoCycle[] {
  const named = (level: Level, codes: readonly string[]) =>
    codes.flatMap((code): readonly Named[] => {
      const period = periodOf(level, code, firstMonth);
      return period === null || period.from > today ? [] : [{ level, code, period }];
    });
  const quarters = years.flatMap((year) => [1, 2, 3, 4].map((n) => `${year}Q${String(n)}`));
  const months = Array.from({ length: 24 }, (_, index) => monthsLater(`${years[0]}-${String(firstMonth).padStart(2, '0')}-01`, index).slice(0, 7));
  const all = [...named('YEAR', years), ...named('QUARTER', quarters), ...named('MONTH', months)];
  return all.map((cycle) => planned(cycle, anchor));
}

interface Named {
  readonly level: Level;
  readonly code: string;
  readonly period: Span;
}

/** Working days after a period's end: to the cut-off, the day evaluations are due on, the publication, interview, the end. */
interface Course {
  readonly cutOff: number;
  readonly due: number;
  readonly published: number;
  readonly interview: number | null;
  readonly final: number;
  readonly filingDays: number;
}
const COURSES: Readonly<Record<Level, Course>> = {
  MONTH: { cutOff: 1, due: 1, published: 2, interview: 3, final: 6, filingDays: 3 },
  QUARTER: { cutOff: 1, due: 2, published: 3, interview: 5, final: 14, filingDays: 10 },
  YEAR: { cutOff: 5, due: 6, published: 7, interview: 8, final: 18, filingDays: 10 },
};
/** So that A is still running on the first days after it. */
const RUNNING: Partial<Course> = { cutOff: 5, due: 6, published: 7, interview: 9, final: 18 };

function planned({ level, code, period }: Named, anchor: Day): DemoCycle {
  const running = level === 'QUARTER' && period.from >= anchor ? RUNNING : {};
  // The results of A-1 are out, and nobody has been spoken to yet.
  const awaiting = level === 'QUARTER' && period.to === addDays(anchor, -1) ? { interview: null } : {};
  const { cutOff, due, published, interview, final, filingDays } = { ...COURSES[level], ...running, ...awaiting };
  return {
    ...{ level, code, period, filingDays },
    stream: `cycle-${level}-${code}`,
    openedOn: before(period.from, OPENED_WORKING_DAYS),
    cutOffOn: after(period.to, cutOff),
    dueOn: after(period.to, due),
    publishedOn: after(period.to, published),
    interviewOn: interview === null ? null : after(period.to, interview),
    finalOn: after(period.to, final),
  };
}

function found<T>(items: readonly T[], test: (item: T) => boolean): T {
  const item = items.find(test);
  if (item === undefined) throw new Error('the demo plans every quarter it speaks of');
  return item;
}

/** Days of a span on which people work. */
export function workingDaysOf({ from, to }: Span): readonly Day[] {
  const days: Day[] = [];
  for (let day = worked(from); day <= to; day = after(day, 1)) days.push(day);
  return days;
}
