import type { Proposal } from './assent.js';
import { proposalOf, withBallot } from './assent.js';
import type { CycleEvent, TouchedTarget } from './cycle.events.js';
import type { Level } from './kernel/calendar.js';
import type { Span } from './kernel/day.js';
import { assert, never } from './kernel/defect.js';
import type { RecordedOf } from './kernel/event.js';
import type { Day } from './kernel/schema.js';

type Of<T extends CycleEvent['type']> = RecordedOf<Extract<CycleEvent, { readonly type: T }>>;
type Requested = Of<'RecalibrationRequested'>['data'];

/**
 * `FEEDBACK` until the feedback is closed, `DECIDABLE` until somebody decides, `APPLYING` from the approval until every
 * target has it.
 */
export type RecalibrationStatus = 'FEEDBACK' | 'DECIDABLE' | 'APPLYING' | 'APPLIED' | 'REJECTED' | 'WITHDRAWN';

/** What an affected owner said of a recalibration. */
export interface Feedback {
  readonly givenBy: string;
  readonly agrees: boolean;
  readonly comment: string;
  readonly eventId: string;
  readonly position: number;
}
/** A recalibration as its cycle's stream tells it; one of several cycles shares its correlation id with the others. */
export interface Recalibration extends Readonly<Omit<Requested, 'recalibration'>> {
  readonly recalibrationId: string;
  readonly status: RecalibrationStatus;
  readonly requester: string;
  readonly reason: string | null;
  readonly correlationId: string;
  readonly eventId: string;
  readonly position: number;
  readonly feedback: readonly Feedback[];
  readonly proposal: Proposal;
  /** Who decided: the marketing head, the second seat, or `SYSTEM` at the cut-off. */
  readonly decidedBy: string | null;
  readonly decision: { readonly eventId: string; readonly position: number; readonly reason: string | null } | null;
}
interface CycleBody {
  /** The stream's own name. */
  readonly cycle: string;
  readonly level: Level;
  readonly code: string;
  readonly period: Span;
  readonly cutOffOn: Day;
  readonly evaluationDueOn: Day;
  /** Working days. */
  readonly filingWindowDays: number;
  readonly graceDays: number;
  readonly feedbackDays: number;
  /** Approved recalibrations per owner and metric. */
  readonly recalibrationsMax: number;
  readonly openedPosition: number;
  /** The cut-off: what is recorded after its position is late for this cycle. */
  readonly cutOff: { readonly eventId: string; readonly position: number; readonly recordedAt: number } | null;
  /** In the order of their requests. */
  readonly recalibrations: readonly Recalibration[];
}
/** `ABSENT` before `CycleOpened`; `CUT_OFF` from `CycleDataCutOff` on. */
export type CycleState =
  { readonly status: 'ABSENT' } | (CycleBody & { readonly status: 'OPEN' | 'CUT_OFF' | 'CLOSED' });
/** A cycle that was opened. */
export type KnownCycle = Exclude<CycleState, { readonly status: 'ABSENT' }>;
/** The fold's beginning. */
export const initialCycle: CycleState = { status: 'ABSENT' };

/** The fold of `cycle-<LEVEL>-<code>` (`domain.md`, Cycles and recalibrations). */
export function evolveCycle(state: CycleState, event: RecordedOf<CycleEvent>): CycleState {
  if (event.type === 'CycleOpened')
    return { status: 'OPEN', ...event.data, openedPosition: event.position, cutOff: null, recalibrations: [] };
  assert(state.status !== 'ABSENT', 'a cycle begins with CycleOpened', { event: event.type });
  switch (event.type) {
    case 'CycleDataCutOff': {
      const { id: eventId, position, recordedAt } = event;
      return { ...state, status: 'CUT_OFF', cutOff: { eventId, position, recordedAt } };
    }
    case 'CycleClosed':
      return { ...state, status: 'CLOSED' };
    case 'RecalibrationRequested':
      return { ...state, recalibrations: [...state.recalibrations, requested(event)] };
    case 'CommitteeAssented':
    case 'CommitteeDeclined':
      return {
        ...state,
        recalibrations: state.recalibrations.map((one) => ({ ...one, proposal: withBallot(one.proposal, event) })),
      };
    case 'FeedbackGiven':
    case 'FeedbackClosed':
    case 'RecalibrationApproved':
    case 'RecalibrationRejected':
    case 'RecalibrationWithdrawn':
    case 'RecalibrationApplied': {
      const recalibrations = state.recalibrations.map((one) =>
        one.recalibrationId === event.data.recalibration ? evolveRecalibration(one, event) : one,
      );
      return { ...state, recalibrations };
    }
    default:
      return never(event);
  }
}

