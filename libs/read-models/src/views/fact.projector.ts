import { assignmentOn, evolveFacts, evolvePerson, initialFacts, initialPerson, unitOfOwner, type FactLife, type FactsState, type PersonState, type Recorded } from '@assay/domain';
import { defineView, partKey, partOfKey, type CategoryFold } from '../view/view.js';

/** One fact of an owner and metric in its last wording (`domain.md`, Metrics and facts). */
export interface FactDocument {
  /** Position of the last event that told of this very fact; others of its stream leave it as it is. */
  readonly position: number;
  /** Person id, or `unit:<code>`. */
  readonly owner: string;
  readonly metric: string;
  readonly source: string;
  readonly factId: string;
  /** The fact's own revision, from 1. */
  readonly factRevision: number;
  readonly occurredOn: string;
  /** In the metric's unit, decimal text. */
  readonly value: string;
  readonly evidence: string | null;
  /** `DOUBLE`: it counts for an earlier owner, and here nowhere. */
  readonly status: 'RECORDED' | 'RETRACTED' | 'DOUBLE';
  readonly recordedBy: string;
  readonly eventId: string;
  /** The owner's manager by the directory's last entry; null of a unit and at the top. */
  readonly managerId: string | null;
  /** The unit that the fact counts for: the owner's on the day it occurred, or the owner itself. */
  readonly unit: string | null;
}

const SEPARATOR = '\u0001';
const partOf = ({ source, factId }: { readonly source: string; readonly factId: string }): string => `${source}${SEPARATOR}${factId}`;

/** The key of a fact among those of its owner and metric: what the event names. */
function keysOf(_root: unknown, { stream, data }: Recorded): readonly string[] {
  if (data === null || typeof data !== 'object' || !('source' in data) || !('factId' in data)) return [];
  return [partKey(stream, partOf({ source: String(data.source), factId: String(data.factId) }))];
}

function lifeOf(state: FactsState, key: string): FactLife | undefined {
  const part = partOfKey(key);
  return state.status === 'ABSENT' ? undefined : state.facts.findLast((life) => partOf(life) === part);
}

const statusOf = ({ retraction, double }: FactLife): FactDocument['status'] => (retraction !== null ? 'RETRACTED' : double !== null ? 'DOUBLE' : 'RECORDED');

/** Facts, one row each: for looking them up, and for who counts which. */
export const factView = defineView<FactDocument>()({
  name: 'fact',
  version: 2,
  root: 'facts',
  categories: {
    facts: { initial: initialFacts, evolve: evolveFacts } satisfies CategoryFold<FactsState>,
    person: { initial: initialPerson, evolve: evolvePerson } satisfies CategoryFold<PersonState>,
  },
  keys: keysOf,
  dependencies: ({ root: state }) => (state.status === 'ABSENT' || unitOfOwner(state.owner) !== null ? [] : [`person-${state.owner}`]),
  touches: (_root, event) => event.type !== 'IdentityLinked' && event.type !== 'SourceAccountLinked',
  compute({ key, root: state, states, effectiveOn }): FactDocument | null {
    const life = lifeOf(state, key);
    const last = life?.revisions.at(-1);
    if (state.status === 'ABSENT' || life === undefined || last === undefined) return null;
    if (effectiveOn !== null && last.occurredOn > effectiveOn) return null;
    const { owner, metric } = state;
    const person = unitOfOwner(owner) === null ? states.of('person', `person-${owner}`) : initialPerson;
    const entry = person.status === 'ABSENT' ? undefined : person.assignments.at(-1);
    const { revision: factRevision, occurredOn, value, evidence, recordedBy, eventId } = last;
    return {
      ...{ owner, metric, source: life.source, factId: life.factId, factRevision, occurredOn, value, evidence, recordedBy, eventId },
      status: statusOf(life),
      managerId: entry?.manager ?? null,
      unit: unitOfOwner(owner) ?? assignmentOn(person, occurredOn)?.unit ?? null,
      position: Math.max(last.position, life.retraction?.position ?? -1, life.double?.position ?? -1),
    };
  },
  columns: {
    owner: { type: 'text', of: (doc) => doc.owner },
    metric: { type: 'text', of: (doc) => doc.metric },
    source: { type: 'text', of: (doc) => doc.source },
    factId: { type: 'text', of: (doc) => doc.factId },
    occurredOn: { type: 'date', of: (doc) => doc.occurredOn },
    value: { type: 'numeric', of: (doc) => doc.value },
    status: { type: 'text', of: (doc) => doc.status },
    manager: { type: 'text', of: (doc) => doc.managerId },
    ownerUnit: { type: 'text', of: (doc) => doc.unit },
  },
  indexes: [['metric', 'source', 'factId'], ['owner'], ['occurredOn']],
});
