/** Says of a value that it has no canonical JSON, and where: a thrown error of this code and path. */
export interface NotCanonical {
  readonly code: 'InvalidEvent';
  /** As in a JSON pointer: `/items/0`. */
  readonly path: string;
}
const notCanonical = (path: string, why: string): Error =>
  Object.assign(new Error(`${path || 'value'}: ${why}`), { name: 'NotCanonical', code: 'InvalidEvent', path });

/** Whether an error is `canonicalText` refusing a value. */
export const isNotCanonical = (error: unknown): error is Error & NotCanonical => error instanceof Error && error.name === 'NotCanonical';

/**
 * Canonical JSON (RFC 8785): one text for one value, so that bytes can be hashed, signed and compared.
 * Object members are sorted by UTF-16 code units, numbers are written as ECMAScript writes them, nothing is added.
 *
 * Throws `NotCanonical` naming the path for what JSON cannot carry faithfully: undefined inside an array, functions,
 * symbols, BigInt, NaN and infinities, cycles, lone surrogates and U+0000. A member whose value is undefined is left out,
 * or refused where the caller says so: the log does, since what it stores is what it was given.
 */
export function canonicalText(value: unknown, undefinedMembers: 'LEAVE_OUT' | 'REFUSE_UNDEFINED' = 'LEAVE_OUT'): string {
  return write(value, '', { above: new Set(), strict: undefinedMembers === 'REFUSE_UNDEFINED' });
}

interface Context {
  readonly above: Set<object>;
  readonly strict: boolean;
}

const UNCLEAN = /\p{Surrogate}|\u0000/u;

function write(value: unknown, path: string, context: Context): string {
  switch (typeof value) {
    case 'string':
      return writeString(value, path);
    case 'number':
      if (!Number.isFinite(value)) throw notCanonical(path, 'not a finite number');
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : writeObject(value, path, context);
    case 'undefined':
    case 'bigint':
    case 'function':
    case 'symbol':
      throw notCanonical(path, `${typeof value} is not JSON`);
  }
}

function writeString(value: string, path: string): string {
  if (UNCLEAN.test(value)) throw notCanonical(path, 'a lone surrogate or U+0000');
  return JSON.stringify(value);
}

function writeObject(value: object, path: string, context: Context): string {
  const { above } = context;
  if (above.has(value)) throw notCanonical(path, 'a cycle');
  above.add(value);
  const text = Array.isArray(value)
    ? `[${Array.from(value, (item: unknown, index) => write(item, `${path}/${String(index)}`, context)).join(',')}]`
    : `{${members(value, path, context).join(',')}}`;
  above.delete(value);
  return text;
}

function members(value: object, path: string, context: Context): string[] {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw notCanonical(path, 'not a plain object');
  return Object.entries(value)
    .filter(([, member]) => context.strict || member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${writeString(key, path)}:${write(member, `${path}/${key}`, context)}`);
}
