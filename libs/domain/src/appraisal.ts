import { accept, fact, reject, type Decision, type Rejection } from './kernel/decision.js';
import { never } from './kernel/defect.js';
import type { AppraisalEvaluator, AppraisalEvent } from './appraisal.events.js';
import type { AppraisalCommand, AppraisalInput, AppraisalOpening, AppraisalWorld } from './appraisal-commands.js';
import { reassignEvaluator, reviseEvaluation, submitEvaluation, unseal } from './appraisal-evaluation.js';
import { closedToInputs } from './appraisal-evaluators.js';
import {
  ballotOnState,
  declareUnavailable,
  proposeState,
  ruleNotApplicable,
  waiveUnavailability,
} from './appraisal-indicator.js';
import * as result from './appraisal-result.js';
import type { AppraisalState, KnownAppraisal } from './appraisal.state.js';
import type { Segment } from './person.state.js';
import type { SchemeContent } from './scheme.events.js';
import { EVALUATOR_KINDS, type EvaluatorKind } from './scoring/input.js';
import type { TargetState } from './target.state.js';

/**
 * What an appraisal's id follows from (`architecture.md`, Streams and ids): the parts of its UUIDv5, so that two
 * commands cannot open two for one person, cycle and segment.
 */
export const appraisalKey = (of: {
  readonly personId: string;
  readonly cycle: string;
  readonly segmentFrom: string;
}): readonly string[] => ['appraisal', of.personId, of.cycle, of.segmentFrom];

/**
 * Decides a command on an appraisal (`domain.md`, Appraisals). What each rejects is said at its function; every
 * command but the opening rejects `NOT_THERE` where there is no appraisal.
 */
export function decideAppraisal(
  state: AppraisalState,
  command: AppraisalCommand,
  world: AppraisalWorld,
): Decision<AppraisalEvent> {
  if (command.type === 'OpenAppraisal')
    return state.status === 'ABSENT' ? open(command.data, world) : reject('ALREADY_EXISTS');
  if (state.status === 'ABSENT') return reject('NOT_THERE');
  switch (command.type) {
    case 'ChangeSpan':
      return changeSpan(state, command.data);
    case 'ReassignEvaluator':
      return reassignEvaluator(state, command.data, world);
    case 'SubmitEvidence':
      return submitEvidence(state, command.data, world);
    case 'SubmitEvaluation':
      return submitEvaluation(state, command.data, world);
    case 'ReviseEvaluation':
      return reviseEvaluation(state, command.data, world);
    case 'Unseal':
      return unseal(state, world);
    case 'LinkTarget':
      return linkTarget(state, command.data);
    case 'UnlinkTarget':
      return unlinkTarget(state, command.data);
    case 'ProposeIndicatorState':
      return proposeState(state, command.data, world);
    case 'AssentToIndicatorState':
    case 'DeclineIndicatorState':
      return ballotOnState(state, command, world);
    case 'RuleNotApplicable':
      return ruleNotApplicable(state, command.data, world);
    case 'DeclareSourceUnavailable':
      return declareUnavailable(state, command.data, world);
    case 'WaiveUnavailability':
      return waiveUnavailability(state, command.data, world);
    case 'PublishScore':
    case 'OpenResult':
    case 'HandOverResult':
    case 'RecordInterview':
    case 'WaiveInterview':
    case 'AcknowledgeResult':
    case 'RefuseAcknowledgement':
    case 'RenounceFiling':
    case 'FinalizeAppraisal':
      return decideResult(state, command, world);
    default:
      return never(command);
  }
}

type ResultCommand = Extract<
  AppraisalCommand,
  {
    readonly type:
      | 'PublishScore'
      | 'OpenResult'
      | 'HandOverResult'
      | 'RecordInterview'
      | 'WaiveInterview'
      | 'AcknowledgeResult'
      | 'RefuseAcknowledgement'
      | 'RenounceFiling'
      | 'FinalizeAppraisal';
  }
>;

