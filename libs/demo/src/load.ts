import type { Day } from '@assay/domain';
import { dayAt } from '@assay/event-log';
import { instantOf, Stage, type SimulationTarget } from '@assay/runtime';
import { ADMIN } from './cast.js';
import { companyEntries } from './company.js';
import { DEMO_ZONE } from './dates.js';
import { factEntries } from './facts.js';
import { goalEntries } from './goals.js';
import { incidentEntries } from './incidents.js';
import { recalibrationEntries } from './recalibrations.js';
import { resultEntries } from './results.js';
import { rulesEntries } from './rules.js';
import { Demo, DEMO_COMPANY, DemoCase, type DemoPlan, type Entry } from './world.js';

/** What a load tells while it runs, and what may end it. */
export interface LoadOptions {
  /** Told what is under way: a day of the demo, and the share of its script that is done, 0 to 1. */
  readonly progress: (at: { readonly day: Day; readonly label: string; readonly share: number }) => void;
  /** Aborted, the load ends between two steps; the next one goes on there. */
  readonly signal: AbortSignal;
  /** Only in tests: the instant (ms) at which the simulation ends, from which the log's clock runs on. Default: now. */
  readonly endsAt?: number;
}

const FOUNDED_HOUR = 9;

/** Today in the demo's zone. */
export const demoToday = (now: number): Day => dayAt(now, DEMO_ZONE);

/** The instant at which the working day begins on a day of the demo. */
export const morningOf = (day: Day): number => instantOf(day, FOUNDED_HOUR, DEMO_ZONE);

/**
 * Loads the XX Tech case (§4) into an empty log, or goes on with a load of the same plan that was interrupted: every id
 * follows from the plan, so it ends with the same log. Everything is an ordinary command of somebody who may issue it, at
 * an instant before `today`; then the clock moves on to now and the simulation ends (`architecture.md`, Time).
 */
export async function loadDemo(target: SimulationTarget, plan: DemoPlan, { progress, signal, endsAt }: LoadOptions): Promise<void> {
  const { dates, loadId } = new DemoCase(target.logId, plan);
  const opening = { name: DEMO_COMPANY, timeZone: DEMO_ZONE, businessYearFirstMonth: dates.firstMonth, admin: { issuer: plan.issuer, subject: ADMIN } };
  const simulated = await target.begin(opening, instantOf(dates.foundedOn, FOUNDED_HOUR, DEMO_ZONE));
  try {
    const { simulation } = simulated;
    const demo = new Demo(new Stage(target, simulated, loadId), plan);
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
