import { z } from 'zod';
import type { Span } from './kernel/day.js';
import { maxDay, overlaps } from './kernel/day.js';
import { accept, defineCommands, fact, reject } from './kernel/decision.js';
import type { CommandOf, Decision, DecisionContext, Rejection } from './kernel/decision.js';
import { assert, never } from './kernel/defect.js';
import type { BasisEntry } from './kernel/event.js';
import { code, sha256, uuid } from './kernel/schema.js';
import type { Day } from './kernel/schema.js';
import type { CalendarVersion } from './kernel/calendar.js';
import { workingDaysAfter } from './kernel/calendar.js';
import { notQuantified, notTimeBound, patched } from './target-content.js';
import type { TargetContent, TargetMetric } from './target-content.js';
import { contentPatch, cycleStream, newTarget, targetAdjustment, targetQuantities } from './target.events.js';
import type { NewTarget, TargetEvent } from './target.events.js';
import { currentVersion, sameJson } from './target.state.js';
import type { KnownTarget, LiveTarget, TargetState } from './target.state.js';

const keyActionCount = { keyAction: code, count: z.int().min(1).max(100_000) };

/** The commands of `target-<id>` (`domain.md`, Targets). */
export const targetCommands = defineCommands({
  SetTarget: {
    doc: 'Set a target of a person or unit for the whole period of a cycle, before it starts or within the grace days.',
    input: newTarget,
    creates: true,
  },
  ChangeTarget: {
    doc: 'Restate a target before its period or within the grace days; what is left out stays.',
    input: z.strictObject({ quantities: targetQuantities.optional(), ...contentPatch }),
    reason: 'required',
  },
  WithdrawTarget: {
    doc: 'Withdraw a target before its period or within the grace days.',
    input: z.strictObject({}),
    reason: 'required',
  },
  RecordKeyAction: {
    doc: 'Record that a key action was done, with evidence.',
    input: z.strictObject({ ...keyActionCount, evidence: sha256 }),
  },
  ConfirmKeyAction: {
    doc: 'Confirm so many of the times a key action was done.',
    input: z.strictObject(keyActionCount),
  },
  ApplyRecalibration: {
    doc: 'Give a target what an approved recalibration decided for it: adjust, add or withdraw.',
    input: z.strictObject({
      recalibration: uuid,
      cycle: cycleStream,
      adjust: targetAdjustment.optional(),
      add: newTarget.optional(),
    }),
    system: true,
  },
});
export type TargetCommand = CommandOf<typeof targetCommands>;
type Command<T extends TargetCommand['type']> = Extract<TargetCommand, { readonly type: T }>;

/** What a decision on a target needs of other streams, as of one position. */
export interface TargetWorld extends DecisionContext {
  readonly basis: readonly BasisEntry[];
  /** The cycle the target names; null where there is none. `cutOff`: its `CycleDataCutOff` is recorded. */
  readonly cycle: { readonly period: Span; readonly cutOffOn: Day; readonly cutOff: boolean } | null;
  readonly goal: { readonly live: boolean; readonly period: Span } | null;
  readonly metric: TargetMetric | null;
  /** The owner's first day with this role and unit inside the period (a unit's: its first day); null where none. */
  readonly assignedFrom: Day | null;
  /** Last day on which a target of this owner may be set, changed or withdrawn: `graceUntil`. */
  readonly graceUntil: Day;
  /** Whether an undecided or applying recalibration names this target. */
  readonly recalibrationOpen: boolean;
}

/**
 * Last day of grace (`domain.md`, Targets, TARGET_FROZEN): so many working days after the period's first day, or after
 * the owner's first day in the segment if that is later.
 */
export const graceUntil = (
  cycle: { readonly period: Span; readonly graceDays: number },
  assignedFrom: Day | null,
  calendars: readonly CalendarVersion[],
): Day =>
  workingDaysAfter(maxDay(cycle.period.from, assignedFrom ?? cycle.period.from), cycle.graceDays, calendars).day;

/**
 * Whether nothing may change any more (`domain.md`, Targets, PERIOD_CLOSED): the cut-off is recorded, or its day is
 * over and only the timer is late.
 */
