import { Decimal } from 'decimal.js';
import { accept, fact, reject, type Decision, type Rejection } from './kernel/decision.js';
import type { AppraisalEvent } from './appraisal.events.js';
import type { AppraisalInput, AppraisalWorld } from './appraisal-commands.js';
import {
  closedToInputs,
  evaluationOf,
  evaluationDue,
  placeOf,
  indicatorsToRate,
  unsealingIfAllIn,
} from './appraisal-evaluators.js';
import { withEvaluation, type EvaluatorPlace, type KnownAppraisal } from './appraisal.state.js';

/**
 * `SubmitEvaluation`. The last one due brings the unsealing with it, in the same append. Rejects `NOT_AN_EVALUATOR`,
 * `RATING_OUT_OF_RANGE`, `INDICATOR_NOT_RATED`, `EVALUATION_CLOSED`, `EVALUATION_EXISTS`.
 */
export function submitEvaluation(
  state: KnownAppraisal,
  input: AppraisalInput<'SubmitEvaluation'>,
  world: AppraisalWorld,
): Decision<AppraisalEvent> {
  const place = placeOf(state, input.kind, world.actor);
  const refused = refuse(state, place, input);
  if (refused !== null || place === undefined) return refused ?? reject('NOT_AN_EVALUATOR');
  if (closed(state, place)) return reject('EVALUATION_CLOSED');
  if (evaluationOf(state, place) !== undefined) return reject('EVALUATION_EXISTS');
  const data = evaluationData(input, world.actor);
  const evaluations = withEvaluation(state.evaluations, { ...data, eventId: world.newId });
  return accept<AppraisalEvent>({ type: 'EvaluationSubmitted', data }, ...unsealingIfAllIn({ ...state, evaluations }));
}

/**
 * `ReviseEvaluation`: the whole evaluation again, while sealed. One submitted after the unsealing is not revised: its
 * author may read the others by then. Rejects as `submitEvaluation`, and `NOT_THERE` where nothing is in.
 */
export function reviseEvaluation(
  state: KnownAppraisal,
  input: AppraisalInput<'ReviseEvaluation'>,
  world: AppraisalWorld,
): Decision<AppraisalEvent> {
  const place = placeOf(state, input.kind, world.actor);
  const refused = refuse(state, place, input);
  if (refused !== null || place === undefined) return refused ?? reject('NOT_AN_EVALUATOR');
  if (state.unsealing !== null) return reject('EVALUATION_CLOSED');
  if (evaluationOf(state, place) === undefined) return reject('NOT_THERE');
  return accept<AppraisalEvent>({ type: 'EvaluationRevised', data: evaluationData(input, world.actor) });
}

/** `Unseal`, by the timer: idempotent, and never on the day itself, which belongs to the evaluators to its end. */
export function unseal(state: KnownAppraisal, world: AppraisalWorld): Decision<AppraisalEvent> {
  if (state.unsealing !== null) return accept();
  if (world.today <= state.evaluationsDueOn)
    return reject('EVALUATION_PENDING', fact('dueOn', state.evaluationsDueOn, 'DATE'));
  return accept<AppraisalEvent>({ type: 'EvaluationsUnsealed', data: { cause: 'DEADLINE' } });
}

/**
 * `ReassignEvaluator`, by HR or after a new manager. Rejects `ALREADY_PUBLISHED`, `ALREADY_FINAL`, `NOT_AN_EVALUATOR`
 * (nobody of that kind is to be replaced), `NOTHING_CHANGES`, `EVALUATORS_BROKEN`, `PERSON_UNKNOWN`.
 */
export function reassignEvaluator(
  state: KnownAppraisal,
  input: AppraisalInput<'ReassignEvaluator'>,
  world: AppraisalWorld,
): Decision<AppraisalEvent> {
  const { kind, evaluatorId } = input;
  const replaced = input.replaced ?? null;
  const holders = state.places.filter((place) => place.kind === kind && !place.replaced);
  const leaving = holders.find((place) => place.evaluatorId === replaced);
  const closedBy = closedToInputs(state);
  if (closedBy !== null) return closedBy;
  if (replaced !== null && leaving === undefined) return reject('NOT_AN_EVALUATOR', fact('replaced', replaced, 'ID'));
  if (replaced === evaluatorId) return reject('NOTHING_CHANGES');
  // A superior's rating that has been unsealed stands: a new manager came too late to take it back.
  if (
    world.actor === 'SYSTEM' &&
    state.unsealing !== null &&
    leaving !== undefined &&
    evaluationOf(state, leaving) !== undefined
  )
    return accept();
  const named = state.places.some((place) => place.evaluatorId === evaluatorId && !place.replaced);
  const oneOnly = kind !== 'CROSS_DEPARTMENT' && replaced === null && holders.length > 0;
  if (kind === 'SELF' || evaluatorId === state.subjectId || named || oneOnly) return reject('EVALUATORS_BROKEN');
  if (!world.people.includes(evaluatorId)) return reject('PERSON_UNKNOWN');
  return accept<AppraisalEvent>({ type: 'EvaluatorReassigned', data: { kind, replaced, evaluatorId } });
}

function refuse(
  state: KnownAppraisal,
  place: EvaluatorPlace | undefined,
  { kind, ratings }: AppraisalInput<'SubmitEvaluation'>,
): Rejection | null {
  if (place === undefined || !evaluationDue(state.indicators, kind)) return reject('NOT_AN_EVALUATOR');
  const out = ratings.find(({ value }) => new Decimal(value).lt(0) || new Decimal(value).gt(100));
  if (out !== undefined) return reject('RATING_OUT_OF_RANGE', fact('indicator', out.indicator, 'CODE'));
  const wanted = indicatorsToRate(state.indicators, kind);
  const rated = new Set(ratings.map(({ indicator }) => indicator));
  const missing = wanted.find((code) => !rated.has(code));
  const foreign = ratings.find(({ indicator }) => !wanted.includes(indicator));
  if (missing === undefined && foreign === undefined && rated.size === ratings.length) return null;
  return reject('INDICATOR_NOT_RATED', fact('indicator', missing ?? foreign?.indicator ?? kind, 'CODE'));
}

/** After the unsealing only who was put in place since still submits, and after a publication nobody. */
const closed = (state: KnownAppraisal, place: EvaluatorPlace): boolean =>
  closedToInputs(state) !== null || (state.unsealing !== null && !place.late);

const evaluationData = ({ kind, ratings, comment }: AppraisalInput<'SubmitEvaluation'>, evaluatorId: string) => ({
  kind,
  evaluatorId,
  ratings,
  comment: comment ?? null,
});
