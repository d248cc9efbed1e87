import type { Span } from './kernel/day.js';
import { inSpan } from './kernel/day.js';
import { fact, reject } from './kernel/decision.js';
import type { Rejection } from './kernel/decision.js';
import type { Accumulation, Direction, QuantityName } from './scoring/input.js';
import { QUANTITY_NAMES } from './scoring/input.js';
import { decimalOf } from './scoring/v1/decimal.js';
import type { KeyAction, TargetMilestone, TargetPhase, TargetQuantities, TargetResource } from './target.events.js';

/** What a target states, whole: every list is there, if empty. */
export interface TargetContent {
  readonly quantities: TargetQuantities;
  readonly milestones: readonly TargetMilestone[];
  readonly phases: readonly TargetPhase[];
  readonly resources: readonly TargetResource[];
  readonly keyActions: readonly KeyAction[];
}
/** A content of which some is left as it is. */
export type TargetContentPatch = { readonly [K in keyof TargetContent]?: TargetContent[K] | undefined };

/** The part of a metric that says which quantities a target states. */
export interface TargetMetric {
  readonly code: string;
  readonly direction: Direction;
  readonly accumulation: Accumulation;
}

const NEEDED: Readonly<Record<Direction, readonly QuantityName[]>> = {
  HIGHER: ['target'],
  LOWER: ['target', 'limit'],
  BAND: ['low', 'high', 'lowLimit', 'highLimit'],
  BINARY: [],
  MILESTONES: [],
};
const ALLOWED: Readonly<Record<Direction, readonly QuantityName[]>> = { ...NEEDED, HIGHER: ['target', 'baseline'] };

/**
 * Content after a patch. Nothing but what the patch names changes.
 */
export function patched(content: TargetContent, patch: TargetContentPatch): TargetContent {
  const { quantities, milestones, phases, resources, keyActions } = patch;
  return {
    quantities: quantities ?? content.quantities,
    milestones: milestones ?? content.milestones,
    phases: phases ?? content.phases,
    resources: resources ?? content.resources,
    keyActions: keyActions ?? content.keyActions,
  };
}

/** Names of the quantities that are stated, in the order of `scoring.md` §2. */
export const statedNames = (quantities: TargetQuantities): readonly QuantityName[] =>
  QUANTITY_NAMES.filter((name) => quantities[name] !== undefined);

/**
 * `TARGET_NOT_QUANTIFIED` unless metric and value are there and `scoring.md` §3 accepts them: exactly the quantities of
 * the direction, in order, and for `MILESTONES` at least one milestone. `first` is the first version's quantities:
 * every later version states the same ones. Null where all is well.
 *
 * | direction | demanded |
 * | --- | --- |
 * | `HIGHER` | `target > baseline` (0 where none) |
 * | `LOWER` | `limit > target` |
 * | `BAND` | `lowLimit < low <= high < highLimit` |
 * | `BINARY` | accumulation `LATEST`, no quantity |
 */
export function notQuantified(
  metric: TargetMetric | null,
  content: Pick<TargetContent, 'quantities' | 'milestones'>,
  first?: TargetQuantities,
): Rejection | null {
  if (metric === null) return reject('TARGET_NOT_QUANTIFIED', fact('missing', 'metric', 'CODE'));
  const { direction } = metric;
  const names = statedNames(content.quantities);
  const missing = NEEDED[direction].find((name) => !names.includes(name));
  if (missing !== undefined) return unquantified(metric, 'missing', missing);
  const foreign = names.find((name) => !ALLOWED[direction].includes(name));
  if (foreign !== undefined) return unquantified(metric, 'foreign', foreign);
  if (first !== undefined && names.join() !== statedNames(first).join())
    return unquantified(metric, 'firstVersionStates', statedNames(first).join(' '));
  if (direction === 'MILESTONES' && content.milestones.length === 0)
    return unquantified(metric, 'missing', 'milestones');
  if (direction === 'BINARY' && metric.accumulation !== 'LATEST')
    return unquantified(metric, 'accumulation', metric.accumulation);
  return inOrder(direction, content.quantities) ? null : unquantified(metric, 'order', names.join(' '));
}

/**
 * `TARGET_NOT_TIME_BOUND` unless milestones, phases and key actions lie inside the period, phases end no earlier than
 * they begin, and codes are not given twice. Null where all is well.
 */
export function notTimeBound(period: Span | null, content: TargetContent): Rejection | null {
  if (period === null) return reject('TARGET_NOT_TIME_BOUND', fact('missing', 'cycle', 'CODE'));
  const { milestones, phases, keyActions, resources } = content;
  const days = [
    ...milestones.map(({ code, day }) => ({ code, day })),
    ...phases.flatMap(({ code, from, to }) => [
      { code, day: from },
      { code, day: to },
    ]),
    ...keyActions.map(({ code, dueOn }) => ({ code, day: dueOn })),
  ];
  const outside = days.find(({ day }) => !inSpan(day, period));
  if (outside !== undefined)
    return reject('TARGET_NOT_TIME_BOUND', fact('code', outside.code, 'CODE'), fact('day', outside.day, 'DATE'));
  const backwards = phases.find(({ from, to }) => to < from);
  if (backwards !== undefined) return reject('TARGET_NOT_TIME_BOUND', fact('phase', backwards.code, 'CODE'));
  const twice = [milestones, phases, keyActions, resources].map(repeatedCode).find((code) => code !== undefined);
  return twice === undefined ? null : reject('TARGET_NOT_TIME_BOUND', fact('repeated', twice, 'CODE'));
}

function repeatedCode(items: readonly { readonly code: string }[]): string | undefined {
  const codes = items.map(({ code }) => code);
  return codes.find((code, index) => codes.indexOf(code) !== index);
}

function inOrder(
  direction: Direction,
  { target, baseline, limit, low, high, lowLimit, highLimit }: TargetQuantities,
): boolean {
  switch (direction) {
    case 'HIGHER':
      return less(baseline ?? '0', target);
    case 'LOWER':
      return less(target, limit);
    case 'BAND':
      return less(lowLimit, low) && !less(high, low) && less(high, highLimit);
    case 'BINARY':
    case 'MILESTONES':
      return true;
  }
}

const less = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && b !== undefined && decimalOf(a).lt(decimalOf(b));

const unquantified = (metric: TargetMetric, name: string, value: string): Rejection =>
  reject(
    'TARGET_NOT_QUANTIFIED',
    fact('metric', metric.code, 'CODE'),
    fact('direction', metric.direction, 'CODE'),
    fact(name, value, 'CODE'),
  );
