import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { FigureChange, FlatDerivationNode, IndicatorResult, LateFact, PendingReason } from '@assay/domain';
import type { AppraisalFigures, ScoreHistoryRow, ScoreTotals } from '@assay/read-models';
import { enumOf } from '../edge/derive-types.js';
import { connectionType } from '../edge/connection.view.js';
import { DateScalar, DateTimeScalar, DecimalScalar, PositionScalar, UuidScalar } from '../edge/scalars.js';
import { SpanView } from './document.view.js';
import { QuantitiesType } from './target.view.js';


/** Enums of scores. */
export const RatingStatusEnum = enumOf('RatingStatus', ['RATED', 'NOT_RATED']);
export const IndicatorStateEnum = enumOf('IndicatorState', ['SCORED', 'PENDING', 'UNAVAILABLE', 'NOT_APPLICABLE']);
/** Why an indicator is `PENDING`. */
export const PENDING_CODES = ['TARGET_MISSING', 'FACT_MISSING', 'RATING_MISSING', 'SEALED', 'DOUBLE', 'UNAVAILABLE'] as const;
export const PendingCodeEnum = enumOf('PendingCode', PENDING_CODES);
/** Why there is no rating at all. */
export const UNRATED_CODES = ['SPAN_TOO_SHORT', 'SPAN_EMPTY'] as const;
const UnratedCodeEnum = enumOf('UnratedCode', UNRATED_CODES);
/** What came after the cut-off. */
export const LATE_KINDS = ['FACT', 'RESTATEMENT', 'RETRACTION', 'REPORT'] as const;
const LateKindEnum = enumOf('LateKind', LATE_KINDS);

/** One indicator's figures. */
@ObjectType('IndicatorFigures', { description: 'Figures of one indicator. What there is not is null, never zero.' })
export class IndicatorFiguresView implements IndicatorResult {
  @Field(() => String, { description: 'Code of the indicator.' })
  code: string;
  @Field(() => IndicatorStateEnum, { description: 'Exactly one state.' })
  state: IndicatorResult['state'];
  @Field(() => String, { nullable: true, description: 'Why it is PENDING: a word of PendingCode; null in other states.' })
  pendingCode?: string;
  @Field(() => QuantitiesType, { nullable: true, description: 'The target over the eligible span, in the metric’s unit; null where there is none.' })
  effectiveTarget?: IndicatorResult['effectiveTarget'];
  @Field(() => DecimalScalar, { nullable: true, description: 'What the facts come to, in the metric’s unit; null where there is none.' })
  actual?: string;
  @Field(() => DecimalScalar, { nullable: true, description: 'Attainment, 1 is the target reached; null where there is none.' })
  attainment?: string;
  @Field(() => DecimalScalar, { nullable: true, description: 'Attainment less 1; null where there is none.' })
  deviation?: string;
  @Field(() => DecimalScalar, { nullable: true, description: 'Points before floor and cap; null where there is none.' })
  raw?: string;
  @Field(() => DecimalScalar, { nullable: true, description: 'Points; null where there is none.' })
  score?: string;
  @Field(() => DecimalScalar, { nullable: true, description: 'Basis points after redistribution; null where it does not count.' })
  effectiveWeight?: string;
}

/** Why an indicator has no score yet. */
@ObjectType('PendingReason', { description: 'Why an indicator has no score yet.' })
export class PendingReasonView implements PendingReason {
  @Field(() => String, { description: 'Code of the indicator.' })
  indicator: string;
  @Field(() => PendingCodeEnum, { description: 'Why.' })
  code: string;
}

/** What was recorded too late. */
@ObjectType('LateFact', { description: 'What was recorded after the cut-off: shown, and without effect on this cycle.' })
export class LateFactView implements Omit<LateFact, 'position'> {
  @Field(() => String, { description: 'Code of the metric.' })
  metric: string;
  @Field(() => LateKindEnum, { description: 'What it is.' })
  what: LateFact['what'];
  @Field(() => String, { description: 'Code of the source.' })
  source: string;
  @Field(() => String, { nullable: true, description: 'The source’s id for the fact; null of a report.' })
  factId: string | null;
  @Field(() => UuidScalar, { description: 'Event that recorded it.' })
  eventId: string;
  @Field(() => PositionScalar, { name: 'recordedPosition', description: 'Position of that event.' })
  position: number;
}

