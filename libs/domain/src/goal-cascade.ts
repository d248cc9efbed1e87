import { levelOfCycle } from './cycle.state.js';
import type { GoalState } from './goal.js';
import { LEVELS } from './kernel/calendar.js';
import type { Level } from './kernel/calendar.js';
import { daysInclusive } from './kernel/day.js';
import type { Span } from './kernel/day.js';
import { unitOfOwner } from './kernel/owner.js';
import { targetSum } from './recalibration-strategy.js';
import type { Accumulation } from './scoring/input.js';
import { decimalOf, textOf } from './scoring/v1/decimal.js';
import { targetVersionsForScore } from './target.state.js';
import type { LiveTarget, TargetState } from './target.state.js';

/** A goal with what its targets add up to (`domain.md`, Goals). Quantities in the metric's unit, as decimal text. */
export interface CascadeNode {
  readonly goalId: string;
  readonly parent: string | null;
  /** 0 for a root. */
  readonly depth: number;
  readonly value: string;
  /** Level of the targets summed; null where none is. */
  readonly level: Level | null;
  /** Sum of the effective values; null where the metric does not accumulate as `SUM` or no target is summed. */
  readonly allocated: string | null;
  /** What of the goal's value no target takes up, and by how much the sum exceeds it; one of them is "0". */
  readonly unallocated: string | null;
  readonly overAllocated: string | null;
  /** Ids of the targets summed, and of those listed beside: of another metric, level or accumulation, or of a unit. */
  readonly summed: readonly string[];
  readonly listed: readonly string[];
}

/** The coarsest level whose periods fit into a goal's: `YEAR` from 365 days, `QUARTER` from 90, else `MONTH`. */
export function levelOfGoal(period: Span): Level {
  const days = daysInclusive(period.from, period.to);
  if (days >= 365) return 'YEAR';
  return days >= 90 ? 'QUARTER' : 'MONTH';
}

/**
 * The cascade of the given goals, parents before their children, each followed by what stands beneath it. A goal's
 * targets are the live ones that serve it or a goal beneath it; summed are those with the goal's own metric, `SUM`,
 * owned by persons, of one level: the goal's, else the next finer that is set, so that a year and its quarters never
 * count twice. `accumulations` holds those of the metrics, by code.
 */
export function cascadeOf(
  goals: readonly GoalState[],
  targets: readonly TargetState[],
  accumulations: Readonly<Record<string, Accumulation>>,
): readonly CascadeNode[] {
  const known = goals.filter((goal) => goal.status !== 'ABSENT');
  const live = targets.filter((target) => target.status === 'LIVE');
  const childrenOf = (parent: string | null): readonly Known[] => {
    const isRoot = (goal: Known): boolean => !known.some(({ goalId }) => goalId === goal.parent);
    return known.filter((goal) => (parent === null ? isRoot(goal) : goal.parent === parent));
  };
  const beneath = (goal: Known): readonly string[] => [goal.goalId, ...childrenOf(goal.goalId).flatMap(beneath)];
  const walk = (goal: Known, depth: number): readonly CascadeNode[] => {
    const serving = live.filter(({ goal: served }) => beneath(goal).includes(served));
    const node = nodeOf(goal, serving, accumulations[goal.metric]);
    return [{ ...node, depth }, ...childrenOf(goal.goalId).flatMap((child) => walk(child, depth + 1))];
  };
  return childrenOf(null).flatMap((root) => walk(root, 0));
}

type Known = Exclude<GoalState, { readonly status: 'ABSENT' }>;

function nodeOf(
  goal: Known,
  serving: readonly LiveTarget[],
  accumulation: Accumulation | undefined,
): Omit<CascadeNode, 'depth'> {
  const own = accumulation === 'SUM' ? serving.filter((target) => adds(target, goal.metric)) : [];
  const coarsestFirst = LEVELS.toReversed();
  const levels = coarsestFirst.slice(coarsestFirst.indexOf(levelOfGoal(goal.period)));
  const level = levels.find((one) => own.some(({ cycle }) => levelOfCycle(cycle) === one)) ?? null;
  const summed = own.filter(({ cycle }) => levelOfCycle(cycle) === level);
  const ids = summed.map(({ targetId }) => targetId);
  const { goalId, parent, value } = goal;
  const shared = { goalId, parent, value, level, summed: ids };
  const listed = serving.map(({ targetId }) => targetId).filter((id) => !ids.includes(id));
  if (level === null || accumulation === undefined)
    return { ...shared, listed, allocated: null, unallocated: null, overAllocated: null };
  const allocated = targetSum({ goalId, metric: goal.metric, accumulation, value, level, targets: summed });
  const rest = decimalOf(value).minus(decimalOf(allocated));
  const unallocated = rest.isNegative() ? '0' : textOf(rest);
  return { ...shared, listed, allocated, unallocated, overAllocated: rest.isNegative() ? textOf(rest.negated()) : '0' };
}

/** Whether a target states a value that adds up: of the goal's metric, owned by a person. */
const adds = (target: LiveTarget, metric: string): boolean =>
  target.metric === metric &&
  unitOfOwner(target.owner) === null &&
  typeof targetVersionsForScore(target).at(-1)?.target === 'string';
