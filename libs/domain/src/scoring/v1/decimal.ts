import { Decimal as DecimalJs } from 'decimal.js';
import { assert } from '../../kernel/defect.js';
import type { Rounding } from '../input.js';

/**
 * Decimal arithmetic of `scoring.md`, Numbers: 34 significant digits, half-even on every operation. A constructor of
 * its own, so that nobody else's settings reach it; the exponent limits keep `toString` from ever writing one.
 */
export const Decimal = DecimalJs.clone({
  defaults: true,
  precision: 34,
  rounding: DecimalJs.ROUND_HALF_EVEN,
  toExpNeg: -9e15,
  toExpPos: 9e15,
});
export type Decimal = DecimalJs;

/** Full weight, in basis points. */
export const WHOLE = 10_000;

const PLAIN = /^-?\d+(\.\d+)?$/;
const MODES = {
  HALF_UP: DecimalJs.ROUND_HALF_UP,
  HALF_EVEN: DecimalJs.ROUND_HALF_EVEN,
  DOWN: DecimalJs.ROUND_DOWN,
} as const;

/** Reads plain decimal text, exactly. Anything else got past the input check and is a defect. */
export function decimalOf(text: string): Decimal {
  assert(PLAIN.test(text), 'a quantity is plain decimal text', { text });
  return new Decimal(text);
}

/** Plain text with every significant digit, no trailing zero, no exponent, no negative zero. */
export const textOf = (value: Decimal): string => value.toFixed();

/** Sum in the given order, left to right. */
export const sumOf = (values: readonly Decimal[]): Decimal =>
  values.reduce((sum, value) => sum.plus(value), new Decimal(0));

/** Sum of whole numbers (weights, days), which is exact. */
export const countOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** The one rounding. What rounds to zero loses its sign, so that no total reads `-0.00`. */
export function roundedText(value: Decimal, rounding: Rounding): string {
  const rounded = value.toDecimalPlaces(rounding.scale, MODES[rounding.mode]);
  return (rounded.isZero() ? rounded.abs() : rounded).toFixed(rounding.scale);
}
