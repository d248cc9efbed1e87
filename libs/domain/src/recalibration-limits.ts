import type { CycleWorld } from './cycle-commands.js';
import type { TouchedTarget } from './cycle.events.js';
import { isApproved, ownersAndMetrics } from './cycle.state.js';
import type { KnownCycle, Recalibration } from './cycle.state.js';
import { fact, reject } from './kernel/decision.js';
import type { Rejection } from './kernel/decision.js';

/**
 * `TOO_OFTEN` (`domain.md`, Cycles and recalibrations): as many as are allowed are approved for an owner and metric, or
 * one was rejected and nothing that it rested on has moved since. Null where neither.
 */
export function tooOften(state: KnownCycle, targets: readonly TouchedTarget[], world: CycleWorld): Rejection | null {
  const again = ownersAndMetrics(targets).find((pair) =>
    state.recalibrations.some((one) => one.status === 'REJECTED' && touches(one, pair) && !moved(one, pair, world)),
  );
  return (
    (again === undefined
      ? null
      : reject('TOO_OFTEN', fact('metric', again.metric, 'CODE'), fact('rejectedOnThisBasis', 1, 'INTEGER'))) ??
    tooMany(state, targets)
  );
}

/**
 * TOO_OFTEN, the first half: an owner and metric have as many approved recalibrations in this cycle as it allows. Asked
 * again at the decision, since others may have been approved since the request. Null where there is room.
 */
export function tooMany(state: KnownCycle, targets: readonly TouchedTarget[]): Rejection | null {
  const full = ownersAndMetrics(targets).find(
    (pair) =>
      state.recalibrations.filter((one) => isApproved(one) && touches(one, pair)).length >= state.recalibrationsMax,
  );
  return full === undefined
    ? null
    : reject('TOO_OFTEN', fact('metric', full.metric, 'CODE'), fact('max', state.recalibrationsMax, 'INTEGER'));
}

type Pair = Pick<TouchedTarget, 'owner' | 'metric'>;
const touches = (one: Recalibration, pair: Pair): boolean =>
  one.targets.some(({ owner, metric }) => owner === pair.owner && metric === pair.metric);

/** A later basis: a goal or target that the rejected one rested on has changed, or the metric has newer facts. */
function moved(rejected: Recalibration, { metric }: Pair, { basis }: CycleWorld): boolean {
  return basis.some(({ stream, revision }) => {
    const before = rejected.basis.find((entry) => entry.stream === stream);
    if (stream.startsWith('facts-') && stream.endsWith(`-${metric}`))
      return before === undefined || revision > before.revision;
    const aim = stream.startsWith('goal-') || stream.startsWith('target-');
    return aim && before !== undefined && revision > before.revision;
  });
}
