/**
 * A broken invariant: our fault or the machine's, never a user's. It ends the work at hand; nothing may swallow it.
 * `style.md`: the one class the domain has, because it must be thrown through code that knows nothing of it.
 */
export class Defect extends Error {
  readonly code = 'INTERNAL';
  constructor(
    message: string,
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'Defect';
  }
}

/** Throws a `Defect` unless the condition holds. For invariants, not for input. */
export function assert(condition: unknown, message: string, facts: Readonly<Record<string, unknown>> = {}): asserts condition {
  if (!condition) throw new Defect(message, facts);
}

/** Marks a branch that the types rule out: a new union member then fails to compile where it is not handled. */
export function never(value: never): never {
  throw new Defect('unhandled variant', { value });
}