export const periodClosed = (cycle: { readonly cutOffOn: Day; readonly cutOff: boolean }, today: Day): boolean =>
  cycle.cutOff || today > cycle.cutOffOn;

/**
 * Decides a target's commands (`domain.md`, Targets). Rejects, in this order, `NOT_THERE` / `TARGET_WITHDRAWN`,
 * `TARGET_NOT_QUANTIFIED`, `TARGET_NOT_TIME_BOUND`, `TARGET_EXISTS`, `TARGET_NOT_TRACEABLE`, `SEGMENT_UNKNOWN`,
 * `PERIOD_CLOSED`, `TARGET_FROZEN`, `RECALIBRATION_OPEN`, `KEY_ACTION_UNKNOWN`, `NOTHING_CHANGES`. Closed comes before
 * frozen, because a closed period admits no recalibration either. `ApplyRecalibration` is never refused, and a second
 * time it changes nothing.
 */
export function decideTarget(state: TargetState, command: TargetCommand, world: TargetWorld): Decision<TargetEvent> {
  switch (command.type) {
    case 'SetTarget':
      return setTarget(state, command.data, world);
    case 'ApplyRecalibration':
      return applyRecalibration(state, command, world);
    case 'ChangeTarget':
    case 'WithdrawTarget':
    case 'RecordKeyAction':
    case 'ConfirmKeyAction': {
      if (state.status === 'ABSENT') return reject('NOT_THERE');
      if (state.status === 'WITHDRAWN') return reject('TARGET_WITHDRAWN');
      return decideLive(state, command, world);
    }
    default:
      return never(command);
  }
}

/**
 * Whether a new target may stand (`domain.md`, Targets): quantified, time-bound, not there already, traceable, and the
 * owner holds role and unit in the period. The same rules for `SetTarget` and for the `ADD` of a recalibration.
 */
export function newTargetFlaw(
  state: TargetState,
  target: NewTarget,
  world: Pick<TargetWorld, 'cycle' | 'goal' | 'metric' | 'assignedFrom'>,
): Rejection | null {
  const content = contentOf(target);
  const flaw = notQuantified(world.metric, content) ?? notTimeBound(world.cycle?.period ?? null, content);
  if (flaw !== null) return flaw;
  if (state.status === 'LIVE') return reject('TARGET_EXISTS', fact('target', state.targetId, 'ID'));
  const { goal, cycle } = world;
  if (goal === null || cycle === null || !goal.live || !overlaps(goal.period, cycle.period))
    return reject('TARGET_NOT_TRACEABLE', fact('goal', target.goal, 'ID'));
  if (world.assignedFrom === null)
    return reject('SEGMENT_UNKNOWN', fact('owner', target.owner), fact('unit', target.unit, 'CODE'));
  return null;
}

/** The content that a live target has now: what a change or an adjustment starts from. */
export function contentNow(state: KnownTarget): TargetContent {
  const { quantities, milestones } = currentVersion(state);
  return { quantities, milestones, phases: state.phases, resources: state.resources, keyActions: state.keyActions };
}

function setTarget(state: TargetState, target: NewTarget, world: TargetWorld): Decision<TargetEvent> {
  const flaw = newTargetFlaw(state, target, world) ?? frozen(world);
  if (flaw !== null) return flaw;
  return accept(setEvent(target, world, null));
}

function setEvent(target: NewTarget, { cycle, newId, basis }: TargetWorld, recalibration: string | null): TargetEvent {
  assert(cycle !== null, 'a target that is set has a cycle', { cycle: target.cycle });
  const { owner, role = null, unit, goal, metric } = target;
  const identity = { targetId: newId, owner, role, unit, goal, metric, cycle: target.cycle, period: cycle.period };
  return { type: 'TargetSet', data: { ...identity, ...mutable(contentOf(target)), recalibration, basis: [...basis] } };
}

