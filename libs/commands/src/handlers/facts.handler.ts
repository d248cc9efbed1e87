import {
  assignmentOn,
  decideFacts,
  elsewhereKey,
  factsCommands,
  lifeIn,
  mayFacts,
  sees,
  unitOfOwner,
  visibleFacts,
  type AccessRow,
  type FactsCommand,
  type FactsEvent,
  type FactsState,
  type FactsWorld,
} from '@assay/domain';
import { factsFold } from '../folds.js';
import { factsStateOf, factsStream, metricOf, ownerKnown, personOf } from '../gather.js';
import type { AggregateHandler, Gathering } from '../handler.js';

interface World extends FactsWorld {
  /** What access to the owner's facts is judged by. */
  readonly row: AccessRow;
}

/** Commands of `facts-<ownerId>-<metric>` (`domain.md`, Metrics and facts). */
export const factsHandler = (logId: string): AggregateHandler<FactsState, FactsCommand, World, FactsEvent> => ({
  aggregate: 'facts',
  commands: factsCommands,
  fold: factsFold,
  stream: ({ data }) => factsStream(logId, String(data.owner), String(data.metric)),
  world: async (command, _state, gathering) => {
    const { owner, metric } = command.data;
    const [definition, known, row, factOwners] = await Promise.all([
      metricOf(gathering, metric),
      ownerKnown(gathering, owner),
      rowOf(owner, metric, gathering),
      elsewhere(command, gathering),
    ]);
    const byHand = gathering.issuer !== 'SYSTEM' && gathering.issuer.integration === undefined;
    return { ...gathering, metric: definition, ownerKnown: known, byHand, factOwners, row };
  },
  mayRead: (principal, _state, { row }) => sees(visibleFacts(principal), row),
  may: (principal, command) => mayFacts(principal, command),
  decide: decideFacts,
  subject: (event, state) => {
    const owner = 'owner' in event.data ? event.data.owner : state.status === 'KNOWN' ? state.owner : undefined;
    return owner === undefined || unitOfOwner(owner) !== null ? undefined : owner;
  },
});

async function rowOf(owner: string, metric: string, gathering: Gathering): Promise<AccessRow> {
  if (unitOfOwner(owner) !== null) return { owner, metric };
  const entry = assignmentOn(await personOf(gathering, owner), gathering.today);
  return { owner, metric, manager: entry?.manager ?? null, ownerUnit: entry?.unit ?? null };
}

/**
 * Other owners for whom the facts named are recorded and not retracted. The finder proposes, at whatever position it has
 * reached, and the owners' own streams decide; what passes each other all the same is flagged by a process manager.
 */
async function elsewhere(command: FactsCommand, gathering: Gathering): Promise<ReadonlyMap<string, readonly string[]>> {
  if (command.type !== 'RecordFacts' && command.type !== 'RestateFact') return new Map();
  const { owner, metric } = command.data;
  const keys = command.type === 'RecordFacts' ? command.data.facts : [command.data];
  const proposed = await gathering.finder.factOwners(metric, keys);
  const others = [...new Set([...proposed.values()].flat())].filter((one) => one !== owner);
  const states = new Map(await Promise.all(others.map(async (one) => [one, await factsStateOf(gathering, one, metric)] as const)));
  const holds = (one: string, key: { readonly source: string; readonly factId: string }): boolean => {
    const life = lifeIn(states.get(one) ?? { status: 'ABSENT' }, key);
    return life !== undefined && life.retraction === null && life.double === null;
  };
  return new Map(keys.map((key) => [elsewhereKey(key), others.filter((one) => holds(one, key))]));
}
