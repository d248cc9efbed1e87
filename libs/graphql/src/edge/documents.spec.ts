import { describe, expect, it } from '@jest/globals';
import { buildSchema, getIntrospectionQuery, type GraphQLError } from 'graphql';
import { Documents, isRefusal, type OperationRequest } from './documents.js';
import { LIMITS } from './limits.js';

const schema = buildSchema('type Query { a: Query, n: Int, page(first: Int, last: Int, asOf: String): Query, nodes(ids: [ID!]!): Query }');
const documents = (options: Partial<ConstructorParameters<typeof Documents>[0]> = {}): Documents => new Documents({ schema, limits: LIMITS, introspection: true, ...options });
const verdict = (held: Documents, request: OperationRequest): unknown => {
  const prepared = held.prepare(request);
  return isRefusal(prepared) ? prepared.map(({ extensions, message }: GraphQLError) => extensions['code'] ?? message) : 'OK';
};
const nested = (levels: number): string => `${'{ a '.repeat(levels)}{ n }${' }'.repeat(levels)}`;
const bomb = (levels: number): string => `{ ...F0 } ${Array.from({ length: levels }, (_, index) => `fragment F${String(index)} on Query { ...F${String(index + 1)} ...F${String(index + 1)} }`).join(' ')} fragment F${String(levels)} on Query { n }`;

describe('limits of a document', () => {
  it.each([
    ['as deep as allowed', nested(14), 'OK'],
    ['deeper', nested(15), ['QUERY_TOO_COMPLEX']],
    ['30 aliases', `{ ${Array.from({ length: 30 }, (_, index) => `x${String(index)}: n`).join(' ').replace(/^/, 'a { ')} } }`, 'OK'],
    ['31 aliases', `{ a { ${Array.from({ length: 31 }, (_, index) => `x${String(index)}: n`).join(' ')} } }`, ['QUERY_TOO_COMPLEX']],
    ['13 root fields', `{ ${'n '.repeat(13)} }`, ['QUERY_TOO_COMPLEX']],
    ['801 selections', `{ a { ${'n '.repeat(800)} } }`, ['QUERY_TOO_COMPLEX']],
    ['101 brackets open at once', `{ n(a: ${'['.repeat(100)}${']'.repeat(100)}) }`, ['QUERY_TOO_COMPLEX']],
    ['100 fields asked again', `{ a { ${'n '.repeat(101)} } }`, 'OK'],
    ['101 fields asked again, in fragments too', `{ a { ${'n '.repeat(52)} ...F ... { ...F } } } fragment F on Query { ${'n '.repeat(25)} }`, ['QUERY_TOO_COMPLEX']],
    ['a large fragment that nothing spreads', `{ n } fragment F on Query { ${'n '.repeat(102)} }`, ['QUERY_TOO_COMPLEX']],
    ['operations that are large together', `${Array.from({ length: 20 }, (_, index) => `query Q${String(index)} { ...F }`).join(' ')} fragment F on Query { a { ${'n '.repeat(50)} } }`, ['QUERY_TOO_COMPLEX']],
    ['deep inside fragments', `{ ...F } fragment F on Query ${nested(15)}`, ['QUERY_TOO_COMPLEX']],
    ['a fragment in itself', '{ ...F } fragment F on Query { a { ...F } }', ['Cannot spread fragment "F" within itself.']],
    ['what GraphiQL asks at its start', getIntrospectionQuery({ descriptions: true, specifiedByUrl: true, inputValueDeprecation: true, schemaDescription: true }), 'OK'],
    ['introspection beyond its own need', `{ __schema { ${'types { name } '.repeat(500)} } }`, ['QUERY_TOO_COMPLEX']],
  ])('%s', (_what, query, expected) => {
    expect(verdict(documents(), { query })).toEqual(expected);
  });

  it('are found at once in a bomb of fragments, and tokens are counted before anything', () => {
    const before = process.cpuUsage();
    expect(verdict(documents(), { query: bomb(30) })).toEqual(['QUERY_TOO_COMPLEX']);
    // Spread out it would be a thousand million fields. Of the processor, which others on the machine may have besides.
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(2_000);
    expect(verdict(documents(), { query: `{ ${'n '.repeat(6_000)} }` })).toEqual(['QUERY_TOO_COMPLEX']);
  });

  it('hold for every operation of a document, and introspection is off where it is', () => {
    expect(verdict(documents(), { query: `query A { n } query B ${nested(15)}`, operationName: 'A' })).toEqual(['QUERY_TOO_COMPLEX']);
    expect(verdict(documents({ introspection: false }), { query: '{ __schema { types { name } } }' })).toHaveLength(2);
    expect(verdict(documents({ introspection: false }), { query: '{ __typename n }' })).toBe('OK');
  });
});

describe('cost', () => {
  const at = (query: string, variables: Record<string, unknown>): unknown => verdict(documents(), { query, variables });
  it('is that of the variables, defaults and fragments included', () => {
    const query = 'query ($n: Int = 100, $m: Int) { page(first: $n) { ...P } } fragment P on Query { page(last: $m) { a { n } } }';
    expect([at(query, { m: 10 }), at(query, { m: 100 }), at(query, { n: 10, m: 100 }), at(query, {})]).toEqual(['OK', ['QUERY_TOO_COMPLEX'], 'OK', 'OK']);
    expect(at('query ($ids: [ID!]!) { nodes(ids: $ids) { page(first: 90) { n } } }', { ids: Array.from({ length: 60 }, String) })).toEqual(['QUERY_TOO_COMPLEX']);
  });
  it('counts a moment only where one is given', () => {
    const query = `query ($t: String) { ${Array.from({ length: 5 }, (_, index) => `p${String(index)}: page(asOf: $t) { n }`).join(' ')} }`;
    expect([at(query, {}), at(query, { t: null }), at(query, { t: '41' })]).toEqual(['OK', 'OK', ['QUERY_TOO_COMPLEX']]);
  });
});

describe('documents kept', () => {
  it('are bounded by number and by characters, the least used gone first', () => {
    const byNumber = documents({ documentsMax: 3 });
    for (let index = 0; index < 10; index += 1) byNumber.prepare({ query: `query Q${String(index)} { n }` });
    expect(byNumber.size).toBe(3);
    const byCharacters = documents({ charactersMax: 100 });
    for (let index = 0; index < 10; index += 1) byCharacters.prepare({ query: `query Q${String(index)} { n }` });
    expect(byCharacters.size).toBe(7);
    byCharacters.prepare({ query: `{ n } ${' '.repeat(200)}` });
    expect(byCharacters.size).toBe(0);
    const byTokens = documents({ tokensMax: 100 });
    for (let index = 0; index < 10; index += 1) byTokens.prepare({ query: `query Q${String(index)} { ${'n '.repeat(20)} }` });
    expect(byTokens.size).toBe(4);
  });
});
