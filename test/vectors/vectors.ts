import { readFileSync } from 'node:fs';
import { compositeInputSchema, scoreInputSchema } from '@assay/domain';
import type { CompositeInput, ScoreInput } from '@assay/domain';
import { Decimal } from 'decimal.js';
import { z } from 'zod';

/** The golden vectors as they stand in the repository; an input that the schema refuses fails the reading. */

/** Figures that the vectors give as numbers, to 30 significant digits. */
const figures = z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())]));
const scoreCases = z.array(
  z.object({
    name: z.string(),
    input: z.unknown(),
    expect: z.object({
      status: z.string(),
      provisional: z.boolean(),
      total: z.string().nullable(),
      grade: z.string().nullable(),
      indicators: z.array(figures),
    }),
  }),
);
const compositeCases = z.array(
  z.object({
    name: z.string(),
    input: z.unknown(),
    expect: z.object({
      status: z.string(),
      total: z.string().nullable(),
      grade: z.string().nullable(),
      coverage: z.number(),
      levels: z.record(z.string(), z.string()),
    }),
  }),
);
const read = (path: string): unknown => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

export const FILES = ['hand-made', 'random'] as const;
export const scoreVectors = (file: string) =>
  scoreCases
    .parse(read(`scoring/${file}.json`))
    .map((one) => ({ ...one, raw: one.input, input: scoreInputSchema.parse(one.input) satisfies ScoreInput }));
export const compositeVectors = (file: string) =>
  compositeCases
    .parse(read(`composite/${file}.json`))
    .map((one) => ({ ...one, raw: one.input, input: compositeInputSchema.parse(one.input) satisfies CompositeInput }));

const Wide = Decimal.clone({ defaults: true, precision: 60, toExpNeg: -9e15, toExpPos: 9e15 });

/** Decimal texts anywhere inside, at 30 significant digits and without trailing zeros: what compares as numbers. */
export function asNumbers(value: unknown): unknown {
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
    return new Wide(value).toSignificantDigits(30).toFixed();
  if (Array.isArray(value)) return value.map(asNumbers);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asNumbers(member)]));
}
