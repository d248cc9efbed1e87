import { Field, Int, ObjectType } from '@nestjs/graphql';
import { keyAction, targetMilestone, targetPhase, targetQuantities, targetResource, versionMode, type KeyActionCount, type Progress, type Span, type TargetVersionEntry, type TargetWithdrawal } from '@assay/domain';
import type { TargetDocument } from '@assay/read-models';
import { enumOf, objectTypeOf } from '../edge/derive-types.js';
import { Node } from '../edge/node.view.js';
import { DateScalar, DecimalScalar, PositionScalar, UuidScalar } from '../edge/scalars.js';
import { DocumentView, LevelEnum, SpanView } from './document.view.js';
import { AccumulationEnum, DirectionEnum } from './metric.view.js';

const TargetVersionCauseEnum = enumOf('TargetVersionCause', ['SET', 'CHANGED', 'RECALIBRATED']);
const TargetVersionModeEnum = enumOf('TargetVersionMode', versionMode.options);
const TargetStatusEnum = enumOf('TargetStatus', ['LIVE', 'WITHDRAWN']);
const TargetPhaseType = objectTypeOf('TargetPhase', targetPhase);
const TargetResourceType = objectTypeOf('TargetResource', targetResource);
const KeyActionType = objectTypeOf('KeyAction', keyAction);

/** Quantities of a target, as the domain's schema has them. */
export const QuantitiesType = objectTypeOf('TargetQuantities', targetQuantities);
const MilestoneType = objectTypeOf('TargetMilestone', targetMilestone);

/** One version of a target. */
@ObjectType('TargetVersion', { description: 'What a target stated from an event on. Scoring lays the versions of a life over the days of the period.' })
export class TargetVersionView implements Omit<TargetVersionEntry, 'position' | 'setBy'> {
  @Field(() => TargetVersionCauseEnum, { description: 'How it came about; SET begins a life, also after a withdrawal.' })
  cause: TargetVersionEntry['cause'];
  @Field(() => DateScalar, { description: 'First day it is for.' })
  effectiveFrom: string;
  @Field(() => TargetVersionModeEnum, { description: 'REPLACE rewrites the days before too, PRORATE leaves them.' })
  mode: TargetVersionEntry['mode'];
  @Field(() => QuantitiesType, { description: 'Values for the whole period, in the metric’s unit.' })
  quantities: TargetVersionEntry['quantities'];
  @Field(() => [MilestoneType], { description: 'Dated nodes with their weights.' })
  milestones: TargetVersionEntry['milestones'];
  @Field(() => UuidScalar, { description: 'Event that stated it.' })
  eventId: string;
  @Field(() => PositionScalar, { name: 'recordedPosition', description: 'Position of that event.' })
  position: number;
  @Field(() => String, { description: 'Id of the person who set or changed it, or SYSTEM where a recalibration was applied.' })
  setBy: string;
  @Field(() => UuidScalar, { nullable: true, name: 'recalibrationId', description: 'Recalibration that made it; null where none did.' })
  recalibration: string | null;
}

/** A withdrawal. */
@ObjectType('TargetWithdrawal', { description: 'An end of a target; it may have been set again since.' })
export class TargetWithdrawalView implements Omit<TargetWithdrawal, 'position'> {
  @Field(() => UuidScalar, { description: 'Event that withdrew it.' })
  eventId: string;
  @Field(() => PositionScalar, { name: 'recordedPosition', description: 'Position of that event.' })
  position: number;
  @Field(() => String, { description: 'Id of the person who withdrew it, or SYSTEM.' })
  withdrawnBy: string;
  @Field(() => UuidScalar, { nullable: true, name: 'recalibrationId', description: 'Recalibration that withdrew it; null where none did.' })
  recalibration: string | null;
}

/** Counts of a key action. */
@ObjectType('KeyActionCount', { description: 'How often a key action was done.' })
export class KeyActionCountView implements KeyActionCount {
  @Field(() => String, { description: 'Code of the key action.' })
  keyAction: string;
  @Field(() => Int, { description: 'Times the owner recorded it.' })
  done: number;
  @Field(() => Int, { description: 'Times the manager confirmed; only these count.' })
  confirmed: number;
}