/** A recalibration of a cycle by its id, or null. */
export const recalibrationOf = (state: CycleState, recalibrationId: string): Recalibration | null =>
  (state.status === 'ABSENT'
    ? undefined
    : state.recalibrations.find((one) => one.recalibrationId === recalibrationId)) ?? null;

/** Whether nobody has decided it yet. */
export const isUndecided = ({ status }: Recalibration): boolean => status === 'FEEDBACK' || status === 'DECIDABLE';

/** Whether it was approved, applied already or not: such count for TOO_OFTEN. */
export const isApproved = ({ status }: Recalibration): boolean => status === 'APPLYING' || status === 'APPLIED';

/**
 * The recalibration that a target is in, undecided or applying, or null (`domain.md`, RECALIBRATION_OPEN): while there
 * is one the target is neither changed nor withdrawn.
 */
export const openRecalibrationOf = (state: CycleState, targetId: string): Recalibration | null =>
  (state.status === 'ABSENT' ? [] : state.recalibrations).find(
    (one) => (isUndecided(one) || one.status === 'APPLYING') && one.targets.some(({ target }) => target === targetId),
  ) ?? null;

/** Stream of a cycle, e.g. `cycle-QUARTER-2026Q3`. */
export const cycleStreamOf = (level: Level, code: string): string => `cycle-${level}-${code}`;

/** Level of the cycle that a stream name names. */
export function levelOfCycle(cycle: string): Level {
  const level = cycle.split('-')[1];
  assert(level === 'MONTH' || level === 'QUARTER' || level === 'YEAR', 'a cycle stream names its level', { cycle });
  return level;
}

/** The owners and metrics a recalibration touches, each pair once. */
export const ownersAndMetrics = (
  targets: readonly TouchedTarget[],
): readonly Pick<TouchedTarget, 'owner' | 'metric'>[] =>
  targets.filter(
    (one, index) => targets.findIndex(({ owner, metric }) => owner === one.owner && metric === one.metric) === index,
  );

function requested(event: Of<'RecalibrationRequested'>): Recalibration {
  const { recalibration: recalibrationId, ...data } = event.data;
  return {
    ...data,
    recalibrationId,
    status: 'FEEDBACK',
    requester: event.meta.actor,
    reason: event.meta.reason ?? null,
    correlationId: event.meta.correlationId,
    eventId: event.id,
    position: event.position,
    feedback: [],
    proposal: proposalOf(event),
    decidedBy: null,
    decision: null,
  };
}

type OneEvent = Exclude<
  RecordedOf<CycleEvent>,
  Of<
    | 'CycleOpened'
    | 'CycleDataCutOff'
    | 'CycleClosed'
    | 'RecalibrationRequested'
    | 'CommitteeAssented'
    | 'CommitteeDeclined'
  >
>;

function evolveRecalibration(one: Recalibration, event: OneEvent): Recalibration {
  const { id: eventId, position, meta } = event;
  const decided = { decidedBy: meta.actor, decision: { eventId, position, reason: meta.reason ?? null } };
  switch (event.type) {
    case 'FeedbackGiven': {
      const { agrees, comment } = event.data;
      return { ...one, feedback: [...one.feedback, { givenBy: meta.actor, agrees, comment, eventId, position }] };
    }
    case 'FeedbackClosed':
      return { ...one, status: 'DECIDABLE' };
    case 'RecalibrationApproved':
      return { ...one, status: 'APPLYING', ...decided };
    case 'RecalibrationRejected':
      return { ...one, status: 'REJECTED', ...decided };
    case 'RecalibrationWithdrawn':
      return { ...one, status: 'WITHDRAWN' };
    case 'RecalibrationApplied':
      return { ...one, status: 'APPLIED' };
    default:
      return never(event);
  }
}
