import { z } from 'zod';
import { assent, ballotInput, canBeAssented, decline, isOpen, proposalOf, withBallot } from './assent.js';
import type { Committee, Proposal } from './assent.js';
import { goalContent, goalIdentity } from './goal.events.js';
import type { GoalEvent } from './goal.events.js';
import { canonicalText } from './kernel/canonical.js';
import { overlaps } from './kernel/day.js';
import type { Span } from './kernel/day.js';
import { accept, defineCommands, fact, reject } from './kernel/decision.js';
import type { CommandOf, Decision, DecisionContext } from './kernel/decision.js';
import { assert, never } from './kernel/defect.js';
import type { RecordedOf } from './kernel/event.js';

/** The commands of `goal-<id>` (`domain.md`, Goals). */
export const goalCommands = defineCommands({
  SetGoal: {
    doc: 'Set a strategic aim, at the root or under a parent goal.',
    input: z.strictObject({
      ...goalIdentity,
      ...goalContent,
      /** 0 where left out. */
      toleranceBasisPoints: goalContent.toleranceBasisPoints.optional(),
    }),
    creates: true,
  },
  ProposeGoalRevision: {
    doc: 'Lay another value, period or tolerance before the committee; what is left out stays.',
    input: z.strictObject(goalContent).partial(),
    reason: 'required',
  },
  AssentToGoalRevision: { doc: 'A seat assents to the proposed revision; the second makes it.', input: ballotInput },
  DeclineGoalRevision: { doc: 'A seat declines the proposed revision.', input: ballotInput },
  RetireGoal: {
    doc: 'Retire a goal that no live target and no live goal rests on.',
    input: z.strictObject({}),
    reason: 'optional',
  },
});
export type GoalCommand = CommandOf<typeof goalCommands>;

/** What a goal says, whole. */
export interface GoalContent {
  /** In the metric's unit, for the whole period. */
  readonly value: string;
  readonly period: Span;
  readonly toleranceBasisPoints: number;
}
/** A content and the event that gave it: `GoalSet` first, then each `GoalRevised`. */
export interface GoalVersion extends GoalContent {
  readonly eventId: string;
  readonly position: number;
}
interface GoalBody extends GoalContent {
  readonly goalId: string;
  readonly names: { readonly en: string; readonly zh: string };
  readonly parent: string | null;
  readonly metric: string;
  readonly unit: string;
  /** In recorded order; the last one is what the goal says. */
  readonly versions: readonly GoalVersion[];
  /** The last revision proposed, until it is made. */
  readonly proposed: { readonly proposal: Proposal; readonly content: GoalContent } | null;
}
/** `RETIRED` goals take no command and uphold nothing new. */
export type GoalState =
  | { readonly status: 'ABSENT' }
  | ({ readonly status: 'LIVE' } & GoalBody)
  | ({ readonly status: 'RETIRED' } & GoalBody);
/** A goal that targets may serve. */
export type LiveGoal = Extract<GoalState, { readonly status: 'LIVE' }>;
/** Before `GoalSet`. */
export const initialGoal: GoalState = { status: 'ABSENT' };

/** What a decision on a goal needs of other streams. */
export interface GoalWorld extends DecisionContext {
  /** Whether the metric named exists. */
  readonly metricKnown: boolean;
  /** Whether the unit named exists. */
  readonly unitKnown: boolean;
  /** The parent named or held; null where it does not exist or there is none. */
  readonly parent: { readonly live: boolean; readonly period: Span } | null;
  /** Periods of the live targets and live goals that rest on this goal. */
  readonly dependants: readonly Span[];
  readonly committee: Committee;
  /** Head of the owner unit today: an owner, who has no voice in the assent. */
  readonly ownerHead: string | null;
}

/** The fold of `goal-<id>`. */
export function evolveGoal(state: GoalState, event: RecordedOf<GoalEvent>): GoalState {
  if (event.type === 'GoalSet')
    return { status: 'LIVE', ...event.data, versions: [versionOf(event, event.data)], proposed: null };
  assert(state.status !== 'ABSENT', 'a goal begins with GoalSet', { event: event.type });
  switch (event.type) {
    case 'GoalRevisionProposed':
      return { ...state, proposed: { proposal: proposalOf(event), content: event.data } };
    case 'CommitteeAssented':
    case 'CommitteeDeclined': {
      const { proposed } = state;
      return { ...state, proposed: proposed && { ...proposed, proposal: withBallot(proposed.proposal, event) } };
    }
    case 'GoalRevised': {
      const { value, period, toleranceBasisPoints } = event.data;
      const version = versionOf(event, event.data);
      return { ...state, value, period, toleranceBasisPoints, versions: [...state.versions, version], proposed: null };
    }
    case 'GoalRetired':
      return { ...state, status: 'RETIRED', proposed: null };
    default:
      return never(event);
  }
}

/**
 * Decides a command on a goal. Rejects `ALREADY_EXISTS`, `NOT_THERE`, `GOAL_RETIRED`, `METRIC_UNKNOWN`,
 * `REFERENCE_UNKNOWN` (unit), `DATED_OUT_OF_ORDER` (a period that ends before it begins), `GOAL_PARENT_BROKEN`,
 * `GOAL_IN_USE`, `NOTHING_CHANGES`, `PROPOSAL_OPEN`, `SEATS_INCOMPLETE` and the rules of `assent`.
 */
