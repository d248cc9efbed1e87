import { describe, expect, it } from '@jest/globals';
import { DEFAULT_CAP, DEFAULT_FLOOR, score } from '@assay/domain';
import type { DerivationNode, ScoreInput } from '@assay/domain';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { accepted, curve, measured, scoreInput, versionsOf } from './arbitrary.js';
import { allNodes, recompute } from './recompute.js';

const SEED = Number(process.env['PROPERTY_SEED'] ?? 20_260_331);
const settings = { seed: SEED, numRuns: 150 };
const Wide = Decimal.clone({ defaults: true, precision: 60 });
/** 28 of 34 digits: what the order of a sum cannot move. */
const nearly = (text: string | undefined): string => new Wide(text ?? 'NaN').toSignificantDigits(28).toFixed();
const unrounded = (tree: DerivationNode): string | undefined =>
  allNodes(tree).find(({ label }) => label === 'WEIGHTED_SUM')?.value;

/** The indicator's score where one fact is all there is. */
function scoreAt(
  actual: string,
  single: { readonly direction: string; readonly versions: unknown; readonly curve: unknown },
): Decimal {
  const { direction, versions, curve: form } = single;
  const indicator = {
    code: 'x',
    dimension: 'd',
    weight: 10_000,
    kind: 'QUANTITATIVE',
    accumulation: 'SUM',
    direction,
    curve: form,
    cap: '1000',
    floor: '-1000',
  };
  const facts = { x: [{ source: 's', factId: 'f', revision: 1, occurredOn: '2026-01-31', value: actual }] };
  const input = accepted({
    period: { from: '2026-01-01', to: '2026-03-31' },
    scheme: { indicators: [indicator] },
    targets: { x: versions },
    facts,
  });
  return new Wide(score(input).indicators[0]?.score ?? 'NaN');
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

/** The same input with the members of every object in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, turned(member)]),
  );
}

const reversed = (input: ScoreInput): ScoreInput => ({
  ...input,
  scheme: { ...input.scheme, indicators: input.scheme.indicators.toReversed() },
});

describe(`properties of score (PROPERTY_SEED=${SEED})`, () => {
  it('keeps every score between floor and cap, and the total under its cap (§§4, 7)', () => {
    fc.assert(
      fc.property(scoreInput, (input) => {
        const { indicators, total } = score(input);
        for (const [index, { score: figure }] of indicators.entries()) {
          if (figure === undefined) continue;
          const { floor, cap } = input.scheme.indicators[index] ?? {};
          expect(new Wide(figure).gte(floor ?? DEFAULT_FLOOR) && new Wide(figure).lte(cap ?? DEFAULT_CAP)).toBe(true);
        }
        // Half up may lift the rounded total to the next digit above a cap with more digits than the scale.
        const step = new Wide(10).pow(-input.scheme.rounding.scale);
        if (total !== null) expect(new Wide(total).lte(new Wide(input.scheme.totalCap ?? 150).plus(step))).toBe(true);
      }),
      settings,
    );
  });

  it('never scores less for a better actual (§§3, 4)', () => {
    const pair = fc
      .tuple(fc.integer({ min: -50_000, max: 50_000 }), fc.integer({ min: -50_000, max: 50_000 }))
      .map((two) => two.toSorted((a, b) => a - b));
    const single = measured.chain((direction) =>
      fc.record({ direction: fc.constant(direction), versions: versionsOf(direction), curve }),
    );
    fc.assert(
      fc.property(single, pair, (one, [less = 0, more = 0]) => {
        const low = scoreAt((less / 100).toFixed(2), one);
        const high = scoreAt((more / 100).toFixed(2), one);
        if (one.direction === 'HIGHER') expect(low.lte(high)).toBe(true);
        if (one.direction === 'LOWER') expect(low.gte(high)).toBe(true);
        // A band has one summit: what lies between two actuals never scores below both.
        const middle = scoreAt(((less + more) / 200).toFixed(2), one);
        if (one.direction === 'BAND') expect(middle.gte(Wide.min(low, high))).toBe(true);
      }),
      settings,
    );
  });

  it('gives the same bytes for the same input, whatever the order of its members, and leaves it as it was', () => {
    fc.assert(
      fc.property(scoreInput, (input) => {
        const first = JSON.stringify(score(frozen(structuredClone(input))));
        expect(JSON.stringify(score(structuredClone(input)))).toBe(first);
        expect(JSON.stringify(score(accepted(JSON.parse(JSON.stringify(turned(input))))))).toBe(first);
      }),
      settings,
    );
  });

  it('depends on the order of indicators by the last digits of a sum only (§7)', () => {
    fc.assert(
      fc.property(scoreInput, (input) => {
        const forth = score(input);
        const back = score(reversed(input));
        const byCode = new Map(back.indicators.map((one) => [one.code, one]));
        for (const one of forth.indicators) expect(byCode.get(one.code)).toEqual(one);
        expect(back.status).toBe(forth.status);
        expect(nearly(unrounded(back.derivation))).toBe(nearly(unrounded(forth.derivation)));
      }),
      settings,
    );
  });

  it('depends on the order of facts where days are equal only (§1)', () => {
    const days = fc.uniqueArray(fc.integer({ min: 1, max: 28 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(days, fc.constantFrom('SUM', 'LATEST', 'AVERAGE'), (numbers, accumulation) => {
        const facts = numbers.map((number) => ({
          source: 's',
          factId: `f${number}`,
          revision: 1,
          occurredOn: `2026-01-${String(number).padStart(2, '0')}`,
          value: `${number}.5`,
        }));
        const actuals = [facts, facts.toReversed()].map((ordered) => {
          const indicator = {
            code: 'x',
            dimension: 'd',
            weight: 10_000,
            kind: 'QUANTITATIVE',
            accumulation,
            direction: 'HIGHER',
            curve: { type: 'LINEAR' },
          };
          const target = { effectiveFrom: '2026-01-01', mode: 'REPLACE', target: '100' };
          return score(
            accepted({
              period: { from: '2026-01-01', to: '2026-01-31' },
              scheme: { indicators: [indicator] },
              targets: { x: [target] },
              facts: { x: ordered },
            }),
          ).indicators[0]?.actual;
        });
        expect(actuals[0]).toBe(actuals[1]);
      }),
      settings,
    );
  });

  it('redistributes weights without losing any (§7)', () => {
    fc.assert(
      fc.property(scoreInput, (input) => {
        const { indicators, status } = score(input);
        const weights = indicators.flatMap(({ effectiveWeight }) => effectiveWeight ?? []);
        expect(weights.length > 0).toBe(status === 'RATED');
        const sum = weights.reduce((total, weight) => total.plus(weight), new Wide(0));
        if (status === 'RATED') expect(nearly(sum.toFixed())).toBe('10000');
      }),
      settings,
    );
  });

  it('derives every value from the leaves up', () => {
    fc.assert(
      fc.property(scoreInput, (input) => {
        const { derivation, grade } = score(input);
        expect(recompute(derivation)).toBe(grade ?? 'NOT_RATED');
      }),
      settings,
    );
  });
});
