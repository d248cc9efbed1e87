import type { TouchedTarget } from './cycle.events.js';
import type { KnownCycle } from './cycle.state.js';
import type { CycleCommand, CycleWorld } from './cycle-commands.js';
import { fact, reject } from './kernel/decision.js';
import type { Rejection } from './kernel/decision.js';
import { assert } from './kernel/defect.js';
import type { RecalibrationItems } from './recalibration-strategy.js';
import { notQuantified, notTimeBound, patched } from './target-content.js';
import type { TargetAdjustment } from './target.events.js';
import { contentNow, newTargetFlaw } from './target.js';
import { sameJson } from './target.state.js';

/** Items with the targets they touch, as the request's event carries them. */
export interface NamedItems extends RecalibrationItems {
  readonly targets: readonly TouchedTarget[];
}

/** The items of a request, those to be added with the ids of their keys. */
export function itemsOf(
  data: Extract<CycleCommand, { readonly type: 'RequestRecalibration' }>['data'],
  world: CycleWorld,
): RecalibrationItems {
  const { adjust = [], add = [], withdraw = [] } = data;
  const added = add.map((target, index) => {
    const targetId = world.addedIds[index];
    assert(targetId !== undefined, 'every target to be added has the id of its key', { index });
    return { targetId, target };
  });
  return { adjust, add: added, withdraw };
}

/** Whom and what the items concern. The items have passed `itemFlaw`. */
export function touchedBy({ adjust, add, withdraw }: RecalibrationItems, world: CycleWorld): readonly TouchedTarget[] {
  const existing = [...adjust.map(({ target }) => target), ...withdraw].map((target): TouchedTarget => {
    const state = world.targets[target]?.state;
    assert(state !== undefined && state.status !== 'ABSENT', 'a target that is adjusted or withdrawn is there', {
      target,
    });
    return { target, owner: state.owner, metric: state.metric, goal: state.goal };
  });
  const added = add.map(({ targetId, target: { owner, metric, goal } }) => ({ target: targetId, owner, metric, goal }));
  return [...existing, ...added];
}

/**
 * What is wrong with the items themselves: `NOTHING_CHANGES` (none, or one that states nothing new),
 * `RECALIBRATION_OPEN` (a target named twice), `REFERENCE_UNKNOWN` (no such target, or of another cycle),
 * `TARGET_WITHDRAWN`, and the rules of a target's content and of a new target. Null where all is well.
 */
export function itemFlaw(
  cycle: KnownCycle,
  { adjust, add, withdraw }: RecalibrationItems,
  world: CycleWorld,
): Rejection | null {
  const ids = [...adjust.map(({ target }) => target), ...withdraw, ...add.map(({ targetId }) => targetId)];
  if (ids.length === 0) return reject('NOTHING_CHANGES');
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) return reject('RECALIBRATION_OPEN', fact('target', twice, 'ID'));
  return firstOf([
    ...adjust.map((item) => () => unusable(cycle, item.target, world) ?? adjustmentFlaw(cycle, item, world)),
    ...withdraw.map((target) => () => unusable(cycle, target, world)),
    ...add.map((item) => () => additionFlaw(cycle, item, world)),
  ]);
}

function unusable({ cycle }: KnownCycle, target: string, { targets }: CycleWorld): Rejection | null {
  const state = targets[target]?.state;
  if (state === undefined || state.status === 'ABSENT' || state.cycle !== cycle)
    return reject('REFERENCE_UNKNOWN', fact('target', target, 'ID'));
  return state.status === 'WITHDRAWN' ? reject('TARGET_WITHDRAWN', fact('target', target, 'ID')) : null;
}

function adjustmentFlaw({ period }: KnownCycle, item: TargetAdjustment, { targets }: CycleWorld): Rejection | null {
  const known = targets[item.target];
  if (known === undefined || known.state.status === 'ABSENT')
    return reject('REFERENCE_UNKNOWN', fact('target', item.target, 'ID'));
  const before = contentNow(known.state);
  const after = patched(before, item);
  if (sameJson(before, after)) return reject('NOTHING_CHANGES', fact('target', item.target, 'ID'));
  return notQuantified(known.metric, after, before.quantities) ?? notTimeBound(period, after);
}

function additionFlaw(
  cycle: KnownCycle,
  { targetId, target }: RecalibrationItems['add'][number],
  world: CycleWorld,
): Rejection | null {
  const place = world.targets[targetId];
  if (place === undefined || target.cycle !== cycle.cycle)
    return reject('REFERENCE_UNKNOWN', fact('cycle', target.cycle));
  return newTargetFlaw(place.state, target, {
    ...place,
    cycle: { period: cycle.period, cutOffOn: cycle.cutOffOn, cutOff: false },
  });
}

/** The first flaw; later checks do not run. */
function firstOf(checks: readonly (() => Rejection | null)[]): Rejection | null {
  for (const check of checks) {
    const flaw = check();
    if (flaw !== null) return flaw;
  }
  return null;
}
