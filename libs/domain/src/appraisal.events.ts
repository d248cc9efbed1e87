import { z } from 'zod';
import { level } from './kernel/calendar.js';
import { defineEvents, type EventOf } from './kernel/event.js';
import {
  basis,
  code,
  day,
  DECIMAL_PATTERN,
  decimal,
  fields,
  oneOf,
  personalText,
  sha256,
  shape,
  text,
  uuid,
} from './kernel/schema.js';
import { assentEvents } from './assent.js';
import { evaluatorKind, indicatorKind } from './scheme.events.js';
import { cycleStream } from './target.events.js';

/** Days of one person in one cycle, both edges included. */
export const appraisalSpan = shape('AppraisalSpan', { from: day, to: day });

/** An indicator as the appraisal pins it: what it is rated or measured by, and the target it is held to. */
export const appraisalIndicator = shape('AppraisalIndicator', {
  code,
  kind: indicatorKind,
  metric: code.nullable(),
  raters: z.array(evaluatorKind).max(3),
  /** Null where the metric has no live target yet, and for a qualitative indicator. */
  targetId: uuid.nullable(),
});
/** Who evaluates, and as what. */
export const appraisalEvaluator = shape('AppraisalEvaluator', { kind: evaluatorKind, evaluatorId: uuid });

const ratingValue = z
  .string()
  .regex(DECIMAL_PATTERN, 'a decimal, 0 to 100')
  .register(fields, { graphql: 'Decimal', sealed: true, description: 'Points, 0 to 100.' });
/** One rating, 0 to 100 points. Sealed until the unsealing. */
export const evaluationRating = shape('EvaluationRating', { indicator: code, value: ratingValue });
/** What an evaluator writes beside the ratings; it would betray them, so it is sealed with them. */
export const sealedComment = personalText(4000).register(fields, { personal: true, sealed: true });
const evaluation = {
  kind: evaluatorKind,
  evaluatorId: uuid,
  ratings: z.array(evaluationRating).max(60),
  comment: sealedComment.nullable(),
};

/** States that an indicator is proposed for or ruled into (`scoring.md` §6). */
export const ruledState = oneOf('RuledState', ['NOT_APPLICABLE', 'UNAVAILABLE', 'UNAVAILABLE_WAIVED']);
/** What the ruling does to the total, ratings still sealed left out; null where there is no total. */
const totals = { totalBefore: decimal.nullable(), totalAfter: decimal.nullable() };
/** `proposal` is the proposing event, where there was one. */
const ruling = { indicator: code, proposal: uuid.nullable(), ...totals, basis };
/** Whether there is a total and a grade (`scoring.md` §§7, 9). */
export const ratingStatus = oneOf('RatingStatus', ['RATED', 'NOT_RATED']);
const revision = z.int().min(1);

/**
 * The events of `appraisal-<id>` (`domain.md`, Appraisals). Reasons stand in the metadata. Corrections and remedies
 * will add events and causes; revisions are numbered from 1 for their sake.
 */
