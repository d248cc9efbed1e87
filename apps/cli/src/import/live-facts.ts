import { factsFold, factsStream, wasRejected } from '@assay/commands';
import { inSpan, type FactLife } from '@assay/domain';
import { Decimal } from 'decimal.js';
import { rowsOf, type Deal } from './deals.js';
import { delivered, factsOfDeal, recordFacts, type DealFact } from './fact-rows.js';
import type { LiveImport } from './live-import.js';
import { grouped, inParallel } from '@assay/runtime';

/** A fact that the log holds: for whom, and its last life. */
interface HeldFact {
  readonly owner: string;
  readonly metric: string;
  readonly life: FactLife;
}
/** A fact that the export asks for, of somebody the log knows. */
interface WantedFact {
  readonly owner: string;
  readonly fact: DealFact;
}
/** What the rows of an export say. */
interface ReadRows {
  /** By metric and fact id. */
  readonly wanted: ReadonlyMap<string, WantedFact>;
  /** Deals that are open (again): they have no facts. */
  readonly open: ReadonlySet<string>;
  /** Ids of rows that were refused: nothing is known of them, so their facts stay as they are. */
  readonly unread: ReadonlySet<string>;
}
/** What has to be done so that the log says what the export says. */
interface Changes {
  readonly retract: readonly (HeldFact & { readonly why: string })[];
  readonly restate: readonly (WantedFact & { readonly life: FactLife })[];
  readonly record: readonly WantedFact[];
  /** How many the log says just so already. */
  readonly unchanged: number;
}

const keyOf = (metric: string, factId: string): string => `${metric}\u0000${factId}`;

/** Brings the facts of the export's source up to date; answers the person of each agent that the log knows. */
export async function changeFacts(live: LiveImport): Promise<ReadonlyMap<string, string>> {
  const owners = new Map<string, string>();
  const rows = await readRows(live, owners);
  const changes = changesBetween(live, rows, await heldFacts(live));
  live.tally.counts.unchanged = changes.unchanged;
  await retractAll(live, changes.retract);
  await restateAll(live, changes.restate);
  await recordAll(live, changes.record);
  return owners;
}

async function readRows(live: LiveImport, owners: Map<string, string>): Promise<ReadRows> {
  const { target, input, tally } = live;
  const { mapping } = input;
  const { position } = await target.store.head();
  const rows = { wanted: new Map<string, WantedFact>(), open: new Set<string>(), unread: new Set<string>() };
  const ownerOf = async (agent: string): Promise<string | null> => {
    const known = owners.get(agent) ?? (await target.finder.personBySourceAccount(await target.accountDigest(mapping.source, agent), position));
    if (known !== null) owners.set(agent, known);
    return known;
  };
  for (const { agent } of input.team) await ownerOf(agent);
  for await (const row of rowsOf(input.opportunities, mapping)) {
    tally.counts.rows += 1;
    if ('deal' in row) takeDeal(live, row.deal, { rows, owner: await ownerOf(row.deal.agent) });
    else if ('open' in row) {
      tally.counts.open += 1;
      rows.open.add(row.id);
    } else {
      tally.refuse('OPPORTUNITIES', row.refused);
      rows.unread.add(row.refused.cells[mapping.opportunities.columns.id] ?? '');
    }
  }
  return rows;
}

interface Taking {
  readonly rows: { readonly wanted: Map<string, WantedFact>; readonly unread: Set<string> };
  /** Null: the log knows nobody by that name. */
  readonly owner: string | null;
}
function takeDeal({ input, tally }: LiveImport, deal: Deal, { rows, owner }: Taking): void {
  if (owner === null) {
    rows.unread.add(deal.id);
    tally.refuse('OPPORTUNITIES', refusedDeal(deal, 'PERSON_UNKNOWN'));
    return;
  }
  for (const fact of factsOfDeal(deal, input.mapping.metrics)) rows.wanted.set(keyOf(fact.metric, deal.id), { owner, fact });
}

const refusedDeal = ({ line, id, agent }: Deal, reason: string) => ({ line, reason, cells: { id, agent } });

/** Every fact of the source that takes part today, and for each person those retracted: an id once used stays used. */
async function heldFacts({ target, input }: LiveImport): Promise<readonly HeldFact[]> {
  const { source, metrics } = input.mapping;
  const reader = await target.executor.reader();
  // The dry run's reader is ahead of the views; who has joined is asked of the log as it is.
  const people = await target.finder.people((await target.store.head()).position);
  const streams = people.flatMap((owner) => Object.values(metrics).map((metric) => ({ owner, metric })));
  const held = await inParallel(streams, async ({ owner, metric }) => {
    const state = await reader.state(factsFold, factsStream(target.logId, owner, metric));
    const lives = state.status === 'ABSENT' ? [] : state.facts.filter((life) => life.source === source);
    // Later lives of one id stand after earlier ones: the last is what holds.
    return [...new Map(lives.map((life) => [life.factId, { owner, metric, life }])).values()];
  });
  return held.flat();
}

