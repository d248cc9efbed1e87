import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { outcomeOf, RawClient, startEdge, type EdgeApp } from './edge-app.js';

const IMPATIENT = { headersMs: 1_000, requestMs: 1_500, checkEveryMs: 50, idleMs: 5_000 };
const MEGABYTE = 'x'.repeat(1_048_576);
const HEAD = 'POST /graphql HTTP/1.1\r\nHost: localhost\r\n';
const JSON_TYPE = 'Content-Type: application/json\r\n';
const CLOSE = 'Connection: close\r\n';
const sized = (body: string | Buffer): string => `Content-Length: ${String(Buffer.byteLength(body))}\r\n\r\n`;
const posted = (body: string, type = JSON_TYPE): string => `${HEAD}${type}${CLOSE}${sized(body)}${body}`;
const query = (text: string, variables: unknown = {}): string => posted(JSON.stringify({ query: text, variables }));
const GOOD = JSON.stringify({ query: '{ codeLabel(code: "SEALED") }' });

let edge: EdgeApp;
/** One that waits for nobody: only for what it ends in time, as on a busy machine it would end others too. */
let impatient: EdgeApp;
let open: RawClient[] = [];
const client = async (localAddress?: string, { port } = edge): Promise<RawClient> => {
  const opened = await RawClient.open(port, localAddress);
  open.push(opened);
  return opened;
};
beforeAll(async () => {
  [edge, impatient] = await Promise.all([startEdge({ connectionsPerAddressMax: 50 }), startEdge({ patience: IMPATIENT })]);
});
afterEach(() => {
  for (const { socket } of open) socket.destroy();
  open = [];
  expect([...edge.faults, ...impatient.faults]).toEqual([]);
});
afterAll(() => Promise.all([edge.close(), impatient.close()]));

