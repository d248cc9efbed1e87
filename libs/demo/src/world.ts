import { derivedId } from '@assay/commands';
import { addDays, appraisalKey, maxDay, minDay, targetKey, uuidV5, type Day, type Span } from '@assay/domain';
import { instantOf, type Stage } from '@assay/runtime';
import { ADMIN, CAST, LEAVER, TRANSFERRED } from './cast.js';
import { DEMO_ZONE, type DemoCycle, type DemoDates } from './dates.js';
import { ROLES } from './measures.js';

/** Something that is done at an instant (ms) of the demo. */
export interface Entry {
  readonly at: number;
  readonly label: string;
  readonly run: () => Promise<void>;
}

/** A run of days for which a person has one role, unit and manager. */
export interface Assignment extends Span {
  readonly person: string;
  readonly role: string;
  readonly unit: string;
  readonly manager: string;
}

/**
 * Everything that the demo's script knows. All ids follow from who creates what by which command, so that a script that
 * goes on after an interruption need not have run its beginning.
 */
export class Demo {
  readonly assignments: readonly Assignment[];

  constructor(
    readonly stage: Stage,
    readonly dates: DemoDates,
    readonly options: { readonly seed: number; readonly issuer: string },
  ) {
    this.assignments = CAST.filter(({ role }) => ROLES.some(({ code }) => code === role)).flatMap((member) => assignmentsOf(member, dates));
  }

  private fresh(actor: string, key: string): string {
    return derivedId(this.stage.target.logId, [actor, this.stage.commandId(key)]);
  }
  person(key: string): string {
    const { adminId } = this.stage.simulated;
    return key === ADMIN ? adminId : this.fresh(adminId, `join ${key}`);
  }
  /** What a person created by the step of that key, or made inside another stream. */
  madeBy(person: string, key: string): string {
    return this.fresh(this.person(person), key);
  }
  target({ person, role, unit }: Pick<Assignment, 'person' | 'role' | 'unit'>, metric: string, cycle: DemoCycle): string {
    return derivedId(this.stage.target.logId, targetKey({ owner: this.person(person), role, unit, metric, cycle: cycle.stream }));
  }
  appraisal(person: string, cycle: DemoCycle, segmentFrom: Day): string {
    return derivedId(this.stage.target.logId, appraisalKey({ personId: this.person(person), cycle: cycle.stream, segmentFrom }));
  }

  /** The assignments that lie in a cycle, cut to it. */
  segmentsIn({ period }: DemoCycle): readonly Assignment[] {
    return this.assignments.filter(({ from, to }) => from <= period.to && period.from <= to).map((one) => ({ ...one, from: maxDay(one.from, period.from), to: minDay(one.to, period.to) }));
  }
  isHere(person: string, day: Day): boolean {
    return person !== LEAVER || day < this.dates.leftFrom;
  }

  at(day: Day, hour: number): number {
    return instantOf(day, hour, DEMO_ZONE);
  }

  /** A whole number below `below` that follows from the seed and what it is for. */
  chance(below: number, ...of: readonly string[]): number {
    return parseInt(uuidV5(this.stage.loadId, ['chance', String(this.options.seed), ...of].join('\u0000')).slice(0, 8), 16) % below;
  }
}

const FOR_GOOD: Day = '9999-12-31';

function assignmentsOf({ key, role, unit, manager }: (typeof CAST)[number], dates: DemoDates): readonly Assignment[] {
  const first = { person: key, role, unit, manager: manager ?? '', from: dates.foundedOn, to: FOR_GOOD };
  if (key === LEAVER) return [{ ...first, to: addDays(dates.leftFrom, -1) }];
  if (key !== TRANSFERRED) return [first];
  return [{ ...first, to: addDays(dates.transferOn, -1) }, { ...first, role: 'CHANNEL', unit: 'CHANNEL', manager: 'channel-manager', from: dates.transferOn }];
}

/** The head of a unit. */
export const headOf = (unit: string): string => `${unit.toLowerCase()}-manager`;
