import type { DerivationNode } from '../derivation.js';
import type { Level } from '../../kernel/calendar.js';
import type { CompositeInput } from '../input.js';
import type { CompositeResult } from '../result.js';
import type { Derived } from './actual.js';
import { countOf, Decimal, decimalOf, sumOf, textOf } from './decimal.js';
import { deriveGrade } from './grade.js';
import { node } from './node.js';
import { deriveTotal } from './total.js';

type Period = CompositeInput['periods'][number];
type Segment = Period['segments'][number];

const LEVELS: readonly Level[] = ['MONTH', 'QUARTER', 'YEAR'];

interface PresentLevel {
  readonly level: Level;
  readonly weight: number;
  readonly score: Derived;
}

/** Engine 1.0.0: the year's composite (§9). The input has passed `readCompositeInput` or the deciders' same checks. */
export function composite(input: CompositeInput): Omit<CompositeResult, 'engineVersion'> {
  const present = LEVELS.flatMap((level): readonly PresentLevel[] => {
    const weight = input.weights[level];
    const score = weight === undefined ? null : deriveLevel(level, input);
    return weight === undefined || score === null ? [] : [{ level, weight, score }];
  });
  const coverage = countOf(present.map(({ weight }) => weight));
  const levels = Object.fromEntries(present.map(({ level, score }) => [level, textOf(score.value)]));
  const covered = coverageNodes(present, input);
  if (present.length === 0 || coverage < input.minimumCoverage) {
    const inputs = [...covered, ...present.map(({ score }) => score.node)];
    return {
      status: 'NOT_RATED',
      total: null,
      grade: null,
      coverage,
      levels,
      derivation: node(['RESULT', 9], 'NOT_RATED', { inputs }),
    };
  }
  const total = deriveTotal(deriveMean(present, coverage, input.eventId), {
    rounding: input.rounding,
    source: input.eventId,
  });
  const { grade, nodes } = deriveGrade(total, input.bands, input.eventId);
  return {
    status: 'RATED',
    total: total.value,
    grade,
    coverage,
    levels,
    derivation: node(['RESULT', 9], grade, { inputs: [...nodes, ...covered] }),
  };
}

/**
 * A period's total: the mean of its rated segments weighted by their eligible days, unrounded. A segment that has no
 * total, or fewer days than the level's minimum, is not rated; null where none is.
 */
export function derivePeriod({ code, segments }: Period, minimumDays: number): Derived | null {
  const rated = segments.flatMap((segment) =>
    segment.total === null || segment.days < minimumDays || segment.days === 0
      ? []
      : [{ ...segment, total: decimalOf(segment.total) }],
  );
  if (rated.length === 0) return null;
  const days = countOf(rated.map((segment) => segment.days));
  const value = sumOf(rated.map((segment) => segment.total.times(segment.days))).div(days);
  const inputs = segments.map((segment, index) => segmentNode(segment, { index, minimumDays }));
  return { value, node: node(['PERIOD', 9], value, { of: code, unit: 'POINTS', inputs }) };
}

/** A level's score: the mean of its rated periods. */
function deriveLevel(level: Level, input: CompositeInput): Derived | null {
  const periods = input.periods
    .filter((period) => period.level === level)
    .map((period) => ({ period, derived: derivePeriod(period, input.minimumSegmentDays[level]) }));
  const values = periods.flatMap(({ derived }) => (derived === null ? [] : [derived.value]));
  if (values.length === 0) return null;
  const value = sumOf(values).div(values.length);
  const inputs = periods.map(
    ({ period, derived }) => derived?.node ?? node(['PERIOD_NOT_RATED', 9], 'NOT_RATED', { of: period.code }),
  );
  return { value, node: node(['LEVEL_SCORE', 9], value, { of: level, unit: 'POINTS', inputs }) };
}

function segmentNode(
  { days, total, eventId }: Segment,
  { index, minimumDays }: { readonly index: number; readonly minimumDays: number },
): DerivationNode {
  const of = String(index + 1);
  if (total === null) return node(['SEGMENT_NOT_RATED', 9], 'NOT_RATED', { of, source: eventId });
  if (days < minimumDays || days === 0)
    return node(['SEGMENT_NOT_RATED', 9], 'SPAN_TOO_SHORT', { of, source: eventId });
  const figure = decimalOf(total);
  const inputs = [
    node(['SEGMENT_TOTAL', 9], figure, { of, unit: 'POINTS', source: eventId }),
    node(['SEGMENT_DAYS', 9], days, { of, unit: 'DAYS', source: eventId }),
  ];
  return node(['SEGMENT', 9], figure.times(days), { of, inputs });
}

function deriveMean(present: readonly PresentLevel[], coverage: number, source?: string): Derived {
  const parts = present.map(({ level, weight, score }) => {
    const value = new Decimal(weight).times(score.value);
    const inputs = [node(['LEVEL_WEIGHT', 9], weight, { of: level, unit: 'BASIS_POINTS', source }), score.node];
    return { value, node: node(['LEVEL', 9], value, { of: level, inputs }) };
  });
  const value = sumOf(parts.map((part) => part.value)).div(coverage);
  return {
    value,
    node: node(['COMPOSITE_MEAN', 9], value, { unit: 'POINTS', inputs: parts.map((part) => part.node) }),
  };
}

function coverageNodes(
  present: readonly PresentLevel[],
  { minimumCoverage, eventId }: CompositeInput,
): readonly DerivationNode[] {
  const leaves = present.map(({ level, weight }) =>
    node(['LEVEL_WEIGHT', 9], weight, { of: level, unit: 'BASIS_POINTS', source: eventId }),
  );
  return [
    node(['COVERAGE', 9], countOf(present.map(({ weight }) => weight)), { unit: 'BASIS_POINTS', inputs: leaves }),
    node(['MINIMUM_COVERAGE', 9], minimumCoverage, { unit: 'BASIS_POINTS', source: eventId }),
  ];
}
