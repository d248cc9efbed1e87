import type { Span } from './kernel/day.js';
import { assert, never } from './kernel/defect.js';
import type { RecordedOf } from './kernel/event.js';
import type { Day } from './kernel/schema.js';
import { proposalOf, withBallot, type Proposal } from './assent.js';
import type { AppraisalEvent, AppraisalIndicator, EvaluationRating, RuledState } from './appraisal.events.js';
import type { EvaluatorKind } from './scoring/input.js';

/** A state that was ruled or declared, with who did it. */
export interface Ruling {
  readonly state: RuledState;
  readonly eventId: string;
  readonly by: string;
  readonly reason: string | null;
}
/** An indicator with the state it was ruled into, if any. */
export interface HeldIndicator extends AppraisalIndicator {
  readonly ruling: Ruling | null;
}
/** A place in the list of evaluators; `late`: HR filled it after the unsealing. */
export interface EvaluatorPlace {
  readonly kind: EvaluatorKind;
  readonly evaluatorId: string;
  readonly replaced: boolean;
  readonly late: boolean;
  readonly eventId: string;
}
/** An evaluation in its last wording. `eventId` is that of the wording, `revisions` counts the earlier ones. */
export interface HeldEvaluation {
  readonly kind: EvaluatorKind;
  readonly evaluatorId: string;
  readonly ratings: readonly EvaluationRating[];
  readonly comment: string | null;
  readonly eventId: string;
  readonly revisions: number;
}
export interface HeldEvidence {
  readonly evidenceId: string;
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly location: string;
  readonly eventId: string;
}
/** A proposed indicator state; `decided` once the state it proposes was ruled. */
export interface StateProposal {
  readonly indicator: string;
  readonly state: RuledState;
  readonly proposal: Proposal;
  readonly reason: string | null;
  readonly decided: boolean;
}
export interface Unsealing {
  readonly cause: 'ALL_IN' | 'DEADLINE';
  readonly eventId: string;
  readonly position: number;
}
type DataOf<T extends AppraisalEvent['type']> = Extract<AppraisalEvent, { readonly type: T }>['data'];
/** A published revision and how it reached the subject. */
export interface PublishedRevision extends Readonly<DataOf<'ScorePublished'>> {
  readonly eventId: string;
  readonly position: number;
  readonly publishedBy: string;
  readonly communicated: (Readonly<DataOf<'ResultCommunicated'>> & { readonly eventId: string }) | null;
  readonly interview: { readonly heldOn: Day | null; readonly notes: string | null; readonly eventId: string } | null;
  readonly acknowledgement: 'ACKNOWLEDGED' | 'REFUSED' | null;
  readonly filingRenounced: boolean;
}
interface AppraisalBody extends Readonly<
  Omit<DataOf<'AppraisalOpened'>, 'indicators' | 'evaluators' | 'eligible' | 'basis'>
> {
  /** Null where no day is left. */
  readonly eligible: Span | null;
  /** First day of the segment as opened: with person and cycle, what the id follows from. */
  readonly segmentFrom: Day;
  /** Event that fixed the span. */
  readonly spanEventId: string;
  readonly openedEventId: string;
  readonly indicators: readonly HeldIndicator[];
  /** Everybody ever named, in order. */
  readonly places: readonly EvaluatorPlace[];
  readonly evaluations: readonly HeldEvaluation[];
  readonly evidence: readonly HeldEvidence[];
  readonly proposals: readonly StateProposal[];
  readonly unsealing: Unsealing | null;
  /** In order; the last is in force. */
  readonly revisions: readonly PublishedRevision[];
}
/**
 * `SEALED` from the opening, `UNSEALED` once ratings count, `PUBLISHED` when a revision is fixed, `COMMUNICATED` when
 * the subject knows it, `FINAL`.
 */
export type AppraisalState =
  | { readonly status: 'ABSENT' }
  | (AppraisalBody & { readonly status: 'SEALED' | 'UNSEALED' | 'PUBLISHED' | 'COMMUNICATED' | 'FINAL' });
export type KnownAppraisal = Exclude<AppraisalState, { readonly status: 'ABSENT' }>;
export const initialAppraisal: AppraisalState = { status: 'ABSENT' };

/** The fold of `appraisal-<id>` (`domain.md`, Appraisals). */
export function evolveAppraisal(state: AppraisalState, event: RecordedOf<AppraisalEvent>): AppraisalState {
  if (event.type === 'AppraisalOpened') return opened(event);
  assert(state.status !== 'ABSENT', 'an appraisal begins with AppraisalOpened', { event: event.type });
  switch (event.type) {
    case 'AppraisalSpanChanged':
      return { ...state, eligible: event.data.eligible, directory: event.data.directory, spanEventId: event.id };
    case 'EvaluatorReassigned':
      return { ...state, places: reassigned(state, event) };
    case 'EvidenceSubmitted':
      return { ...state, evidence: [...state.evidence, { ...event.data, eventId: event.id }] };
    case 'EvaluationSubmitted':
    case 'EvaluationRevised':
      return { ...state, evaluations: withEvaluation(state.evaluations, { ...event.data, eventId: event.id }) };
    case 'EvaluationsUnsealed': {
      const unsealing = { cause: event.data.cause, eventId: event.id, position: event.position };
      return { ...state, status: 'UNSEALED', unsealing };
    }
    case 'AppraisalTargetLinked':
      return withIndicator(state, event.data.indicator, { targetId: event.data.targetId });
    case 'AppraisalTargetUnlinked':
      return withIndicator(state, event.data.indicator, { targetId: null });
    case 'IndicatorStateProposed': {
      const { indicator, state: proposed } = event.data;
      const entry = {
        indicator,
        state: proposed,
        proposal: proposalOf(event),
        reason: event.meta.reason ?? null,
        decided: false,
      };
      return { ...state, proposals: [...state.proposals, entry] };
    }
    case 'CommitteeAssented':
    case 'CommitteeDeclined':
      return {
        ...state,
        proposals: state.proposals.map((one) => ({ ...one, proposal: withBallot(one.proposal, event) })),
      };
    case 'IndicatorRuledNotApplicable':
      return ruled(state, 'NOT_APPLICABLE', event);
    case 'SourceDeclaredUnavailable':
      return ruled(state, 'UNAVAILABLE', event);
    case 'UnavailabilityWaived':
      return ruled(state, 'UNAVAILABLE_WAIVED', event);
    case 'ScorePublished':
    case 'ResultCommunicated':
    case 'InterviewRecorded':
    case 'InterviewWaived':
    case 'ResultAcknowledged':
    case 'AcknowledgementRefused':
    case 'FilingRenounced':
    case 'AppraisalFinalized':
      return evolveResult(state, event);
    default:
      return never(event);
  }
}

