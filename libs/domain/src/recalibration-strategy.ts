import { levelOfCycle } from './cycle.state.js';
import { LEVELS, type Level } from './kernel/calendar.js';
import type { Span } from './kernel/day.js';
import { daysInclusive } from './kernel/day.js';
import { fact, reject } from './kernel/decision.js';
import type { Rejection } from './kernel/decision.js';
import { assert } from './kernel/defect.js';
import type { Accumulation, TargetVersion } from './scoring/input.js';
import type { NewTarget, TargetAdjustment } from './target.events.js';
import { targetVersionsForScore } from './target.state.js';
import type { TargetState } from './target.state.js';
import { unitOfOwner } from './kernel/owner.js';

/**
 * STRATEGY_LEFT (`domain.md`, Cycles and recalibrations): what the targets of a goal sum up to may not move away from
 * the goal. All of it is reckoned in whole numbers over a common denominator: a sum that a prorated shift between two
 * people leaves as it is must come out the same to the last digit, which a division rounded anywhere would break.
 */

/** A goal with the targets whose sum it is held against. */
export interface StrategyGoal {
  readonly goalId: string;
  /** The goal above, where it is among the goals given. */
  readonly parent: string | null;
  readonly metric: string;
  readonly accumulation: Accumulation;
  /** In the metric's unit, for the whole period. */
  readonly value: string;
  readonly toleranceBasisPoints: number;
  readonly level: Level;
  /** Whether a `GoalRevised` of it was recorded since the recalibration's cycle opened. */
  readonly revisedSinceOpening: boolean;
  /** Live targets that serve it or a goal beneath it. */
  readonly targets: readonly TargetState[];
}
/** What a recalibration does, in the form of its event. */
export interface RecalibrationItems {
  readonly adjust: readonly TargetAdjustment[];
  readonly add: readonly { readonly targetId: string; readonly target: NewTarget }[];
  readonly withdraw: readonly string[];
}

/** A target as a sum sees it: its effective value over its whole period. */
interface Line {
  readonly level: Level;
  readonly metric: string;
  readonly byPerson: boolean;
  readonly value: Fraction | null;
}
/** `above / below`, quantities in units of 1e-12. */
interface Fraction {
  readonly above: bigint;
  readonly below: bigint;
}

const SCALE = 12;
const WHOLE = 10_000n;

/**
 * `STRATEGY_LEFT` for the first goal left, or null. Held against are the goals of the targets named and each ancestor
 * with the same `SUM` metric; goals of other accumulations have no sum to keep. A goal passes where the distance of
 * the sum from its value is afterwards within tolerance or no greater than before, or where `revisedGoals` names it
 * and it was revised since the cycle opened. `servedGoals` are the goals of the targets named.
 *
 * | value, tolerance | before | after | passes |
 * | --- | --- | --- | --- |
 * | 100, 0 | 100 | 90 | no |
 * | 100, 1000 | 100 | 90 | yes |
 * | 100, 0 | 80 | 90 | yes |
 * | 100, 0 | 90 | 110 | yes |
 */
export function strategyLeft(
  goals: readonly StrategyGoal[],
  items: RecalibrationItems,
  of: { readonly servedGoals: readonly string[]; readonly revisedGoals: readonly string[]; readonly period: Span },
): Rejection | null {
  const held = goals.filter(({ goalId }) => of.servedGoals.some((served) => chainOf(goals, served).includes(goalId)));
  for (const goal of held) {
    if (goal.revisedSinceOpening && of.revisedGoals.includes(goal.goalId)) continue;
    const added = items.add.filter(({ target }) => ancestryOf(goals, target.goal).includes(goal.goalId));
    const value = scaled(goal.value);
    const before = sumOf(goal, goal.targets.map(lineOf));
    const after = sumOf(goal, [
      ...goal.targets.map((target) => lineAfter(target, items)),
      ...added.map(({ target }) => lineOfNew(target, of.period)),
    ]);
    if (!kept(value, goal.toleranceBasisPoints, { before, after }))
      return reject(
        'STRATEGY_LEFT',
        fact('goal', goal.goalId, 'ID'),
        fact('value', goal.value, 'DECIMAL'),
        fact('before', textOf(before), 'DECIMAL'),
        fact('after', textOf(after), 'DECIMAL'),
      );
  }
  return null;
}

/**
 * What the goal's live targets sum up to, as decimal text cut to 12 places: those with the goal's own metric, `SUM`, of
 * one level (the goal's, else the next finer that is set), owned by persons (`domain.md`, Goals). For the cascade.
 */
export const targetSum = (
  goal: Omit<StrategyGoal, 'parent' | 'revisedSinceOpening' | 'toleranceBasisPoints'>,
): string => textOf(sumOf(goal, goal.targets.map(lineOf)));

/** Goals held against, from the served one up: the ancestors that have the same `SUM` metric. */
function chainOf(goals: readonly StrategyGoal[], served: string): readonly string[] {
  const first = goals.find(({ goalId }) => goalId === served);
  assert(first !== undefined, 'the goal of a target is among the goals given', { goal: served });
  if (first.accumulation !== 'SUM') return [];
  return ancestryOf(goals, served).filter((id) =>
    goals.some(({ goalId, metric }) => goalId === id && metric === first.metric),
  );
}

