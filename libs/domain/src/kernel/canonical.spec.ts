import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { canonicalText } from './canonical.js';

const SEED = 8785;

describe('canonical JSON (RFC 8785)', () => {
  it('writes the members in order of UTF-16 code units (RFC 8785 §3.2.3)', () => {
    const value = { '\u20ac': 'Euro Sign', '\r': 'Carriage Return', '\ufb33': 'Hebrew Letter Dalet With Dagesh', '1': 'One', '\ud83d\ude00': 'Emoji: Grinning Face', '\u0080': 'Control', '\u00f6': 'Latin Small Letter O With Diaeresis' };
    const names = [...canonicalText(value).matchAll(/:"([^"]*)"/g)].map((match) => match[1]);
    expect(names).toEqual(['Carriage Return', 'One', 'Control', 'Latin Small Letter O With Diaeresis', 'Euro Sign', 'Emoji: Grinning Face', 'Hebrew Letter Dalet With Dagesh']);
  });

  it('writes numbers as ECMAScript does (RFC 8785 §3.2.2.3)', () => {
    expect(canonicalText([333333333.33333329, 1e30, 4.5, 2e-3, 1e-27, -0])).toBe('[333333333.3333333,1e+30,4.5,0.002,1e-27,0]');
  });

  it.each([
    ['undefined in an array', [undefined], '/0'],
    ['a BigInt', { a: 1n }, '/a'],
    ['NaN', { a: [Number.NaN] }, '/a/0'],
    ['a lone surrogate', { a: '\ud800' }, '/a'],
    ['U+0000', { a: 'x\u0000' }, '/a'],
    ['a class instance', { a: new Map() }, '/a'],
  ])('refuses %s and names where', (_what, value, path) => {
    expect(() => canonicalText(value)).toThrow(expect.objectContaining({ code: 'InvalidEvent', path }));
  });

  it('refuses a cycle, and not the same object twice', () => {
    const shared = { x: 1 };
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(canonicalText([shared, shared])).toBe('[{"x":1},{"x":1}]');
    expect(() => canonicalText(cycle)).toThrow(expect.objectContaining({ path: '/self' }));
  });

  it('gives equal texts for equal values, whatever the order of members, and parses back', () => {
    const clean = fc.jsonValue().filter((value) => !/\p{Surrogate}|\u0000/u.test(JSON.stringify(value)) && !JSON.stringify(value).includes('\\u0000') && !/\\ud[89a-f]/.test(JSON.stringify(value)));
    const turned = (value: unknown): unknown =>
      Array.isArray(value) ? value.map(turned) : value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).reverse().map(([k, v]) => [k, turned(v)])) : value;
    fc.assert(
      fc.property(clean, (value) => {
        expect(canonicalText(turned(value))).toBe(canonicalText(value));
        expect(JSON.parse(canonicalText(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      { seed: SEED },
    );
  });
});
