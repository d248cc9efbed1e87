import { DECIMAL_PATTERN, day as daySchema, sha256 as sha256Schema, uuid as uuidSchema } from '@assay/domain';
import { GraphQLError, GraphQLScalarType, Kind, valueFromASTUntyped, type ValueNode } from 'graphql';
import { badInput } from './error-codes.js';

// The scalars of the API (`api.md`, Schema). Each parses strictly and says what it expects, in literals and variables
// alike; inputs arrive in resolvers as plain text or numbers, because the validation pipe would break instances.

/** Of a literal it carries the node, so that the answer can say which input it stands in. */
const unexpected = (message: string, node?: ValueNode): GraphQLError => new GraphQLError(message, { nodes: node ?? null, extensions: badInput(message).extensions });

/** A scalar whose values are text of a form. */
export interface TextRule {
  readonly name: string;
  readonly expects: string;
  readonly description: string;
  readonly accepts: (text: string) => boolean;
  /** What is shown where that is more than what is taken. */
  readonly shows?: (text: string) => boolean;
}

/** A scalar of text that a rule accepts; what it expects is said in the error. */
export function textScalar({ name, expects, description, accepts, shows = accepts }: TextRule): GraphQLScalarType<string, string> {
  const parse = (value: unknown, node?: ValueNode): string => {
    if (typeof value === 'string' && accepts(value)) return value;
    throw unexpected(`${name} expects ${expects}.`, node);
  };
  return new GraphQLScalarType<string, string>({
    name,
    description,
    parseValue: (value) => parse(value),
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined, node),
    // What we say ourselves is checked too: a wrong value here is a defect and must not reach a client.
    serialize: (value) => {
      const text = String(value);
      if (!shows(text)) throw new Error(`${name} cannot show this value`);
      return text;
    },
  });
}

/** Exact decimal text; a JSON number is refused, since it has been through binary floating point. */
export const DecimalScalar = textScalar({
  name: 'Decimal',
  expects: 'a decimal in a string, e.g. "1200.50": at most 18 digits before the point and 12 after, no exponent',
  description: 'An exact decimal as text without an exponent, e.g. "1200.50". Inputs have at most 18 digits before the point and 12 after; computed figures have up to 34 significant digits.',
  accepts: (text) => DECIMAL_PATTERN.test(text),
  shows: (text) => /^-?\d+(\.\d+)?$/.test(text),
});

/** A place in the log's order. Text, because it may pass 2^31. */
export const PositionScalar = textScalar({
  name: 'Position',
  expects: 'a position of the log in a string, e.g. "41"',
  description: 'A position in the log, from "0", without gaps. Text, because it may pass 2^31.',
  accepts: (text) => /^(0|[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(Number(text)),
});

/** A day of the company's time zone. */
export const DateScalar = textScalar({
  name: 'Date',
  expects: 'a calendar day in a string, YYYY-MM-DD',
  description: 'A calendar day in the time zone of the company, YYYY-MM-DD.',
  accepts: (text) => daySchema.safeParse(text).success,
});

/** A digest. */
export const Sha256Scalar = textScalar({
  name: 'Sha256',
  expects: '64 lower-case hex digits in a string',
  description: 'A SHA-256 digest: 64 lower-case hex digits.',
  accepts: (text) => sha256Schema.safeParse(text).success,
});

/** An id of the domain. */
export const UuidScalar = textScalar({
  name: 'UUID',
  expects: 'a UUID in lower case in a string',
  description: 'A UUID in lower case.',
  accepts: (text) => uuidSchema.safeParse(text).success,
});

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2})$/;
function parseInstant(value: unknown, node?: ValueNode): string {
  if (typeof value === 'string' && INSTANT.test(value) && daySchema.safeParse(value.slice(0, 10)).success) {
    const ms = Date.parse(value);
    if (Number.isFinite(ms)) return new Date(ms).toISOString();
  }
  throw unexpected('DateTime expects an instant with its offset in a string, e.g. "2026-09-30T16:00:00.000Z", to milliseconds at most.', node);
}

/** An instant. Shown in UTC with milliseconds; given with any offset, it reaches resolvers in UTC. */
export const DateTimeScalar = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  description: 'An instant in UTC with milliseconds, e.g. "2026-09-30T16:00:00.000Z". Inputs may carry another offset.',
  parseValue: (value) => parseInstant(value),
  parseLiteral: (node) => parseInstant(node.kind === Kind.STRING ? node.value : undefined, node),
  serialize: (value) => {
    const at = value instanceof Date ? value : new Date(typeof value === 'number' ? value : String(value));
    return at.toISOString();
  },
});

function parseBasisPoints(value: unknown, node?: ValueNode): number {
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 0x7fffffff) return value;
  throw unexpected('BasisPoints expects an integer; 10000 is the whole.', node);
}

/** Ten-thousandths. Ranges are the field's own; shares of a total may pass 10 000. */
export const BasisPointsScalar = new GraphQLScalarType<number, number>({
  name: 'BasisPoints',
  description: 'An integer of ten-thousandths: 4000 is 40 %, 10000 the whole.',
  parseValue: (value) => parseBasisPoints(value),
  parseLiteral: (node) => parseBasisPoints(node.kind === Kind.INT ? Number(node.value) : undefined, node),
  serialize: (value) => parseBasisPoints(value),
});

const jsonLiteral = (node: ValueNode, variables?: Record<string, unknown> | null): unknown => valueFromASTUntyped(node, variables);

/** Any JSON. Only ever beside a typed form of the same content. */
export const JsonScalar = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value, shown beside its typed form for those who keep it whole.',
  parseValue: (value) => value,
  parseLiteral: jsonLiteral,
  serialize: (value) => value,
});

/** By name, as the domain's schemas refer to them (`FieldMeta.graphql`). */
export const SCALARS: Readonly<Record<string, GraphQLScalarType>> = {
  Decimal: DecimalScalar,
  Position: PositionScalar,
  Date: DateScalar,
  DateTime: DateTimeScalar,
  BasisPoints: BasisPointsScalar,
  Sha256: Sha256Scalar,
  UUID: UuidScalar,
  JSON: JsonScalar,
};