type ResultEvent = Extract<
  RecordedOf<AppraisalEvent>,
  {
    readonly type:
      | 'ScorePublished'
      | 'ResultCommunicated'
      | 'InterviewRecorded'
      | 'InterviewWaived'
      | 'ResultAcknowledged'
      | 'AcknowledgementRefused'
      | 'FilingRenounced'
      | 'AppraisalFinalized';
  }
>;

function evolveResult(state: KnownAppraisal, event: ResultEvent): KnownAppraisal {
  switch (event.type) {
    case 'ScorePublished': {
      const delivery = { communicated: null, interview: null, acknowledgement: null, filingRenounced: false };
      const revision = {
        ...event.data,
        ...delivery,
        eventId: event.id,
        position: event.position,
        publishedBy: event.meta.actor,
      };
      return { ...state, status: 'PUBLISHED', revisions: [...state.revisions, revision] };
    }
    case 'ResultCommunicated':
      return { ...withLast(state, { communicated: { ...event.data, eventId: event.id } }), status: 'COMMUNICATED' };
    case 'InterviewRecorded':
      return withLast(state, { interview: { heldOn: event.data.heldOn, notes: event.data.notes, eventId: event.id } });
    case 'InterviewWaived':
      return withLast(state, { interview: { heldOn: null, notes: null, eventId: event.id } });
    case 'ResultAcknowledged':
      return withLast(state, { acknowledgement: 'ACKNOWLEDGED' });
    case 'AcknowledgementRefused':
      return withLast(state, { acknowledgement: 'REFUSED' });
    case 'FilingRenounced':
      return withLast(state, { filingRenounced: true });
    case 'AppraisalFinalized':
      return { ...state, status: 'FINAL' };
    default:
      return never(event);
  }
}

type Of<T extends AppraisalEvent['type']> = Extract<RecordedOf<AppraisalEvent>, { readonly type: T }>;

function opened(event: Of<'AppraisalOpened'>): AppraisalState {
  const { indicators, evaluators, eligible, basis: _, ...copied } = event.data;
  return {
    ...copied,
    status: 'SEALED',
    eligible,
    segmentFrom: eligible.from,
    spanEventId: event.id,
    openedEventId: event.id,
    indicators: indicators.map((indicator) => ({ ...indicator, ruling: null })),
    places: evaluators.map((one) => ({ ...one, replaced: false, late: false, eventId: event.id })),
    evaluations: [],
    evidence: [],
    proposals: [],
    unsealing: null,
    revisions: [],
  };
}

function reassigned(state: KnownAppraisal, event: Of<'EvaluatorReassigned'>): readonly EvaluatorPlace[] {
  const { kind, replaced, evaluatorId } = event.data;
  const kept = state.places.map((place) =>
    place.kind === kind && place.evaluatorId === replaced ? { ...place, replaced: true } : place,
  );
  return [...kept, { kind, evaluatorId, replaced: false, late: state.unsealing !== null, eventId: event.id }];
}

/** The evaluations with one more, or with a new wording of one that is in. */
export function withEvaluation(
  held: readonly HeldEvaluation[],
  next: Omit<HeldEvaluation, 'revisions'>,
): readonly HeldEvaluation[] {
  const same = (one: HeldEvaluation): boolean => one.kind === next.kind && one.evaluatorId === next.evaluatorId;
  const before = held.find(same);
  if (before === undefined) return [...held, { ...next, revisions: 0 }];
  return held.map((one) => (same(one) ? { ...next, revisions: before.revisions + 1 } : one));
}

const withIndicator = (state: KnownAppraisal, code: string, change: Partial<HeldIndicator>): KnownAppraisal => ({
  ...state,
  indicators: state.indicators.map((one) => (one.code === code ? { ...one, ...change } : one)),
});

function ruled(
  state: KnownAppraisal,
  into: RuledState,
  event: Of<'IndicatorRuledNotApplicable' | 'SourceDeclaredUnavailable' | 'UnavailabilityWaived'>,
): KnownAppraisal {
  const { indicator } = event.data;
  const ruling = { state: into, eventId: event.id, by: event.meta.actor, reason: event.meta.reason ?? null };
  const proposals = state.proposals.map((one) =>
    one.indicator === indicator && one.state === into ? { ...one, decided: true } : one,
  );
  return { ...withIndicator(state, indicator, { ruling }), proposals };
}

/** Later revisions get their own delivery, so what is told concerns the last. */
function withLast(state: KnownAppraisal, change: Partial<PublishedRevision>): KnownAppraisal {
  const last = state.revisions.at(-1);
  assert(last !== undefined, 'a result is delivered after its publication', { appraisal: state.appraisalId });
  return { ...state, revisions: [...state.revisions.slice(0, -1), { ...last, ...change }] };
}
