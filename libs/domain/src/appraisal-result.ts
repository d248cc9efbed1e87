import { workingDaysAfter } from './kernel/calendar.js';
import { accept, fact, reject, type Decision, type Rejection } from './kernel/decision.js';
import { assert } from './kernel/defect.js';
import type { AppraisalEvent } from './appraisal.events.js';
import type { AppraisalInput, AppraisalWorld } from './appraisal-commands.js';
import { closedToInputs, superiorMissing } from './appraisal-evaluators.js';
import { derivationDigest } from './appraisal-score.js';
import type { KnownAppraisal, PublishedRevision } from './appraisal.state.js';

/**
 * `PublishScore`: revision 1, of the score at the basis. Rejects `ALREADY_FINAL`, `ALREADY_PUBLISHED`,
 * `EVALUATION_PENDING`, `INDICATOR_PENDING` (naming the first), `CUT_OFF_NOT_REACHED`, `STALE_INPUT`.
 * A span too short to be rated waits for no superior and no indicator: nothing of theirs would count.
 */
export function publishScore(state: KnownAppraisal, world: AppraisalWorld): Decision<AppraisalEvent> {
  const closed = closedToInputs(state);
  if (closed !== null) return closed;
  const { score } = world;
  assert(score !== undefined, 'a publication is decided on a score', { appraisal: state.appraisalId });
  const unrated = score.unratedCode !== null;
  if (state.unsealing === null || (!unrated && superiorMissing(state))) return reject('EVALUATION_PENDING');
  const [pending] = score.pending;
  if (!unrated && pending !== undefined)
    return reject('INDICATOR_PENDING', fact('indicator', pending.indicator, 'CODE'), fact('why', pending.code, 'CODE'));
  if ((world.cycle?.cutOff ?? null) === null) return reject('CUT_OFF_NOT_REACHED');
  if (world.stale === true) return reject('STALE_INPUT');
  const { status, total, grade, engineVersion } = score;
  const { schemeId, schemeVersion } = state;
  return accept<AppraisalEvent>({
    type: 'ScorePublished',
    data: {
      revision: state.revisions.length + 1,
      publishedOn: world.today,
      ...{ status, total, grade, schemeId, schemeVersion, engineVersion },
      basis: [...world.basis],
      derivationDigest: derivationDigest(score.derivation),
      cause: 'PUBLICATION',
      causeEventId: null,
    },
  });
}

/** `OpenResult`, by the subject: the first time communicates it; again it changes nothing. Rejects `NOT_PUBLISHED`. */
export function openResult(state: KnownAppraisal, world: AppraisalWorld): Decision<AppraisalEvent> {
  const last = inForce(state);
  if ('rejected' in last) return last;
  return last.communicated === null
    ? accept(communicated(last, { channel: 'OPENED', evidence: null }, world))
    : accept();
}

/** `HandOverResult`, by HR. Rejects `NOT_PUBLISHED`, `NOTHING_CHANGES` (the subject knows it already). */
export function handOverResult(
  state: KnownAppraisal,
  { evidence }: AppraisalInput<'HandOverResult'>,
  world: AppraisalWorld,
): Decision<AppraisalEvent> {
  const last = inForce(state);
  if ('rejected' in last) return last;
  return last.communicated === null
    ? accept(communicated(last, { channel: 'HANDED_OVER', evidence }, world))
    : reject('NOTHING_CHANGES');
}

/**
 * `RecordInterview`, by the superior; it communicates the result where nothing did before. Rejects `NOT_PUBLISHED`,
 * `ALREADY_FINAL`, `INTERVIEW_EXISTS`, `DATED_OUT_OF_ORDER` (held before the publication or after today).
 */
export function recordInterview(
  state: KnownAppraisal,
  { heldOn, notes }: AppraisalInput<'RecordInterview'>,
  world: AppraisalWorld,
): Decision<AppraisalEvent> {
  const last = awaiting(state);
  if ('rejected' in last) return last;
  if (last.interview !== null) return reject('INTERVIEW_EXISTS');
  if (heldOn > world.today || heldOn < last.publishedOn)
    return reject('DATED_OUT_OF_ORDER', fact('heldOn', heldOn, 'DATE'));
  const recorded: AppraisalEvent = { type: 'InterviewRecorded', data: { revision: last.revision, heldOn, notes } };
  return last.communicated === null
    ? accept(communicated(last, { channel: 'INTERVIEW', evidence: null }, world), recorded)
    : accept(recorded);
}

