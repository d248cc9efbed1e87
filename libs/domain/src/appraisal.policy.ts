import type { Principal, Visibility } from './kernel/access.js';
import { allow, FORBIDDEN, type Verdict } from './kernel/decision.js';
import { allowIf, allowRole, exceptOwn, hasRole, mayWrite } from './kernel/principal.js';
import { mayAssent } from './assent.js';
import type { AppraisalCommand, AppraisalInput } from './appraisal-commands.js';
import { evaluationOf, superiorOf } from './appraisal-evaluators.js';
import type { AppraisalState, HeldEvaluation, KnownAppraisal } from './appraisal.state.js';

/**
 * Who may issue a command on an appraisal (`domain.md`, Who may do what). `OWN_CASE`: nobody opens, staffs, rules,
 * publishes, delivers, interviews, waives or finalizes their own; evidence, their own evaluation, opening,
 * acknowledging and renouncing are theirs as the subject. Who rates is a rule (`NOT_AN_EVALUATOR`), not a right.
 */
export function mayAppraisal(
  principal: Principal,
  command: AppraisalCommand,
  of: { readonly state: AppraisalState },
): Verdict {
  const { state } = of;
  if (command.type === 'OpenAppraisal')
    return exceptOwn(allowRole(principal, 'HR'), principal, [command.data.personId]);
  if (state.status === 'ABSENT') return FORBIDDEN;
  const others = (verdict: Verdict): Verdict => exceptOwn(verdict, principal, [state.subjectId]);
  switch (command.type) {
    case 'SubmitEvidence':
    case 'OpenResult':
    case 'AcknowledgeResult':
    case 'RenounceFiling':
      return allowIf(principal, principal.personId === state.subjectId, 'SUBJECT');
    case 'SubmitEvaluation':
    case 'ReviseEvaluation':
      return allowIf(principal, true, 'EVALUATOR');
    case 'RecordInterview':
      return others(bySuperior(principal, state));
    case 'ProposeIndicatorState':
      return others(mayPropose(principal, command.data, state));
    case 'DeclareSourceUnavailable':
      return others(mayDeclare(principal, command.data.indicator, state));
    case 'AssentToIndicatorState':
    case 'DeclineIndicatorState':
      return others(mayAssent(principal, command.data));
    case 'ChangeSpan':
    case 'Unseal':
    case 'LinkTarget':
    case 'UnlinkTarget':
      return FORBIDDEN;
    case 'ReassignEvaluator':
    case 'RuleNotApplicable':
    case 'WaiveUnavailability':
    case 'PublishScore':
    case 'HandOverResult':
    case 'WaiveInterview':
    case 'RefuseAcknowledgement':
    case 'FinalizeAppraisal':
      return others(allowRole(principal, 'HR'));
  }
}

const bySuperior = (principal: Principal, state: KnownAppraisal): Verdict =>
  allowIf(principal, principal.personId === superiorOf(state), 'SUPERIOR');

/** Each state is proposed by who would bring it about without an assent. */
function mayPropose(
  principal: Principal,
  { indicator, state: proposed }: AppraisalInput<'ProposeIndicatorState'>,
  state: KnownAppraisal,
): Verdict {
  switch (proposed) {
    case 'NOT_APPLICABLE':
      return bySuperior(principal, state);
    case 'UNAVAILABLE':
      return mayDeclare(principal, indicator, state);
    case 'UNAVAILABLE_WAIVED':
      return allowRole(principal, 'HR');
  }
}

function mayDeclare(principal: Principal, code: string, { indicators }: KnownAppraisal): Verdict {
  const metric = indicators.find((one) => one.code === code)?.metric ?? null;
  const registered = metric !== null && principal.integration?.metrics.includes(metric) === true;
  return registered && hasRole(principal, 'INTEGRATION') && mayWrite(principal)
    ? allow('INTEGRATION')
    : allowRole(principal, 'FINANCE');
}

/**
 * Who reads an appraisal: `HR`, `FINANCE` (it declares sources unavailable; without ratings and totals), the committee
 * and the auditor all; the subject, the superior and the evaluators theirs; an integration those that count its
 * metrics. By the columns `subject`, `superior`, `evaluators` (replaced ones too: what they wrote is kept) and `metric`.
 * `MARKETING_HEAD` and `ADMIN` read none by their role: results belong to the person's own line and to HR.
 */
export function visibleAppraisals(principal: Principal): Visibility {
  if (hasRole(principal, 'HR', 'FINANCE', 'COMMITTEE', 'AUDITOR')) return 'ALL';
  if (principal.roles.size === 0) return 'NONE';
  const own = (['subject', 'superior', 'evaluators'] as const).map((column) => ({ column, in: [principal.personId] }));
  const metrics = principal.integration?.metrics ?? [];
  return { any: metrics.length === 0 ? own : [...own, { column: 'metric', in: metrics }] };
}

/**
 * How much of the score a reader of the appraisal sees. `FULL`: figures, derivation and, once unsealed, ratings.
 * `SEALED`: figures without any rating, for an evaluator put in place after the unsealing whose own are not in.
 * `NONE`: neither figures nor ratings but their own (evaluators of other departments, finance, integrations).
 */
export function scoreSight(state: KnownAppraisal, principal: Principal): 'FULL' | 'SEALED' | 'NONE' {
  const { personId } = principal;
  const role =
    personId === state.subjectId || personId === superiorOf(state) || hasRole(principal, 'HR', 'COMMITTEE', 'AUDITOR');
  if (!role) return 'NONE';
  return awaited(state, personId) ? 'SEALED' : 'FULL';
}

/** An evaluation as a reader gets it: null stands for what is sealed or not theirs. */
export type VisibleEvaluation = Omit<HeldEvaluation, 'ratings'> & {
  readonly ratings: HeldEvaluation['ratings'] | null;
};

/**
 * The evaluations as a reader may see them (`domain.md`, Appraisals). Sealed, an author sees their own and nobody else
 * any; unsealed, who has `FULL` sight sees all. For a moment of the past `now` is today's state: then a rating shows
 * only where it was unsealed at that moment too, to its author as to all others.
 */
export function redactEvaluations(
  state: KnownAppraisal,
  principal: Principal,
  now?: KnownAppraisal,
): readonly VisibleEvaluation[] {
  const past = now !== undefined;
  const all = state.unsealing !== null && scoreSight(now ?? state, principal) === 'FULL';
  const own = (one: HeldEvaluation): boolean =>
    one.evaluatorId === principal.personId && !(past && state.unsealing === null);
  return state.evaluations.map((one) => (all || own(one) ? one : { ...one, ratings: null, comment: null }));
}

/** Put in place after the unsealing, and not in yet: the others stay sealed to them (`EVALUATION_CLOSED`). */
const awaited = (state: KnownAppraisal, personId: string): boolean =>
  state.places.some(
    (place) =>
      place.evaluatorId === personId && place.late && !place.replaced && evaluationOf(state, place) === undefined,
  );