/** The figures of a score. */
@ObjectType('ScoreFigures', { description: 'Figures of a score. A score is never typed in: it follows from inputs.' })
export class ScoreFiguresView implements Pick<AppraisalFigures, 'status' | 'total' | 'grade' | 'provisional' | 'unratedCode' | 'indicators' | 'pending' | 'lateFacts' | 'engineVersion'> {
  @Field(() => RatingStatusEnum, { description: 'Whether there is a total and a grade.' })
  status: AppraisalFigures['status'];
  @Field(() => DecimalScalar, { nullable: true, description: 'Total in points; null where not rated.' })
  total: string | null;
  @Field(() => String, { nullable: true, description: 'Grade; null where not rated.' })
  grade: string | null;
  @Field(() => Boolean, { description: 'Not published, or as of a day, or something is still to come.' })
  provisional: boolean;
  @Field(() => UnratedCodeEnum, { nullable: true, description: 'Why there is no rating; null where that is no matter of the span.' })
  unratedCode: AppraisalFigures['unratedCode'];
  @Field(() => [IndicatorFiguresView], { description: 'Indicators in the order of the scheme.' })
  indicators: AppraisalFigures['indicators'];
  @Field(() => [PendingReasonView], { description: 'What stands in the way of a publication.' })
  pending: AppraisalFigures['pending'];
  @Field(() => [LateFactView], { description: 'What came after the cut-off.' })
  lateFacts: AppraisalFigures['lateFacts'];
  @Field(() => String, { description: 'Engine that reckoned it.' })
  engineVersion: string;
}

/** The figures around a change. */
@ObjectType('ScoreTotals', { description: 'Total and grade around a change.' })
export class ScoreTotalsView implements ScoreTotals {
  @Field(() => RatingStatusEnum, { description: 'Whether there is a total and a grade.' })
  status: ScoreTotals['status'];
  @Field(() => DecimalScalar, { nullable: true, description: 'Total in points; null where not rated.' })
  total: string | null;
  @Field(() => String, { nullable: true, description: 'Grade; null where not rated.' })
  grade: string | null;
  @Field(() => Boolean, { description: 'Whether it could still move.' })
  provisional: boolean;
}

/** What an indicator was and became. */
@ObjectType('IndicatorChange', { description: 'Figures of an indicator that differ.' })
export class IndicatorChangeView implements FigureChange<IndicatorResult> {
  @Field(() => String, { description: 'Code of the indicator.' })
  code: string;
  @Field(() => IndicatorFiguresView, { nullable: true, description: 'Before; null where there was none.' })
  before: IndicatorResult | null;
  @Field(() => IndicatorFiguresView, { nullable: true, description: 'After; null where there is none.' })
  after: IndicatorResult | null;
}

/** An entry of a score history. */
@ObjectType('ScoreHistoryEntry', { description: 'A change of a score: which event moved it, who and why, before and after.' })
export class ScoreHistoryEntryView implements Pick<ScoreHistoryRow, 'position' | 'eventId' | 'type' | 'stream' | 'actor' | 'authority' | 'before' | 'after'> {
  @Field(() => PositionScalar, { description: 'Position of the event: when we were told, in the log’s order.' })
  position: number;
  @Field(() => DateTimeScalar, { description: 'When it was recorded.' })
  recordedAt: number;
  @Field(() => DateScalar, { nullable: true, description: 'The business day it is true from; null where the event names none.' })
  effectiveOn: string | null;
  @Field(() => UuidScalar, { description: 'The event.' })
  eventId: string;
  @Field(() => String, { name: 'eventType', description: 'Its type, e.g. TargetRecalibrated.' })
  type: string;
  @Field(() => String, { description: 'Its stream.' })
  stream: string;
  @Field(() => String, { name: 'actorId', description: 'Id of the human at the root of the causation chain, or SYSTEM where nobody was.' })
  actor: string;
  @Field(() => String, { description: 'The policy that allowed it.' })
  authority: string;
  @Field(() => String, { nullable: true, description: 'Why; null where none was given, or erased.' })
  reason: string | null;
  @Field(() => ScoreTotalsView, { nullable: true, description: 'Before; null at the opening.' })
  before: ScoreTotals | null;
  @Field(() => ScoreTotalsView, { description: 'After.' })
  after: ScoreTotals;
  @Field(() => [IndicatorChangeView], { description: 'Indicators that differ.' })
  indicators: readonly IndicatorChangeView[];
}
/** Score histories page by page. */
export const ScoreHistoryConnection = connectionType(ScoreHistoryEntryView, 'ScoreHistoryEntry');

