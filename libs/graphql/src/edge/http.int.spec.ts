import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { startTiny, type TinyApp } from '../../test/tiny-app.js';
import { encodeNodeId } from './node-id.js';

describe('GraphQL over HTTP', () => {
  let tiny: TinyApp;
  const as = async (subject: string): Promise<Record<string, string>> => ({ authorization: `Bearer ${await tiny.token(subject)}` });
  beforeAll(async () => {
    tiny = await startTiny();
  });
  afterAll(() => tiny.app.close());

  it('passes every audit of the specification', async () => {
    const results = await Promise.all(serverAudits({ url: `${tiny.url}/graphql`, fetchFn: fetch }).map(({ fn }) => fn()));
    const failed = results.filter(({ status }) => status !== 'ok');
    expect(failed.map((result) => ('reason' in result ? `${result.id} ${result.name}: ${result.reason}` : result.id))).toEqual([]);
    expect(results.length).toBeGreaterThanOrEqual(61);
  });

  it.each([
    ['a document that does not parse', { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', { query: '{ pong }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['no query', { qeury: '{ ping }' }, 'BAD_USER_INPUT'],
    ['text that is no JSON', '{', 'BAD_USER_INPUT'],
    ['a batch', '[{"query":"{ ping }"}]', 'BAD_USER_INPUT'],
    ['a missing variable', { query: 'query ($v: Decimal!) { same(value: $v) }' }, 'BAD_USER_INPUT'],
    ['a number for a decimal', { query: 'query ($v: Decimal!) { same(value: $v) }', variables: { v: 1.5 } }, 'BAD_USER_INPUT'],
    ['an operation that is not there', { query: 'query A { ping }', operationName: 'B' }, 'BAD_USER_INPUT'],
    ['two operations without a name', { query: 'query A { ping } query B { ping }' }, 'BAD_USER_INPUT'],
    ['a subscription', { query: 'subscription { rings }' }, 'BAD_USER_INPUT'],
  ])('refuses %s', async (_what, body, code) => {
    const { status, body: answer } = await tiny.post(body, { accept: 'application/graphql-response+json' });
    expect([status, answer.errors?.[0]?.extensions['code'], answer.data]).toEqual([400, code, undefined]);
  });

  it('says what a scalar expects, in literals and variables', async () => {
    const literal = await tiny.post({ query: '{ same(value: 1.5) }' });
    const variable = await tiny.post({ query: 'query ($v: Decimal!) { same(value: $v) }', variables: { v: '1e9' } });
    expect([literal, variable].map(({ body }) => body.errors?.[0]?.message)).toEqual([expect.stringContaining('a decimal in a string'), expect.stringContaining('a decimal in a string')]);
  });

  it('gives no hint of names', async () => {
    const { body } = await tiny.post({ query: '{ pin }' });
    expect(body.errors?.[0]?.message).toBe('Cannot query field "pin" on type "Query".');
  });

  it('refuses a mutation by GET with 405', async () => {
    const answer = await fetch(`${tiny.url}/graphql?query=${encodeURIComponent('mutation { whoAmI }')}`);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('answers in the media type of the highest quality', async () => {
    const type = async (accept: string): Promise<string | null> => (await tiny.post({ query: '{ ping }' }, { accept })).headers.get('content-type');
    expect(await type('application/json;q=0.5, application/graphql-response+json')).toBe('application/graphql-response+json; charset=utf-8');
    expect(await type('application/graphql-response+json;q=0.1, application/json;q=0.2')).toBe('application/json; charset=utf-8');
    expect((await tiny.post({ query: '{ ping }' }, { accept: 'application/json;q=0' })).status).toBe(406);
  });

  it('refuses a body of more than 256 KB', async () => {
    const { status, body } = await tiny.post({ query: '{ ping }', extensions: { padding: 'x'.repeat(256 * 1024) } });
    expect([status, body.errors?.[0]?.extensions['code']]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it.each(['interpreted', 'compiled'])('maps what resolvers throw, %s', async (how) => {
    const seen: unknown[] = [];
    for (const what of ['notFound', 'commandNotFound', 'conflict', 'unknown', 'unavailable', 'type']) {
      const query = `query ${how}${what} { fail(how: "${what}") }`;
      if (how === 'compiled') for (let run = 0; run < 4; run += 1) await tiny.post({ query });
      const { status, body } = await tiny.post({ query });
      const [error] = body.errors ?? [];
      const { errorId, requestId, ...extensions } = error?.extensions ?? {};
      expect(requestId).toEqual(expect.any(String));
      seen.push([what, status, error?.message, extensions, error?.path, typeof errorId, body.data]);
    }
    const words = 'The service cannot answer now; try again.';
    const unknown = 'Whether the command was carried out is not known; repeat it with the same commandId.';
    const data = { fail: null };
    expect(seen).toEqual([
      ['notFound', 200, 'Not found.', { code: 'NOT_FOUND' }, ['fail'], 'undefined', data],
      ['commandNotFound', 200, 'Not found.', { code: 'NOT_FOUND' }, ['fail'], 'undefined', data],
      ['conflict', 200, 'It changed.', { code: 'CONCURRENT_CHANGE', expected: 1, actual: 2 }, ['fail'], 'undefined', data],
      ['unknown', 200, unknown, { code: 'OUTCOME_UNKNOWN', retryable: true }, ['fail'], 'undefined', data],
      ['unavailable', 200, words, { code: 'UNAVAILABLE', retryable: true }, ['fail'], 'undefined', data],
      ['type', 200, 'Internal error.', { code: 'INTERNAL' }, ['fail'], 'string', data],
    ]);
  });

  it('tells nobody, no token, no rights and a bad token apart', async () => {
    const code = async (query: string, headers?: Record<string, string>): Promise<unknown[]> => {
      const { status, body } = await tiny.post({ query }, headers);
      return [status, body.errors?.[0]?.extensions['code'] ?? body.data];
    };
    expect(await code('mutation { whoAmI }')).toEqual([200, 'UNAUTHENTICATED']);
    expect(await code('mutation { whoAmI }', await as('eve'))).toEqual([200, 'FORBIDDEN']);
    expect(await code('{ onlyHr }', await as('bo'))).toEqual([200, 'FORBIDDEN']);
    expect(await code('{ onlyHr }', await as('ada'))).toEqual([200, { onlyHr: 'hr' }]);
    expect(await code('{ ping }', { authorization: 'Bearer x.y.z' })).toEqual([401, 'UNAUTHENTICATED']);
    expect(await code('{ ping }', { authorization: `Bearer ${await tiny.token('ada', { audience: 'other' })}` })).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('counts what a query costs, with page sizes in variables', async () => {
    const query = 'query ($n: Int) { things(first: $n) { nodes { next { next { number } } } } }';
    const headers = await as('ada');
    const answer = async (n: number | null, text = query): Promise<unknown> => {
      const { body } = await tiny.post({ query: text, variables: { n } }, headers);
      return body.errors?.map(({ extensions }) => extensions) ?? 'OK';
    };
    expect(await answer(100)).toBe('OK');
    const moments = (count: number): string => `{ ${Array.from({ length: count }, (_, index) => `m${String(index)}: things(asOf: "1") { nodes { number } }`).join(' ')} }`;
    expect(await answer(null, moments(4))).toBe('OK');
    expect(await answer(null, moments(5))).toEqual([{ code: 'QUERY_TOO_COMPLEX', asOfs: 5, asOfsMax: 4, requestId: expect.any(String) }]);
    const wide = 'query ($n: Int) { things(first: $n) { a: nodes { next { next { next { number } } } } b: nodes { next { next { next { number } } } } edges { node { next { next { next { next { next { number } } } } } } } } many: things(first: $n) { nodes { next { next { next { next { next { next { next { next { next { number } } } } } } } } } } x: nodes { next { next { next { next { next { next { next { next { next { number } } } } } } } } } } y: nodes { next { next { next { next { next { next { next { next { next { number } } } } } } } } } } z: nodes { next { next { next { next { next { next { next { next { next { number } } } } } } } } } } } }';
    expect(await answer(100, wide)).toEqual([{ code: 'QUERY_TOO_COMPLEX', cost: expect.any(Number), costMax: 5_000, requestId: expect.any(String) }]);
    expect(await answer(2, wide)).toBe('OK');
  });

  it('names every argument that breaks its rules', async () => {
    const { body } = await tiny.post({ query: '{ things(first: 101, last: 0) { nodes { number } } }' }, await as('ada'));
    expect(body.errors?.[0]?.extensions).toEqual({
      code: 'BAD_USER_INPUT',
      violations: [
        { path: 'first', constraints: { max: expect.any(String) } },
        { path: 'last', constraints: { min: expect.any(String) } },
      ],
      requestId: expect.any(String),
    });
  });

  it('fetches by id, absent and unknown alike as null', async () => {
    const ids = ['5', '0', '7'].map((key) => encodeNodeId({ type: 'Thing', key })).concat(encodeNodeId({ type: 'Other', key: '1' }));
    const { body } = await tiny.post({ query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename ... on Thing { number } } }', variables: { ids } }, await as('bo'));
    expect(body.data).toEqual({ nodes: [{ __typename: 'Thing', number: 5 }, null, { __typename: 'Thing', number: 7 }, null] });
  });
});
