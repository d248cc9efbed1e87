import { Decimal } from 'decimal.js';
import { LEVELS } from '../kernel/calendar.js';
import { bandsBroken, curveBroken, targetBroken } from './demands.js';
import { DEFAULT_CAP, DEFAULT_FLOOR, EVALUATOR_KINDS } from './input.js';
import type { CompositeInput, FactInput, IndicatorInput, RatingInput, ScoreInput } from './input.js';
import { fieldOf, firstProblem, repeated } from './problem.js';
import type { InputProblem } from './problem.js';

type Path = readonly (string | number)[];
type Scheme = ScoreInput['scheme'];

/** What the shape of a `ScoreInput` leaves open, in the order of `scoring.md`; null where `score` may be asked. */
export function checkScoreInput(input: ScoreInput): InputProblem | null {
  const { period, scheme } = input;
  if (period.to < period.from) return bad(['period', 'to'], 'the period ends on or after the day it begins');
  return (
    checkScheme(scheme) ??
    checkCodes(input) ??
    firstProblem(scheme.indicators, (indicator) => checkData(indicator, input))
  );
}

/** What the shape of a `CompositeInput` leaves open; null where `composite` may be asked. */
export function checkCompositeInput({ weights, bands, periods }: CompositeInput): InputProblem | null {
  const twice = periods.findIndex(
    ({ level, code }, index) => periods.findIndex((one) => one.level === level && one.code === code) !== index,
  );
  return (
    unbalanced(
      ['weights'],
      LEVELS.flatMap((level) => weights[level] ?? []),
    ) ??
    under(['bands'], bandsBroken(bands)) ??
    (twice < 0 ? null : bad(['periods', twice, 'code'], 'a period stands once, with its segments'))
  );
}

const problem = (code: InputProblem['code'], path: Path, message: string): InputProblem => ({
  code,
  field: fieldOf(path),
  message,
});
const bad = (path: Path, message: string): InputProblem => problem('BAD_USER_INPUT', path, message);

/** The problem with the way to its part before its own field. */
function under(path: Path, found: InputProblem | null): InputProblem | null {
  if (found === null) return null;
  const joint = found.field === '' || found.field.startsWith('[') ? '' : '.';
  return { ...found, field: `${fieldOf(path)}${joint}${found.field}` };
}

function unbalanced(path: Path, weights: readonly number[]): InputProblem | null {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum === 10_000 && weights.every((weight) => weight >= 1)) return null;
  return problem('WEIGHTS_UNBALANCED', path, `weights are 1 to 10000 each and 10000 together, not ${sum}`);
}

function checkScheme({ indicators, evaluatorWeights, bands }: Scheme): InputProblem | null {
  const twice = repeated(indicators.map(({ code }) => code));
  if (twice !== undefined)
    return problem('INDICATOR_BROKEN', ['scheme', 'indicators'], `each indicator once: ${twice}`);
  const rated = indicators.some(({ kind }) => kind === 'QUALITATIVE');
  const kinds = EVALUATOR_KINDS.flatMap((kind) => evaluatorWeights[kind] ?? []);
  return (
    unbalanced(
      ['scheme', 'indicators'],
      indicators.map(({ weight }) => weight),
    ) ??
    (rated ? unbalanced(['scheme', 'evaluatorWeights'], kinds) : null) ??
    firstProblem(indicators, (indicator, index) => checkIndicator(indicator, ['scheme', 'indicators', index], bands)) ??
    under(['scheme', 'bands'], bandsBroken(bands))
  );
}

function checkIndicator(indicator: IndicatorInput, path: Path, bands: Scheme['bands']): InputProblem | null {
  const { floor, cap, knockOut } = indicator;
  if (new Decimal(floor ?? DEFAULT_FLOOR).gt(cap ?? DEFAULT_CAP))
    return problem('INDICATOR_BROKEN', [...path, 'cap'], 'cap >= floor');
  if (knockOut !== null && !bands.some(({ grade }) => grade === knockOut.ceiling))
    return problem('INDICATOR_BROKEN', [...path, 'knockOut', 'ceiling'], 'a grade of the bands');
  if (indicator.kind === 'QUALITATIVE') return null;
  if (indicator.direction === 'BINARY' && indicator.accumulation !== 'LATEST')
    return problem('INDICATOR_BROKEN', [...path, 'accumulation'], 'BINARY demands accumulation LATEST');
  return under([...path, 'curve'], curveBroken(indicator.curve));
}

/** What is given for a code that no indicator has, or not of this kind, would silently take no part. */
function checkCodes({ scheme, targets, facts, ratings, states }: ScoreInput): InputProblem | null {
  const ofKind = (kind?: IndicatorInput['kind']) =>
    new Set(scheme.indicators.filter((one) => kind === undefined || one.kind === kind).map(({ code }) => code));
  const given = [
    { name: 'targets', record: targets, codes: ofKind('QUANTITATIVE'), what: 'quantitative indicator' },
    { name: 'facts', record: facts, codes: ofKind('QUANTITATIVE'), what: 'quantitative indicator' },
    { name: 'ratings', record: ratings, codes: ofKind('QUALITATIVE'), what: 'qualitative indicator' },
    { name: 'states', record: states, codes: ofKind(), what: 'indicator' },
  ];
  return firstProblem(given, ({ name, record, codes, what }) => {
    const stray = Object.keys(record).find((code) => !codes.has(code));
    return stray === undefined
      ? null
      : problem('REFERENCE_UNKNOWN', [name, stray], `the scheme has no ${what} of this code`);
  });
}

function checkData(indicator: IndicatorInput, input: ScoreInput): InputProblem | null {
  const { code } = indicator;
  const own = <T>(record: Readonly<Record<string, readonly T[]>>): readonly T[] =>
    Object.hasOwn(record, code) ? (record[code] ?? []) : [];
  if (indicator.kind === 'QUALITATIVE')
    return firstProblem(own(input.ratings), (rating, index) =>
      checkRating(rating, ['ratings', code, index], input.scheme),
    );
  const versions = own(input.targets);
  return (
    firstProblem(versions, (version, index) =>
      under(['targets', code, index], targetBroken(indicator.direction, version, versions[0])),
    ) ?? checkFacts(own(input.facts), ['facts', code], indicator.direction === 'BINARY')
  );
}

function checkRating({ kind, value }: RatingInput, path: Path, { evaluatorWeights }: Scheme): InputProblem | null {
  if (new Decimal(value).lt(0) || new Decimal(value).gt(100))
    return problem('RATING_OUT_OF_RANGE', [...path, 'value'], 'a rating is 0 to 100');
  return evaluatorWeights[kind] === undefined
    ? problem('NOT_AN_EVALUATOR', [...path, 'kind'], 'the scheme gives this kind no weight')
    : null;
}

function checkFacts(facts: readonly FactInput[], path: Path, binary: boolean): InputProblem | null {
  const seen = new Map<string, FactInput>();
  return firstProblem(facts, (fact, index) => {
    const value = new Decimal(fact.value);
    if (binary && !value.eq(0) && !value.eq(1))
      return problem('FACT_VALUE_BROKEN', [...path, index, 'value'], 'BINARY demands 0 or 1');
    const key = JSON.stringify([fact.source, fact.factId, fact.revision]);
    const before = seen.get(key);
    seen.set(key, fact);
    if (before === undefined || (before.occurredOn === fact.occurredOn && value.eq(before.value))) return null;
    return problem('FACT_CONTRADICTS', [...path, index], 'the same fact and revision stands before with other content');
  });
}
