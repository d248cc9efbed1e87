import { Decimal } from 'decimal.js';
import type { Band, Curve, Direction, QuantityName, TargetVersion } from './input.js';
import { QUANTITY_NAMES } from './input.js';
import type { InputProblem } from './problem.js';
import { repeated } from './problem.js';

/** What `scoring.md` demands of a target, a curve and bands. Each check returns the first rule broken, or null. */

interface Demand {
  readonly names: readonly QuantityName[];
  readonly optional?: readonly QuantityName[];
  /** Pairs that must ascend; the second strictly above the first unless `level` says that they may be equal. */
  readonly ascending: readonly { readonly lower: QuantityName; readonly upper: QuantityName; readonly level?: true }[];
}
const DEMANDS: Readonly<Record<Direction, Demand>> = {
  HIGHER: { names: ['target'], optional: ['baseline'], ascending: [{ lower: 'baseline', upper: 'target' }] },
  LOWER: { names: ['target', 'limit'], ascending: [{ lower: 'target', upper: 'limit' }] },
  BAND: {
    names: ['low', 'high', 'lowLimit', 'highLimit'],
    ascending: [
      { lower: 'lowLimit', upper: 'low' },
      { lower: 'low', upper: 'high', level: true },
      { lower: 'high', upper: 'highLimit' },
    ],
  },
  BINARY: { names: [], ascending: [] },
  MILESTONES: { names: [], ascending: [] },
};

/** A target version as far as it is measured: by a `TargetVersion`, or by a command that would make one. */
export type TargetStatement = Pick<TargetVersion, QuantityName | 'milestones'>;

/** The names of the quantities that a version states, in the order of `QUANTITY_NAMES`. */
export const statedQuantities = (version: TargetStatement): readonly QuantityName[] =>
  QUANTITY_NAMES.filter((name) => typeof version[name] === 'string');

/**
 * What is wrong with a target of the direction (`TARGET_NOT_QUANTIFIED`; `scoring.md` §§2, 3): a quantity missing, or
 * one that takes no part; values out of order; other quantities than the `first` version's; no milestone, or one twice.
 *
 * | direction | states | demanded | refused, with the field |
 * | --- | --- | --- | --- |
 * | `HIGHER` | target, maybe baseline | `target > baseline`, 0 where none | target 80, baseline 80: `target` |
 * | `LOWER` | target, limit | `limit > target` | target 100, limit 100: `limit` |
 * | `BAND` | low, high, lowLimit, highLimit | `lowLimit < low <= high < highLimit` | low 95, lowLimit 95: `low` |
 * | `BINARY` | nothing | | target 1: `target` |
 * | `MILESTONES` | milestones | at least one, codes distinct | none: `milestones` |
 */
export function targetBroken(
  direction: Direction,
  version: TargetStatement,
  first: TargetStatement = version,
): InputProblem | null {
  const { names, optional = [], ascending } = DEMANDS[direction];
  const stated = statedQuantities(version);
  const missing = names.find((name) => !stated.includes(name));
  if (missing !== undefined) return unquantified(missing, `${direction} demands ${names.join(', ')}`);
  const foreign = stated.find((name) => !names.includes(name) && !optional.includes(name));
  if (foreign !== undefined) return unquantified(foreign, `${direction} knows no ${foreign}`);
  const of = statedQuantities(first);
  const differing = QUANTITY_NAMES.find((name) => stated.includes(name) !== of.includes(name));
  if (differing !== undefined) return unquantified(differing, 'every version states the same quantities as the first');
  const crossed = ascending.find(({ lower, upper, level }) => {
    const gap = new Decimal(version[upper] ?? 0).comparedTo(version[lower] ?? 0);
    return level === true ? gap < 0 : gap <= 0;
  });
  if (crossed !== undefined)
    return unquantified(crossed.upper, `${crossed.upper} ${crossed.level === true ? '>=' : '>'} ${crossed.lower}`);
  return direction === 'MILESTONES' ? milestonesBroken(version.milestones ?? []) : null;
}

/**
 * What is wrong with a curve (`CURVE_BROKEN`; `scoring.md` §4): attainments ascend strictly and scores do not descend,
 * for steps from the 0 below the first on.
 *
 * | curve | broken at |
 * | --- | --- |
 * | points (0.5, 50), (0.5, 60) | `points[1].attainment` |
 * | points (0.5, 50), (0.8, 40) | `points[1].score` |
 * | steps (0.5, -10) | `steps[0].score` |
 */
export function curveBroken(curve: Curve): InputProblem | null {
  if (curve.type === 'LINEAR') return null;
  const list = curve.type === 'STEP' ? 'steps' : 'points';
  const name = curve.type === 'STEP' ? 'from' : 'attainment';
  const points =
    curve.type === 'STEP'
      ? curve.steps.map(({ from, score }) => ({ at: from, score }))
      : curve.points.map(({ attainment, score }) => ({ at: attainment, score }));
  if (points.length === 0) return { code: 'CURVE_BROKEN', field: list, message: 'at least one' };
  for (const [index, { at, score }] of points.entries()) {
    const before = points[index - 1];
    if (before !== undefined && new Decimal(at).lte(before.at))
      return { code: 'CURVE_BROKEN', field: `${list}[${index}].${name}`, message: 'strictly ascending' };
    const least = before?.score ?? (curve.type === 'STEP' ? '0' : score);
    if (new Decimal(score).lt(least))
      return { code: 'CURVE_BROKEN', field: `${list}[${index}].score`, message: 'scores do not descend' };
  }
  return null;
}

/**
 * What is wrong with grade bands (`BANDS_BROKEN`; `scoring.md` §8): declared from the best down, each beginning below
 * the one before, the last and only the last open below, no grade twice. So they are contiguous by construction.
 *
 * | bands | broken at |
 * | --- | --- |
 * | S 95, A 85, C open | |
 * | S 95, A 95, C open | `[1].from` |
 * | S 95, A 85 | `[1].from` |
 * | S 95, S open | `[1].grade` |
 */
export function bandsBroken(bands: readonly Band[]): InputProblem | null {
  if (bands.length === 0) return broken('', 'at least one band');
  const twice = bands.findIndex(({ grade }, index) => bands.findIndex((band) => band.grade === grade) !== index);
  if (twice >= 0) return broken(`[${twice}].grade`, 'each grade once');
  for (const [index, { from }] of bands.entries()) {
    const field = `[${index}].from`;
    const last = index === bands.length - 1;
    if ((from === null) !== last) return broken(field, 'the lowest band, and no other, is open below');
    const above = bands[index - 1]?.from;
    if (from !== null && typeof above === 'string' && new Decimal(from).gte(above))
      return broken(field, 'each band begins below the one before');
  }
  return null;
}

const broken = (field: string, message: string): InputProblem => ({ code: 'BANDS_BROKEN', field, message });
const unquantified = (field: string, message: string): InputProblem => ({
  code: 'TARGET_NOT_QUANTIFIED',
  field,
  message,
});

function milestonesBroken(milestones: NonNullable<TargetVersion['milestones']>): InputProblem | null {
  if (milestones.length === 0) return unquantified('milestones', 'at least one milestone');
  const twice = repeated(milestones.map(({ code }) => code));
  return twice === undefined ? null : unquantified('milestones', `each milestone once: ${twice}`);
}
