import { uuidV5, type Day } from '@assay/domain';
import { dayAt } from '@assay/event-log';
import { instantOf, Stage, type SimulationTarget } from '@assay/runtime';
import { ADMIN } from './cast.js';
import { companyEntries } from './company.js';
import { DEMO_ZONE, demoDates } from './dates.js';
import { factEntries } from './facts.js';
import { goalEntries } from './goals.js';
import { incidentEntries } from './incidents.js';
import { recalibrationEntries } from './recalibrations.js';
import { resultEntries } from './results.js';
import { rulesEntries } from './rules.js';
import { Demo, type Entry } from './world.js';

/** What a demo follows from: the same plan, the same log. */
export interface DemoPlan {
  readonly seed: number;
  /** A day of `DEMO_ZONE`. The demo ends with the evening before it. */
  readonly today: Day;
  /** Issuer of the identities that its people are given. */
  readonly issuer: string;
}

/** What a load tells while it runs, and what may end it. */
export interface LoadOptions {
  /** Told what is under way: a day of the demo, and the share of its script that is done, 0 to 1. */
  readonly progress: (at: { readonly day: Day; readonly label: string; readonly share: number }) => void;
  /** Aborted, the load ends between two steps; the next one goes on there. */
  readonly signal: AbortSignal;
  /** Only in tests: the instant (ms) at which the simulation ends, from which the log's clock runs on. Default: now. */
  readonly endsAt?: number;
}

export const DEMO_COMPANY = 'XX Tech';
const NAMESPACE = 'd3f0a9f2-6f0e-5c0b-9a53-2f1f8f6a7c11';
const FOUNDED_HOUR = 9;

/** Today in the demo's zone. */
export const demoToday = (now: number): Day => dayAt(now, DEMO_ZONE);

/** The instant at which the working day begins on a day of the demo. */
export const morningOf = (day: Day): number => instantOf(day, FOUNDED_HOUR, DEMO_ZONE);

/** A demo as its plan says, on a log under way: for the script, and for whoever must know its ids. */
export function demoOf(stage: Stage, { seed, today, issuer }: DemoPlan): Demo {
  return new Demo(stage, demoDates(today), { seed, issuer });
}

/** The id of a load: its commands' ids follow from it. */
export const loadIdOf = ({ seed, today }: Pick<DemoPlan, 'seed' | 'today'>): string => uuidV5(NAMESPACE, `XX Tech ${String(seed)} ${today}`);

/**
 * Loads the XX Tech case (§4) into an empty log, or goes on with a load of the same plan that was interrupted: every id
 * follows from the plan, so it ends with the same log. Everything is an ordinary command of somebody who may issue it, at
 * an instant before `today`; then the clock moves on to now and the simulation ends (`architecture.md`, Time).
 */
export async function loadDemo(target: SimulationTarget, plan: DemoPlan, { progress, signal, endsAt }: LoadOptions): Promise<void> {
  const dates = demoDates(plan.today);
  const began = instantOf(dates.foundedOn, FOUNDED_HOUR, DEMO_ZONE);
  const opening = { name: DEMO_COMPANY, timeZone: DEMO_ZONE, businessYearFirstMonth: dates.firstMonth, admin: { issuer: plan.issuer, subject: ADMIN } };
  const simulated = await target.begin(opening, began);
  try {
    const { simulation } = simulated;
    const demo = demoOf(new Stage(target, simulated, loadIdOf(plan)), plan);
    const script = scriptOf(demo);
    // The clock moved on only when a step was done whole: what lies before it need not be told again.
    const resumedAt = simulation.now;
    for (const [index, { at, label, run }] of script.entries()) {
      signal.throwIfAborted();
      if (at < resumedAt) continue;
      await simulation.advance(at);
      progress({ day: dayAt(at, DEMO_ZONE), label, share: index / script.length });
      await run();
    }
    await simulation.advance(endsAt ?? target.clock());
    await simulated.end(endsAt === undefined ? 0 : endsAt - target.clock());
  } finally {
    await simulated.release();
  }
}

/** Everything that happens before today, in order of time; what falls on one instant keeps its order here. */
function scriptOf(demo: Demo): readonly Entry[] {
  const entries = [...companyEntries(demo), ...rulesEntries(demo), ...goalEntries(demo), ...factEntries(demo), ...incidentEntries(demo), ...resultEntries(demo), ...recalibrationEntries(demo)];
  const end = demo.at(demo.dates.today, 0);
  return entries.filter(({ at }) => at < end).sort((a, b) => a.at - b.at);
}
