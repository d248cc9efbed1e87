import { canonicalText } from './kernel/canonical.js';
import type { Span } from './kernel/day.js';
import { assert, never } from './kernel/defect.js';
import type { RecordedOf } from './kernel/event.js';
import type { Day } from './kernel/schema.js';
import type { TargetVersion } from './scoring/input.js';
import type {
  KeyAction,
  TargetEvent,
  TargetMilestone,
  TargetPhase,
  TargetQuantities,
  TargetResource,
} from './target.events.js';

/** One version with its author: what scoring lays over the days, and what a conflict of interest is computed from. */
export interface TargetVersionEntry {
  readonly cause: 'SET' | 'CHANGED' | 'RECALIBRATED';
  readonly effectiveFrom: Day;
  readonly mode: 'REPLACE' | 'PRORATE';
  readonly quantities: TargetQuantities;
  readonly milestones: readonly TargetMilestone[];
  readonly eventId: string;
  readonly position: number;
  /** Person id of who set or changed it; `SYSTEM` where a recalibration was applied. */
  readonly setBy: string;
  readonly recalibration: string | null;
}
export interface TargetWithdrawal {
  readonly eventId: string;
  readonly position: number;
  readonly withdrawnBy: string;
  readonly recalibration: string | null;
}
/** How often a key action was done, and how many of those the manager confirmed. */
export interface KeyActionCount {
  readonly keyAction: string;
  readonly done: number;
  readonly confirmed: number;
}
interface TargetBody {
  readonly targetId: string;
  readonly owner: string;
  /** Null where a unit owns it. */
  readonly role: string | null;
  readonly unit: string;
  readonly goal: string;
  readonly metric: string;
  readonly cycle: string;
  readonly period: Span;
  readonly phases: readonly TargetPhase[];
  readonly resources: readonly TargetResource[];
  readonly keyActions: readonly KeyAction[];
  readonly counts: readonly KeyActionCount[];
  /** In recorded order, withdrawn lives included: a version `SET` begins a life. */
  readonly versions: readonly TargetVersionEntry[];
  readonly withdrawals: readonly TargetWithdrawal[];
  /** Recalibrations that this stream has taken. */
  readonly applied: readonly string[];
  /** Recalibrations that met a target whose life had changed meanwhile: a race, shown and never hidden. */
  readonly clashes: readonly string[];
}
/** A target that holds. */
export type LiveTarget = TargetBody & { readonly status: 'LIVE' };
/** `ABSENT` before the first `TargetSet`. */
export type TargetState = { readonly status: 'ABSENT' } | LiveTarget | (TargetBody & { readonly status: 'WITHDRAWN' });
/** A target that was set, withdrawn or not. */
export type KnownTarget = Exclude<TargetState, { readonly status: 'ABSENT' }>;
/** The fold's beginning. */
export const initialTarget: TargetState = { status: 'ABSENT' };

/** The fold of `target-<id>` (`domain.md`, Targets). */
export function evolveTarget(state: TargetState, event: RecordedOf<TargetEvent>): TargetState {
  if (event.type === 'TargetSet') return set(state, event);
  assert(state.status !== 'ABSENT', 'a target begins with TargetSet', { event: event.type });
  switch (event.type) {
    case 'TargetChanged': {
      const version = versionOf(event, { cause: 'CHANGED', effectiveFrom: state.period.from, mode: 'REPLACE' });
      const { phases, resources, keyActions } = event.data;
      return { ...state, phases, resources, keyActions, versions: [...state.versions, version] };
    }
    case 'TargetRecalibrated': {
      const { recalibration, mode, from, phases, resources } = event.data;
      const version = versionOf(event, { cause: 'RECALIBRATED', effectiveFrom: from, mode });
      const taken = take(state, recalibration, state.status !== 'LIVE');
      return { ...state, ...taken, phases, resources, versions: [...state.versions, version] };
    }
    case 'TargetWithdrawn': {
      const { recalibration } = event.data;
      const withdrawal = { eventId: event.id, position: event.position, withdrawnBy: event.meta.actor, recalibration };
      const taken = recalibration === null ? {} : take(state, recalibration, state.status !== 'LIVE');
      return { ...state, ...taken, status: 'WITHDRAWN', withdrawals: [...state.withdrawals, withdrawal] };
    }
    case 'KeyActionDone':
      return counted(state, event.data.keyAction, { done: event.data.count, confirmed: 0 });
    case 'KeyActionConfirmed':
      return counted(state, event.data.keyAction, { done: 0, confirmed: event.data.count });
    default:
      return never(event);
  }
}

