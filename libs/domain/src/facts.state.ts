import { lateFacts, takenFacts } from './appraisal-facts.js';
import type { FactHistory, FactKey, FactReport, LateFact, OwnerFacts } from './appraisal-facts.js';
import type { FactsEvent } from './facts.events.js';
import { inSpan } from './kernel/day.js';
import type { Span } from './kernel/day.js';
import { assert, never } from './kernel/defect.js';
import type { RecordedOf } from './kernel/event.js';
import type { Day } from './kernel/schema.js';
import { assignmentOn } from './person.state.js';
import type { PersonState } from './person.state.js';
import type { Accumulation, FactInput } from './scoring/input.js';

/** One revision of a fact, with its author: what a conflict of interest is computed from. */
export interface FactRevision {
  readonly revision: number;
  readonly occurredOn: Day;
  readonly value: string;
  readonly evidence: string | null;
  readonly eventId: string;
  readonly position: number;
  readonly recordedBy: string;
}
/**
 * A fact from its recording to its retraction. Restated after a retraction it begins another life under the same id, so
 * that what took part before a cut-off can be told from what came after it.
 */
export interface FactLife {
  readonly source: string;
  readonly factId: string;
  readonly revisions: readonly FactRevision[];
  readonly retraction: { readonly eventId: string; readonly position: number } | null;
  /** Counted for another owner by an earlier record (`FACT_ELSEWHERE`, the race): it takes part nowhere, `DOUBLE`. */
  readonly double: { readonly elsewhere: string; readonly eventId: string; readonly position: number } | null;
}
/** A report of a period with the digest of the delivery it stands for. */
export interface PeriodReport extends FactReport {
  readonly delivery: string;
}
/** Facts in the order in which each life began; reports in recorded order. */
export type FactsState =
  | { readonly status: 'ABSENT' }
  | {
      readonly status: 'KNOWN';
      readonly owner: string;
      readonly metric: string;
      readonly facts: readonly FactLife[];
      readonly reports: readonly PeriodReport[];
    };
type Known = Extract<FactsState, { readonly status: 'KNOWN' }>;
/** Before the first fact or report. */
export const initialFacts: FactsState = { status: 'ABSENT' };

/** The fold of `facts-<ownerId>-<metric>` (`domain.md`, Metrics and facts). */
export function evolveFacts(state: FactsState, event: RecordedOf<FactsEvent>): FactsState {
  const { id: eventId, position } = event;
  if (event.type === 'FactRecorded') {
    const known = begun(state, event.data);
    return { ...known, facts: [...known.facts, lifeOf(event)] };
  }
  if (event.type === 'PeriodReported') {
    const known = begun(state, event.data);
    const { source, from, to, delivery } = event.data;
    return { ...known, reports: [...known.reports, { source, from, to, delivery, eventId, position }] };
  }
  assert(state.status === 'KNOWN', 'facts begin with a fact or a report', { event: event.type });
  switch (event.type) {
    case 'FactRestated': {
      const last = lifeIn(state, event.data);
      if (last === undefined || last.retraction !== null) return { ...state, facts: [...state.facts, lifeOf(event)] };
      const revisions = [...last.revisions, revisionOf(event)];
      return replaced(state, last, { ...last, revisions });
    }
    case 'FactRetracted':
      return changed(state, event.data, { retraction: { eventId, position } });
    case 'FactFoundElsewhere':
      return changed(state, event.data, {
        double: { elsewhere: event.data.elsewhere, eventId: event.data.eventId, position },
      });
    default:
      return never(event);
  }
}

/** The last life of a fact, or undefined. */
export const lifeIn = (
  state: FactsState,
  key: { readonly source: string; readonly factId: string },
): FactLife | undefined => (state.status === 'ABSENT' ? undefined : state.facts.findLast((life) => isFact(life, key)));

/** Facts that count for an earlier owner and are not retracted here: each makes its indicator `PENDING`. */
export const doublesIn = (state: FactsState): readonly FactKey[] =>
  state.status === 'ABSENT'
    ? []
    : state.facts
        .filter(({ double, retraction }) => double !== null && retraction === null)
        .map(({ source, factId }) => ({ metric: state.metric, source, factId }));

/** Whether a fact lies in the span, retracted ones left out; a report is no fact (`INDICATOR_HAS_DATA`). */
export const hasFactIn = (state: FactsState, span: Span): boolean =>
  state.status === 'KNOWN' &&
  state.facts.some(({ revisions, retraction }) => {
    const current = revisions.at(-1);
    return retraction === null && current !== undefined && inSpan(current.occurredOn, span);
  });

