import { addDays, businessYearOf, dayNumber, periodOf, sha256Hex, workingDaysAfter, type Day, type Level, type Span } from '@assay/domain';
import { Decimal } from 'decimal.js';
import { UsageError } from '../command.js';
import type { CompanyFile } from './company-file.js';
import type { TargetRow, TeamMember } from './deals.js';
import type { ImportInput } from './input.js';
import type { Tally } from './report.js';
import type { Stage } from '@assay/runtime';

/** Something that is done at an instant (ms) of a replay. */
export interface Entry {
  readonly at: number;
  readonly label: string;
  readonly run: () => Promise<void>;
}

/** A cycle of the company file with the days that follow from it. */
export interface PlannedCycle {
  /** Its stream, e.g. `cycle-QUARTER-2017Q3`. */
  readonly stream: string;
  readonly level: Level;
  readonly code: string;
  readonly period: Span;
  readonly openedOn: Day;
  readonly cutOffOn: Day;
  readonly evaluationDueOn: Day;
  readonly by: string;
}

/** A row of the targets file with what it names. */
export interface PlacedRow {
  readonly row: TargetRow;
  readonly agent: TeamMember;
  readonly cycle: PlannedCycle;
}

/** A goal that was set, and what it says now. */
export interface HeldGoal {
  readonly goalId: string;
  /** The goal above, by its key. */
  readonly parent: string | null;
  readonly value: Decimal;
}

/** A target as it lies over the days of its period: each part from a day on. */
export interface LaidTarget {
  readonly targetId: string;
  readonly agent: TeamMember;
  readonly metric: string;
  readonly cycle: PlannedCycle;
  /** Its goal, by key. */
  readonly goal: string;
  readonly laid: readonly { readonly from: Day; readonly value: Decimal }[];
}

/** Everything that a replay knows while it runs. */
export interface Replay {
  readonly stage: Stage;
  readonly input: ImportInput;
  readonly company: CompanyFile;
  readonly tally: Tally;
  readonly cycles: readonly PlannedCycle[];
  readonly people: Directory;
  /** Of the teams file: agents with a name, a manager and a unit, each once. */
  readonly members: readonly TeamMember[];
  /** Of the targets file: rows that name an agent, a cycle and a metric with a goal, each once. */
  readonly rows: readonly PlacedRow[];
  /** Scheme by its key in the company file. */
  readonly schemes: Map<string, string>;
  /** Goal by the key of its plan. */
  readonly goals: Map<string, HeldGoal>;
  /** Target by `targetKeyOf`. */
  readonly targets: Map<string, LaidTarget>;
}

/** Who is who: people of the company file by key, agents and their managers by the name that the export gives them. */
export class Directory {
  private readonly ids = new Map<string, string>();

  setCast(key: string, personId: string): void {
    this.ids.set(`key ${key}`, personId);
  }
  setNamed(name: string, personId: string): void {
    this.ids.set(`name ${name}`, personId);
  }
  cast(key: string): string {
    const id = this.ids.get(`key ${key}`);
    if (id === undefined) throw new UsageError(`the company file names "${key}", who is not among its people; add them there`);
    return id;
  }
  named(name: string): string {
    const id = this.ids.get(`name ${name}`);
    if (id === undefined) throw new Error(`${name} has not joined`);
    return id;
  }
  has(name: string): boolean {
    return this.ids.has(`name ${name}`);
  }
}

/** The n-th working day after a day: a company file has no calendar, so Monday to Friday. */
export const workingDay = (day: Day, n: number): Day => workingDaysAfter(day, n, []).day;

/** The cycles of the company file, each with its days. Throws `UsageError` for a code that is none of its level. */
export function plannedCycles({ cycles, businessYearFirstMonth }: CompanyFile): readonly PlannedCycle[] {
  return cycles.map(({ level, code, openedOn, by, cutOffDays, dueDays }) => {
    const period = periodOf(level, code, businessYearFirstMonth);
    if (period === null) throw new UsageError(`the company file: ${code} is no ${level}; write e.g. 2017-03, 2017Q1 or 2017`);
    const [cutOffOn, evaluationDueOn] = [workingDay(period.to, cutOffDays), workingDay(period.to, dueDays)];
    return { stream: `cycle-${level}-${code}`, level, code, period, openedOn, by, cutOffOn, evaluationDueOn };
  });
}

/** The code of a unit that an export names: the name itself where it can be one, else what of it can, told apart by its digest. */
export function unitCode(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return name;
  const kept = name.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  return `${kept === '' ? 'unit' : kept.slice(0, 50)}-${sha256Hex(name).slice(0, 8)}`;
}

export const targetKeyOf = (agent: string, cycle: string, metric: string): string => [agent, cycle, metric].join('\u0000');
/** The business year in which a cycle begins. */
export const yearOf = ({ period }: PlannedCycle, { businessYearFirstMonth }: CompanyFile): string => businessYearOf(period.from, businessYearFirstMonth);

/** What a target comes to over its whole period (`scoring.md` §2): each part's value by the days it covers. */
export function effectiveValue({ laid, cycle }: Pick<LaidTarget, 'laid' | 'cycle'>): Decimal {
  const { from, to } = cycle.period;
  const end = dayNumber(addDays(to, 1));
  const weighted = laid.map((part, index) => {
    const next = laid[index + 1];
    return part.value.times((next === undefined ? end : dayNumber(next.from)) - dayNumber(part.from));
  });
  return Decimal.sum(0, ...weighted).div(end - dayNumber(from));
}
