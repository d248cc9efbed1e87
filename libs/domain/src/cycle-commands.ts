import { z } from 'zod';
import { ballotInput } from './assent.js';
import type { Committee } from './assent.js';
import { recalibrationTrigger } from './cycle.events.js';
import type { DataReview } from './cycle.events.js';
import type { CalendarVersion } from './kernel/calendar.js';
import { level } from './kernel/calendar.js';
import type { Span } from './kernel/day.js';
import { defineCommands } from './kernel/decision.js';
import type { CommandOf, DecisionContext } from './kernel/decision.js';
import type { BasisEntry } from './kernel/event.js';
import { code, day, personalText, uuid } from './kernel/schema.js';
import type { Day } from './kernel/schema.js';
import type { StrategyGoal } from './recalibration-strategy.js';
import type { TargetMetric } from './target-content.js';
import { newTarget, targetAdjustment } from './target.events.js';
import type { TargetState } from './target.state.js';

/** Defaults of `domain.md`; days are working days. */
export const CYCLE_DEFAULTS = { filingWindowDays: 10, graceDays: 5, feedbackDays: 3, recalibrationsMax: 2 } as const;

const days = z.int().min(0).max(60).optional();
const named = { recalibration: uuid };

/** The commands of `cycle-<LEVEL>-<code>` (`domain.md`, Cycles and recalibrations). */
export const cycleCommands = defineCommands({
  OpenCycle: {
    doc: 'Open a cycle; its period follows from level, code and business year.',
    input: z.strictObject({
      level,
      code,
      cutOffOn: day,
      evaluationDueOn: day,
      filingWindowDays: days,
      graceDays: days,
      feedbackDays: days,
      recalibrationsMax: z.int().min(0).max(100).optional(),
    }),
    creates: true,
  },
  CloseCycle: { doc: 'Close a cycle of which every appraisal is final.', input: z.strictObject({}) },
  CutOffData: { doc: 'Cut off a cycle’s data at the end of its day.', input: z.strictObject({}), system: true },
  RequestRecalibration: {
    doc: 'Ask that running targets be adjusted, added or withdrawn; the server adds the data review.',
    input: z.strictObject({
      adjust: z.array(targetAdjustment).max(200).optional(),
      add: z.array(newTarget).max(200).optional(),
      withdraw: z.array(uuid).max(200).optional(),
      trigger: recalibrationTrigger,
      /** Demanded where the trigger is `OTHER`. */
      triggerText: personalText().optional(),
      /** Goals whose revision since the cycle opened this follows. */
      revisedGoals: z.array(uuid).max(50).optional(),
    }),
    reason: 'required',
  },
  GiveFeedback: {
    doc: 'Say, as an affected owner, what you think of a recalibration.',
    input: z.strictObject({ ...named, agrees: z.boolean(), comment: personalText() }),
  },
  CloseFeedback: {
    doc: 'Close the feedback on a recalibration once all is in or its days ran out.',
    input: z.strictObject(named),
    system: true,
  },
  ApproveRecalibration: {
    doc: 'Decide a recalibration for every target named.',
    input: z.strictObject(named),
    reason: 'required',
  },
  RejectRecalibration: { doc: 'Turn a recalibration down.', input: z.strictObject(named), reason: 'required' },
  WithdrawRecalibration: { doc: 'Take back an undecided recalibration of your own.', input: z.strictObject(named) },
  AssentToRecalibration: {
    doc: 'A seat assents to a recalibration that the committee decides; the second seat approves it.',
    input: ballotInput,
    reason: 'required',
  },
  DeclineRecalibration: {
    doc: 'A seat declines a recalibration that the committee decides.',
    input: ballotInput,
    reason: 'required',
  },
  CompleteRecalibration: {
    doc: 'Note that every target has what a recalibration decided.',
    input: z.strictObject(named),
    system: true,
  },
});
export type CycleCommand = CommandOf<typeof cycleCommands>;

/** A target that a recalibration names, or the place where it adds one. */
export interface RecalibrationTarget {
  readonly state: TargetState;
  readonly metric: TargetMetric | null;
  readonly goal: { readonly live: boolean; readonly period: Span } | null;
  /** As in `TargetWorld`. */
  readonly assignedFrom: Day | null;
  readonly graceUntil: Day;
  /** Person ids that answer for it today: the owner, or the head of the unit that owns it. */
  readonly people: readonly string[];
}

/** What a decision on a cycle needs of other streams, as of one position; fields of other commands stay empty. */
export interface CycleWorld extends DecisionContext {
  readonly basis: readonly BasisEntry[];
  /** First month of the business year, 1 to 12. */
  readonly businessYearFirstMonth: number;
  readonly calendars: readonly CalendarVersion[];
  /** Appraisals of the cycle that are not final. */
  readonly unsettled: number;
  readonly committee: Committee;
  /** People with the role `MARKETING_HEAD` today. */
  readonly marketingHeads: readonly string[];
  /** The targets that the command or the recalibration names, by id; those to be added by the id of their key. */
  readonly targets: Readonly<Record<string, RecalibrationTarget>>;
  /** Ids of the targets to be added, in the order of the command. */
  readonly addedIds: readonly string[];
  readonly dataReview: readonly DataReview[];
  /** The goals of those targets and every goal above them. */
  readonly goals: readonly StrategyGoal[];
  /** Targets whose streams have taken the recalibration that is to be completed. */
  readonly appliedTo: readonly string[];
}
