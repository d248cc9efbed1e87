import { Field, Int, ObjectType } from '@nestjs/graphql';
import { EVALUATOR_KINDS, evaluationRating, indicatorKind, ruledState, type EvaluatorPlace, type HeldEvidence, type HeldIndicator, type PublishedRevision, type Ruling, type Span, type StateProposal, type Unsealing, type VisibleEvaluation } from '@assay/domain';
import type { AppraisalDocument, AppraisalFigures, DueEvaluation } from '@assay/read-models';
import { enumOf, objectTypeOf } from '../edge/derive-types.js';
import { Node } from '../edge/node.view.js';
import { DateScalar, DecimalScalar, PositionScalar, Sha256Scalar, UuidScalar } from '../edge/scalars.js';
import { DocumentView, LevelEnum, ProposalView, SpanView } from './document.view.js';
import { RatingStatusEnum, ScoreFiguresView } from './score.view.js';

const IndicatorKindEnum = enumOf('IndicatorKind', indicatorKind.options);
const EvaluationRatingType = objectTypeOf('EvaluationRating', evaluationRating);
const UnsealingCauseEnum = enumOf('UnsealingCause', ['ALL_IN', 'DEADLINE']);
const CommunicationChannelEnum = enumOf('CommunicationChannel', ['INTERVIEW', 'OPENED', 'HANDED_OVER']);
const RevisionCauseEnum = enumOf('RevisionCause', ['PUBLICATION', 'CORRECTION', 'REMEDY']);
const AcknowledgementEnum = enumOf('Acknowledgement', ['ACKNOWLEDGED', 'REFUSED']);

/** Kinds of evaluation. */
export const EvaluatorKindEnum = enumOf('EvaluatorKind', EVALUATOR_KINDS);
const RuledStateEnum = enumOf('RuledState', ruledState.options);

/** How much of a score a reader sees. */
export const SIGHTS = ['FULL', 'SEALED', 'NONE'] as const;
const ScoreSightEnum = enumOf('ScoreSight', SIGHTS);

/** A state ruled over an indicator. */
@ObjectType('IndicatorRuling', { description: 'A state that was ruled or declared.' })
export class IndicatorRulingView implements Ruling {
  @Field(() => RuledStateEnum, { description: 'The state.' })
  state: Ruling['state'];
  @Field(() => UuidScalar, { description: 'Event that ruled it.' })
  eventId: string;
  @Field(() => String, { description: 'Id of the person or integration that did it.' })
  by: string;
  @Field(() => String, { nullable: true, description: 'Why. Null where erased.' })
  reason: string | null;
}

/** An indicator of an appraisal. */
@ObjectType('HeldIndicator', { description: 'An indicator as the appraisal pins it.' })
export class AppraisalIndicatorView implements HeldIndicator {
  @Field(() => String, { description: 'Its code in the scheme.' })
  code: string;
  @Field(() => IndicatorKindEnum, { description: 'Measured by facts, or rated by people.' })
  kind: HeldIndicator['kind'];
  @Field(() => String, { nullable: true, name: 'metricCode', description: 'Code of its metric; null of a qualitative indicator.' })
  metric: string | null;
  @Field(() => [EvaluatorKindEnum], { description: 'Kinds that rate it; none of a quantitative indicator.' })
  raters: HeldIndicator['raters'];
  @Field(() => UuidScalar, { nullable: true, description: 'The target it is held to; null while there is none, and of a qualitative indicator.' })
  targetId: string | null;
  @Field(() => IndicatorRulingView, { nullable: true, description: 'The state it was ruled into; null where none was.' })
  ruling: Ruling | null;
}

/** A place in the list of evaluators. */
@ObjectType('EvaluatorPlace', { description: 'Who evaluates, and as what.' })
export class EvaluatorPlaceView implements EvaluatorPlace {
  @Field(() => EvaluatorKindEnum, { description: 'As what.' })
  kind: EvaluatorPlace['kind'];
  @Field(() => UuidScalar, { description: 'Id of the person.' })
  evaluatorId: string;
  @Field(() => Boolean, { description: 'Somebody else took the place; what was written is kept and not counted.' })
  replaced: boolean;
  @Field(() => Boolean, { description: 'Put in place after the unsealing.' })
  late: boolean;
  @Field(() => UuidScalar, { description: 'Event that named them.' })
  eventId: string;
}