/** A target of a person or unit in a cycle. */
@ObjectType('Target', { implements: [Node], description: 'A target of a person or unit for the whole period of a cycle, with its versions and what came of it.' })
export class TargetView extends DocumentView implements Pick<TargetDocument, 'targetId' | 'status' | 'phases' | 'versions' | 'attainment' | 'assigned'> {
  @Field(() => UuidScalar, { description: 'Id of the target, as events and inputs name it.' })
  targetId: string;
  @Field(() => TargetStatusEnum, { description: 'Whether it holds.' })
  status: TargetDocument['status'];
  @Field(() => String, { name: 'ownerId', description: 'Owner: a person id, or `unit:` and the code of a unit.' })
  owner: string;
  @Field(() => String, { nullable: true, description: 'Code of the role it is for; null where a unit owns it.' })
  role: string | null;
  @Field(() => String, { name: 'unitCode', description: 'Code of the unit it is for.' })
  unit: string;
  @Field(() => UuidScalar, { name: 'goalId', description: 'Id of the goal it serves.' })
  goal: string;
  @Field(() => String, { name: 'metricCode', description: 'Code of the metric.' })
  metric: string;
  @Field(() => String, { name: 'cycleStream', description: 'Stream of the cycle, e.g. cycle-QUARTER-2026Q3: how inputs name it.' })
  cycle: string;
  @Field(() => LevelEnum, { description: 'Level of the cycle.' })
  level: TargetDocument['level'];
  @Field(() => SpanView, { description: 'The cycle’s period, for which values are stated.' })
  period: Span;
  @Field(() => SpanView, { nullable: true, description: 'Days of the period on which the owner holds role and unit; null where there is none.' })
  assigned: Span | null;
  @Field(() => [TargetPhaseType], { description: 'Campaigns inside the period, for a timeline; plans, never scored.' })
  phases: TargetDocument['phases'];
  @Field(() => [TargetResourceType], { description: 'What the owner is given to reach it.' })
  resources: TargetDocument['resources'];
  @Field(() => [KeyActionType], { description: 'What is to be done a planned number of times by a day.' })
  keyActions: TargetDocument['keyActions'];
  @Field(() => [KeyActionCountView], { description: 'How often key actions were done.' })
  counts: TargetDocument['counts'];
  @Field(() => [TargetVersionView], { description: 'Versions in recorded order, of withdrawn lives too.' })
  versions: TargetDocument['versions'];
  @Field(() => [TargetWithdrawalView], { description: 'Withdrawals in recorded order.' })
  withdrawals: TargetDocument['withdrawals'];
  @Field(() => [UuidScalar], { name: 'appliedRecalibrationIds', description: 'Recalibrations it has taken.' })
  applied: readonly string[];
  @Field(() => [UuidScalar], { name: 'clashedRecalibrationIds', description: 'Recalibrations that met a target whose life had changed meanwhile.' })
  clashes: readonly string[];
  @Field(() => UuidScalar, { nullable: true, description: 'The undecided or applying recalibration it is in; null where it is in none.' })
  openRecalibrationId: string | null;
  @Field(() => Boolean, { description: 'Whether the cycle’s data cut-off is recorded: later facts take no part.' })
  isCutOff: boolean;
  @Field(() => String, { nullable: true, description: 'The metric’s unit, e.g. CNY; null where the metric is not defined.' })
  unitOfMeasure: string | null;
  @Field(() => AccumulationEnum, { nullable: true, description: 'How facts of the metric accumulate; null where it is not defined.' })
  accumulation: TargetDocument['accumulation'];
  @Field(() => DirectionEnum, { nullable: true, description: 'What is good; null where the metric is not defined.' })
  direction: TargetDocument['direction'];
  @Field(() => Boolean, { description: 'No fact takes part yet: shown as such, never as zero.' })
  noData: boolean;
  @Field(() => DecimalScalar, { nullable: true, description: 'What the facts of the assigned days come to, in the metric’s unit; null without data.' })
  actual: string | null;
  @Field(() => QuantitiesType, { nullable: true, description: 'The versions laid over the assigned days, in the metric’s unit; null where no day is left or no version holds.' })
  effectiveTarget: TargetDocument['effectiveTarget'];
  @Field(() => DecimalScalar, { nullable: true, description: 'Attainment over the whole period by all facts so far, 1 is the target reached; null without data.' })
  attainment: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Attainment less 1; null without data.' })
  deviation: string | null;
  @Field(() => Int, { description: 'Key actions done: confirmed times, each up to its plan.' })
  keyActionsDone: number;
  @Field(() => Int, { description: 'Key actions planned, in times.' })
  keyActionsPlanned: number;
  @Field(() => DecimalScalar, { nullable: true, description: 'Share of key actions done, 0 to 1; null where none is planned.' })
  keyActionCompletion: string | null;
}

/** What a target has come to as of a day. */
@ObjectType('ProgressRow', { description: 'A row of the progress board: attainment to a day beside the share of working days gone by.' })
export class ProgressRowView implements Progress {
  @Field(() => TargetView, { description: 'The target.' })
  target: TargetDocument;
  @Field(() => DateScalar, { description: 'The day, included.' })
  day: string;
  @Field(() => Boolean, { description: 'No fact lies between the first eligible day and this one: shown as such, never as zero.' })
  noData: boolean;
  @Field(() => DecimalScalar, { nullable: true, description: 'What the facts to the day come to, in the metric’s unit; null without data.' })
  actual: string | null;
  @Field(() => QuantitiesType, { nullable: true, description: 'The target over the whole eligible span by the versions effective on the day; null where there is none.' })
  effectiveTarget: Progress['effectiveTarget'];
  @Field(() => DecimalScalar, { nullable: true, description: 'Share of the whole target reached by the day, 1 is all of it; null without data.' })
  attainment: string | null;
  @Field(() => DecimalScalar, { nullable: true, description: 'Attainment less 1; null without data.' })
  deviation: string | null;
  @Field(() => Int, { description: 'Working days gone by, the day included.' })
  elapsedWorkingDays: number;
  @Field(() => Int, { description: 'Working days of the eligible span.' })
  workingDays: number;
  @Field(() => DecimalScalar, { nullable: true, description: 'Share of working days gone by, 0 to 1; null where the span has none.' })
  elapsedShare: string | null;
  @Field(() => Int, { description: 'Key actions done: confirmed times, each up to its plan.' })
  keyActionsDone: number;
  @Field(() => Int, { description: 'Key actions planned, in times.' })
  keyActionsPlanned: number;
  @Field(() => DecimalScalar, { nullable: true, description: 'Share of key actions done, 0 to 1; null where none is planned.' })
  keyActionCompletion: string | null;
}
