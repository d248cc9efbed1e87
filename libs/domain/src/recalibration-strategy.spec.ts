import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { GoalState } from './goal.js';
import { strategyGoalsOf } from './recalibration-goals.js';
import { strategyLeft, targetSum } from './recalibration-strategy.js';
import type { RecalibrationItems, StrategyGoal } from './recalibration-strategy.js';
import { addDays, daysInclusive } from './kernel/day.js';
import { effectiveTarget } from './scoring/figures.js';
import { decimalOf } from './scoring/v1/decimal.js';
import type { TargetQuantities } from './target.events.js';
import { targetVersionsForScore } from './target.state.js';
import type { LiveTarget, TargetVersionEntry } from './target.state.js';

const CYCLE = 'cycle-QUARTER-2026Q3';
const period = { from: '2026-07-01', to: '2026-09-30' };
const SEED = 20_260_810;

type Stated = Pick<TargetVersionEntry, 'mode' | 'effectiveFrom'> & { readonly quantities: TargetQuantities };
const first = (target: string): Stated => ({ mode: 'REPLACE', effectiveFrom: period.from, quantities: { target } });

function target(targetId: string, versions: readonly Stated[], more: Partial<LiveTarget> = {}): LiveTarget {
  const entries = versions.map((version, index): TargetVersionEntry => ({
    ...version,
    cause: index === 0 ? 'SET' : 'RECALIBRATED',
    milestones: [],
    eventId: `${targetId}-${String(index)}`,
    position: index,
    setBy: 'somebody',
    recalibration: null,
  }));
  return {
    status: 'LIVE',
    targetId,
    owner: targetId,
    role: 'sales',
    unit: 'EAST',
    goal: 'goal',
    metric: 'value',
    cycle: CYCLE,
    period,
    phases: [],
    resources: [],
    keyActions: [],
    counts: [],
    versions: entries,
    withdrawals: [],
    applied: [],
    clashes: [],
    ...more,
  };
}
function goalOf(value: string, targets: readonly LiveTarget[], more: Partial<StrategyGoal> = {}): StrategyGoal {
  return {
    goalId: 'goal',
    parent: null,
    metric: 'value',
    accumulation: 'SUM',
    value,
    toleranceBasisPoints: 0,
    level: 'QUARTER',
    revisedSinceOpening: false,
    targets,
    ...more,
  };
}
const none: RecalibrationItems = { adjust: [], add: [], withdraw: [] };
const to = (
  id: string,
  value: string,
  more: { readonly mode?: 'REPLACE' | 'PRORATE'; readonly from?: string } = {},
) => ({
  target: id,
  mode: more.mode ?? ('REPLACE' as const),
  from: more.from ?? period.from,
  quantities: { target: value },
});
function left(
  goals: readonly StrategyGoal[],
  items: Partial<RecalibrationItems>,
  revisedGoals: readonly string[] = [],
): string | null {
  const rejection = strategyLeft(goals, { ...none, ...items }, { servedGoals: ['goal'], revisedGoals, period });
  return rejection?.facts.find(({ name }) => name === 'goal')?.value ?? null;
}

describe('the distance of the sum from the goal', () => {
  it.each([
    ['100', 0, '100', '90', false],
    ['100', 1000, '100', '90', true],
    ['100', 1000, '100', '89.999999999999', false],
    ['100', 0, '80', '90', true],
    ['100', 0, '90', '110', true],
    ['100', 0, '90', '110.000000000001', false],
    ['-100', 1000, '-100', '-110', true],
    ['0', 10_000, '0', '1', false],
    ['999999999999999999', 0, '999999999999999999', '999999999999999998.999999999999', false],
  ])('goal %s, tolerance %d: %s to %s passes: %s', (value, toleranceBasisPoints, before, after, passes) => {
    const goal = goalOf(value, [target('a', [first(before)])], { toleranceBasisPoints });
    expect(left([goal], { adjust: [to('a', after)] })).toBe(passes ? null : 'goal');
  });
  it('names goal, value and both sums', () => {
    const goal = goalOf('100', [target('a', [first('100')])]);
    const rejection = strategyLeft(
      [goal],
      { ...none, withdraw: ['a'] },
      { servedGoals: ['goal'], revisedGoals: [], period },
    );
    expect(rejection).toEqual({
      rejected: 'STRATEGY_LEFT',
      facts: [
        { name: 'goal', value: 'goal', kind: 'ID' },
        { name: 'value', value: '100', kind: 'DECIMAL' },
        { name: 'before', value: '100', kind: 'DECIMAL' },
        { name: 'after', value: '0', kind: 'DECIMAL' },
      ],
    });
  });
  it('counts what is added, and forgets what is withdrawn', () => {
    const added = {
      owner: 'c',
      role: 'sales',
      unit: 'EAST',
      goal: 'goal',
      metric: 'value',
      cycle: CYCLE,
      quantities: { target: '40' },
    };
    const goal = goalOf('100', [target('a', [first('60')]), target('b', [first('40')])]);
    expect(left([goal], { withdraw: ['b'] })).toBe('goal');
    expect(left([goal], { withdraw: ['b'], add: [{ targetId: 'c', target: added }] })).toBeNull();
    expect(left([goal], { add: [{ targetId: 'c', target: added }] })).toBe('goal');
  });
  it('takes an adjustment without values as the latest values again', () => {
    const goal = goalOf('100', [
      target('a', [first('50'), { mode: 'PRORATE', effectiveFrom: '2026-08-16', quantities: { target: '150' } }]),
    ]);
    expect(targetSum(goal)).toBe('100');
    expect(left([goal], { adjust: [{ target: 'a', mode: 'PRORATE', from: '2026-08-16' }] })).toBeNull();
    expect(left([goal], { adjust: [{ target: 'a', mode: 'REPLACE', from: period.from }] })).toBe('goal');
  });
});

