import type { Rejection } from './kernel/decision.js';
import { reject } from './kernel/decision.js';
import type { AppraisalEvent } from './appraisal.events.js';
import type { EvaluatorPlace, HeldEvaluation, HeldIndicator, KnownAppraisal } from './appraisal.state.js';
import type { EvaluatorKind } from './scoring/input.js';

/** Whether an indicator still counts: it was neither ruled not applicable nor its failed source waived. */
export const countsInTotal = ({ ruling }: Pick<HeldIndicator, 'ruling'>): boolean =>
  ruling?.state !== 'NOT_APPLICABLE' && ruling?.state !== 'UNAVAILABLE_WAIVED';

/** Codes of the indicators that an evaluation of the kind must rate: all that count and name it. */
export const indicatorsToRate = (indicators: readonly HeldIndicator[], kind: EvaluatorKind): readonly string[] =>
  indicators.filter((indicator) => countsInTotal(indicator) && indicator.raters.includes(kind)).map(({ code }) => code);

/** Whether an evaluation of the kind is due: an indicator that counts names it (`domain.md`, Appraisals). */
export const evaluationDue = (indicators: readonly HeldIndicator[], kind: EvaluatorKind): boolean =>
  indicatorsToRate(indicators, kind).length > 0;

/** The places whose evaluations are due: of the kinds that are, and not replaced. */
export const duePlaces = ({
  indicators,
  places,
}: Pick<KnownAppraisal, 'indicators' | 'places'>): readonly EvaluatorPlace[] =>
  places.filter((place) => !place.replaced && evaluationDue(indicators, place.kind));

/** The place that a person holds now for a kind. */
export const placeOf = (
  state: Pick<KnownAppraisal, 'places'>,
  kind: EvaluatorKind,
  evaluatorId: string,
): EvaluatorPlace | undefined =>
  state.places.find((place) => place.kind === kind && place.evaluatorId === evaluatorId && !place.replaced);

/** The evaluation that stands for a place, if it is in. */
export const evaluationOf = (
  { evaluations }: Pick<KnownAppraisal, 'evaluations'>,
  { kind, evaluatorId }: Pick<EvaluatorPlace, 'kind' | 'evaluatorId'>,
): HeldEvaluation | undefined => evaluations.find((one) => one.kind === kind && one.evaluatorId === evaluatorId);

/** The evaluations that count once unsealed: those of evaluators who were not replaced. */
export const countedEvaluations = (state: Pick<KnownAppraisal, 'evaluations' | 'places'>): readonly HeldEvaluation[] =>
  state.evaluations.filter(({ kind, evaluatorId }) => placeOf(state, kind, evaluatorId) !== undefined);

/** The superior: pinned at the opening or put in their place since; null at the top of the directory. */
export const superiorOf = ({ places, managerId }: Pick<KnownAppraisal, 'places' | 'managerId'>): string | null =>
  places.findLast(({ kind, replaced }) => kind === 'SUPERIOR' && !replaced)?.evaluatorId ?? managerId;

/** A kind that is due without an evaluation: `SUPERIOR` blocks publication (`EVALUATION_PENDING`). */
export const superiorMissing = (state: KnownAppraisal): boolean =>
  evaluationDue(state.indicators, 'SUPERIOR') && !countedEvaluations(state).some(({ kind }) => kind === 'SUPERIOR');

/** The unsealing to append together with what brought the last due evaluation in, or nothing. */
export function unsealingIfAllIn(
  state: Pick<KnownAppraisal, 'indicators' | 'places' | 'evaluations' | 'unsealing'>,
): readonly AppraisalEvent[] {
  if (state.unsealing !== null) return [];
  const allIn = duePlaces(state).every((place) => evaluationOf(state, place) !== undefined);
  return allIn ? [{ type: 'EvaluationsUnsealed', data: { cause: 'ALL_IN' } }] : [];
}

/** What closes an appraisal to changes of its inputs: its publication, or that it is final. */
export function closedToInputs({ status }: KnownAppraisal): Rejection | null {
  if (status === 'FINAL') return reject('ALREADY_FINAL');
  return status === 'PUBLISHED' || status === 'COMMUNICATED' ? reject('ALREADY_PUBLISHED') : null;
}
