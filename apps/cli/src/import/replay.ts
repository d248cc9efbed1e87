import { companyFold, derivedId, importFold } from '@assay/commands';
import { importKey, integrationPrincipal, type Principal } from '@assay/domain';
import { dayAt } from '@assay/event-log';
import { UsageError } from '../command.js';
import type { CompanyFile } from './company-file.js';
import { DealOrder } from './deal-order.js';
import { rowsOf, type Deal } from './deals.js';
import { delivered, factsOfDeal, recordFacts } from './fact-rows.js';
import type { ImportInput } from './input.js';
import { grouped, inParallel, instantOf, type OpeningOptions, type SimulationTarget, Stage } from '@assay/runtime';
import { companyEntries, REPLAY_ISSUER, usableMembers } from './replay-company.js';
import { goalEntries, placedRows } from './replay-goals.js';
import { recalibrationEntries } from './replay-recalibration.js';
import { resultEntries } from './replay-results.js';
import { rulesEntries } from './replay-schemes.js';
import { Directory, plannedCycles, type Entry, type Replay } from './replay-world.js';
import { Tally, type ImportReport } from './report.js';

/** What a replay tells while it runs, and what may end it. */
export interface ReplayOptions {
  /** Told what is under way: a day, what is done on it, and how many facts are recorded. */
  readonly progress: (at: { readonly day: string; readonly label: string; readonly facts: number }) => void;
  readonly signal: AbortSignal;
  readonly dryRun: boolean;
}

/**
 * Replays an export whole into a simulated log of its own (`api.md`, Import of a CRM export). A run that was interrupted
 * goes on where it was, since every command's id follows from the files; a log that holds it whole is left as it is.
 * Throws `UsageError` for files that contradict each other or the rules, and for a log that is not this import's.
 */
export async function replay(target: SimulationTarget, { input, company }: { readonly input: ImportInput; readonly company: CompanyFile }, options: ReplayOptions): Promise<ImportReport> {
  const importId = derivedId(target.logId, importKey({ source: input.mapping.source, files: [...input.files] }));
  const tally = new Tally();
  const members = usableMembers(input, tally);
  const cycles = plannedCycles(company);
  const rows = placedRows({ input, company, cycles, members, tally });
  const deals = await readDeals(input, new Set(members.map(({ agent }) => agent)), tally);
  try {
    if (!(await heldWhole(target, importId))) {
      refuseFuture(company, target);
      const from = instantOf(company.openedOn, 9, company.timeZone);
      const simulated = await target.begin(openingOf(company), from);
      const stage = new Stage(target, simulated, importId);
      const state = { people: new Directory(), schemes: new Map(), goals: new Map(), targets: new Map() };
      try {
        await run({ stage, input, company, tally, cycles, members, rows, ...state }, { deals, clock: target.clock, options });
      } finally {
        await simulated.release();
      }
    }
    return await reportOf(target, { importId, tally, hindsight: input.targets.hindsight, dryRun: options.dryRun });
  } finally {
    await deals.dispose();
  }
}

/** The administrator's identity has the key of the company file for its subject. */
const openingOf = ({ name, timeZone, businessYearFirstMonth, administrator }: CompanyFile): OpeningOptions => ({
  ...{ name, timeZone, businessYearFirstMonth },
  admin: { issuer: REPLAY_ISSUER, subject: administrator },
});

/** Closed deals in order of (close date, line); open ones are counted, and those of nobody in the teams file refused. */
async function readDeals({ opportunities, mapping }: ImportInput, agents: ReadonlySet<string>, tally: Tally): Promise<DealOrder> {
  const order = new DealOrder();
  for await (const row of rowsOf(opportunities, mapping)) {
    tally.counts.rows += 1;
    if ('open' in row) tally.counts.open += 1;
    else if ('refused' in row) tally.refuse('OPPORTUNITIES', row.refused);
    else if (agents.has(row.deal.agent)) await order.add(row.deal);
    else tally.refuse('OPPORTUNITIES', { line: row.deal.line, reason: 'PERSON_UNKNOWN', cells: { id: row.deal.id, agent: row.deal.agent } });
  }
  return order;
}

/** Whether the log holds this import whole already. Refuses a log that it did not begin. */
async function heldWhole({ store, executor }: SimulationTarget, importId: string): Promise<boolean> {
  if ((await store.head()).position < 0) return false;
  const reader = await executor.reader();
  const company = await reader.state(companyFold, 'company');
  const others = (await store.readAll({ afterPosition: -1, types: ['ImportStarted'], max: 2 })).some(({ stream }) => stream !== `import-${importId}`);
  const own = await reader.state(importFold, `import-${importId}`);
  const real = company.status !== 'ABSENT' && company.clock === 'REAL';
  const ended = company.status !== 'ABSENT' && company.simulationOffset !== null;
  if (real || others || (ended && own.status !== 'FINISHED'))
    throw new UsageError('this log was not begun by a replay of these very files; give the replay another one with --log <name>');
  return ended;
}

/** No event is dated after the real now. */
function refuseFuture({ endsOn, timeZone }: CompanyFile, { clock }: SimulationTarget): void {
  if (instantOf(endsOn, 24, timeZone) > clock()) throw new UsageError(`the company file ends on ${endsOn}, which is not over; a replay tells of days that are`);
}

interface Running {
  readonly deals: DealOrder;
  readonly clock: () => number;
  readonly options: ReplayOptions;
}