/** `WaiveInterview`, by HR, who has delivered the result. Rejects as `recordInterview`, and `NOT_COMMUNICATED`. */
export function waiveInterview(state: KnownAppraisal): Decision<AppraisalEvent> {
  const last = told(awaiting(state));
  if ('rejected' in last) return last;
  return last.interview === null
    ? accept<AppraisalEvent>({ type: 'InterviewWaived', data: { revision: last.revision } })
    : reject('INTERVIEW_EXISTS');
}

/** `AcknowledgeResult`, by the subject, after a refusal too. Rejects `NOT_PUBLISHED`, `NOT_COMMUNICATED`, `NOTHING_CHANGES`. */
export function acknowledgeResult(state: KnownAppraisal): Decision<AppraisalEvent> {
  const last = told(inForce(state));
  if ('rejected' in last) return last;
  if (last.acknowledgement === 'ACKNOWLEDGED') return reject('NOTHING_CHANGES');
  return accept<AppraisalEvent>({ type: 'ResultAcknowledged', data: { revision: last.revision } });
}

/** `RefuseAcknowledgement`, noted by HR. Rejects as `acknowledgeResult`; what was acknowledged is not refused. */
export function refuseAcknowledgement(state: KnownAppraisal): Decision<AppraisalEvent> {
  const last = told(inForce(state));
  if ('rejected' in last) return last;
  if (last.acknowledgement !== null) return reject('NOTHING_CHANGES');
  return accept<AppraisalEvent>({ type: 'AcknowledgementRefused', data: { revision: last.revision } });
}

/** `RenounceFiling`, by the subject, while the window runs. Rejects `NOT_PUBLISHED`, `ALREADY_FINAL`, `NOT_COMMUNICATED`, `NOTHING_CHANGES`. */
export function renounceFiling(state: KnownAppraisal, world: AppraisalWorld): Decision<AppraisalEvent> {
  const last = told(awaiting(state));
  if ('rejected' in last) return last;
  if (!filingOpen(last, world.today)) return reject('NOTHING_CHANGES');
  return accept<AppraisalEvent>({ type: 'FilingRenounced', data: { revision: last.revision } });
}

/** `FinalizeAppraisal`. Rejects `NOT_PUBLISHED`, `ALREADY_FINAL`, `NOT_COMMUNICATED`, `INTERVIEW_MISSING`, `FILING_OPEN`, `STALE_INPUT`. */
export function finalizeAppraisal(state: KnownAppraisal, world: AppraisalWorld): Decision<AppraisalEvent> {
  const last = told(awaiting(state));
  if ('rejected' in last) return last;
  if (last.interview === null) return reject('INTERVIEW_MISSING');
  if (filingOpen(last, world.today))
    return reject('FILING_OPEN', fact('filingEndsOn', last.communicated?.filingEndsOn ?? world.today, 'DATE'));
  if (world.stale === true) return reject('STALE_INPUT');
  return accept<AppraisalEvent>({ type: 'AppraisalFinalized', data: { revision: last.revision } });
}

/** Whether the subject may still file: communicated, not renounced, and the window's last day, included, is not over. */
export function filingOpen(
  { communicated: told, filingRenounced }: Pick<PublishedRevision, 'communicated' | 'filingRenounced'>,
  today: string,
): boolean {
  return told !== null && !filingRenounced && today <= told.filingEndsOn;
}

/** The revision in force, or `NOT_PUBLISHED`. */
function inForce({ revisions }: KnownAppraisal): PublishedRevision | Rejection {
  return revisions.at(-1) ?? reject('NOT_PUBLISHED');
}

/** The revision in force of an appraisal that is not final yet. */
function awaiting(state: KnownAppraisal): PublishedRevision | Rejection {
  return state.status === 'FINAL' ? reject('ALREADY_FINAL') : inForce(state);
}

/** Lets through what the subject knows. */
function told(last: PublishedRevision | Rejection): PublishedRevision | Rejection {
  return 'rejected' in last || last.communicated !== null ? last : reject('NOT_COMMUNICATED');
}

/** The filing window of every revision runs from its first communication, in working days, its last day included. */
function communicated(
  last: PublishedRevision,
  how: { readonly channel: 'INTERVIEW' | 'OPENED' | 'HANDED_OVER'; readonly evidence: string | null },
  world: AppraisalWorld,
): AppraisalEvent {
  const { cycle } = world;
  assert(cycle !== null, 'the cycle of an appraisal exists', { revision: last.revision });
  const { day, calendarVersion } = workingDaysAfter(world.today, cycle.filingWindowDays, world.calendars);
  return { type: 'ResultCommunicated', data: { revision: last.revision, ...how, filingEndsOn: day, calendarVersion } };
}