/** Where a leaf of a derivation came from. */
@ObjectType('DerivationSource', { description: 'The event that gave a value.' })
export class DerivationSourceView {
  @Field(() => UuidScalar, { description: 'The event.' })
  eventId: string;
  @Field(() => PositionScalar, { nullable: true, description: 'Its position; null where the event is not of the streams that the score rests on.' })
  position: number | null;
}

/** A step of a derivation. */
@ObjectType('DerivationNode', { description: 'A step of a derivation. An inner node follows from its children; a leaf was given by an event.' })
export class DerivationNodeView implements Omit<FlatDerivationNode, 'source'> {
  @Field(() => String, { description: 'Path of child numbers from the root, e.g. 0.2.1.' })
  key: string;
  @Field(() => String, { nullable: true, description: 'Key of the node above; null at the root.' })
  parentKey: string | null;
  @Field(() => Int, { description: '0 at the root.' })
  depth: number;
  @Field(() => String, { description: 'What it is, in the words of the locale.' })
  label: string;
  @Field(() => String, { description: 'The section of the scoring rules.' })
  rule: string;
  @Field(() => String, { description: 'Decimal text, a grade or a state.' })
  value: string;
  @Field(() => String, { nullable: true, description: 'POINTS, BASIS_POINTS, DAYS or the metric’s own; null of a word.' })
  unit: string | null;
  @Field(() => DerivationSourceView, { nullable: true, description: 'Where a leaf came from; null at inner nodes, and at leaves that no event gave.' })
  source: DerivationSourceView | null;
}

/** Why a score is what it is. */
@ObjectType('ScoreExplanation', { description: 'A score with the tree that explains it, down to the events.' })
export class ScoreExplanationView {
  @Field(() => UuidScalar, { description: 'Id of the appraisal.' })
  appraisalId: string;
  @Field(() => UuidScalar, { description: 'Id of the person appraised.' })
  subjectId: string;
  @Field(() => String, { nullable: true, description: 'Name of the person. Null where hidden from you or erased.' })
  subjectName: string | null;
  @Field(() => String, { description: 'Stream of the cycle.' })
  cycleStream: string;
  @Field(() => SpanView, { nullable: true, description: 'Eligible days; null where none is left.' })
  eligible: SpanView | null;
  @Field(() => Int, { nullable: true, name: 'publishedRevision', description: 'The published revision that was recomputed from its basis; null where the score is as of the moment.' })
  publishedRevision: number | null;
  @Field(() => Boolean, { nullable: true, description: 'Whether the recomputation is the publication, digit by digit; null where nothing was recomputed.' })
  agrees: boolean | null;
  @Field(() => Boolean, { description: 'Whether the caller’s own sealed ratings are counted: nobody else sees this score.' })
  countsOwnRatings: boolean;
  @Field(() => PositionScalar, { description: 'Position that this answer shows.' })
  position: number;
  @Field(() => DateTimeScalar, { nullable: true, description: 'When the last event up to it was recorded; null of an empty log.' })
  recordedAt: number | null;
  @Field(() => UuidScalar, { description: 'Scheme that the appraisal pins.' })
  schemeId: string;
  @Field(() => Int, { description: 'Version of that scheme.' })
  schemeVersion: number;
  @Field(() => ScoreFiguresView, { description: 'The figures.' })
  figures: AppraisalFigures;
  @Field(() => [DerivationNodeView], { description: 'The tree in pre-order, at most 5,000 nodes.' })
  nodes: readonly DerivationNodeView[];
  @Field(() => Boolean, { description: 'Whether the tree has more nodes than are shown; the text has them all.' })
  truncated: boolean;
}

/** Two scores side by side. */
@ObjectType('ScoreComparison', { description: 'Two scores of one appraisal, and what differs.' })
export class ScoreComparisonView {
  @Field(() => ScoreExplanationView, { description: 'The first.' })
  from: ScoreExplanationView;
  @Field(() => ScoreExplanationView, { description: 'The second.' })
  to: ScoreExplanationView;
  @Field(() => Boolean, { description: 'Whether total, grade, status or an indicator differs.' })
  differs: boolean;
  @Field(() => DecimalScalar, { nullable: true, description: 'Second total less the first, in points; null where one is not rated.' })
  totalDifference: string | null;
  @Field(() => [IndicatorChangeView], { description: 'Indicators that differ.' })
  indicators: readonly IndicatorChangeView[];
}
