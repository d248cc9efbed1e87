import { accept, fact, reject, type Decision, type Rejection } from './kernel/decision.js';
import { assent, decline } from './assent.js';
import type { AppraisalEvent, RuledState } from './appraisal.events.js';
import type { AppraisalCommand, AppraisalInput, AppraisalWorld } from './appraisal-commands.js';
import { closedToInputs, placeOf, unsealingIfAllIn } from './appraisal-evaluators.js';
import type { HeldIndicator, KnownAppraisal, Ruling, StateProposal } from './appraisal.state.js';

/** The event that rules each state. */
const RULING_EVENTS = {
  NOT_APPLICABLE: 'IndicatorRuledNotApplicable',
  UNAVAILABLE: 'SourceDeclaredUnavailable',
  UNAVAILABLE_WAIVED: 'UnavailabilityWaived',
} as const satisfies Readonly<Record<RuledState, AppraisalEvent['type']>>;

/**
 * `ProposeIndicatorState`. Rejects `ALREADY_PUBLISHED`, `ALREADY_FINAL`, `INDICATOR_UNKNOWN`, `INDICATOR_STATE_BROKEN`,
 * `TWO_PEOPLE` (who declared a source unavailable does not propose its waiver), `PROPOSAL_OPEN`.
 */
export function proposeState(
  state: KnownAppraisal,
  input: AppraisalInput<'ProposeIndicatorState'>,
  world: AppraisalWorld,
): Decision<AppraisalEvent> {
  const { indicator: code, state: proposed } = input;
  const indicator = subjectOf(state, code, proposed);
  if ('rejected' in indicator) return indicator;
  if (proposed === 'UNAVAILABLE_WAIVED' && indicator.ruling?.by === world.actor) return reject('TWO_PEOPLE');
  if (openProposal(state, code, proposed) !== undefined) return reject('PROPOSAL_OPEN');
  return accept<AppraisalEvent>({
    type: 'IndicatorStateProposed',
    data: { indicator: code, state: proposed, ...totalsOf(world), basis: [...world.basis] },
  });
}

/**
 * `RuleNotApplicable`: HR rules what the superior proposed. Rejects as `proposeState`, and `PROPOSAL_NOT_OPEN`,
 * `TWO_PEOPLE`, `INDICATOR_HAS_DATA` and `TOO_EARLY`, which the committee's assent lifts.
 */
export function ruleNotApplicable(
  state: KnownAppraisal,
  { indicator: code }: AppraisalInput<'RuleNotApplicable'>,
  world: AppraisalWorld,
): Decision<AppraisalEvent> {
  const indicator = subjectOf(state, code, 'NOT_APPLICABLE');
  if ('rejected' in indicator) return indicator;
  const proposal = openProposal(state, code, 'NOT_APPLICABLE');
  if (proposal === undefined) return reject('PROPOSAL_NOT_OPEN');
  if (proposal.proposal.proposer === world.actor) return reject('TWO_PEOPLE');
  if (hasData(state, indicator, world)) return reject('INDICATOR_HAS_DATA', fact('indicator', code, 'CODE'));
  if (indicator.kind === 'QUANTITATIVE' && (world.cycle?.cutOff ?? null) === null)
    return reject('TOO_EARLY', fact('indicator', code, 'CODE'));
  return rule(state, { code, into: 'NOT_APPLICABLE', proposal: proposal.proposal.eventId }, world);
}

/** `DeclareSourceUnavailable`. Rejects as `proposeState`, and `INDICATOR_HAS_DATA`, which the committee's assent lifts. */
export function declareUnavailable(
  state: KnownAppraisal,
  { indicator: code }: AppraisalInput<'DeclareSourceUnavailable'>,
  world: AppraisalWorld,
): Decision<AppraisalEvent> {
  const indicator = subjectOf(state, code, 'UNAVAILABLE');
  if ('rejected' in indicator) return indicator;
  if (hasData(state, indicator, world)) return reject('INDICATOR_HAS_DATA', fact('indicator', code, 'CODE'));
  return rule(state, { code, into: 'UNAVAILABLE', proposal: null }, world);
}

/** `WaiveUnavailability`: by another than who declared it. Rejects as `declareUnavailable`, and `TWO_PEOPLE`. */
export function waiveUnavailability(
  state: KnownAppraisal,
  { indicator: code }: AppraisalInput<'WaiveUnavailability'>,
  world: AppraisalWorld,
): Decision<AppraisalEvent> {
  const indicator = subjectOf(state, code, 'UNAVAILABLE_WAIVED');
  if ('rejected' in indicator) return indicator;
  if (indicator.ruling?.by === world.actor) return reject('TWO_PEOPLE');
  if (hasData(state, indicator, world)) return reject('INDICATOR_HAS_DATA', fact('indicator', code, 'CODE'));
  return rule(state, { code, into: 'UNAVAILABLE_WAIVED', proposal: null }, world);
}

