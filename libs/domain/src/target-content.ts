import type { Span } from './kernel/day.js';
import { inSpan } from './kernel/day.js';
import { fact, reject } from './kernel/decision.js';
import type { Rejection } from './kernel/decision.js';
import { targetBroken } from './scoring/demands.js';
import type { Accumulation, Direction } from './scoring/input.js';
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

/**
 * `TARGET_NOT_QUANTIFIED` unless metric and value are there and `scoring.md` §3 accepts them (`targetBroken`); `BINARY`
 * goes with accumulation `LATEST` only. `first` is the first version's quantities: every later version states the same
 * ones. Null where all is well.
 */
export function notQuantified(
  metric: TargetMetric | null,
  { quantities, milestones }: Pick<TargetContent, 'quantities' | 'milestones'>,
  first?: TargetQuantities,
): Rejection | null {
  if (metric === null) return reject('TARGET_NOT_QUANTIFIED', fact('missing', 'metric', 'CODE'));
  const { direction, accumulation } = metric;
  if (direction === 'BINARY' && accumulation !== 'LATEST')
    return reject(
      'TARGET_NOT_QUANTIFIED',
      fact('metric', metric.code, 'CODE'),
      fact('accumulation', accumulation, 'CODE'),
    );
  const broken = targetBroken(direction, { ...quantities, milestones }, first);
  if (broken === null) return null;
  return reject(
    'TARGET_NOT_QUANTIFIED',
    fact('metric', metric.code, 'CODE'),
    fact('direction', direction, 'CODE'),
    fact('field', broken.field, 'CODE'),
    fact('demand', broken.message),
  );
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
