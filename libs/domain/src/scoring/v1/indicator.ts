import type { DerivationNode } from '../derivation.js';
import type { IndicatorInput, QuantitativeInput, ScoreInput, SpanInput, StateInput } from '../input.js';
import type { IndicatorResult, IndicatorState } from '../result.js';
import { deriveActual } from './actual.js';
import type { Derived } from './actual.js';
import { deriveAttainment, deriveMilestones } from './attainment.js';
import { deriveRaw, deriveScore } from './curve.js';
import { textOf } from './decimal.js';
import { deriveEvaluation } from './evaluation.js';
import { above, node } from './node.js';
import { deriveTarget } from './target.js';
import type { EffectiveTarget } from './target.js';

/** An indicator before the weights are known: its figures, and the nodes that derive them. */
export interface Measured {
  readonly indicator: IndicatorInput;
  readonly result: IndicatorResult;
  readonly score: Derived | null;
  /** What stands under the indicator beside its weight and score. */
  readonly nodes: readonly DerivationNode[];
}

/** What an indicator's figures follow from; `span` is the eligible one, null where it is empty. */
export interface IndicatorContext {
  readonly input: ScoreInput;
  readonly span: SpanInput | null;
}

/** The figures and the state of one indicator (§§1 to 6). A declared state stands over whatever data there is. */
export function measure(indicator: IndicatorInput, context: IndicatorContext): Measured {
  // Nothing can be expected of days that are none: no indicator applies, and nothing is still to come.
  if (context.span === null) return absent(indicator, { state: 'NOT_APPLICABLE' });
  const declared = entryOf(context.input.states, indicator.code);
  if (declared !== undefined) return absent(indicator, readState(declared));
  if (indicator.kind === 'QUALITATIVE') return measureQualitative(indicator, context.input);
  return measureQuantitative(indicator, context.input, context.span);
}

/** A member of a record by its own key: codes like `constructor` find nothing that is not theirs. */
function entryOf<T>(record: Readonly<Record<string, T>>, code: string): T | undefined {
  return Object.hasOwn(record, code) ? record[code] : undefined;
}

interface Absence {
  readonly state: Exclude<IndicatorState, 'SCORED'>;
  readonly pendingCode?: string | undefined;
  readonly source?: string | undefined;
  readonly target?: EffectiveTarget;
}

function readState(declared: StateInput): Absence {
  const { state, code, eventId } = typeof declared === 'string' ? { state: declared } : declared;
  if (state === 'PENDING') return { state, pendingCode: code, source: eventId };
  return { state: state === 'UNAVAILABLE_WAIVED' ? 'NOT_APPLICABLE' : state, source: eventId };
}

function absent(indicator: IndicatorInput, { state, pendingCode, source, target }: Absence): Measured {
  const targets = target === undefined ? [] : Object.values(target.quantities).map((quantity) => quantity.node);
  return {
    indicator,
    score: null,
    nodes: [node(['STATE', 6], pendingCode ?? state, { source }), ...targets],
    result: {
      code: indicator.code,
      state,
      ...(pendingCode === undefined ? {} : { pendingCode }),
      ...(target === undefined ? {} : { effectiveTarget: textsOf(target) }),
    },
  };
}

const pending = (indicator: IndicatorInput, pendingCode: string, target?: EffectiveTarget): Measured =>
  absent(indicator, { state: 'PENDING', pendingCode, ...(target === undefined ? {} : { target }) });

function measureQualitative(indicator: IndicatorInput, { ratings, scheme }: ScoreInput): Measured {
  const { code } = indicator;
  const raw = deriveEvaluation(entryOf(ratings, code) ?? [], {
    of: code,
    weights: scheme.evaluatorWeights,
    source: scheme.eventId,
  });
  if (raw === null) return pending(indicator, 'RATING_MISSING');
  const score = deriveScore(indicator, raw, scheme.eventId);
  return {
    indicator,
    score,
    nodes: [],
    result: { code, state: 'SCORED', raw: textOf(raw.value), score: textOf(score.value) },
  };
}

function measureQuantitative(indicator: QuantitativeInput, input: ScoreInput, span: SpanInput): Measured {
  const { code, accumulation, direction, unit } = indicator;
  const { period, scheme } = input;
  const versions = entryOf(input.targets, code) ?? [];
  if (versions.length === 0) return pending(indicator, 'TARGET_MISSING');
  const facts = entryOf(input.facts, code) ?? [];
  const target = deriveTarget(versions, { span, period, accumulation, unit });
  if (direction === 'MILESTONES')
    return scored({
      indicator,
      scheme,
      target,
      attainment: deriveMilestones(target.last, facts, { period, of: code }),
    });
  const actual = deriveActual(facts, accumulation, { span, of: code, unit });
  if (actual === null) return pending(indicator, 'FACT_MISSING', target);
  return scored({
    indicator,
    scheme,
    target,
    actual,
    attainment: deriveAttainment(actual, target.quantities, { direction, of: code }),
  });
}

interface Reckoned {
  readonly indicator: QuantitativeInput;
  readonly scheme: ScoreInput['scheme'];
  readonly target: EffectiveTarget;
  readonly actual?: Derived;
  readonly attainment: Derived;
}

function scored({ indicator, scheme, target, actual, attainment }: Reckoned): Measured {
  const { code } = indicator;
  const raw = deriveRaw(indicator.curve, attainment, { of: code, source: scheme.eventId });
  const score = deriveScore(indicator, raw, scheme.eventId);
  const deviation = attainment.value.minus(1);
  return {
    indicator,
    score,
    nodes: [node(['DEVIATION', 3], deviation, { of: code, inputs: [above(attainment.node)] })],
    result: {
      code,
      state: 'SCORED',
      effectiveTarget: textsOf(target),
      ...(actual === undefined ? {} : { actual: textOf(actual.value) }),
      attainment: textOf(attainment.value),
      deviation: textOf(deviation),
      raw: textOf(raw.value),
      score: textOf(score.value),
    },
  };
}

const textsOf = (target: EffectiveTarget): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(target.quantities).map(([name, { value }]) => [name, textOf(value)]));
