import { derivedId } from '@assay/commands';
import { addDays, appraisalKey, maxDay, minDay, targetKey, uuidV5, type Day, type Span } from '@assay/domain';
import { firstAdminId, instantOf, type Stage } from '@assay/runtime';
import { ADMIN, CAST, LEAVER, TRANSFERRED } from './cast.js';
import { DEMO_ZONE, demoDates, type DemoCycle, type DemoDates } from './dates.js';
import { ROLES } from './measures.js';

/** What a demo follows from: the same plan, the same log. */
export interface DemoPlan {
  readonly seed: number;
  /** A day of `DEMO_ZONE`. The demo ends with the evening before it. */
  readonly today: Day;
  /** Issuer of the identities that its people are given. */
  readonly issuer: string;
}

/** The company's name (§4). */
export const DEMO_COMPANY = 'XX Tech';
const NAMESPACE = 'd3f0a9f2-6f0e-5c0b-9a53-2f1f8f6a7c11';

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
 * What a demo is, as its plan says, in a log of that id: its dates, and who does what. All ids follow from who creates what
 * by which command, so they are known before it is loaded, and a script that goes on need not have run its beginning.
 */
export class DemoCase {
  readonly dates: DemoDates;
  readonly assignments: readonly Assignment[];
  /** The id of a load: its commands' ids follow from it. */
  readonly loadId: string;
  readonly adminId: string;

  constructor(
    private readonly logId: string,
    readonly plan: DemoPlan,
  ) {
    this.dates = demoDates(plan.today);
    this.loadId = uuidV5(NAMESPACE, `${DEMO_COMPANY} ${String(plan.seed)} ${plan.today}`);
    this.adminId = firstAdminId(logId, { issuer: plan.issuer, subject: ADMIN });
    this.assignments = CAST.filter(({ role }) => ROLES.some(({ code }) => code === role)).flatMap((member) => assignmentsOf(member, this.dates));
  }

  commandId(key: string): string {
    return uuidV5(this.loadId, key);
  }
  person(key: string): string {
    return key === ADMIN ? this.adminId : derivedId(this.logId, [this.adminId, this.commandId(`join ${key}`)]);
  }
  /** What a person created by the step of that key, or made inside another stream. */
  madeBy(person: string, key: string): string {
    return derivedId(this.logId, [this.person(person), this.commandId(key)]);
  }
  target({ person, role, unit }: Pick<Assignment, 'person' | 'role' | 'unit'>, metric: string, cycle: DemoCycle): string {
    return derivedId(this.logId, targetKey({ owner: this.person(person), role, unit, metric, cycle: cycle.stream }));
  }
  appraisal(person: string, cycle: DemoCycle, segmentFrom: Day): string {
    return derivedId(this.logId, appraisalKey({ personId: this.person(person), cycle: cycle.stream, segmentFrom }));
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
    return parseInt(uuidV5(NAMESPACE, [String(this.plan.seed), ...of].join('\u0000')).slice(0, 8), 16) % below;
  }
}

/** A demo that is being loaded: its people act on a stage. */
export class Demo extends DemoCase {
  constructor(
    readonly stage: Stage,
    plan: DemoPlan,
  ) {
    super(stage.target.logId, plan);
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
