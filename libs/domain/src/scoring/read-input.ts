import type { z } from 'zod';
import { checkCompositeInput, checkScoreInput } from './check-input.js';
import { compositeInputSchema, scoreInputSchema } from './input.js';
import type { CompositeInput, ScoreInput } from './input.js';
import { fieldOf } from './problem.js';
import type { InputProblem } from './problem.js';

/** An input that `score` may be asked with, or why not. */
export type ReadInput<T> = { readonly input: T } | { readonly problem: InputProblem };

/**
 * Reads the input of `score` from parsed JSON: fills in the defaults of `scoring.md` and refuses, by field, whatever
 * it does not allow: quantities that are JSON numbers, carry an exponent or too many digits (`BAD_USER_INPUT`), and the
 * rules `WEIGHTS_UNBALANCED`, `INDICATOR_BROKEN`, `CURVE_BROKEN`, `BANDS_BROKEN`, `TARGET_NOT_QUANTIFIED`,
 * `FACT_CONTRADICTS`, `FACT_VALUE_BROKEN`, `RATING_OUT_OF_RANGE`, `NOT_AN_EVALUATOR`, `REFERENCE_UNKNOWN`.
 */
export function readScoreInput(json: unknown): ReadInput<ScoreInput> {
  return read<ScoreInput>(json, scoreInputSchema, checkScoreInput);
}

/** Reads the input of `composite` (`scoring.md` §9) in the same way. */
export function readCompositeInput(json: unknown): ReadInput<CompositeInput> {
  return read<CompositeInput>(json, compositeInputSchema, checkCompositeInput);
}

function read<T>(json: unknown, schema: z.ZodType<T>, check: (input: T) => InputProblem | null): ReadInput<T> {
  const parsed = schema.safeParse(json);
  if (!parsed.success) return { problem: shapeProblem(parsed.error) };
  const problem = check(parsed.data);
  return problem === null ? { input: parsed.data } : { problem };
}

/** The first issue; an unknown key is itself the field. */
function shapeProblem({ issues }: z.ZodError): InputProblem {
  const [issue] = issues;
  if (issue === undefined) return { code: 'BAD_USER_INPUT', field: '', message: 'not an input' };
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
  return { code: 'BAD_USER_INPUT', field: fieldOf(path), message: issue.message };
}
