import { z } from 'zod';
import { defineEvents, type EventOf } from './kernel/event.js';
import { ownerId } from './kernel/owner.js';
import { basis, basisPoints, code, day, decimal, fields, names, oneOf, sha256, shape, uuid } from './kernel/schema.js';

/** Stream of a cycle, `cycle-<LEVEL>-<code>`: how targets and appraisals name their cycle. */
export const cycleStream = z
  .string()
  .regex(/^cycle-(MONTH|QUARTER|YEAR)-[0-9A-Z-]{4,7}$/, 'a cycle, e.g. cycle-QUARTER-2026Q3')
  .register(fields, { description: 'Stream of the cycle, e.g. cycle-QUARTER-2026Q3.' });

/** How a version lies over the days of the period (`scoring.md` §2). */
export const versionMode = oneOf('TargetVersionMode', ['REPLACE', 'PRORATE']);

/** The value of a target, in the metric's unit; which of them it states follows from the direction (`scoring.md` §3). */
export const targetQuantities = shape('TargetQuantities', {
  target: decimal.optional(),
  baseline: decimal.optional(),
  limit: decimal.optional(),
  low: decimal.optional(),
  high: decimal.optional(),
  lowLimit: decimal.optional(),
  highLimit: decimal.optional(),
});
/** A dated node: reached by a fact whose id is the code. Weights count against each other, not against a fixed sum. */
export const targetMilestone = shape('TargetMilestone', { code, names, day, weight: z.int().min(1).max(10_000) });
/** A campaign inside the period, e.g. pre-sale, burst, return (§1.2); share and value are plans, never scored. */
export const targetPhase = shape('TargetPhase', {
  code,
  names,
  from: day,
  to: day,
  order: z.int().min(1).max(100),
  plannedShare: basisPoints.optional(),
  plannedValue: decimal.optional(),
});
/** What the owner is given to reach the target. */
export const targetResource = shape('TargetResource', {
  code,
  names,
  amount: decimal.optional(),
  unit: code.optional(),
});
/** Something to be done a planned number of times by a day (§1.3). */
export const keyAction = shape('KeyAction', { code, names, planned: z.int().min(1).max(100_000), dueOn: day });

const lists = {
  milestones: z.array(targetMilestone).max(100),
  phases: z.array(targetPhase).max(100),
  resources: z.array(targetResource).max(100),
};
const keyActions = z.array(keyAction).max(100);
const content = { quantities: targetQuantities, ...lists, keyActions };

/** What a command may leave out: absent lists are empty when a target is set, and stay as they are when it is changed. */
export const contentPatch = {
  milestones: lists.milestones.optional(),
  phases: lists.phases.optional(),
  resources: lists.resources.optional(),
  keyActions: keyActions.optional(),
};
/** Whose target it is and what it serves; role is absent where a unit owns it. */
const identity = { owner: ownerId, role: code.optional(), unit: code, goal: uuid, metric: code, cycle: cycleStream };

/** A whole target as `SetTarget` and the `ADD` of a recalibration state it. */
export const newTarget = shape('NewTarget', { ...identity, quantities: targetQuantities, ...contentPatch });
/** What an `ADJUST` of a recalibration states: values, milestones, phases, resources; what is absent stays. */
export const targetAdjustment = shape('TargetAdjustment', {
  target: uuid,
  mode: versionMode,
  /** First day it holds under `PRORATE`; under `REPLACE` the days before are rewritten too. */
  from: day,
  quantities: targetQuantities.optional(),
  milestones: contentPatch.milestones,
  phases: contentPatch.phases,
  resources: contentPatch.resources,
});
export type NewTarget = Readonly<z.infer<typeof newTarget>>;
export type TargetAdjustment = Readonly<z.infer<typeof targetAdjustment>>;
export type TargetQuantities = Readonly<z.infer<typeof targetQuantities>>;
export type TargetMilestone = Readonly<z.infer<typeof targetMilestone>>;
export type TargetPhase = Readonly<z.infer<typeof targetPhase>>;
export type TargetResource = Readonly<z.infer<typeof targetResource>>;
export type KeyAction = Readonly<z.infer<typeof keyAction>>;

const period = shape('Period', { from: day, to: day });

/** The events of `target-<id>` (`domain.md`, Targets). Each version states the whole content, so a fold needs no other. */
export const targetEvents = defineEvents({
  TargetSet: {
    version: 1,
    doc: 'A target was set for the whole period of its cycle, by the owner line or by a recalibration that adds it.',
    data: z.strictObject({
      targetId: uuid,
      owner: ownerId,
      role: code.nullable(),
      unit: code,
      goal: uuid,
      metric: code,
      cycle: cycleStream,
      period,
      ...content,
      recalibration: uuid.nullable(),
      basis,
    }),
  },
  TargetChanged: {
    version: 1,
    doc: 'The target was restated before its period or within the grace days, from the period’s first day on.',
    data: z.strictObject({ ...content, basis }),
  },
  TargetRecalibrated: {
    version: 1,
    doc: 'An approved recalibration changed the running target.',
    data: z.strictObject({ recalibration: uuid, mode: versionMode, from: day, quantities: targetQuantities, ...lists }),
  },
  TargetWithdrawn: {
    version: 1,
    doc: 'The target no longer holds; the same owner, role, unit, metric and cycle may be set again.',
    data: z.strictObject({ recalibration: uuid.nullable(), basis }),
  },
  KeyActionDone: {
    version: 1,
    doc: 'The owner did a key action a number of times, with evidence.',
    data: z.strictObject({ keyAction: code, count: z.int().min(1).max(100_000), evidence: sha256 }),
  },
  KeyActionConfirmed: {
    version: 1,
    doc: 'The manager confirmed so many of the times a key action was done; only confirmed counts count.',
    data: z.strictObject({ keyAction: code, count: z.int().min(1).max(100_000) }),
  },
});
export type TargetEvent = EventOf<typeof targetEvents>;