/** What a score takes of the stream: typed without what a score does not depend on, and not copied, since every score asks for it. */
export const ownerFacts = (state: FactsState): OwnerFacts => (state.status === 'ABSENT' ? NO_FACTS : state);
const NO_FACTS: OwnerFacts = { facts: [], reports: [] };

/**
 * What a unit's `SUM` takes: its members' facts, each by the unit its owner belonged to on the day it occurred, in
 * recording order; and the reports made for the unit itself (`domain.md`, Metrics and facts). `cutOff` is the position
 * after which facts are late: which day a fact is of is judged by what was known then.
 */
export function unitFacts(
  unit: { readonly code: string; readonly own: FactsState; readonly cutOff: number | null },
  members: readonly { readonly person: PersonState; readonly facts: FactsState }[],
): OwnerFacts {
  const facts = members.flatMap(({ person, facts: state }) =>
    ownerFacts(state).facts.filter(({ revisions }) => {
      const known = revisions.filter(({ position }) => unit.cutOff === null || position <= unit.cutOff);
      const day = (known.at(-1) ?? revisions.at(-1))?.occurredOn;
      return day !== undefined && assignmentOn(person, day)?.unit === unit.code;
    }),
  );
  return { facts: facts.toSorted((a, b) => begunAt(a) - begunAt(b)), reports: ownerFacts(unit.own).reports };
}

/** The part that a stream's facts take in one cycle. */
export interface FactsForScore {
  /** In recording order, ready for `ScoreInput.facts`; the measured zero of `scoring.md` §1 among them. */
  readonly facts: readonly FactInput[];
  /** Recorded after the cut-off: shown, without effect. */
  readonly late: readonly LateFact[];
  /** Counted for another owner: while there are any in the span, the indicator is `PENDING`. */
  readonly doubles: readonly FactKey[];
}

/**
 * What a score takes of a stream over the eligible span (`scoring.md` §1): facts recorded by the cut-off (null: not
 * reached), and with `effectiveOn` only those of a day that has come. The same pure functions serve `scoreOfAppraisal`.
 */
export function factsForScore(
  state: FactsState,
  of: {
    readonly span: Span;
    readonly cutOffPosition: number | null;
    readonly accumulation: Accumulation;
    readonly effectiveOn?: Day;
  },
): FactsForScore {
  if (state.status === 'ABSENT') return { facts: [], late: [], doubles: [] };
  const doubles = doublesIn(state);
  const { metric } = state;
  const bounds = { metric, span: of.span, cutOff: of.cutOffPosition, accumulation: of.accumulation, doubles };
  return {
    facts: takenFacts(ownerFacts(state), { ...bounds, effectiveOn: of.effectiveOn ?? null }),
    late: lateFacts(metric, ownerFacts(state), bounds),
    doubles,
  };
}

type Recording = RecordedOf<Extract<FactsEvent, { readonly type: 'FactRecorded' | 'FactRestated' }>>;

const begun = (state: FactsState, { owner, metric }: { readonly owner: string; readonly metric: string }): Known =>
  state.status === 'KNOWN' ? state : { status: 'KNOWN', owner, metric, facts: [], reports: [] };

const lifeOf = (event: Recording): FactLife => ({
  source: event.data.source,
  factId: event.data.factId,
  revisions: [revisionOf(event)],
  retraction: null,
  double: null,
});

function revisionOf({ data, id: eventId, position, meta }: Recording): FactRevision {
  const { revision, occurredOn, value, evidence } = data;
  return { revision, occurredOn, value, evidence, eventId, position, recordedBy: meta.actor };
}

function changed(
  state: Known,
  key: { readonly source: string; readonly factId: string },
  change: Partial<FactLife>,
): Known {
  const life = lifeIn(state, key);
  assert(life !== undefined, 'only a fact recorded is changed', { source: key.source, factId: key.factId });
  return replaced(state, life, { ...life, ...change });
}

const replaced = (state: Known, before: FactLife, after: FactLife): Known => ({
  ...state,
  facts: state.facts.map((life) => (life === before ? after : life)),
});

const isFact = (life: FactLife, key: { readonly source: string; readonly factId: string }): boolean =>
  life.factId === key.factId && life.source === key.source;

const begunAt = ({ revisions }: FactHistory): number => revisions[0]?.position ?? 0;