function changesBetween({ input, options }: LiveImport, { wanted, open, unread }: ReadRows, held: readonly HeldFact[]): Changes {
  const retract = held.flatMap((fact): Changes['retract'] => {
    const { life, owner, metric } = fact;
    const last = life.revisions.at(-1);
    if (life.retraction !== null || last === undefined || unread.has(life.factId)) return [];
    const want = wanted.get(keyOf(metric, life.factId));
    if (want !== undefined) return want.owner === owner ? [] : [{ ...fact, why: 'the deal belongs to somebody else' }];
    const closed = Object.values(input.mapping.metrics).some((one) => wanted.has(keyOf(one, life.factId)));
    if (open.has(life.factId)) return [{ ...fact, why: 'the deal is open again' }];
    if (closed) return [{ ...fact, why: 'the deal is won no longer' }];
    return options.full && inSpan(last.occurredOn, input.mapping.covers) ? [{ ...fact, why: 'the deal is missing from a full export' }] : [];
  });
  const own = new Map(held.map((fact) => [`${fact.owner}\u0000${keyOf(fact.metric, fact.life.factId)}`, fact.life]));
  const record: WantedFact[] = [];
  const restate: Changes['restate'][number][] = [];
  let unchanged = 0;
  for (const [key, want] of wanted) {
    const life = own.get(`${want.owner}\u0000${key}`);
    if (life === undefined) record.push(want);
    else if (says(life, want.fact)) unchanged += 1;
    else restate.push({ ...want, life });
  }
  return { retract, restate, record, unchanged };
}

/** Whether a fact holds and says the day and value of the row. */
function says({ retraction, revisions }: FactLife, { deal, value }: DealFact): boolean {
  const last = revisions.at(-1);
  return retraction === null && last !== undefined && last.occurredOn === deal.closedOn && new Decimal(last.value).eq(value);
}

/** Streams at once, one command after the other in each. */
async function eachStream<T>(items: readonly T[], streamOf: (item: T) => string, work: (item: T) => Promise<void>): Promise<void> {
  await inParallel([...grouped(items, streamOf).values()], async (some) => {
    for (const item of some) await work(item);
  });
}

async function retractAll({ input, integration, issue, tally, options }: LiveImport, retract: Changes['retract']): Promise<void> {
  const { source } = input.mapping;
  await eachStream(retract, ({ owner, metric }) => `${owner} ${metric}`, async ({ owner, metric, life, why }) => {
    options.signal.throwIfAborted();
    const { factId, revisions } = life;
    const key = `retract ${String(revisions.at(-1)?.revision ?? 0)}`;
    const outcome = await issue({ key, by: integration, aggregate: 'facts', type: 'RetractFact', data: { owner, metric, source, factId }, reason: `Import: ${why}.` });
    if (wasRejected(outcome)) tally.refuseStep(`retracting ${factId} of ${metric}`, outcome.rejection.rejected);
    else tally.counts.retracted += 1;
  });
}

async function restateAll({ input, importId, integration, issue, tally, options }: LiveImport, restate: Changes['restate']): Promise<void> {
  const { source } = input.mapping;
  await eachStream(restate, ({ owner, fact }) => `${owner} ${fact.metric}`, async ({ owner, fact, life }) => {
    options.signal.throwIfAborted();
    const data = { owner, metric: fact.metric, ...delivered(fact, { source, importId }), revision: (life.revisions.at(-1)?.revision ?? 0) + 1 };
    const outcome = await issue({ key: 'restate', by: integration, aggregate: 'facts', type: 'RestateFact', data, reason: 'Import: the row has changed.' });
    if (wasRejected(outcome)) tally.refuse('OPPORTUNITIES', refusedDeal(fact.deal, outcome.rejection.rejected));
    else tally.counts.restated += 1;
  });
}

async function recordAll({ input, importId, integration, issue, tally, options }: LiveImport, record: readonly WantedFact[]): Promise<void> {
  const { source } = input.mapping;
  const groups = [...grouped(record, ({ owner, fact }) => `${owner} ${fact.metric}`).values()];
  await inParallel(groups, async (some) => {
    options.signal.throwIfAborted();
    const [first] = some;
    if (first === undefined) return;
    const { owner, fact } = first;
    const facts = some.map((one) => one.fact).sort((a, b) => (a.deal.closedOn < b.deal.closedOn ? -1 : a.deal.closedOn > b.deal.closedOn ? 1 : a.deal.line - b.deal.line));
    const { recorded, refused } = await recordFacts(facts, (part) =>
      issue({ key: 'record', by: integration, aggregate: 'facts', type: 'RecordFacts', data: { owner, metric: fact.metric, facts: part.map((one) => delivered(one, { source, importId })) } }),
    );
    tally.counts.recorded += recorded.length;
    for (const { fact: one, reason } of refused) tally.refuse('OPPORTUNITIES', refusedDeal(one.deal, reason));
    options.progress({ label: 'facts', done: tally.counts.recorded, of: record.length });
  });
}