/** Who is due, and who is in. */
@ObjectType('DueEvaluation', { description: 'An evaluation that is due, and whether it is in; before the unsealing that is all there is to see.' })
export class DueEvaluationView implements DueEvaluation {
  @Field(() => EvaluatorKindEnum, { description: 'As what.' })
  kind: DueEvaluation['kind'];
  @Field(() => UuidScalar, { description: 'Id of the person.' })
  evaluatorId: string;
  @Field(() => Boolean, { description: 'Whether it is in.' })
  isIn: boolean;
  @Field(() => Boolean, { description: 'Put in place after the unsealing: the others stay sealed to them until theirs is in.' })
  isLate: boolean;
}

/** An evaluation as its reader may see it. */
@ObjectType('Evaluation', { description: 'An evaluation that is in.' })
export class EvaluationView implements Omit<VisibleEvaluation, 'revisions'> {
  @Field(() => EvaluatorKindEnum, { description: 'As what.' })
  kind: VisibleEvaluation['kind'];
  @Field(() => UuidScalar, { description: 'Id of the person.' })
  evaluatorId: string;
  @Field(() => [EvaluationRatingType], { nullable: true, description: 'Ratings by indicator, 0 to 100 points. Null while sealed, and where hidden from you; an author sees their own.' })
  ratings: VisibleEvaluation['ratings'];
  @Field(() => String, { nullable: true, description: 'What the evaluator wrote beside; null where nothing. Null while sealed, and where hidden from you or erased.' })
  comment: string | null;
  @Field(() => UuidScalar, { description: 'Event of the last wording.' })
  eventId: string;
}

/** A piece of evidence. */
@ObjectType('Evidence', { description: 'A piece of the evidence package; the content itself is kept elsewhere.' })
export class EvidenceView implements HeldEvidence {
  @Field(() => UuidScalar, { description: 'Id of the piece.' })
  evidenceId: string;
  @Field(() => String, { nullable: true, description: 'Its name. Null where erased.' })
  name: string;
  @Field(() => String, { description: 'Media type.' })
  mediaType: string;
  @Field(() => Int, { description: 'Size in bytes.' })
  sizeBytes: number;
  @Field(() => Sha256Scalar, { description: 'SHA-256 of the content.' })
  sha256: string;
  @Field(() => String, { nullable: true, description: 'Where it is kept. Null where erased.' })
  location: string;
  @Field(() => UuidScalar, { description: 'Event that filed it.' })
  eventId: string;
}

/** A state proposed for an indicator. */
@ObjectType('IndicatorStateProposal', { description: 'A state proposed for an indicator.' })
export class IndicatorStateProposalView implements StateProposal {
  @Field(() => String, { description: 'Code of the indicator.' })
  indicator: string;
  @Field(() => RuledStateEnum, { description: 'The state.' })
  state: StateProposal['state'];
  @Field(() => ProposalView, { description: 'The proposal and its votes.' })
  proposal: StateProposal['proposal'];
  @Field(() => String, { nullable: true, description: 'Why. Null where erased.' })
  reason: string | null;
  @Field(() => Boolean, { description: 'Whether the state was ruled since.' })
  decided: boolean;
}

/** The unsealing. */
@ObjectType('Unsealing', { description: 'From this event on the ratings count and may be read.' })
export class UnsealingView implements Omit<Unsealing, 'position'> {
  @Field(() => UnsealingCauseEnum, { description: 'All are in, or the deadline has passed.' })
  cause: Unsealing['cause'];
  @Field(() => UuidScalar, { description: 'The event.' })
  eventId: string;
  @Field(() => PositionScalar, { name: 'recordedPosition', description: 'Its position.' })
  position: number;
}

