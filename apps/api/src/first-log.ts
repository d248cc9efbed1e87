import type { CompanyState } from '@assay/domain';
import { demoToday } from '@assay/demo';
import { DEMO_ISSUER, markDemo, serveModeOf } from '@assay/graphql';
import { openLog, type Runtime } from '@assay/runtime';
import type { Logger } from 'pino';
import type { Config } from './config.js';
import { DemoLoad } from './demo-load.js';
import { keepPlan, keptPlan } from './demo-plan.js';
import { FIRST_LOG } from './first-start.js';
import { ServeError } from './serve.js';

/** What a first start may be told (`api.md`, First start). */
export interface StartOptions {
  /** Begin with a log of one's own instead of the demo company. */
  readonly empty: boolean;
  /** Only in tests: the demo's today, from which its clock runs on. */
  readonly today: string | null;
}

interface Opened {
  readonly runtime: Runtime;
  readonly log: Logger;
  readonly options: StartOptions;
}

/** Subject of the first administrator of a log that a start opens. */
export const FIRST_ADMIN = 'admin';

/**
 * Opens the log that is to be served where a start may do that, lets its views follow and its process managers work; or
 * answers what is still to be loaded, which then does. A log that was never opened, or that production may not show, is
 * refused by name with the way on.
 */
export async function openServedLog(config: Config, { runtime, log, options }: Opened): Promise<DemoLoad | null> {
  const { mode, role } = config;
  const { name, dataFolder } = config.log;
  const found = await runtime.company();
  const first = found.status === 'ABSENT';
  if (first && (mode !== 'demo' || name !== FIRST_LOG))
    throw new ServeError(`the log ${name} was never opened; open it with: npm run -s assay -- open --log ${name} --name <company> --time-zone <zone> --admin <subject> --issuer <issuer>`);
  if (role !== 'all' && (first || isUnfinished(found))) throw new ServeError(`the log ${name} is still to be filled, which takes a process that does everything: start one without ASSAY_ROLE first`);
  if (mode === 'demo') keepMark(config.log, first);
  if (first && !options.empty) return new DemoLoad(runtime, keepPlan({ dataFolder, log: name }, options.today ?? demoToday(Date.now()), options.today !== null), log);
  if (first) await openEmpty(runtime);
  const company = await runtime.company();
  if (isSimulated(company) && mode === 'production') throw new ServeError(`the log ${name} is simulated; it is served as a demo only`);
  const plan = isUnfinished(company) ? keptPlan(dataFolder, name) : null;
  if (plan !== null) return new DemoLoad(runtime, plan, log);
  await runtime.readModels.start();
  // While a simulation is unfinished its loader alone may write, timers and process managers included.
  if (!isUnfinished(company)) runtime.start();
  return null;
}

/** A log that a start begins as a demo is marked as one; another's is not made one. */
function keepMark({ dataFolder, name }: Config['log'], first: boolean): void {
  if (serveModeOf(dataFolder, name) === 'demo') return;
  if (!first) throw new ServeError(`the log ${name} was not begun as a demo; serve it without --demo`);
  markDemo(dataFolder, name);
}

const isSimulated = (company: CompanyState): boolean => company.status !== 'ABSENT' && company.clock === 'SIMULATED';
const isUnfinished = (company: CompanyState): boolean => company.status !== 'ABSENT' && company.clock === 'SIMULATED' && company.simulationOffset === null;

/** A company on this machine's clock and in its time zone, with an administrator to begin with. */
async function openEmpty(runtime: Runtime): Promise<void> {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  await openLog(runtime, { name: 'Demo', timeZone, businessYearFirstMonth: 1, admin: { issuer: DEMO_ISSUER, subject: FIRST_ADMIN } });
}
