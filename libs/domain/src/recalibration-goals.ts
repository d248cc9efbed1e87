import { levelOfGoal } from './goal-cascade.js';
import { assert } from './kernel/defect.js';
import { revisedAfter } from './goal.js';
import type { GoalState } from './goal.js';
import type { StrategyGoal } from './recalibration-strategy.js';
import type { Accumulation } from './scoring/input.js';
import type { TargetState } from './target.state.js';

type Known = Exclude<GoalState, { readonly status: 'ABSENT' }>;

/**
 * The goals that STRATEGY_LEFT is judged by, from folded streams: those of the targets named, every goal above them,
 * and, for the sums, the goals beneath these. `targets` are all that serve any of them; each counts for its goal and
 * the goals above it, as in the cascade. `accumulations` holds those of the goals' metrics by code; `openedPosition` is
 * that of the cycle's `CycleOpened`.
 */
export function strategyGoalsOf(
  goals: readonly GoalState[],
  targets: readonly TargetState[],
  of: { readonly accumulations: Readonly<Record<string, Accumulation>>; readonly openedPosition: number },
): readonly StrategyGoal[] {
  const known = goals.filter((goal) => goal.status !== 'ABSENT');
  return known.map((goal) => {
    const accumulation = of.accumulations[goal.metric];
    assert(accumulation !== undefined, 'the accumulation of a goal’s metric is given', { metric: goal.metric });
    const { goalId, parent, metric, value, toleranceBasisPoints } = goal;
    return {
      goalId,
      parent,
      metric,
      accumulation,
      value,
      toleranceBasisPoints,
      level: levelOfGoal(goal.period),
      revisedSinceOpening: revisedAfter(goal, of.openedPosition),
      targets: targets.filter((target) => target.status === 'LIVE' && pathOf(known, target.goal).includes(goalId)),
    };
  });
}

/** A goal's id and those of the goals above it. */
function pathOf(goals: readonly Known[], from: string): readonly string[] {
  const above = goals.find(({ goalId }) => goalId === from)?.parent ?? null;
  return above === null ? [from] : [from, ...pathOf(goals, above)];
}