/** How a result reached the subject. */
@ObjectType('Communication', { description: 'When the subject first learned of a revision.' })
export class CommunicationView {
  @Field(() => CommunicationChannelEnum, { description: 'How.' })
  channel: string;
  @Field(() => DateScalar, { description: 'Last day of the filing window, included.' })
  filingEndsOn: string;
  @Field(() => Int, { description: 'Calendar version it was counted under; 0 is the default calendar.' })
  calendarVersion: number;
  @Field(() => UuidScalar, { description: 'The event.' })
  eventId: string;
}

/** The interview about a result. */
@ObjectType('Interview', { description: 'The feedback interview, or its waiver.' })
export class InterviewView {
  @Field(() => DateScalar, { nullable: true, description: 'Day it was held; null where it was waived.' })
  heldOn: string | null;
  @Field(() => String, { nullable: true, description: 'Notes; null where it was waived. Null where hidden from you or erased.' })
  notes: string | null;
  @Field(() => UuidScalar, { description: 'The event.' })
  eventId: string;
}

/** A published revision as its reader may see it. */
@ObjectType('PublishedRevision', { description: 'A published revision of the score, and how it reached the subject.' })
export class PublishedRevisionView implements Pick<PublishedRevision, 'revision' | 'publishedOn' | 'schemeVersion' | 'engineVersion' | 'cause' | 'eventId' | 'publishedBy' | 'acknowledgement' | 'filingRenounced'> {
  @Field(() => Int, { description: 'Number, from 1.' })
  revision: number;
  @Field(() => DateScalar, { description: 'Day of publication.' })
  publishedOn: string;
  @Field(() => RatingStatusEnum, { nullable: true, description: 'Whether there is a total and a grade. Null where hidden from you.' })
  status: PublishedRevision['status'] | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Total in points; null where not rated, and where hidden from you.' })
  total: string | null;
  @Field(() => String, { nullable: true, description: 'Grade; null where not rated, and where hidden from you.' })
  grade: string | null;
  @Field(() => Int, { description: 'Version of the scheme.' })
  schemeVersion: number;
  @Field(() => String, { description: 'Engine that reckoned it.' })
  engineVersion: string;
  @Field(() => Sha256Scalar, { nullable: true, description: 'SHA-256 of the derivation. Null where hidden from you.' })
  derivationDigest: string | null;
  @Field(() => RevisionCauseEnum, { description: 'What brought it about.' })
  cause: PublishedRevision['cause'];
  @Field(() => UuidScalar, { description: 'Event that published it.' })
  eventId: string;
  @Field(() => PositionScalar, { name: 'recordedPosition', description: 'Position of that event.' })
  position: number;
  @Field(() => String, { description: 'Id of the person who published it.' })
  publishedBy: string;
  @Field(() => CommunicationView, { nullable: true, name: 'communication', description: 'When the subject learned of it; null while not.' })
  communicated: PublishedRevision['communicated'];
  @Field(() => InterviewView, { nullable: true, description: 'The interview; null while none was held or waived.' })
  interview: PublishedRevision['interview'];
  @Field(() => AcknowledgementEnum, { nullable: true, description: 'Whether the subject confirmed; null while they have not said.' })
  acknowledgement: PublishedRevision['acknowledgement'];
  @Field(() => Boolean, { description: 'Whether the subject renounced the rest of the filing window.' })
  filingRenounced: boolean;
}

/** Status of an appraisal. */
export const APPRAISAL_STATUSES = ['SEALED', 'UNSEALED', 'PUBLISHED', 'COMMUNICATED', 'FINAL'] as const;
const AppraisalStatusEnum = enumOf('AppraisalStatus', APPRAISAL_STATUSES);