function decideLive(
  state: LiveTarget,
  command: Command<'ChangeTarget' | 'WithdrawTarget' | 'RecordKeyAction' | 'ConfirmKeyAction'>,
  world: TargetWorld,
): Decision<TargetEvent> {
  switch (command.type) {
    case 'ChangeTarget':
      return change(state, command, world);
    case 'WithdrawTarget': {
      const { basis } = world;
      return frozen(world) ?? accept({ type: 'TargetWithdrawn', data: { recalibration: null, basis: [...basis] } });
    }
    case 'RecordKeyAction': {
      const planned = state.keyActions.some((action) => action.code === command.data.keyAction);
      const refused = closed(world) ?? (planned ? null : unknownKeyAction(command.data.keyAction));
      return refused ?? accept({ type: 'KeyActionDone', data: command.data });
    }
    case 'ConfirmKeyAction': {
      const { keyAction, count } = command.data;
      const counted = state.counts.find((one) => one.keyAction === keyAction);
      const open = counted === undefined ? 0 : counted.done - counted.confirmed;
      const refused = closed(world) ?? (count <= open ? null : unknownKeyAction(keyAction, open));
      return refused ?? accept({ type: 'KeyActionConfirmed', data: command.data });
    }
    default:
      return never(command);
  }
}

function change(state: LiveTarget, { data }: Command<'ChangeTarget'>, world: TargetWorld): Decision<TargetEvent> {
  const before = contentNow(state);
  const after = patched(before, data);
  const flaw =
    notQuantified(world.metric, after, before.quantities) ?? notTimeBound(state.period, after) ?? frozen(world);
  if (flaw !== null) return flaw;
  if (sameJson(before, after)) return reject('NOTHING_CHANGES');
  return accept({ type: 'TargetChanged', data: { ...mutable(after), basis: [...world.basis] } });
}

/** The decision was made with its request; here it is only written down, once, whatever became of the target since. */
function applyRecalibration(
  state: TargetState,
  { data }: Command<'ApplyRecalibration'>,
  world: TargetWorld,
): Decision<TargetEvent> {
  const { recalibration, adjust, add } = data;
  if (state.status !== 'ABSENT' && state.applied.includes(recalibration)) return accept();
  if (add !== undefined) return accept(setEvent(add, world, recalibration));
  assert(state.status !== 'ABSENT', 'what a recalibration adjusts or withdraws was set', { recalibration });
  if (adjust === undefined)
    return accept({ type: 'TargetWithdrawn', data: { recalibration, basis: [...world.basis] } });
  const { quantities, milestones, phases, resources } = mutable(patched(contentNow(state), adjust));
  const { mode, from } = adjust;
  return accept({
    type: 'TargetRecalibrated',
    data: { recalibration, mode, from, quantities, milestones, phases, resources },
  });
}

function frozen(world: TargetWorld): Rejection | null {
  const refused = closed(world);
  if (refused !== null) return refused;
  if (world.today > world.graceUntil) return reject('TARGET_FROZEN', fact('graceUntil', world.graceUntil, 'DATE'));
  return world.recalibrationOpen ? reject('RECALIBRATION_OPEN') : null;
}

function closed({ cycle, today }: TargetWorld): Rejection | null {
  assert(cycle !== null, 'a target that was set has a cycle');
  return periodClosed(cycle, today) ? reject('PERIOD_CLOSED', fact('cutOffOn', cycle.cutOffOn, 'DATE')) : null;
}

const unknownKeyAction = (keyAction: string, unconfirmed = 0): Rejection =>
  reject('KEY_ACTION_UNKNOWN', fact('keyAction', keyAction, 'CODE'), fact('unconfirmed', unconfirmed, 'INTEGER'));

const contentOf = ({
  quantities,
  milestones = [],
  phases = [],
  resources = [],
  keyActions = [],
}: NewTarget): TargetContent => ({
  quantities,
  milestones,
  phases,
  resources,
  keyActions,
});

/** Payload types of zod have mutable arrays; copying is cheaper than a cast. */
function mutable({ quantities, milestones, phases, resources, keyActions }: TargetContent) {
  return {
    quantities: { ...quantities },
    milestones: [...milestones],
    phases: [...phases],
    resources: [...resources],
    keyActions: [...keyActions],
  };
}