export function decideGoal(state: GoalState, command: GoalCommand, world: GoalWorld): Decision<GoalEvent> {
  if (command.type === 'SetGoal') return setGoal(state, command.data, world);
  if (state.status === 'ABSENT') return reject('NOT_THERE');
  if (state.status === 'RETIRED') return reject('GOAL_RETIRED');
  switch (command.type) {
    case 'ProposeGoalRevision':
      return propose(state, command.data, world);
    case 'AssentToGoalRevision':
    case 'DeclineGoalRevision':
      return ballot(state, command, world);
    case 'RetireGoal':
      return world.dependants.length > 0
        ? reject('GOAL_IN_USE', fact('dependants', world.dependants.length, 'INTEGER'))
        : accept({ type: 'GoalRetired', data: { retiredOn: world.today } });
    default:
      return never(command);
  }
}

/** Whether a revision of the goal was recorded after a position, e.g. that of `CycleOpened` (`STRATEGY_LEFT`). */
export const revisedAfter = (goal: GoalState, position: number): boolean =>
  goal.status !== 'ABSENT' && goal.versions.slice(1).some((version) => version.position > position);

type Data<T extends GoalCommand['type']> = Extract<GoalCommand, { readonly type: T }>['data'];

function setGoal(state: GoalState, data: Data<'SetGoal'>, world: GoalWorld): Decision<GoalEvent> {
  if (state.status !== 'ABSENT') return reject('ALREADY_EXISTS');
  if (!world.metricKnown) return reject('METRIC_UNKNOWN', fact('metric', data.metric, 'CODE'));
  if (!world.unitKnown) return reject('REFERENCE_UNKNOWN', fact('unit', data.unit, 'CODE'));
  if (data.period.from > data.period.to) return reject('DATED_OUT_OF_ORDER');
  if (data.parent !== null && !upholds(world.parent, data.period))
    return reject('GOAL_PARENT_BROKEN', fact('parent', data.parent, 'ID'));
  return accept({
    type: 'GoalSet',
    data: { goalId: world.newId, ...data, toleranceBasisPoints: data.toleranceBasisPoints ?? 0 },
  });
}

function propose(state: LiveGoal, patch: Data<'ProposeGoalRevision'>, world: GoalWorld): Decision<GoalEvent> {
  const now = contentOf(state);
  const content = contentOf({
    value: patch.value ?? now.value,
    period: patch.period ?? now.period,
    toleranceBasisPoints: patch.toleranceBasisPoints ?? now.toleranceBasisPoints,
  });
  const { period } = content;
  if (canonicalText(content) === canonicalText(now)) return reject('NOTHING_CHANGES');
  if (period.from > period.to) return reject('DATED_OUT_OF_ORDER');
  if (state.parent !== null && !upholds(world.parent, period))
    return reject('GOAL_PARENT_BROKEN', fact('parent', state.parent, 'ID'));
  if (!world.dependants.every((dependant) => overlaps(dependant, period))) return reject('GOAL_IN_USE');
  const excluded = owners(world);
  if (isOpen(state.proposed?.proposal ?? null, { committee: world.committee, excluded }))
    return reject('PROPOSAL_OPEN');
  if (!canBeAssented(world.committee, [world.actor, ...excluded])) return reject('SEATS_INCOMPLETE');
  return accept({ type: 'GoalRevisionProposed', data: content });
}

function ballot(
  state: LiveGoal,
  command: Extract<GoalCommand, { readonly type: 'AssentToGoalRevision' | 'DeclineGoalRevision' }>,
  world: GoalWorld,
): Decision<GoalEvent> {
  if (state.proposed === null) return reject('PROPOSAL_NOT_OPEN');
  const { proposal, content } = state.proposed;
  const judge = command.type === 'AssentToGoalRevision' ? assent : decline;
  const cast = judge(proposal, command.data, {
    actor: world.actor,
    committee: world.committee,
    excluded: owners(world),
  });
  if ('rejected' in cast) return cast;
  const { proposalEventId, proposalDigest: digest } = command.data;
  const revised: GoalEvent = { type: 'GoalRevised', data: { proposalEventId, digest, ...contentOf(content) } };
  return cast.outcome === 'ASSENTED' ? accept<GoalEvent>(cast.event, revised) : accept<GoalEvent>(cast.event);
}

const upholds = (parent: GoalWorld['parent'], period: Span): boolean =>
  parent !== null && parent.live && overlaps(parent.period, period);

const owners = ({ ownerHead }: GoalWorld): readonly string[] => (ownerHead === null ? [] : [ownerHead]);

const contentOf = ({ value, period, toleranceBasisPoints }: GoalContent) => ({
  value,
  period: { from: period.from, to: period.to },
  toleranceBasisPoints,
});

const versionOf = (
  { id: eventId, position }: { readonly id: string; readonly position: number },
  content: GoalContent,
): GoalVersion => ({ ...contentOf(content), eventId, position });
