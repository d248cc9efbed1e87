import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { CascadeNode, GoalContent, GoalVersion, Proposal } from '@assay/domain';
import type { GoalDocument } from '@assay/read-models';
import { enumOf } from '../edge/derive-types.js';
import { Node } from '../edge/node.view.js';
import { BasisPointsScalar, DecimalScalar, PositionScalar, UuidScalar } from '../edge/scalars.js';
import { DocumentView, LevelEnum, NamesType, ProposalView, SpanView } from './document.view.js';
import { AccumulationEnum } from './metric.view.js';

const GoalStatusEnum = enumOf('GoalStatus', ['LIVE', 'RETIRED']);

/** What a goal says, whole. */
@ObjectType('GoalContent', { description: 'What a goal says, whole.' })
export class GoalContentView implements GoalContent {
  @Field(() => DecimalScalar, { description: 'In the metric’s unit, for the whole period.' })
  value: string;
  @Field(() => SpanView, { description: 'Days it is for.' })
  period: GoalContent['period'];
  @Field(() => BasisPointsScalar, { description: 'How far sums of targets may lie off the value, in basis points of it.' })
  toleranceBasisPoints: number;
}

/** A content of the past or present with the event that gave it. */
@ObjectType('GoalVersion', { description: 'What a goal said from an event on.' })
export class GoalVersionView extends GoalContentView implements GoalVersion {
  @Field(() => UuidScalar, { description: 'Event that gave it.' })
  eventId: string;
  @Field(() => PositionScalar, { name: 'recordedPosition', description: 'Position of that event.' })
  position: number;
}

/** A revision before the committee. */
@ObjectType('GoalRevisionProposal', { description: 'A revision that the committee has to assent to.' })
export class GoalRevisionProposalView {
  @Field(() => ProposalView, { description: 'The proposal and its votes.' })
  proposal: Proposal;
  @Field(() => GoalContentView, { description: 'What the goal would say.' })
  content: GoalContent;
}

/** A strategic aim. */
@ObjectType('Goal', { implements: [Node], description: 'A strategic aim; targets serve it.' })
export class GoalView extends DocumentView implements Pick<GoalDocument, 'goalId' | 'names' | 'status' | 'value' | 'versions' | 'proposed' | 'unitOfMeasure' | 'accumulation'> {
  @Field(() => UuidScalar, { description: 'Id of the goal, as events and inputs name it.' })
  goalId: string;
  @Field(() => NamesType, { description: 'Its names.' })
  names: GoalDocument['names'];
  @Field(() => GoalStatusEnum, { description: 'Nothing new serves a retired goal.' })
  status: GoalDocument['status'];
  @Field(() => UuidScalar, { nullable: true, name: 'parentId', description: 'Id of the goal above; null at the root.' })
  parent: string | null;
  @Field(() => String, { name: 'metricCode', description: 'Code of the metric.' })
  metric: string;
  @Field(() => String, { name: 'unitCode', description: 'Code of the unit that owns it.' })
  unit: string;
  @Field(() => DecimalScalar, { description: 'In the metric’s unit, for the whole period.' })
  value: string;
  @Field(() => String, { nullable: true, description: 'The metric’s unit, e.g. CNY; null where the metric is not defined.' })
  unitOfMeasure: string | null;
  @Field(() => AccumulationEnum, { nullable: true, description: 'How facts of its metric accumulate; null where the metric is not defined. Only SUM cascades.' })
  accumulation: GoalDocument['accumulation'];
  @Field(() => SpanView, { description: 'Days it is for.' })
  period: GoalContent['period'];
  @Field(() => BasisPointsScalar, { description: 'How far sums of targets may lie off the value, in basis points of it.' })
  toleranceBasisPoints: number;
  @Field(() => [GoalVersionView], { description: 'What it ever said, in recorded order.' })
  versions: GoalDocument['versions'];
  @Field(() => GoalRevisionProposalView, { nullable: true, description: 'The last revision proposed, until it is made; null where none is on its way.' })
  proposed: GoalDocument['proposed'];
}

/** A goal with what its targets add up to. */
@ObjectType('GoalCascadeNode', { description: 'A goal in the cascade, with what the targets that serve it or a goal beneath it add up to. Sums are over targets that you may read.' })
export class GoalCascadeNodeView implements Omit<CascadeNode, 'parent' | 'summed' | 'listed'> {
  @Field(() => UuidScalar, { description: 'Id of the goal.' })
  goalId: string;
  @Field(() => UuidScalar, { nullable: true, name: 'parentId', description: 'Id of the goal above; null at the root.' })
  parent: string | null;
  @Field(() => Int, { description: '0 at the root.' })
  depth: number;
  @Field(() => DecimalScalar, { description: 'The goal’s value, in the metric’s unit.' })
  value: string;
  @Field(() => LevelEnum, { nullable: true, description: 'Level of the targets summed; null where none is.' })
  level: CascadeNode['level'];
  @Field(() => DecimalScalar, { nullable: true, description: 'Sum of the effective values; null where the metric does not accumulate as SUM or no target is summed.' })
  allocated: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'What of the value no target takes up; null where nothing is summed.' })
  unallocated: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'By how much the sum exceeds the value; null where nothing is summed.' })
  overAllocated: string | null;
  @Field(() => [UuidScalar], { name: 'summedTargetIds', description: 'Ids of the targets summed.' })
  summed: readonly string[];
  @Field(() => [UuidScalar], { name: 'listedTargetIds', description: 'Ids of the targets listed beside: of another metric, level or accumulation, or of a unit.' })
  listed: readonly string[];
}

/** The cascade at a moment. */
@ObjectType('GoalCascade', { description: 'Goals with what their targets add up to, parents before what stands beneath them.' })
export class GoalCascadeView {
  @Field(() => PositionScalar, { description: 'Position that this answer shows.' })
  position: number;
  @Field(() => [GoalCascadeNodeView], { description: 'At most 5,000 nodes, in pre-order.' })
  nodes: readonly CascadeNode[];
}
