import { ValidationPipe, type ValidationError } from '@nestjs/common';
import { badInput } from './error-codes.js';

/** One field that breaks its rules: `{ path: 'input.items.0.value', constraints: { isDecimal: '…' } }`. */
export interface Violation {
  readonly path: string;
  readonly constraints: Readonly<Record<string, string>>;
}

const VIOLATIONS_MAX = 50;

/** The error for input that breaks its fields' rules. */
export const invalidInput = (violations: readonly Violation[]) => badInput('The input breaks the rules of its fields; see violations.', { violations: violations.slice(0, VIOLATIONS_MAX) });

/**
 * The global pipe: class-validator's rules of the derived inputs, answered as `BAD_USER_INPUT` with the path and rule
 * of every field that breaks one. Values are never echoed: they can be personal.
 */
export const validationPipe = (): ValidationPipe =>
  new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => invalidInput(violationsOf(errors)),
  });

function violationsOf(errors: readonly ValidationError[], at = ''): readonly Violation[] {
  return errors.flatMap(({ property, constraints, children }) => {
    const path = at === '' ? property : `${at}.${property}`;
    return [...(constraints ? [{ path, constraints }] : []), ...violationsOf(children ?? [], path)];
  });
}