describe('the goals held against', () => {
  const targets = [target('a', [first('100')])];
  const chain = (parent: Partial<StrategyGoal>, grand: Partial<StrategyGoal> = {}): readonly StrategyGoal[] => [
    goalOf('100', targets, { parent: 'parent', revisedSinceOpening: true }),
    goalOf('100', targets, { goalId: 'parent', parent: 'grand', level: 'YEAR', ...parent }),
    goalOf('100', targets, { goalId: 'grand', level: 'YEAR', metric: 'other', ...grand }),
    goalOf('100', targets, { goalId: 'aside' }),
  ];
  const less = { adjust: [to('a', '90')] };
  it('are the goal and each ancestor of the same metric, not goals aside', () => {
    expect(left(chain({}), less)).toBe('goal');
    expect(left(chain({}), less, ['goal'])).toBe('parent');
    expect(left(chain({ toleranceBasisPoints: 1000 }), less, ['goal'])).toBeNull();
    expect(left(chain({ metric: 'other' }), less, ['goal'])).toBeNull();
    expect(left(chain({ metric: 'other' }, { metric: 'value' }), less, ['goal'])).toBe('grand');
  });
  it('are passed over only where named and revised since the cycle opened', () => {
    expect(left(chain({}), less, ['goal', 'parent'])).toBe('parent');
    expect(left(chain({ revisedSinceOpening: true }), less, ['goal', 'parent'])).toBeNull();
  });
  it('have no sum to keep where they accumulate otherwise', () => {
    expect(left([goalOf('100', targets, { accumulation: 'AVERAGE' })], less)).toBeNull();
  });
});

describe('the sum', () => {
  const of = (goal: Partial<StrategyGoal>, ...targets: readonly LiveTarget[]): string =>
    targetSum(goalOf('0', targets, goal));
  const month = { cycle: 'cycle-MONTH-2026-07', period: { from: '2026-07-01', to: '2026-07-31' } };
  it('takes the goal’s metric, owned by persons, stating a target', () => {
    expect(
      of(
        {},
        target('a', [first('1.5')]),
        target('b', [first('-2')]),
        target('c', [first('9')], { metric: 'other' }),
        target('d', [first('9')], { owner: 'unit:EAST' }),
        target('e', [{ ...first('9'), quantities: { low: '1', high: '2', lowLimit: '0', highLimit: '3' } }]),
      ),
    ).toBe('-0.5');
  });
  it('is of one level: the goal’s, else the next finer that is set', () => {
    const [quarter, july] = [target('a', [first('100')]), target('b', [first('30')], month)];
    expect(of({ level: 'YEAR' }, quarter, july)).toBe('100');
    expect(of({ level: 'QUARTER' }, july, quarter)).toBe('100');
    expect(of({ level: 'MONTH' }, quarter, july)).toBe('30');
    expect(of({ level: 'YEAR' }, july)).toBe('30');
    expect(of({ level: 'YEAR' })).toBe('0');
  });
});