/**
 * The versions that a score is computed from, in the shape of `ScoreInput.targets` (`scoring.md` §2): those of the
 * current life, in recorded order. `upToPosition` leaves out what was recorded later (a publication's basis),
 * `effectiveOn` what was not yet true at the end of that day. Empty where the target was absent or withdrawn then.
 */
export function targetVersionsForScore(
  state: TargetState,
  at: { readonly upToPosition?: number; readonly effectiveOn?: Day } = {},
): readonly TargetVersion[] {
  if (state.status === 'ABSENT') return [];
  const upTo = at.upToPosition ?? Number.POSITIVE_INFINITY;
  const { effectiveOn } = at;
  const recorded = state.versions.filter(({ position }) => position <= upTo);
  const beginning = recorded.findLastIndex(({ cause }) => cause === 'SET');
  const begun = recorded[beginning];
  if (begun === undefined) return [];
  const ended = state.withdrawals.some(({ position }) => position > begun.position && position <= upTo);
  if (ended) return [];
  return recorded
    .slice(beginning)
    .filter((version) => effectiveOn === undefined || version.effectiveFrom <= effectiveOn)
    .map(({ effectiveFrom, mode, quantities, milestones, eventId }) => ({
      effectiveFrom,
      mode,
      ...quantities,
      milestones: milestones.map(({ code, weight }) => ({ code, weight })),
      eventId,
    }));
}

/** The version recorded last in the current life: what a change starts from. */
export function currentVersion(state: KnownTarget): TargetVersionEntry {
  const version = state.versions.at(-1);
  assert(version !== undefined, 'a target that was set has a version', { target: state.targetId });
  return version;
}

/**
 * What a target's id follows from (`architecture.md`, Streams and ids): the parts of its UUIDv5, so that two commands
 * cannot set two targets for the same owner, role, unit, metric and cycle.
 */
export const targetKey = (of: {
  readonly owner: string;
  readonly role?: string | null | undefined;
  readonly unit: string;
  readonly metric: string;
  readonly cycle: string;
}): readonly string[] => ['target', of.owner, of.role ?? '', of.unit, of.metric, of.cycle];

/** Whether two values are the same JSON. */
export const sameJson = (a: unknown, b: unknown): boolean => canonicalText(a) === canonicalText(b);

function set(state: TargetState, event: RecordedOf<Extract<TargetEvent, { readonly type: 'TargetSet' }>>): TargetState {
  const { targetId, owner, role, unit, goal, metric, cycle, period, phases, resources, keyActions, recalibration } =
    event.data;
  const before = state.status === 'ABSENT' ? { versions: [], withdrawals: [], applied: [], clashes: [] } : state;
  const version = versionOf(event, { cause: 'SET', effectiveFrom: period.from, mode: 'REPLACE' });
  const { applied, clashes } = recalibration === null ? before : take(before, recalibration, state.status === 'LIVE');
  return {
    status: 'LIVE',
    ...{ targetId, owner, role, unit, goal, metric, cycle, period, phases, resources, keyActions },
    counts: [],
    versions: [...before.versions, version],
    withdrawals: before.withdrawals,
    applied,
    clashes,
  };
}

function versionOf(
  event: RecordedOf<Extract<TargetEvent, { readonly type: 'TargetSet' | 'TargetChanged' | 'TargetRecalibrated' }>>,
  how: Pick<TargetVersionEntry, 'cause' | 'effectiveFrom' | 'mode'>,
): TargetVersionEntry {
  const { quantities, milestones } = event.data;
  const recalibration = event.type === 'TargetChanged' ? null : event.data.recalibration;
  return {
    ...how,
    quantities,
    milestones,
    eventId: event.id,
    position: event.position,
    setBy: event.meta.actor,
    recalibration,
  };
}

const take = (
  state: Pick<TargetBody, 'applied' | 'clashes'>,
  recalibration: string,
  clashed: boolean,
): Pick<TargetBody, 'applied' | 'clashes'> => ({
  applied: [...state.applied, recalibration],
  clashes: clashed ? [...state.clashes, recalibration] : state.clashes,
});

function counted(
  state: KnownTarget,
  keyAction: string,
  more: { readonly done: number; readonly confirmed: number },
): KnownTarget {
  const known = state.counts.find((count) => count.keyAction === keyAction) ?? { keyAction, done: 0, confirmed: 0 };
  const next = { keyAction, done: known.done + more.done, confirmed: known.confirmed + more.confirmed };
  return { ...state, counts: [...state.counts.filter((count) => count.keyAction !== keyAction), next] };
}
