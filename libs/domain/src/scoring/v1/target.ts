import { assert } from '../../kernel/defect.js';
import type { Accumulation, QuantityName, SpanInput, TargetVersion } from '../input.js';
import type { Derived } from './actual.js';
import { daysInclusive } from './days.js';
import { decimalOf, sumOf } from './decimal.js';
import { node } from './node.js';

/** The effective target of §2. */
export interface EffectiveTarget {
  readonly quantities: Readonly<Partial<Record<QuantityName, Derived>>>;
  /** The version that covers the span's last day: its milestones hold. */
  readonly last: TargetVersion;
}

/** What a target's versions are laid over. */
export interface TargetContext {
  /** The eligible span: not empty. */
  readonly span: SpanInput;
  readonly period: SpanInput;
  readonly accumulation: Accumulation;
  readonly unit?: string | undefined;
}

interface Share {
  readonly version: TargetVersion;
  readonly days: number;
}

// Written out, not taken from the input schema: a released engine does not change with it.
const NAMES: readonly QuantityName[] = ['target', 'baseline', 'limit', 'low', 'high', 'lowLimit', 'highLimit'];

/** The effective target over the span; the quantities are those that the first version states. */
export function deriveTarget(versions: readonly TargetVersion[], context: TargetContext): EffectiveTarget {
  const shares = coverage(versions, context.span);
  const [first] = versions;
  const last = versions.findLast(
    (version, index) => index === 0 || version.mode === 'REPLACE' || version.effectiveFrom <= context.span.to,
  );
  assert(first !== undefined && last !== undefined, 'a target has a version');
  const stated = NAMES.filter((name) => typeof first[name] === 'string');
  return { last, quantities: Object.fromEntries(stated.map((name) => [name, deriveQuantity(name, shares, context)])) };
}

/** The versions that cover a day of the span, in recorded order, with the number of days each is left with. */
function coverage(versions: readonly TargetVersion[], span: SpanInput): readonly Share[] {
  const shares: Share[] = [];
  // What is laid over later hides what lies below, so it is read from the top: `open` days are not covered yet, and
  // they are always the first ones of the span, because every version covers its days up to the span's end.
  let open = daysInclusive(span.from, span.to);
  for (const [index, version] of [...versions.entries()].reverse()) {
    const everyDay = index === 0 || version.mode === 'REPLACE' || version.effectiveFrom < span.from;
    const before = everyDay ? 0 : daysInclusive(span.from, version.effectiveFrom) - 1;
    if (before >= open) continue;
    shares.unshift({ version, days: open - before });
    open = before;
  }
  return shares;
}

function deriveQuantity(
  name: QuantityName,
  shares: readonly Share[],
  { span, period, accumulation, unit }: TargetContext,
): Derived {
  const days = daysInclusive(span.from, span.to);
  const periodDays = daysInclusive(period.from, period.to);
  const parts = shares.map((share) => deriveShare(name, share, unit));
  const mean = sumOf(parts.map(({ value }) => value)).div(days);
  const inputs = [
    ...parts.map((part) => part.node),
    node(['SPAN_DAYS', 2], days, { of: `${span.from}..${span.to}`, unit: 'DAYS', source: span.eventId }),
  ];
  if (accumulation !== 'SUM')
    return { value: mean, node: node(['EFFECTIVE_QUANTITY', 2], mean, { of: name, unit, inputs }) };
  const value = mean.times(days).div(periodDays);
  const ofPeriod = node(['PERIOD_DAYS', 2], periodDays, {
    of: `${period.from}..${period.to}`,
    unit: 'DAYS',
    source: period.eventId,
  });
  return { value, node: node(['EFFECTIVE_QUANTITY_SUM', 2], value, { of: name, unit, inputs: [...inputs, ofPeriod] }) };
}

function deriveShare(name: QuantityName, { version, days }: Share, unit?: string): Derived {
  const text = version[name];
  assert(typeof text === 'string', 'every version states the quantities of the first', { name });
  const quantity = decimalOf(text);
  const value = quantity.times(days);
  const inputs = [
    node(['QUANTITY', 2], quantity, { of: name, unit, source: version.eventId }),
    node(['COVERED_DAYS', 2], days, { unit: 'DAYS', source: version.eventId }),
  ];
  return { value, node: node(['VERSION_SHARE', 2], value, { of: `${version.mode} ${version.effectiveFrom}`, inputs }) };
}