describe('the goals from folded streams', () => {
  const goal = (
    goalId: string,
    parent: string | null,
    more: { readonly to?: string; readonly revisedAt?: number } = {},
  ): GoalState => {
    const content = {
      value: '100',
      period: { from: '2026-07-01', to: more.to ?? '2026-09-30' },
      toleranceBasisPoints: 50,
    };
    const positions = more.revisedAt === undefined ? [1] : [1, more.revisedAt];
    const versions = positions.map((position) => ({ ...content, position, eventId: `${goalId}-${String(position)}` }));
    const names = { en: goalId, zh: goalId };
    return {
      status: 'LIVE',
      goalId,
      parent,
      names,
      metric: 'value',
      unit: 'EAST',
      versions,
      proposed: null,
      ...content,
    };
  };
  const gone: LiveTarget = target('c', [first('1')]);
  it('count each live target for its goal and the goals above it', () => {
    const goals = [
      goal('year', null, { to: '2027-06-30', revisedAt: 9 }),
      goal('goal', 'year', { revisedAt: 4 }),
      goal('aside', 'year'),
      { status: 'ABSENT' } as const,
    ];
    const targets = [
      target('a', [first('1')]),
      target('b', [first('1')], { goal: 'aside' }),
      { ...gone, status: 'WITHDRAWN' as const },
    ];
    const folded = strategyGoalsOf(goals, targets, { accumulations: { value: 'SUM' }, openedPosition: 5 });
    const told = folded.map(({ goalId, level, revisedSinceOpening, targets: held }) => [
      goalId,
      level,
      revisedSinceOpening,
      held.map((one) => (one.status === 'ABSENT' ? '' : one.targetId)).join(),
    ]);
    expect(told).toEqual([
      ['year', 'YEAR', true, 'a,b'],
      ['goal', 'QUARTER', false, 'a'],
      ['aside', 'QUARTER', false, 'b'],
    ]);
  });
});

describe('exactness', () => {
  const quantity = fc
    .tuple(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), fc.integer({ min: 0, max: 12 }))
    .map(([units, places]) => {
      const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
      const whole = digits.slice(0, digits.length - places);
      return `${units < 0n ? '-' : ''}${whole}${places === 0 ? '' : `.${digits.slice(-places)}`}`;
    });
  const dayInside = fc
    .integer({ min: 0, max: daysInclusive(period.from, period.to) - 1 })
    .map((n) => addDays(period.from, n));
  const version = fc.record({
    mode: fc.constantFrom('REPLACE' as const, 'PRORATE' as const),
    effectiveFrom: dayInside,
    quantities: fc.record({ target: quantity }),
  });
  const versions = fc
    .tuple(quantity.map(first), fc.array(version, { maxLength: 5 }))
    .map(([begin, more]) => [begin, ...more]);

  it('agrees with the effective target of the scoring engine', () => {
    fc.assert(
      fc.property(versions, (stated) => {
        const one = target('a', stated);
        const reckoned = effectiveTarget(targetVersionsForScore(one), { span: period, period, accumulation: 'SUM' });
        const gap = decimalOf(targetSum(goalOf('0', [one])))
          .minus(reckoned?.target ?? 'NaN')
          .abs();
        expect(gap.lt('0.00000000001')).toBe(true);
      }),
      { seed: SEED },
    );
  });
  it('lets any shift between two people pass, at no tolerance, however it divides', () => {
    const shift = fc.record({
      a: versions,
      b: versions,
      by: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
      from: dayInside,
    });
    fc.assert(
      fc.property(shift, ({ a, b, by, from }) => {
        const before = [
          target('a', [first('100'), { mode: 'PRORATE', effectiveFrom: from, quantities: { target: '40' } }]),
          target('b', [first('7')]),
          target('c', a),
          target('d', b),
        ];
        const goal = goalOf(targetSum(goalOf('0', before)), before);
        const adjust = [
          to('a', (40n + by).toString(), { mode: 'PRORATE', from }),
          to('b', (7n - by).toString(), { mode: 'PRORATE', from }),
        ];
        expect(left([goal], { adjust })).toBeNull();
      }),
      { seed: SEED },
    );
  });
  it('refuses whatever leaves a sum that was the goal’s, by as little as 1e-12', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.constantFrom('0.000000000001', '-0.000000000001'),
        (value, step) => {
          const goal = goalOf(String(value), [target('a', [first(String(value))])]);
          const moved = decimalOf(String(value)).plus(step).toFixed();
          expect(left([goal], { adjust: [to('a', moved)] })).toBe('goal');
        },
      ),
      { seed: SEED },
    );
  });
  it('is indifferent to the order of the targets', () => {
    fc.assert(
      fc.property(fc.array(versions, { minLength: 2, maxLength: 6 }), (all) => {
        const targets = all.map((stated, index) => target(`t${String(index)}`, stated));
        expect(targetSum(goalOf('0', targets))).toBe(targetSum(goalOf('0', [...targets].reverse())));
      }),
      { seed: SEED },
    );
  });
});