function decideResult(state: KnownAppraisal, command: ResultCommand, world: AppraisalWorld): Decision<AppraisalEvent> {
  switch (command.type) {
    case 'PublishScore':
      return result.publishScore(state, world);
    case 'OpenResult':
      return result.openResult(state, world);
    case 'HandOverResult':
      return result.handOverResult(state, command.data, world);
    case 'RecordInterview':
      return result.recordInterview(state, command.data, world);
    case 'WaiveInterview':
      return result.waiveInterview(state);
    case 'AcknowledgeResult':
      return result.acknowledgeResult(state);
    case 'RefuseAcknowledgement':
      return result.refuseAcknowledgement(state);
    case 'RenounceFiling':
      return result.renounceFiling(state, world);
    case 'FinalizeAppraisal':
      return result.finalizeAppraisal(state, world);
    default:
      return never(command);
  }
}

/**
 * `OpenAppraisal`: copies what the directory, the scheme and the targets say. Where no evaluation is due, the
 * unsealing follows at once. Rejects `CYCLE_UNKNOWN`, `CYCLE_CLOSED`, `SEGMENT_UNKNOWN` (nobody's, too), `NO_SCHEME`,
 * `SCHEME_AMBIGUOUS`, `DATED_OUT_OF_ORDER` (due before the cycle's day), `EVALUATORS_BROKEN`, `PERSON_UNKNOWN`.
 */
function open(input: AppraisalInput<'OpenAppraisal'>, world: AppraisalWorld): Decision<AppraisalEvent> {
  const { cycle } = world;
  const { segment, scheme } = world.opening ?? { segment: null, scheme: null };
  if (cycle === null) return reject('CYCLE_UNKNOWN');
  if (cycle.status === 'CLOSED') return reject('CYCLE_CLOSED');
  if (segment === null) return reject('SEGMENT_UNKNOWN');
  if (scheme === null) return reject('NO_SCHEME', fact('role', segment.role, 'CODE'));
  if (scheme === 'AMBIGUOUS') return reject('SCHEME_AMBIGUOUS', fact('role', segment.role, 'CODE'));
  const evaluationsDueOn = input.evaluationsDueOn ?? cycle.evaluationDueOn;
  if (evaluationsDueOn < cycle.evaluationDueOn)
    return reject('DATED_OUT_OF_ORDER', fact('evaluationsDueOn', evaluationsDueOn, 'DATE'));
  const { content, number } = scheme.version;
  const managerId = managerOf(segment, world.today);
  const evaluators = evaluatorsOf(input, { content, managerId, people: world.people });
  if ('rejected' in evaluators) return evaluators;
  const { role, unit, from, to, eventIds } = segment;
  const opened: AppraisalEvent = {
    type: 'AppraisalOpened',
    data: {
      appraisalId: world.newId,
      subjectId: input.personId,
      cycle: input.cycle,
      level: cycle.level,
      period: { from: cycle.period.from, to: cycle.period.to },
      ...{ role, unit, managerId },
      eligible: { from, to },
      directory: [...new Set(eventIds)],
      schemeId: scheme.schemeId,
      schemeVersion: number,
      indicators: content.indicators.map(({ code, kind, metric, raters }) => ({
        code,
        kind,
        metric,
        raters,
        targetId: targetOf(metric, input, world.opening),
      })),
      evaluators,
      evaluationsDueOn,
      basis: [...world.basis],
    },
  };
  const due = content.indicators.some(({ raters }) => raters.length > 0);
  return due
    ? accept(opened)
    : accept<AppraisalEvent>(opened, { type: 'EvaluationsUnsealed', data: { cause: 'ALL_IN' } });
}

/** The manager of the last of its entries that has come, else of its first. */
function managerOf({ managers }: Segment, today: string): string | null {
  return (managers.findLast(({ from }) => from <= today) ?? managers[0])?.manager ?? null;
}

interface Naming {
  readonly content: SchemeContent;
  readonly managerId: string | null;
  readonly people: readonly string[];
}

