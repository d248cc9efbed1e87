import { describe, expect, it } from '@jest/globals';
import { decimal, oneOf, personalText, shape, text } from '@assay/domain';
import { z } from 'zod';
import { describeSchema } from '../../scripts/reference-schema.js';

const rowOf = (schema: z.ZodType) => describeSchema(z.strictObject({ field: schema })).rows[0];

describe('the reference pages', () => {
  it.each([
    ['a text with its limits', text(40), 'text, 1 to 40'],
    ['a scalar by its name', decimal, 'Decimal'],
    ['an enum by its words', oneOf('Level', ['YEAR', 'QUARTER']), '`YEAR`, `QUARTER`'],
    ['an integer with its lower bound', z.int().min(1), 'integer, at least 1'],
    ['an integer without bounds of its own', z.int(), 'integer'],
    ['a list', z.array(decimal).max(3), 'list of Decimal'],
    ['what may be null', decimal.nullable(), 'Decimal or null'],
    ['a map', z.record(text(5), z.boolean()), 'map from text, 1 to 5 to true or false'],
    ['a choice', z.union([decimal, z.literal('NONE')]), 'Decimal or `"NONE"`'],
    ['an object without a name, in place', z.strictObject({ on: z.boolean(), why: text(9).optional() }), '{ on: true or false, why?: text, 1 to 9 }'],
  ])('tell %s', (_what, schema, type) => {
    expect(rowOf(schema)?.type).toBe(type);
  });

  it.each([
    ['on the text itself', personalText()],
    ['below an optional', personalText().optional()],
    ['in a list', z.array(personalText()).nullable()],
  ])('mark what is personal %s', (_where, schema) => {
    expect(rowOf(schema)?.marks).toEqual(['personal']);
  });

  it('give a named object a table of its own, however deep it lies', () => {
    const inner = shape('Inner', { value: decimal });
    const { rows, objects } = describeSchema(z.strictObject({ outer: z.array(shape('Outer', { inner: inner.optional() })) }));
    expect(rows[0]?.type).toBe('list of [Outer](#outer)');
    expect([...objects.keys()]).toEqual(['Outer', 'Inner']);
  });

  it('refuse a kind of schema they do not know, rather than leave it out', () => {
    expect(() => rowOf(z.bigint())).toThrow('bigint');
  });
});
