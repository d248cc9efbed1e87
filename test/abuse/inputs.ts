import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isRequiredArgument,
  isRequiredInputField,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';

/** One place of the schema where a client gives a scalar or a word. */
export interface InputPosition {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly field: GraphQLField<unknown, unknown>;
  readonly argument: GraphQLArgument;
  /** From the argument down: names of fields, and 0 where a list is entered. */
  readonly path: readonly (string | number)[];
  /** Name of the scalar or enum. */
  readonly type: string;
}

/** Every position of every root field; each input type is entered as often as it is reached. */
export function inputPositions(schema: GraphQLSchema): readonly InputPosition[] {
  const found: InputPosition[] = [];
  const roots = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() };
  for (const kind of ['query', 'mutation', 'subscription'] as const) {
    for (const field of Object.values(roots[kind]?.getFields() ?? {})) {
      for (const argument of field.args) descend(argument.type, [], (path, type) => found.push({ kind, field, argument, path, type }));
    }
  }
  return found;
}

function descend(type: GraphQLInputType, path: readonly (string | number)[], found: (path: readonly (string | number)[], type: string) => void): void {
  const bare = getNullableType(type);
  if (isListType(bare)) return descend(bare.ofType, [...path, 0], found);
  if (!isInputObjectType(bare)) return found(path, bare.name);
  for (const field of Object.values(bare.getFields())) descend(field.type, [...path, field.name], found);
}

/** The value of an argument that is good everywhere but at a path, where it is what is given. */
export function valueWith(type: GraphQLInputType, path: readonly (string | number)[], given: unknown): unknown {
  const bare = getNullableType(type);
  const [step, ...rest] = path;
  if (step === undefined) return given;
  if (isListType(bare)) return [valueWith(bare.ofType, rest, given)];
  if (!isInputObjectType(bare)) throw new Error(`there is no ${String(step)} in ${String(type)}`);
  return Object.fromEntries(
    Object.values(bare.getFields())
      .filter((field) => field.name === step || isRequiredInputField(field))
      .map((field) => [field.name, field.name === step ? valueWith(field.type, rest, given) : goodValue(field.type)]),
  );
}

const GOOD: Readonly<Record<string, unknown>> = {
  Decimal: '1.50',
  Position: '1',
  Date: '2026-07-01',
  DateTime: '2026-07-01T00:00:00.000Z',
  BasisPoints: 10_000,
  Sha256: 'a'.repeat(64),
  UUID: '11111111-1111-4111-8111-111111111111',
  ID: 'VGFyZ2V0OjE',
  Int: 1,
  String: 'x',
  Boolean: true,
};

/** A value that fits a type: what is required, and no more. */
export function goodValue(type: GraphQLInputType): unknown {
  const bare = getNullableType(type);
  if (isListType(bare)) return [goodValue(bare.ofType)];
  if (isEnumType(bare)) return bare.getValues()[0]?.name;
  if (!isInputObjectType(bare)) return GOOD[bare.name];
  return Object.fromEntries(
    Object.values(bare.getFields())
      .filter(isRequiredInputField)
      .map((field) => [field.name, goodValue(field.type)]),
  );
}

/** A document that gives one argument as `$v`, or as the literal given, and the other required ones something good. */
export function documentFor({ kind, field, argument }: Pick<InputPosition, 'kind' | 'field' | 'argument'>, literal?: string): string {
  const others = field.args.filter((other) => other !== argument && isRequiredArgument(other)).map((other) => `${other.name}: ${literalOf(goodValue(other.type), other.type)}`);
  const selection = 'getFields' in getNamedType(field.type) || 'getTypes' in getNamedType(field.type) ? ' { __typename }' : '';
  const variables = literal === undefined ? ` ($v: ${String(argument.type)})` : '';
  return `${kind}${variables} { ${field.name}(${[`${argument.name}: ${literal ?? '$v'}`, ...others].join(', ')})${selection} }`;
}

/** A value as it is written in a document; words of an enum stand without quotes, whatever was given for the rest. */
export function literalOf(value: unknown, type: GraphQLInputType): string {
  const bare = getNullableType(type);
  if (isListType(bare) && Array.isArray(value)) return `[${value.map((item) => literalOf(item, bare.ofType)).join(', ')}]`;
  if (isInputObjectType(bare) && typeof value === 'object' && value !== null) {
    const fields = bare.getFields();
    return `{ ${Object.entries(value).map(([name, inside]) => `${name}: ${literalOf(inside, fields[name]?.type ?? bare)}`).join(', ')} }`;
  }
  if (isEnumType(bare) && typeof value === 'string' && /^[A-Za-z_]+$/.test(value)) return value;
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[]' : '{}';
  return JSON.stringify(value);
}
