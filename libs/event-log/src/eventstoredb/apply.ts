type Anything = (this: unknown, ...values: readonly unknown[]) => unknown;

/** Calls a function of the client's own. */
// Nothing is known of what it takes and gives.
export const apply = (work: object, self: unknown, values: readonly unknown[] = []): unknown => Reflect.apply(work as Anything, self, values);
