import 'reflect-metadata';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { isEnumType, type GraphQLError, type GraphQLSchema } from 'graphql';
import { Documents, ErrorMapper, isRefusal, LIMITS, RESOLVERS, schemaOf, type OperationRequest } from '@assay/graphql';
import { generator } from '../support/random.js';
import { documentFor, goodValue, inputPositions, literalOf, valueWith, type InputPosition } from './inputs.js';
import { BAD } from './values.js';

const SEED = 20_261_122;
let schema: GraphQLSchema;
let documents: Documents;
let positions: readonly InputPosition[];
const faults: unknown[] = [];
const errors = new ErrorMapper({ error: (fields) => faults.push(fields) });
beforeAll(async () => {
  schema = await schemaOf(RESOLVERS);
  documents = new Documents({ schema, limits: LIMITS, introspection: false });
  positions = inputPositions(schema);
});

/** The errors a request is refused with, as a client meets them; none where it would run. */
function refused(request: OperationRequest): readonly GraphQLError[] {
  try {
    const prepared = documents.prepare(request);
    return isRefusal(prepared) ? prepared.map((error) => errors.toApi(error)) : [];
  } catch (error) {
    return [errors.toApi(error)];
  }
}
const badOf = ({ type }: InputPosition): readonly unknown[] => BAD[isEnumType(schema.getType(type)) ? 'word' : type] ?? [];
const named = ({ kind, field, argument, path }: InputPosition): string => [kind, field.name, argument.name, ...path].join('.');

describe('every input position of the schema', () => {
  it('is of a scalar that is tried here, and there is one of each but JSON', () => {
    const untried = positions.filter((position) => badOf(position).length === 0);
    expect(untried.map(named)).toEqual([]);
    expect(new Set(Object.keys(BAD))).toEqual(new Set(positions.map(({ type }) => (isEnumType(schema.getType(type)) ? 'word' : type))));
    expect(positions.length).toBeGreaterThan(800);
  });

  it('takes what fits it', () => {
    const wrong = positions.filter(({ argument }, index) => positions.findIndex((other) => other.argument === argument) === index).filter((position) => refused({ query: documentFor(position), variables: { v: goodValue(position.argument.type) } }).length > 0);
    expect(wrong.map(named)).toEqual([]);
  });

  it.each(['variable', 'literal'] as const)(`refuses what does not fit it in a %s, and names itself (seed ${String(SEED)})`, (given) => {
    const random = generator(SEED);
    const wrong: unknown[] = [];
    for (const position of positions) {
      const { argument, path } = position;
      // Each value comes up at many positions, and at each position a few: nearly ten thousand cases are too many to wait for.
      const bads = badOf(position);
      const bad = valueWith(argument.type, path, bads[random(bads.length)]);
      const request = given === 'variable' ? { query: documentFor(position), variables: { v: bad } } : { query: documentFor(position, literalOf(bad, argument.type)) };
      const [error, ...more] = refused(request);
      const place = [given === 'variable' ? 'v' : argument.name, ...path];
      if (more.length > 0 || !names(error, place)) wrong.push([named(position), bad, error?.message]);
    }
    expect(wrong.slice(0, 10)).toEqual([]);
  });

  it('says so in an answer whose size is bounded', () => {
    for (const position of new Map(positions.map((one) => [one.type, one])).values()) {
      for (const bad of badOf(position)) {
        const [error, ...more] = refused({ query: documentFor(position), variables: { v: valueWith(position.argument.type, position.path, bad) } });
        expect([position.type, bad, more, names(error, ['v', ...position.path]), JSON.stringify(error).length < 2_000]).toEqual([position.type, bad, [], true, true]);
      }
    }
  });

  it('refuses a field that its type does not have, whatever its name', () => {
    const { field, argument } = positions.find(({ kind }) => kind === 'mutation') ?? fail();
    const query = documentFor({ kind: 'mutation', field, argument });
    for (const name of ['__proto__', 'constructor', 'toString', 'nope']) {
      const variables: unknown = JSON.parse(`{ "v": ${JSON.stringify(goodValue(argument.type)).replace('{', `{ ${JSON.stringify(name)}: {},`)} }`);
      expect(refused({ query, variables: variables as OperationRequest['variables'] }).map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT']);
    }
  });
});

const fail = (): never => {
  throw new Error('the schema has no mutation');
};
/** Whether an error says of one place, and of no other, that it is wrong. */
const names = (error: GraphQLError | undefined, place: readonly (string | number)[]): boolean => {
  const { code, violations } = error?.extensions ?? {};
  if ((code !== 'BAD_USER_INPUT' && code !== 'GRAPHQL_VALIDATION_FAILED') || !Array.isArray(violations) || violations.length !== 1) return false;
  return Reflect.get(Object(violations[0]), 'path') === place.join('.');
};