/**
 * `AssentToIndicatorState`, `DeclineIndicatorState`. With the second seat the state is ruled in the same append,
 * whatever data there is. Rejects by the rules of `assent`; the subject's seat gives none.
 */
export function ballotOnState(
  state: KnownAppraisal,
  command: Extract<AppraisalCommand, { readonly type: 'AssentToIndicatorState' | 'DeclineIndicatorState' }>,
  world: AppraisalWorld,
): Decision<AppraisalEvent> {
  const held = state.proposals.find(
    ({ proposal, decided }) => proposal.eventId === command.data.proposalEventId && !decided,
  );
  if (held === undefined) return reject('PROPOSAL_NOT_OPEN');
  const indicator = subjectOf(state, held.indicator, held.state);
  if ('rejected' in indicator) return indicator;
  const judge = command.type === 'AssentToIndicatorState' ? assent : decline;
  const cast = judge(held.proposal, command.data, {
    actor: world.actor,
    committee: world.committee,
    excluded: excludedFrom(state, indicator, held.state),
  });
  if ('rejected' in cast) return cast;
  if (cast.outcome !== 'ASSENTED') return accept<AppraisalEvent>(cast.event);
  return rule(
    state,
    { code: held.indicator, into: held.state, proposal: held.proposal.eventId, ballot: cast.event },
    world,
  );
}

/** The proposal of a state that is still to be decided. */
function openProposal(state: KnownAppraisal, code: string, proposed: RuledState): StateProposal | undefined {
  return state.proposals.find(
    (one) => one.indicator === code && one.state === proposed && !one.decided && !one.proposal.declined,
  );
}

/** A waiver by assent needs somebody else than the declarer too (`TWO_PEOPLE`). */
const excludedFrom = (state: KnownAppraisal, { ruling }: HeldIndicator, into: RuledState): readonly string[] =>
  into === 'UNAVAILABLE_WAIVED' && ruling !== null ? [state.subjectId, ruling.by] : [state.subjectId];

/** The indicator that may be ruled into the state, or why not. */
function subjectOf(state: KnownAppraisal, code: string, into: RuledState): HeldIndicator | Rejection {
  const closed = closedToInputs(state);
  if (closed !== null) return closed;
  const indicator = state.indicators.find((one) => one.code === code);
  if (indicator === undefined) return reject('INDICATOR_UNKNOWN', fact('indicator', code, 'CODE'));
  return follows(indicator.ruling?.state ?? null, into, indicator.kind)
    ? indicator
    : reject('INDICATOR_STATE_BROKEN', fact('indicator', code, 'CODE'));
}

/** A source stands behind facts alone; a failed one is waived or found not applicable, and nothing is taken back here. */
function follows(from: Ruling['state'] | null, into: RuledState, kind: HeldIndicator['kind']): boolean {
  switch (into) {
    case 'NOT_APPLICABLE':
      return from === null || from === 'UNAVAILABLE';
    case 'UNAVAILABLE':
      return from === null && kind === 'QUANTITATIVE';
    case 'UNAVAILABLE_WAIVED':
      return from === 'UNAVAILABLE';
  }
}

/** A fact that takes part in the span, or a rating that is in; a report is no fact. */
function hasData(state: KnownAppraisal, { code, kind }: HeldIndicator, world: AppraisalWorld): boolean {
  if (kind === 'QUANTITATIVE') return (world.withFacts ?? []).includes(code);
  return state.evaluations.some(
    ({ kind: rater, evaluatorId, ratings }) =>
      placeOf(state, rater, evaluatorId) !== undefined && ratings.some((one) => one.indicator === code),
  );
}

interface RulingOn {
  readonly code: string;
  readonly into: RuledState;
  readonly proposal: string | null;
  /** The second seat's assent, where that decided. */
  readonly ballot?: AppraisalEvent;
}

/** The ruling, after the ballot that decided it, and the unsealing where no evaluation is due any more. */
function rule(
  state: KnownAppraisal,
  { code, into, proposal, ballot }: RulingOn,
  world: AppraisalWorld,
): Decision<AppraisalEvent> {
  const data = { indicator: code, proposal, ...totalsOf(world), basis: [...world.basis] };
  const ruling = { state: into, eventId: world.newId, by: world.actor, reason: null };
  const indicators = state.indicators.map((one) => (one.code === code ? { ...one, ruling } : one));
  return accept<AppraisalEvent>(
    ...(ballot === undefined ? [] : [ballot]),
    { type: RULING_EVENTS[into], data },
    ...unsealingIfAllIn({ ...state, indicators }),
  );
}

const totalsOf = ({ totals }: AppraisalWorld) => ({
  totalBefore: totals?.before ?? null,
  totalAfter: totals?.after ?? null,
});
