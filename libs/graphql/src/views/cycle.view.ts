import { Field, Int, ObjectType } from '@nestjs/graphql';
import { assentCause, dataReview, newTarget, recalibrationTrigger, targetAdjustment, type Feedback, type Proposal, type Recalibration, type Span, type TouchedTarget } from '@assay/domain';
import type { CycleDocument, RecalibrationDocument } from '@assay/read-models';
import { enumOf, objectTypeOf } from '../edge/derive-types.js';
import { Node } from '../edge/node.view.js';
import { DateScalar, DateTimeScalar, PositionScalar, UuidScalar } from '../edge/scalars.js';
import { DocumentView, LevelEnum, ProposalView, SpanView } from './document.view.js';

const CycleStatusEnum = enumOf('CycleStatus', ['OPEN', 'CUT_OFF', 'CLOSED']);
const NewTargetType = objectTypeOf('NewTarget', newTarget);
const RecalibrationTriggerEnum = enumOf('RecalibrationTrigger', recalibrationTrigger.options);
const TargetAdjustmentType = objectTypeOf('TargetAdjustment', targetAdjustment);
const DataReviewType = objectTypeOf('DataReview', dataReview);
const AssentCauseEnum = enumOf('AssentCause', assentCause.options);

/** The end of a cycle's data. */
@ObjectType('DataCutOff', { description: 'The cut-off of a cycle’s data: what is recorded after its position is late for the cycle.' })
export class DataCutOffView {
  @Field(() => UuidScalar, { description: 'Event that recorded it.' })
  eventId: string;
  @Field(() => PositionScalar, { name: 'recordedPosition', description: 'Position of that event.' })
  position: number;
  @Field(() => DateTimeScalar, { description: 'When it was recorded.' })
  recordedAt: number;
}

/** A cycle of appraisal. */
@ObjectType('Cycle', { implements: [Node], description: 'A cycle of appraisal: a month, quarter or year.' })
export class CycleView extends DocumentView implements Pick<CycleDocument, 'level' | 'code' | 'status' | 'cutOffOn' | 'graceDays' | 'recalibrationsCount'> {
  @Field(() => String, { name: 'stream', description: 'Its stream, e.g. cycle-QUARTER-2026Q3: how targets, appraisals and inputs name it.' })
  cycle: string;
  @Field(() => LevelEnum, { description: 'Its level.' })
  level: CycleDocument['level'];
  @Field(() => String, { description: 'Its code, e.g. 2026Q3.' })
  code: string;
  @Field(() => CycleStatusEnum, { description: 'CUT_OFF from the data cut-off on, CLOSED once every appraisal is final.' })
  status: CycleDocument['status'];
  @Field(() => SpanView, { description: 'Its days.' })
  period: Span;
  @Field(() => DateScalar, { description: 'Day at whose end the data is cut off.' })
  cutOffOn: string;
  @Field(() => DateScalar, { description: 'Day on which evaluations are due.' })
  evaluationDueOn: string;
  @Field(() => Int, { description: 'Filing window, in working days.' })
  filingWindowDays: number;
  @Field(() => Int, { description: 'Grace days for setting and changing targets, in working days.' })
  graceDays: number;
  @Field(() => Int, { description: 'Days for feedback on a recalibration, in working days.' })
  feedbackDays: number;
  @Field(() => Int, { description: 'Approved recalibrations that an owner and metric may have in it.' })
  recalibrationsMax: number;
  @Field(() => DataCutOffView, { nullable: true, description: 'The cut-off; null while it has not come.' })
  cutOff: CycleDocument['cutOff'];
  @Field(() => Int, { nullable: true, description: 'How many recalibrations were requested in it. Null where hidden from you: shown to those who read every recalibration.' })
  recalibrationsCount: number;
}

/** A target in a recalibration. */
@ObjectType('TouchedTarget', { description: 'A target that a recalibration names, with whom it concerns.' })
export class RecalibratedTargetView implements TouchedTarget {
  @Field(() => UuidScalar, { name: 'targetId', description: 'Id of the target.' })
  target: string;
  @Field(() => String, { name: 'ownerId', description: 'Its owner: a person id, or `unit:` and the code of a unit.' })
  owner: string;
  @Field(() => String, { name: 'metricCode', description: 'Code of its metric.' })
  metric: string;
  @Field(() => UuidScalar, { name: 'goalId', description: 'Id of the goal it serves.' })
  goal: string;
}

/** A target that a recalibration adds. */
@ObjectType('TargetAddition', { description: 'A whole target that a recalibration adds.' })
export class AddedTargetView {
  @Field(() => UuidScalar, { description: 'Id that its key gives it.' })
  targetId: string;
  @Field(() => NewTargetType, { description: 'What it states.' })
  target: RecalibrationDocument['add'][number]['target'];
}