/** A goal and every goal above it. */
function ancestryOf(goals: readonly StrategyGoal[], from: string): readonly string[] {
  const path: string[] = [];
  for (let next: string | null = from; next !== null && !path.includes(next);) {
    const id: string = next;
    path.push(id);
    next = goals.find(({ goalId }) => goalId === id)?.parent ?? null;
  }
  return path;
}

function kept(
  value: bigint,
  toleranceBasisPoints: number,
  sums: { readonly before: Fraction; readonly after: Fraction },
): boolean {
  const after = distance(sums.after, value);
  const within = after.above * WHOLE <= magnitude(value) * BigInt(toleranceBasisPoints) * after.below;
  const before = distance(sums.before, value);
  return within || after.above * before.below <= before.above * after.below;
}

/** Only lines of the goal's metric that persons own and that state a `target`, of the coarsest level that is set. */
function sumOf(
  goal: Pick<StrategyGoal, 'metric' | 'level' | 'accumulation'>,
  lines: readonly (Line | null)[],
): Fraction {
  const summed = lines.filter(
    (line) => line !== null && line.byPerson && line.metric === goal.metric && line.value !== null,
  );
  const coarsestFirst = [...LEVELS].reverse();
  const levels = coarsestFirst.slice(coarsestFirst.indexOf(goal.level));
  const level = levels.find((one) => summed.some((line) => line?.level === one));
  return summed.reduce<Fraction>((sum, line) => (line?.level === level ? plus(sum, line?.value ?? ZERO) : sum), ZERO);
}

function lineOf(target: TargetState): Line | null {
  return target.status === 'LIVE' ? lineWith(target, targetVersionsForScore(target), target.period) : null;
}

function lineAfter(target: TargetState, items: RecalibrationItems): Line | null {
  if (target.status !== 'LIVE' || items.withdraw.includes(target.targetId)) return null;
  const adjusted = items.adjust.find((one) => one.target === target.targetId);
  const versions = targetVersionsForScore(target);
  if (adjusted?.quantities === undefined) {
    // An adjustment that states no values repeats the latest ones: it still hides what PRORATE kept below it.
    const repeated = versions.at(-1);
    const more =
      adjusted === undefined || repeated === undefined
        ? []
        : [{ ...repeated, mode: adjusted.mode, effectiveFrom: adjusted.from }];
    return lineWith(target, [...versions, ...more], target.period);
  }
  const { mode, from: effectiveFrom, quantities } = adjusted;
  return lineWith(target, [...versions, { mode, effectiveFrom, ...quantities }], target.period);
}

const lineOfNew = (target: NewTarget, period: Span): Line =>
  lineWith(target, [{ mode: 'REPLACE', effectiveFrom: period.from, ...target.quantities }], period);

function lineWith(
  { owner, metric, cycle }: { readonly owner: string; readonly metric: string; readonly cycle: string },
  versions: readonly TargetVersion[],
  period: Span,
): Line {
  return {
    level: levelOfCycle(cycle),
    metric,
    byPerson: unitOfOwner(owner) === null,
    value: effective(versions, period),
  };
}

/** The effective `target` over the whole period (`scoring.md` §2), exact; null where the versions state none. */
function effective(versions: readonly TargetVersion[], period: Span): Fraction | null {
  const days = daysInclusive(period.from, period.to);
  let above = 0n;
  // Read from the last version back: each hides the days it covers from those before it.
  let open = days;
  for (const [index, version] of [...versions.entries()].reverse()) {
    if (typeof version.target !== 'string') return null;
    const everyDay = index === 0 || version.mode === 'REPLACE' || version.effectiveFrom <= period.from;
    const before = everyDay ? 0 : Math.min(open, daysInclusive(period.from, version.effectiveFrom) - 1);
    above += scaled(version.target) * BigInt(open - before);
    open = before;
  }
  return versions.length === 0 ? null : { above, below: BigInt(days) };
}

const ZERO: Fraction = { above: 0n, below: 1n };
const plus = (a: Fraction, b: Fraction): Fraction => reduced(a.above * b.below + b.above * a.below, a.below * b.below);
const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
const distance = (sum: Fraction, value: bigint): Fraction => ({
  above: magnitude(sum.above - value * sum.below),
  below: sum.below,
});

function reduced(above: bigint, below: bigint): Fraction {
  let [a, b] = [magnitude(above), below];
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? ZERO : { above: above / a, below: below / a };
}

function scaled(text: string): bigint {
  const [whole = '', places = ''] = text.replace('-', '').split('.');
  assert(places.length <= SCALE, 'a quantity has at most 12 places', { text });
  const units = BigInt(whole + places.padEnd(SCALE, '0'));
  return text.startsWith('-') ? -units : units;
}

function textOf({ above, below }: Fraction): string {
  const digits = magnitude(above / below)
    .toString()
    .padStart(SCALE + 1, '0');
  const places = digits.slice(-SCALE).replace(/0+$/, '');
  const text = `${digits.slice(0, -SCALE)}${places === '' ? '' : `.${places}`}`;
  return above < 0n && text !== '0' ? `-${text}` : text;
}