/** The script and the deals in one order of time: the clock moves to each instant, then what is due there is done. */
async function run(replayed: Replay, { deals, clock, options }: Running): Promise<void> {
  const { stage, company, input, tally, people } = replayed;
  const { simulation, adminId, end } = stage.simulated;
  people.setCast(company.administrator, adminId);
  await stage.must({ key: 'start', by: adminId, aggregate: 'import', type: 'StartImport', data: { source: input.mapping.source, files: [...input.files] } });
  const integration = once(() => integrationOf(replayed));
  const carryOut = async ({ at, label, run: work }: Entry): Promise<void> => {
    options.signal.throwIfAborted();
    await simulation.advance(at);
    options.progress({ day: dayAt(at, company.timeZone), label, facts: tally.counts.recorded });
    await work();
  };
  const waiting = [...scriptOf(replayed, integration)];
  for await (const day of daysOf(deals)) {
    const at = instantOf(day.closedOn, 20, company.timeZone);
    for (let entry = waiting[0]; entry !== undefined && entry.at <= at; entry = waiting[0]) {
      waiting.shift();
      await carryOut(entry);
    }
    await carryOut({ at, label: 'deals', run: async () => recordDay(replayed, day.deals, await integration()) });
  }
  for (const entry of waiting) await carryOut(entry);
  await carryOut({ at: instantOf(company.endsOn, 18, company.timeZone), label: 'the end', run: () => finish(replayed) });
  // Up to the real now, so that no timer is left overdue.
  await simulation.advance(clock());
  await end(0);
}

/** Everything that is done apart from the deals, in order of time; what falls on one instant keeps its order here. */
function scriptOf(replayed: Replay, integration: () => Promise<Principal>): readonly Entry[] {
  const entries = [...companyEntries(replayed), ...rulesEntries(replayed), ...goalEntries(replayed), ...resultEntries(replayed, integration), ...recalibrationEntries(replayed)];
  return entries.sort((a, b) => a.at - b.at);
}

/** Deals day by day. */
async function* daysOf(deals: DealOrder): AsyncGenerator<{ readonly closedOn: string; readonly deals: readonly Deal[] }> {
  let held: Deal[] = [];
  for await (const deal of deals.inOrder()) {
    const [first] = held;
    if (first !== undefined && first.closedOn !== deal.closedOn) {
      yield { closedOn: first.closedOn, deals: held };
      held = [];
    }
    held.push(deal);
  }
  const [first] = held;
  if (first !== undefined) yield { closedOn: first.closedOn, deals: held };
}

/** The facts of a day's deals, one command for each agent and metric, all at once. */
async function recordDay({ stage, input, people, tally }: Replay, deals: readonly Deal[], by: Principal): Promise<void> {
  const { source, metrics } = input.mapping;
  const facts = deals.flatMap((deal) => factsOfDeal(deal, metrics));
  await inParallel([...grouped(facts, ({ metric, deal }) => `${metric} ${deal.closedOn} ${deal.agent}`)], async ([key, some]) => {
    const [first] = some;
    if (first === undefined) return;
    const { recorded, refused } = await recordFacts(some, (part, index) => {
      const data = { owner: people.named(first.deal.agent), metric: first.metric, facts: part.map((fact) => delivered(fact, { source, importId: stage.loadId })) };
      return stage.act({ key: `facts ${key} ${index}`, by, aggregate: 'facts', type: 'RecordFacts', data });
    });
    tally.counts.recorded += recorded.length;
    for (const { fact, reason } of refused) tally.refuse('OPPORTUNITIES', { line: fact.deal.line, reason, cells: { id: fact.deal.id, agent: fact.deal.agent } });
  });
}

/** The integration that the company file has registered: facts and reports are its own. */
async function integrationOf({ stage, company }: Replay): Promise<Principal> {
  const state = await (await stage.target.executor.reader()).state(companyFold, 'company');
  const { issuer, subject } = company.integration;
  const found = state.status === 'ABSENT' ? undefined : state.integrations.find((one) => one.issuer === issuer && one.subject === subject);
  if (found === undefined) throw new UsageError('the company file: its integration joins after the first deal; let openedOn lie before the days that the mapping covers');
  return integrationPrincipal(found);
}

async function finish({ stage, tally }: Replay): Promise<void> {
  const { adminId } = stage.simulated;
  await stage.must({ key: 'finish', by: adminId, aggregate: 'import', type: 'FinishImport', id: stage.loadId, data: { counts: { ...tally.counts } } });
}

/** What followed is counted in the log itself, so that a second run says the same as the first. */
async function reportOf(target: SimulationTarget, of: { readonly importId: string; readonly tally: Tally; readonly hindsight: boolean; readonly dryRun: boolean }): Promise<ImportReport> {
  const { importId, tally, hindsight, dryRun } = of;
  const state = await (await target.executor.reader()).state(importFold, `import-${importId}`);
  const results = { appraisals: 0, published: 0, final: 0, notApplicable: 0, composites: 0 };
  const counted: Readonly<Record<string, keyof typeof results>> = {
    AppraisalOpened: 'appraisals',
    ScorePublished: 'published',
    AppraisalFinalized: 'final',
    IndicatorRuledNotApplicable: 'notApplicable',
    CompositePublished: 'composites',
  };
  for (let position = -1; ; ) {
    const page = await target.store.readAll({ afterPosition: position, types: Object.keys(counted), max: PAGE_EVENTS });
    for (const { type } of page) results[counted[type] ?? 'appraisals'] += 1;
    position = page.at(-1)?.position ?? position;
    if (page.length < PAGE_EVENTS) break;
  }
  const counts = state.status === 'FINISHED' ? state.counts : { ...tally.counts };
  return { importId, counts, results, refusals: tally.refusals, refusedSteps: tally.refusedSteps, hindsight, dryRun };
}

const PAGE_EVENTS = 1_000;

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}
