import { z } from 'zod';
import type { CalendarVersion } from './kernel/calendar.js';
import { defineCommands, type CommandOf, type DecisionContext } from './kernel/decision.js';
import type { BasisEntry } from './kernel/event.js';
import { code, day, personalText, sha256, text, uuid } from './kernel/schema.js';
import { ballotInput, type Committee } from './assent.js';
import { appraisalEvaluator, appraisalSpan, evaluationRating, ruledState, sealedComment } from './appraisal.events.js';
import type { AppraisalScore } from './appraisal-score.js';
import type { KnownCycle } from './cycle.state.js';
import type { Segment } from './person.state.js';
import type { SchemeInForce } from './scheme.js';
import { evaluatorKind } from './scheme.events.js';
import { cycleStream } from './target.events.js';
import type { TargetState } from './target.state.js';

const nothing = z.strictObject({});
const evaluation = z.strictObject({
  kind: evaluatorKind,
  ratings: z.array(evaluationRating).max(60),
  comment: sealedComment.optional(),
});
const indicator = z.strictObject({ indicator: code });

/** The commands of `appraisal-<id>` (`domain.md`, Appraisals). */
export const appraisalCommands = defineCommands({
  OpenAppraisal: {
    doc: 'Open the appraisal of one assignment segment of a person in a cycle.',
    input: z.strictObject({
      personId: uuid,
      cycle: cycleStream,
      /** First day of the segment, inside the cycle's period. */
      segmentFrom: day,
      /** `SELF` is the subject and `SUPERIOR` the manager unless another superior is named. */
      evaluators: z.array(appraisalEvaluator).max(30).optional(),
      /** The cycle's day unless a later one is named. */
      evaluationsDueOn: day.optional(),
    }),
    creates: true,
  },
  ChangeSpan: {
    doc: 'Cut the eligible span after a transfer or leave.',
    input: z.strictObject({ eligible: appraisalSpan.nullable(), directory: z.array(uuid).min(1).max(50) }),
    system: true,
  },
  ReassignEvaluator: {
    doc: 'Put another evaluator in a place, or fill one that is empty.',
    input: z.strictObject({ kind: evaluatorKind, replaced: uuid.optional(), evaluatorId: uuid }),
    reason: 'required',
  },
  SubmitEvidence: {
    doc: 'File a piece of evidence by its hash.',
    input: z.strictObject({
      name: personalText(200),
      mediaType: text(120),
      sizeBytes: z.int().min(0),
      sha256,
      location: personalText(500),
    }),
  },
  SubmitEvaluation: { doc: 'Rate every indicator that names the kind, 0 to 100.', input: evaluation },
  ReviseEvaluation: { doc: 'Restate one’s ratings while they are sealed.', input: evaluation },
  Unseal: { doc: 'Unseal the ratings once the day they are due on is over.', input: nothing, system: true },
  LinkTarget: {
    doc: 'Take up a target that was set later.',
    input: z.strictObject({ metric: code, targetId: uuid }),
    system: true,
  },
  UnlinkTarget: { doc: 'Drop a target that was withdrawn.', input: z.strictObject({ targetId: uuid }), system: true },
  ProposeIndicatorState: {
    doc: 'Propose a state for HR to rule, or for the committee to assent to where the indicator has data.',
    input: z.strictObject({ indicator: code, state: ruledState }),
    reason: 'required',
  },
  AssentToIndicatorState: { doc: 'A seat assents to a proposed state; the second seat rules it.', input: ballotInput },
  DeclineIndicatorState: { doc: 'A seat declines a proposed state.', input: ballotInput },
  RuleNotApplicable: { doc: 'Rule a proposed indicator not applicable.', input: indicator, reason: 'required' },
  DeclareSourceUnavailable: {
    doc: 'Declare that the source of an indicator failed.',
    input: indicator,
    reason: 'required',
  },
  WaiveUnavailability: {
    doc: 'Waive a failed source, so that the indicator counts as not applicable.',
    input: indicator,
    reason: 'required',
  },
  PublishScore: { doc: 'Fix the first revision of the score.', input: nothing },
  OpenResult: { doc: 'Read the published result; the filing window runs from the first time.', input: nothing },
  HandOverResult: {
    doc: 'Note that the result was handed over, with the hash of the evidence.',
    input: z.strictObject({ evidence: sha256 }),
  },
  RecordInterview: {
    doc: 'Record the feedback interview.',
    input: z.strictObject({ heldOn: day, notes: personalText(4000) }),
  },
  WaiveInterview: { doc: 'Waive the interview.', input: nothing, reason: 'required' },
  AcknowledgeResult: { doc: 'Confirm having received the result.', input: nothing },
  RefuseAcknowledgement: { doc: 'Note that the subject refuses to acknowledge.', input: nothing, reason: 'optional' },
  RenounceFiling: { doc: 'Renounce the rest of the filing window.', input: nothing },
  FinalizeAppraisal: { doc: 'Make the result final.', input: nothing },
});
export type AppraisalCommand = CommandOf<typeof appraisalCommands>;
/** The payload of one command. */
export type AppraisalInput<T extends AppraisalCommand['type']> = Extract<
  AppraisalCommand,
  { readonly type: T }
>['data'];

/** What an appraisal needs of its cycle. */
export type AppraisalCycle = Pick<
  KnownCycle,
  'status' | 'level' | 'period' | 'evaluationDueOn' | 'filingWindowDays' | 'cutOff'
>;

/** What an opening rests on beside the cycle. */
export interface AppraisalOpening {
  /** The segment that begins on the day named (`segmentsOf`), or null. */
  readonly segment: Segment | null;
  readonly scheme: SchemeInForce | 'AMBIGUOUS' | null;
  /** Targets of the person in the cycle. */
  readonly targets: readonly TargetState[];
}

/** What a decision on an appraisal needs of other streams, folded at the basis. */
export interface AppraisalWorld extends DecisionContext {
  /** Every stream read, at its revision; recorded where `domain.md` says so. */
  readonly basis: readonly BasisEntry[];
  readonly committee: Committee;
  readonly calendars: readonly CalendarVersion[];
  /** Of the people that the command names, those who exist and have not left. */
  readonly people: readonly string[];
  /** The appraisal's cycle; null where there is none. */
  readonly cycle: AppraisalCycle | null;
  /** For `OpenAppraisal`. */
  readonly opening?: AppraisalOpening;
  /** For `PublishScore`: `scoreOfAppraisal` at the basis. */
  readonly score?: AppraisalScore;
  /** For states of indicators: codes of those with a fact in the span (`indicatorsWithFacts`). */
  readonly withFacts?: readonly string[];
  /** For states of indicators: the total as it is and as the ruling would make it (`totalsAround`). */
  readonly totals?: { readonly before: string | null; readonly after: string | null };
  /** A view that this rests on is parked. */
  readonly stale?: boolean;
}