describe('a request that is none', () => {
  it.each<[string, string | Buffer, number, string | undefined]>([
    ['that is no HTTP', 'hello\r\n\r\n', 400, 'BAD_USER_INPUT'],
    ['that begins a TLS handshake', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc]), 400, 'BAD_USER_INPUT'],
    ['of two lengths', `${HEAD}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!`, 400, 'BAD_USER_INPUT'],
    ['of a length and of chunks', `${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400, 'BAD_USER_INPUT'],
    ['of a chunk that is no number', `${HEAD}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400, 'BAD_USER_INPUT'],
    ['with 17 KB of headers', `${HEAD}X-Large: ${'x'.repeat(17_000)}\r\n\r\n`, 431, 'PAYLOAD_TOO_LARGE'],
    ['with a URL of 20 KB', `GET /graphql?query=${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 431, 'PAYLOAD_TOO_LARGE'],
    ['that says a body of 1 GB will come', `${HEAD}${JSON_TYPE}Content-Length: 1073741824\r\n\r\n`, 413, 'PAYLOAD_TOO_LARGE'],
    ['whose chunks pass 256 KB', `${HEAD}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n100000\r\n${MEGABYTE}\r\n`, 413, 'PAYLOAD_TOO_LARGE'],
    ['with a body that is no JSON', posted('{'), 400, 'BAD_USER_INPUT'],
    ['that is a batch', posted(`[${GOOD},${GOOD}]`), 400, 'BAD_USER_INPUT'],
    ['of brackets alone, 100,000 deep', posted(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), 400, 'BAD_USER_INPUT'],
    ['in a form', posted(GOOD, 'Content-Type: application/x-www-form-urlencoded\r\n'), 415, 'BAD_USER_INPUT'],
    ['in parts', posted(GOOD, 'Content-Type: multipart/form-data; boundary=x\r\n'), 415, 'BAD_USER_INPUT'],
    ['as plain text, which a page may send anywhere', posted(GOOD, 'Content-Type: text/plain\r\n'), 415, 'BAD_USER_INPUT'],
    ['without a type', posted(GOOD, ''), 415, 'BAD_USER_INPUT'],
    ['of a type that is no type', posted(GOOD, 'Content-Type: ;;;\r\n'), 415, 'BAD_USER_INPUT'],
    ['by DELETE', `DELETE /graphql HTTP/1.1\r\nHost: localhost\r\n${CLOSE}\r\n`, 405, 'BAD_USER_INPUT'],
    ['that takes no JSON', `${HEAD}${JSON_TYPE}Accept: image/png\r\n${CLOSE}${sized(GOOD)}${GOOD}`, 406, 'BAD_USER_INPUT'],
  ])('%s', async (_what, bytes, status, code) => {
    const received = await (await client()).write(bytes).closed();
    expect([...outcomeOf(received), received.includes('INTERNAL')]).toEqual([status, code, false]);
  });

  it.each([
    ['whose headers never end', `${HEAD}X-Slow: `],
    ['whose body never comes', `${HEAD}${JSON_TYPE}Content-Length: 100\r\n\r\n{`],
    ['that never begins', ''],
  ])('%s', async (_what, bytes) => {
    const received = await (await client(undefined, impatient)).write(bytes).closed();
    expect([...outcomeOf(received), received.includes('INTERNAL')]).toEqual([408, 'BAD_USER_INPUT', false]);
  });

  it('that is compressed is not opened: a bomb stays small', async () => {
    const bomb = gzipSync(MEGABYTE.repeat(64));
    const raw = await client();
    raw.write(`${HEAD}${JSON_TYPE}Content-Encoding: gzip\r\n${CLOSE}${sized(bomb)}`).write(bomb);
    expect(outcomeOf(await raw.closed())).toEqual([400, 'BAD_USER_INPUT']);
  });

  it('whose body trickles in for ever is ended in time, however it trickles', async () => {
    const raw = await client(undefined, impatient);
    raw.write(`${HEAD}${JSON_TYPE}Transfer-Encoding: chunked\r\n\r\n`);
    const trickle = setInterval(() => raw.write('1\r\n \r\n'), 20);
    const received = await raw.closed();
    clearInterval(trickle);
    expect(outcomeOf(received)).toEqual([408, 'BAD_USER_INPUT']);
  });
});

describe('documents', () => {
  const chain = (length: number): string => Array.from({ length }, (_, index) => `fragment F${String(index)} on Query { ...F${String(index + 1)} ...F${String(index + 1)} }`).join(' ');
  it.each([
    ['16 levels deep', `{ node(id: "x") { ... on Target { owner { manager { ${'manager { '.repeat(14)} name ${'} '.repeat(14)} } } } } }`, 'QUERY_TOO_COMPLEX'],
    ['with 2,000 levels of brackets', '{ a '.repeat(2_000), 'QUERY_TOO_COMPLEX'],
    ['with a list in a list, 2,000 times', `{ node(id: ${'['.repeat(2_000)}${']'.repeat(2_000)}) { id } }`, 'QUERY_TOO_COMPLEX'],
    ['with 31 aliases', `{ viewer { ${Array.from({ length: 31 }, (_, index) => `a${String(index)}: roles`).join(' ')} } }`, 'QUERY_TOO_COMPLEX'],
    ['with 13 root fields', `{ ${'viewer { roles } '.repeat(13)} }`, 'QUERY_TOO_COMPLEX'],
    ['with 101 variables', `query (${Array.from({ length: 101 }, (_, index) => `$v${String(index)}: ID`).join(' ')}) { viewer { roles } }`, 'QUERY_TOO_COMPLEX'],
    ['with 6,000 tokens', `{ ${'n '.repeat(6_000)} }`, 'QUERY_TOO_COMPLEX'],
    ['of 2^40 spreads', `{ ...F0 } ${chain(40)} fragment F40 on Query { viewer { roles } }`, 'QUERY_TOO_COMPLEX'],
    ['of fragments in a ring', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }', 'GRAPHQL_VALIDATION_FAILED'],
    ['of a large fragment that nothing spreads', `{ viewer { roles } } fragment F on Query { ${'node(id: "a") { id } '.repeat(400)} }`, 'QUERY_TOO_COMPLEX'],
    ['of 400 operations', Array.from({ length: 400 }, (_, index) => `query Q${String(index)} { ...F }`).join(' ') + ` fragment F on Query { viewer { ${'roles '.repeat(90)} } }`, 'QUERY_TOO_COMPLEX'],
    ['with a directive 700 times', `{ viewer ${'@include(if: true) '.repeat(700)} { roles } }`, 'GRAPHQL_VALIDATION_FAILED'],
    ['with directives that do not exist', `{ viewer ${'@a '.repeat(700)} { roles } }`, 'GRAPHQL_VALIDATION_FAILED'],
    ['that ask for the schema', '{ __schema { types { name } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['that ask for a type', '{ __type(name: "Person") { fields { name } } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['that guess a name', '{ viewr { roles } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['of a subscription', 'subscription { eventRecorded { position } }', 'BAD_USER_INPUT'],
    ['of an integer without end', `{ people(first: ${'9'.repeat(100_000)}) { totalCount } }`, 'GRAPHQL_VALIDATION_FAILED'],
    ['of a schema', 'type Query { a: Int }', 'GRAPHQL_VALIDATION_FAILED'],
    ['of nothing', '', 'GRAPHQL_PARSE_FAILED'],
    ['of a comment', '# nothing', 'GRAPHQL_PARSE_FAILED'],
    ['of text without an end', '{ node(id: "', 'GRAPHQL_PARSE_FAILED'],
  ])('%s', async (_what, document, code) => {
    const received = await (await client()).write(query(document)).closed();
    expect(outcomeOf(received)[1]).toBe(code);
    expect(received.length).toBeLessThan(8_192);
    expect(received).not.toContain('Did you mean');
  });

  it('are refused in time in proportion to their size, whatever they repeat to graphql-js’s own hints', async () => {
    const value = 'Did you mean '.repeat(19_000);
    // Of the processor, which others on the machine may have besides.
    const before = process.cpuUsage();
    const received = await (await client()).write(query('query ($v: Int) { people(first: $v) { totalCount } }', { v: value })).closed();
    const { user, system } = process.cpuUsage(before);
    expect([outcomeOf(received)[1], received.length < 4_096, (user + system) / 1000 < 2_000]).toEqual(['BAD_USER_INPUT', true, true]);
  });

  it('with variables that nobody declared or that are huge are refused or passed over', async () => {
    const huge = Array.from({ length: 20_000 }, (_, index) => index);
    const undeclared = await (await client()).write(query('{ codeLabel(code: "SEALED") }', { huge })).closed();
    const wrong = await (await client()).write(query('query ($v: [ID!]!) { nodes(ids: $v) { id } }', { v: huge.map(() => ({})) })).closed();
    const many = await (await client()).write(query('query ($v: [ID!]!) { nodes(ids: $v) { id } }', { v: huge })).closed();
    expect([undeclared, wrong, many].map((received) => outcomeOf(received)[1])).toEqual([undefined, 'BAD_USER_INPUT', 'QUERY_TOO_COMPLEX']);
  });
});

describe('connections', () => {
  it('that carry eight requests at once get eight answers, and those that carry thousands are cut', async () => {
    const request = `${HEAD}${JSON_TYPE}${sized(GOOD)}${GOOD}`;
    const patient = await (await client()).write(request.repeat(8)).answers(8);
    expect(patient.split('"codeLabel"').length - 1).toBe(8);
    const greedy = await (await client()).write(request.repeat(5_000)).closed();
    expect(greedy.split('"codeLabel"').length - 1).toBeLessThanOrEqual(8);
  });

  it('are fifty at most of one address here, and free again once they are closed', async () => {
    const held = await Promise.all(Array.from({ length: 50 }, () => client('127.0.0.2')));
    const refused = await (await client('127.0.0.2')).closed();
    expect(outcomeOf(refused)).toEqual([429, 'RATE_LIMITED']);
    const other = await (await client('127.0.0.3')).write(posted(GOOD)).closed();
    expect(outcomeOf(other)[0]).toBe(200);
    const [first] = held;
    first?.socket.destroy();
    await first?.closed();
    for (let again = refused; outcomeOf(again)[0] !== 200; ) again = await (await client('127.0.0.2')).write(posted(GOOD)).closed();
  });
});

describe('an address that asks too often', () => {
  it('is told so before its body is read, pays for size and novelty, and leaves others in peace', async () => {
    const own = edge;
    edge = await startEdge({ rates: { perAddress: { burst: 20, perSecond: 0.001 }, perPrincipal: { burst: 1e6, perSecond: 1e6 } } });
    try {
      const large = JSON.stringify({ query: '{ codeLabel(code: "SEALED") }', extensions: { padding: 'x'.repeat(200_000) } });
      expect(outcomeOf(await (await client('127.0.0.2')).write(posted(large)).closed())[0]).toBe(200);
      const refused = await (await client('127.0.0.2')).write(`${HEAD}${JSON_TYPE}Content-Length: 100000\r\n\r\n`).closed();
      expect(outcomeOf(refused)).toEqual([429, 'RATE_LIMITED']);
      expect(refused.toLowerCase()).toContain('retry-after: ');
      const novel = (index: number): string => query(`query Q${String(index)} { codeLabel(code: "SEALED") } ${'#'.repeat(2_560)}`);
      const statuses: number[] = [];
      for (let index = 0; index < 3; index += 1) statuses.push(outcomeOf(await (await client('127.0.0.3')).write(novel(index)).closed())[0]);
      expect(statuses).toEqual([200, 200, 429]);
      expect(outcomeOf(await (await client('127.0.0.4')).write(posted(GOOD)).closed())[0]).toBe(200);
    } finally {
      await edge.close();
      edge = own;
    }
  }, 60_000);
});