/** What an affected owner said. */
@ObjectType('Feedback', { description: 'What an affected owner said of a recalibration.' })
export class FeedbackView implements Omit<Feedback, 'position' | 'comment'> {
  @Field(() => UuidScalar, { description: 'Id of the person.' })
  givenBy: string;
  @Field(() => Boolean, { description: 'Whether they agree.' })
  agrees: boolean;
  @Field(() => String, { nullable: true, description: 'Their comment. Null where erased.' })
  comment: string | null;
  @Field(() => UuidScalar, { description: 'Event that recorded it.' })
  eventId: string;
  @Field(() => PositionScalar, { name: 'recordedPosition', description: 'Position of that event.' })
  position: number;
}

/** How a recalibration was decided. */
@ObjectType('RecalibrationDecision', { description: 'The decision on a recalibration.' })
export class RecalibrationDecisionView {
  @Field(() => UuidScalar, { description: 'Event that recorded it.' })
  eventId: string;
  @Field(() => PositionScalar, { name: 'recordedPosition', description: 'Position of that event.' })
  position: number;
  @Field(() => String, { nullable: true, description: 'Why; null where no reason was demanded, or erased.' })
  reason: string | null;
}

const RECALIBRATION_STATUSES = ['FEEDBACK', 'DECIDABLE', 'APPLYING', 'APPLIED', 'REJECTED', 'WITHDRAWN'] as const satisfies readonly Recalibration['status'][];
/** Status of a recalibration. */
export const RecalibrationStatusEnum = enumOf('RecalibrationStatus', RECALIBRATION_STATUSES);

/** A change of running targets. */
@ObjectType('Recalibration', { implements: [Node], description: 'A request to change running targets of one cycle, from its feedback to its application.' })
export class RecalibrationView extends DocumentView implements Pick<RecalibrationDocument, 'recalibrationId' | 'status' | 'requester' | 'correlationId' | 'feedbackDue'> {
  @Field(() => UuidScalar, { description: 'Id of the recalibration, as events and inputs name it.' })
  recalibrationId: string;
  @Field(() => String, { name: 'cycleStream', description: 'Stream of the cycle.' })
  cycle: string;
  @Field(() => RecalibrationStatusEnum, { description: 'APPLYING from the approval until every target has it.' })
  status: RecalibrationDocument['status'];
  @Field(() => String, { name: 'requesterId', description: 'Id of the person who asked for it.' })
  requester: string;
  @Field(() => String, { nullable: true, description: 'Why it was asked for. Null where erased.' })
  reason: string | null;
  @Field(() => RecalibrationTriggerEnum, { description: 'What moved the market.' })
  trigger: RecalibrationDocument['trigger'];
  @Field(() => String, { nullable: true, description: 'The same in words; null where none were given, or erased.' })
  triggerText: string | null;
  @Field(() => UuidScalar, { description: 'Shared by the requests of several cycles that one shock made.' })
  correlationId: string;
  @Field(() => [TargetAdjustmentType], { description: 'Targets adjusted.' })
  adjust: RecalibrationDocument['adjust'];
  @Field(() => [AddedTargetView], { description: 'Targets added.' })
  add: RecalibrationDocument['add'];
  @Field(() => [UuidScalar], { name: 'withdrawTargetIds', description: 'Ids of targets withdrawn.' })
  withdraw: readonly string[];
  @Field(() => [RecalibratedTargetView], { description: 'Every target named, with whom it concerns.' })
  targets: RecalibrationDocument['targets'];
  @Field(() => [UuidScalar], { name: 'revisedGoalIds', description: 'Goals whose revision it follows.' })
  revisedGoals: readonly string[];
  @Field(() => [DataReviewType], { description: 'Attainment of the targets at the request’s basis, as the server computed it.' })
  dataReview: RecalibrationDocument['dataReview'];
  @Field(() => [UuidScalar], { name: 'affectedIds', description: 'Ids of the people asked for feedback.' })
  affected: readonly string[];
  @Field(() => [UuidScalar], { name: 'feedbackDueIds', description: 'Ids of those who have not answered; empty once the feedback is closed.' })
  feedbackDue: readonly string[];
  @Field(() => DateScalar, { description: 'Last day of the feedback, included.' })
  feedbackUntil: string;
  @Field(() => [FeedbackView], { description: 'Feedback in recorded order.' })
  feedback: RecalibrationDocument['feedback'];
  @Field(() => [AssentCauseEnum], { description: 'Why the committee has to assent; empty where the marketing head’s decision is enough.' })
  assentCauses: RecalibrationDocument['assentCauses'];
  @Field(() => ProposalView, { description: 'The request as the committee votes on it.' })
  proposal: Proposal;
  @Field(() => String, { nullable: true, description: 'Id of the person who decided, or SYSTEM at the cut-off; null while undecided.' })
  decidedBy: string | null;
  @Field(() => RecalibrationDecisionView, { nullable: true, description: 'The decision; null while undecided.' })
  decision: RecalibrationDocument['decision'];
  @Field(() => UuidScalar, { description: 'Event that requested it.' })
  eventId: string;
}