/** One person's segment of one cycle as its reader may see it. */
@ObjectType('Appraisal', { implements: [Node], description: 'The appraisal of one person’s assignment segment in one cycle.' })
export class AppraisalView extends DocumentView implements Pick<AppraisalDocument, 'appraisalId' | 'subjectId' | 'status' | 'isSealed' | 'due' | 'isCutOff'> {
  @Field(() => UuidScalar, { description: 'Id of the appraisal, as events name it.' })
  appraisalId: string;
  @Field(() => UuidScalar, { description: 'Id of the person appraised.' })
  subjectId: string;
  @Field(() => String, { name: 'cycleStream', description: 'Stream of the cycle.' })
  cycle: string;
  @Field(() => LevelEnum, { description: 'Level of the cycle.' })
  level: AppraisalDocument['level'];
  @Field(() => AppraisalStatusEnum, { description: 'SEALED from the opening, UNSEALED once ratings count, PUBLISHED when a revision is fixed, COMMUNICATED when the subject knows it, FINAL.' })
  status: AppraisalDocument['status'];
  @Field(() => SpanView, { description: 'The cycle’s days.' })
  period: Span;
  @Field(() => SpanView, { nullable: true, description: 'Eligible days; null where none is left.' })
  eligible: Span | null;
  @Field(() => DateScalar, { description: 'First day of the segment as it was opened.' })
  segmentFrom: string;
  @Field(() => String, { description: 'Code of the role, as the directory said at the opening.' })
  role: string;
  @Field(() => String, { name: 'unitCode', description: 'Code of the unit, as the directory said at the opening.' })
  unit: string;
  @Field(() => UuidScalar, { nullable: true, description: 'Id of the manager at the opening; null at the top.' })
  managerId: string | null;
  @Field(() => UuidScalar, { nullable: true, description: 'Id of the superior now; null at the top.' })
  superiorId: string | null;
  @Field(() => UuidScalar, { description: 'The scheme that it pins.' })
  schemeId: string;
  @Field(() => Int, { description: 'Version of that scheme.' })
  schemeVersion: number;
  @Field(() => [AppraisalIndicatorView], { description: 'Indicators in the order of the scheme.' })
  indicators: AppraisalDocument['indicators'];
  @Field(() => [EvaluatorPlaceView], { name: 'evaluators', description: 'Everybody ever named, in order.' })
  places: AppraisalDocument['places'];
  @Field(() => [DueEvaluationView], { description: 'Evaluations that are due, and whether they are in.' })
  due: AppraisalDocument['due'];
  @Field(() => DateScalar, { description: 'Day on which evaluations are due.' })
  evaluationsDueOn: string;
  @Field(() => Boolean, { description: 'Whether ratings are sealed.' })
  isSealed: boolean;
  @Field(() => UnsealingView, { nullable: true, description: 'The unsealing; null while sealed.' })
  unsealing: Unsealing | null;
  @Field(() => [EvidenceView], { description: 'The evidence package.' })
  evidence: AppraisalDocument['evidence'];
  @Field(() => [IndicatorStateProposalView], { description: 'Proposed indicator states, decided ones too.' })
  proposals: AppraisalDocument['proposals'];
  @Field(() => Boolean, { description: 'Whether the cycle’s data cut-off is recorded.' })
  isCutOff: boolean;
  @Field(() => DateScalar, { nullable: true, description: 'Last day of the last revision’s filing window, included; null before its communication.' })
  filingEndsOn: string | null;
  @Field(() => ScoreSightEnum, { description: 'How much of the score you see: FULL, SEALED (figures without any rating) or NONE.' })
  sight: (typeof SIGHTS)[number];
  @Field(() => ScoreFiguresView, { nullable: true, description: 'The score by everything recorded up to the moment; without any rating where your sight is SEALED. Null where hidden from you.' })
  score: AppraisalFigures | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Total in points, of the last published revision or else of the score; null where not rated. Null while sealed to you, and where hidden from you.' })
  total: string | null;
  @Field(() => String, { nullable: true, description: 'Grade, of the last published revision or else of the score; null where not rated. Null while sealed to you, and where hidden from you.' })
  grade: string | null;
  @Field(() => [PublishedRevisionView], { description: 'Published revisions; the last is in force.' })
  revisions: readonly object[];
}
