import { z } from 'zod';

/**
 * The building blocks of event payloads and command inputs. One schema yields the type, the validation, the
 * GraphQL input or object type and the reference pages; so a field is declared here and nowhere else.
 */

/** What the edge and the codec need to know of a field beyond its JSON shape. */
export interface FieldMeta {
  /** GraphQL scalar or enum name, where it is not the JSON type's own. */
  readonly graphql?: string;
  /** Free text about a person: encrypted before it is appended (`architecture.md`, Personal data). */
  readonly personal?: boolean;
  /** A rating or what would betray one: sealed until the unsealing (`domain.md`, Appraisals). */
  readonly sealed?: boolean;
  /** One sentence, with the unit. */
  readonly description?: string;
}
export const fields = z.registry<FieldMeta>();

/** Decimal text: at most 18 digits before the point and 12 after, no exponent (`scoring.md`, Numbers). */
export const DECIMAL_PATTERN = /^-?\d{1,18}(\.\d{1,12})?$/;
/** A quantity as decimal text, e.g. "1200", "0.85", "-3.5". Unit: that of its metric. */
export const decimal = z.string().regex(DECIMAL_PATTERN, 'a decimal of at most 18 digits before and 12 after the point').register(fields, { graphql: 'Decimal' });

const DAY_PATTERN = /^\d{4}-\d{2}-\d{2}$/;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
function isDay(text: string): boolean {
  if (!DAY_PATTERN.test(text)) return false;
  // The pattern above has found three numbers.
  const [year, month, day] = text.split('-').map(Number) as [number, number, number];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const length = month === 2 && leap ? 29 : MONTH_DAYS[month - 1];
  return length !== undefined && day >= 1 && day <= length && year >= 1900;
}
/** A calendar day of the company's time zone, `YYYY-MM-DD`. */
export const day = z.string().refine(isDay, 'a calendar day, YYYY-MM-DD').register(fields, { graphql: 'Date' });
export type Day = string;

/** A weight or tolerance in basis points, 0 to 10 000 (4000 = 40 %). */
export const basisPoints = z.int().min(0).max(10_000).register(fields, { graphql: 'BasisPoints' });

/** SHA-256 as 64 lower-case hex digits. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hex digits').register(fields, { graphql: 'Sha256' });

/** An aggregate's or event's id: UUID, lower case. */
export const uuid = z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'a UUID in lower case').register(fields, { graphql: 'UUID' });

/** A business code: letters, digits, dot, dash, underscore; 1 to 64. Case counts. */
export const code = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, dot, dash or underscore, 1 to 64, beginning with a letter or digit').register(fields, {});

/** What XML and JSON tools choke on, and what the log refuses: U+0000 and lone surrogates. */
const clean = (text: string): boolean => !/\p{Surrogate}|\u0000/u.test(text);

/** Plain text of 1 to `max` characters that concerns no person. */
export const text = (max = 200) => z.string().min(1).max(max).refine(clean, 'well-formed text without U+0000').register(fields, {});

/** Text of 1 to `max` characters that may tell of a person: a name, a comment, a reason. Encrypted from the first event on. */
export const personalText = (max = 1000) => z.string().min(1).max(max).refine(clean, 'well-formed text without U+0000').register(fields, { personal: true });

/** A closed list of words in CAPITALS, a GraphQL enum of the given name. */
export function oneOf<const W extends readonly [string, ...string[]]>(name: string, words: W) {
  return z.enum(words).register(fields, { graphql: name });
}

/** A named object: a GraphQL object or input type of that name. */
export function shape<S extends z.ZodRawShape>(name: string, entries: S) {
  return z.strictObject(entries).register(fields, { graphql: name });
}

/** What something is called, in English and Chinese: the same thing twice, never a person. */
export const names = shape('Names', { en: text(120), zh: text(120) });

/** Where a decision over several streams stood: each stream with its revision, sorted by name (`architecture.md`, History and replay). */
export const basis = z.array(shape('BasisEntry', { stream: text(200), revision: z.int().min(0) })).max(10_000);