export const appraisalEvents = defineEvents({
  AppraisalOpened: {
    version: 1,
    doc: 'One person’s segment of one cycle was opened; what the directory, the scheme and the targets said is copied.',
    data: z.strictObject({
      appraisalId: uuid,
      subjectId: uuid,
      cycle: cycleStream,
      level,
      period: appraisalSpan,
      role: code,
      unit: code,
      /** Null at the top of the directory. */
      managerId: uuid.nullable(),
      eligible: appraisalSpan,
      /** Directory events that the span, role, unit and manager rest on. */
      directory: z.array(uuid).min(1).max(50),
      schemeId: uuid,
      schemeVersion: z.int().min(1),
      indicators: z.array(appraisalIndicator).min(1).max(60),
      evaluators: z.array(appraisalEvaluator).max(30),
      evaluationsDueOn: day,
      basis,
    }),
  },
  AppraisalSpanChanged: {
    version: 1,
    doc: 'A transfer or leave cut the eligible span; null where no day is left.',
    data: z.strictObject({ eligible: appraisalSpan.nullable(), directory: z.array(uuid).min(1).max(50) }),
  },
  EvaluatorReassigned: {
    version: 1,
    doc: 'Another evaluator took a place; the ratings of the one replaced are kept and not counted.',
    data: z.strictObject({ kind: evaluatorKind, replaced: uuid.nullable(), evaluatorId: uuid }),
  },
  EvidenceSubmitted: {
    version: 1,
    doc: 'The subject filed a piece of the evidence package; the content itself is kept elsewhere.',
    data: z.strictObject({
      evidenceId: uuid,
      name: personalText(200),
      mediaType: text(120),
      sizeBytes: z.int().min(0),
      sha256,
      /** Where it is kept. */
      location: personalText(500),
    }),
  },
  EvaluationSubmitted: { version: 1, doc: 'An evaluator’s ratings came in, sealed.', data: z.strictObject(evaluation) },
  EvaluationRevised: {
    version: 1,
    doc: 'An evaluator restated their ratings while sealed.',
    data: z.strictObject(evaluation),
  },
  EvaluationsUnsealed: {
    version: 1,
    doc: 'From here on the ratings count and may be read: all are in, or the deadline has passed.',
    data: z.strictObject({ cause: oneOf('UnsealingCause', ['ALL_IN', 'DEADLINE']) }),
  },
  AppraisalTargetLinked: {
    version: 1,
    doc: 'A target set later was taken up by an indicator.',
    data: z.strictObject({ indicator: code, targetId: uuid }),
  },
  AppraisalTargetUnlinked: {
    version: 1,
    doc: 'A target withdrawn was dropped by an indicator.',
    data: z.strictObject({ indicator: code, targetId: uuid }),
  },
  IndicatorStateProposed: {
    version: 1,
    doc: 'A state was proposed for an indicator, for HR to rule or for the committee to assent to.',
    data: z.strictObject({ indicator: code, state: ruledState, ...totals, basis }),
  },
  ...assentEvents,
  IndicatorRuledNotApplicable: {
    version: 1,
    doc: 'The indicator does not apply; its weight is redistributed.',
    data: z.strictObject(ruling),
  },
  SourceDeclaredUnavailable: {
    version: 1,
    doc: 'The indicator’s source failed; publication waits for a waiver.',
    data: z.strictObject(ruling),
  },
  UnavailabilityWaived: {
    version: 1,
    doc: 'The failed source was waived; the indicator counts as not applicable.',
    data: z.strictObject(ruling),
  },
  ScorePublished: {
    version: 1,
    doc: 'A revision of the score was fixed; it is recomputed from its basis by the engine it names.',
    data: z.strictObject({
      revision,
      publishedOn: day,
      status: ratingStatus,
      total: decimal.nullable(),
      grade: code.nullable(),
      schemeId: uuid,
      schemeVersion: z.int().min(1),
      engineVersion: text(20),
      basis,
      derivationDigest: sha256,
      cause: oneOf('RevisionCause', ['PUBLICATION', 'CORRECTION', 'REMEDY']),
      /** Event that brought the revision about, where it is not the first. */
      causeEventId: uuid.nullable(),
    }),
  },
  ResultCommunicated: {
    version: 1,
    doc: 'The subject first learned of a revision; the filing window runs from here.',
    data: z.strictObject({
      revision,
      channel: oneOf('CommunicationChannel', ['INTERVIEW', 'OPENED', 'HANDED_OVER']),
      evidence: sha256.nullable(),
      /** The filing window ends at 24:00 company time on this day, counted under this calendar. */
      filingEndsOn: day,
      calendarVersion: z.int().min(0),
    }),
  },
  InterviewRecorded: {
    version: 1,
    doc: 'The superior held the feedback interview.',
    data: z.strictObject({ revision, heldOn: day, notes: personalText(4000) }),
  },
  InterviewWaived: { version: 1, doc: 'HR waived the interview with a reason.', data: z.strictObject({ revision }) },
  ResultAcknowledged: {
    version: 1,
    doc: 'The subject confirmed having received the result.',
    data: z.strictObject({ revision }),
  },
  AcknowledgementRefused: {
    version: 1,
    doc: 'HR noted that the subject refuses to acknowledge.',
    data: z.strictObject({ revision }),
  },
  FilingRenounced: {
    version: 1,
    doc: 'The subject renounced the rest of the filing window.',
    data: z.strictObject({ revision }),
  },
  AppraisalFinalized: { version: 1, doc: 'The result is final.', data: z.strictObject({ revision }) },
});
export type AppraisalEvent = EventOf<typeof appraisalEvents>;
export type AppraisalIndicator = Readonly<z.infer<typeof appraisalIndicator>>;
export type AppraisalEvaluator = Readonly<z.infer<typeof appraisalEvaluator>>;
export type EvaluationRating = Readonly<z.infer<typeof evaluationRating>>;
export type RuledState = z.infer<typeof ruledState>;