/** The subject rates themselves, the manager is the superior unless another is named, others are named by HR. */
function evaluatorsOf(
  { personId, evaluators = [] }: AppraisalInput<'OpenAppraisal'>,
  { content, managerId, people }: Naming,
): AppraisalEvaluator[] | Rejection {
  const due = new Set<EvaluatorKind>(content.indicators.flatMap(({ raters }) => raters));
  const unnamed = (kind: EvaluatorKind): boolean => !evaluators.some((one) => one.kind === kind);
  const own: readonly AppraisalEvaluator[] =
    due.has('SELF') && unnamed('SELF') ? [{ kind: 'SELF', evaluatorId: personId }] : [];
  const superior: readonly AppraisalEvaluator[] =
    managerId !== null && unnamed('SUPERIOR') ? [{ kind: 'SUPERIOR', evaluatorId: managerId }] : [];
  const all = [...own, ...superior, ...evaluators];
  const broken =
    all.some(
      ({ kind, evaluatorId }) =>
        (kind === 'SELF') !== (evaluatorId === personId) || (kind !== 'SUPERIOR' && !due.has(kind)),
    ) ||
    EVALUATOR_KINDS.some((kind) => due.has(kind) && !all.some((one) => one.kind === kind)) ||
    all.filter(({ kind }) => kind === 'SUPERIOR').length > 1 ||
    new Set(all.map(({ evaluatorId }) => evaluatorId)).size < all.length;
  if (broken) return reject('EVALUATORS_BROKEN');
  const unknown = evaluators.find(({ evaluatorId }) => evaluatorId !== personId && !people.includes(evaluatorId));
  return unknown === undefined ? all : reject('PERSON_UNKNOWN', fact('person', unknown.evaluatorId, 'ID'));
}

/** The live target of the metric, owner, role, unit and cycle; there is at most one, its id follows from these. */
function targetOf(
  metric: string | null,
  input: AppraisalInput<'OpenAppraisal'>,
  opening: AppraisalOpening | undefined,
): string | null {
  const { segment, targets } = opening ?? { segment: null, targets: [] };
  const fits = (target: TargetState): boolean =>
    target.status === 'LIVE' &&
    target.metric === metric &&
    target.owner === input.personId &&
    target.role === segment?.role &&
    target.unit === segment.unit &&
    target.cycle === input.cycle;
  const found = targets.find(fits);
  return found === undefined || found.status === 'ABSENT' ? null : found.targetId;
}

/** `ChangeSpan`. Rejects `ALREADY_PUBLISHED`, `ALREADY_FINAL`; the same span again changes nothing. */
function changeSpan(
  state: KnownAppraisal,
  { eligible, directory }: AppraisalInput<'ChangeSpan'>,
): Decision<AppraisalEvent> {
  const closed = closedToInputs(state);
  if (closed !== null) return closed;
  const same = eligible?.from === state.eligible?.from && eligible?.to === state.eligible?.to;
  return same ? accept() : accept<AppraisalEvent>({ type: 'AppraisalSpanChanged', data: { eligible, directory } });
}

/** `SubmitEvidence`, by the subject, to the end of the case. Rejects `ALREADY_FINAL`. */
function submitEvidence(
  state: KnownAppraisal,
  input: AppraisalInput<'SubmitEvidence'>,
  world: AppraisalWorld,
): Decision<AppraisalEvent> {
  if (state.status === 'FINAL') return reject('ALREADY_FINAL');
  return accept<AppraisalEvent>({ type: 'EvidenceSubmitted', data: { evidenceId: world.newId, ...input } });
}

/** `LinkTarget`: every indicator of the metric takes it up. Rejects `ALREADY_PUBLISHED`, `ALREADY_FINAL`. */
function linkTarget(
  state: KnownAppraisal,
  { metric, targetId }: AppraisalInput<'LinkTarget'>,
): Decision<AppraisalEvent> {
  const closed = closedToInputs(state);
  if (closed !== null) return closed;
  const taking = state.indicators.filter((indicator) => indicator.metric === metric && indicator.targetId !== targetId);
  return accept(
    ...taking.map(({ code }): AppraisalEvent => ({
      type: 'AppraisalTargetLinked',
      data: { indicator: code, targetId },
    })),
  );
}

/** `UnlinkTarget`: every indicator that has it drops it. Rejects `ALREADY_PUBLISHED`, `ALREADY_FINAL`. */
function unlinkTarget(state: KnownAppraisal, { targetId }: AppraisalInput<'UnlinkTarget'>): Decision<AppraisalEvent> {
  const closed = closedToInputs(state);
  if (closed !== null) return closed;
  const dropping = state.indicators.filter((indicator) => indicator.targetId === targetId);
  return accept(
    ...dropping.map(({ code }): AppraisalEvent => ({
      type: 'AppraisalTargetUnlinked',
      data: { indicator: code, targetId },
    })),
  );
}
