import { elsewhereKey, lifeIn, type FactLife, type Recorded } from '@assay/domain';
import { factsFold } from '../folds.js';
import { factsStream } from '../gather.js';
import type { ProcessManager, Reaction, SystemCommand } from '../process.js';
import { groupedBy } from './grouped.js';

interface Named {
  readonly event: Recorded;
  readonly metric: string;
  readonly source: string;
  readonly factId: string;
}
interface Held {
  readonly owner: string;
  readonly life: FactLife;
}

/**
 * Flags a fact that two owners recorded as one passed the other (`domain.md`, FACT_ELSEWHERE): the later recorded counts
 * nowhere until it is retracted. The rule itself refuses all but those that pass each other.
 */
export const doubleFactManager = (logId: string): ProcessManager => ({
  name: 'double-facts',
  types: ['FactRecorded', 'FactRestated'],
  react: async (events, at) => {
    const named = (await Promise.all(events.map((event) => namedIn(event, at)))).flat();
    const byMetric = groupedBy(named, ({ metric }) => metric);
    const commands = await Promise.all([...byMetric].map(([metric, facts]) => flagsOf(metric, facts, { at, logId })));
    return commands.flat();
  },
});

async function namedIn(event: Recorded, { reader }: Reaction): Promise<readonly Named[]> {
  const state = await reader.state(factsFold, event.stream);
  if (state.status === 'ABSENT') return [];
  // Both types followed name source and fact.
  const { source, factId } = event.data as { readonly source: string; readonly factId: string };
  return [{ event, metric: state.metric, source, factId }];
}

async function flagsOf(metric: string, facts: readonly Named[], { at, logId }: { readonly at: Reaction; readonly logId: string }): Promise<readonly SystemCommand[]> {
  const last = Math.max(...facts.map(({ event }) => event.position));
  const owners = await at.finder.factOwners(metric, facts, last);
  const doubled = facts.filter((fact) => (owners.get(elsewhereKey(fact)) ?? []).length > 1);
  const commands = await Promise.all(doubled.map((fact) => flagOf(fact, owners.get(elsewhereKey(fact)) ?? [], { at, logId })));
  return commands.flat();
}

async function flagOf(fact: Named, owners: readonly string[], { at, logId }: { readonly at: Reaction; readonly logId: string }): Promise<readonly SystemCommand[]> {
  const { metric, source, factId, event } = fact;
  const held = await Promise.all(owners.map(async (owner): Promise<Held | null> => {
    const life = lifeIn(await at.reader.state(factsFold, factsStream(logId, owner, metric)), fact);
    return life === undefined || life.retraction !== null ? null : { owner, life };
  }));
  const [first, ...later] = held.filter((one) => one !== null).sort((a, b) => beginningOf(a.life) - beginningOf(b.life));
  const eventId = first?.life.revisions[0]?.eventId;
  if (first === undefined || eventId === undefined) return [];
  return later.map(({ owner }) => ({
    aggregate: 'facts',
    type: 'FlagFactFoundElsewhere',
    data: { owner, metric, source, factId, elsewhere: first.owner, eventId },
    cause: event,
    key: elsewhereKey(fact),
    part: owner,
  }));
}

const beginningOf = ({ revisions }: FactLife): number => revisions[0]?.position ?? 0;
