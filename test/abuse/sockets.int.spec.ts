import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { RawClient, startEdge, type EdgeApp } from './edge-app.js';
import { Flood } from './flood.js';

let edge: EdgeApp;
let open: Flood[] = [];
const kept = async (opening: Promise<Flood>): Promise<Flood> => {
  const flood = await opening;
  open.push(flood);
  return flood;
};
const as = (subject: string): Promise<Flood> => kept(Flood.opened(edge.url, subject));
const times = (count: number, act: (index: number) => void): void => Array.from({ length: count }).forEach((_, index) => act(index));
const SUBSCRIBE = (id: string, query = 'subscription { eventRecorded { position } }') => ({ type: 'subscribe', id, payload: { query } });
beforeAll(async () => {
  edge = await startEdge();
});
afterEach(async () => {
  for (const { socket } of open) socket.terminate();
  open = [];
  // Whatever was done to it: no connection is left, and nothing of it was our fault.
  while ((await edge.connections()) > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(edge.faults).toEqual([]);
});
afterAll(() => edge.close());

describe('a socket', () => {
  it.each<[string, number, (flood: Flood) => void]>([
    ['sends pings without end', 1008, (flood) => times(500, () => flood.send({ type: 'ping', payload: { n: 1 } }))],
    // Cut off by ws itself, at the sixtieth pong that waits to be sent.
    ['sends pings of the WebSocket protocol without end', 1006, (flood) => times(500, () => flood.socket.ping())],
    ['answers pings that nobody sent', 1008, (flood) => times(500, () => flood.socket.pong())],
    ['subscribes and completes without end', 1008, (flood) => times(500, (index) => flood.send(index % 2 === 0 ? SUBSCRIBE('a') : { type: 'complete', id: 'a' }))],
    ['sends a message of 65 KB', 1009, (flood) => flood.send(JSON.stringify({ type: 'ping', payload: { padding: 'x'.repeat(65 * 1024) } }))],
    ['sends a message in 1,000 pieces', 1008, (flood) => times(1_000, () => flood.socket.send('x', { fin: false }))],
    ['sends bytes that are no text', 4400, (flood) => flood.socket.send(Buffer.from([0xff, 0xfe, 0x00]))],
    ['sends text that is no JSON', 4400, (flood) => flood.send('{')],
    ['sends brackets alone, 30,000 deep', 4400, (flood) => flood.send(`${'['.repeat(30_000)}${']'.repeat(30_000)}`)],
    ['sends a list', 4400, (flood) => flood.send([SUBSCRIBE('a')])],
    ['sends a type that there is none of', 4400, (flood) => flood.send({ type: 'nope' })],
    ['subscribes without an id', 4400, (flood) => flood.send({ type: 'subscribe', payload: { query: '{ a }' } })],
    ['subscribes with a number for a query', 4400, (flood) => flood.send({ type: 'subscribe', id: 'a', payload: { query: 1 } })],
    ['says again who it is', 4429, (flood) => flood.send({ type: 'connection_init' })],
    ['uses an id twice', 4409, (flood) => times(2, () => flood.send(SUBSCRIBE('a')))],
  ])('that %s is closed with %i', async (_what, code, act) => {
    const flood = await as('ada');
    act(flood);
    expect(await flood.closed()).toBe(code);
  });

  it.each([
    ['a bomb of spreads', `subscription { ...F0 } ${Array.from({ length: 30 }, (_, index) => `fragment F${String(index)} on Subscription { ...F${String(index + 1)} ...F${String(index + 1)} }`).join(' ')} fragment F30 on Subscription { eventRecorded { position } }`, 'QUERY_TOO_COMPLEX'],
    ['2,000 levels', 'subscription { a '.repeat(2_000), 'QUERY_TOO_COMPLEX'],
    ['a query', '{ viewer { roles } }', 'BAD_USER_INPUT'],
    ['a bad position', 'subscription { eventRecorded(after: "-1") { position } }', 'BAD_USER_INPUT'],
    ['a position beyond the log', 'subscription { eventRecorded(after: "7") { position } }', 'POSITION_AHEAD'],
    ['an id that is none', 'subscription { targetChanged(filter: { id: "x" }) { position } }', 'BAD_USER_INPUT'],
  ])('that subscribes to %s is told so and stays open', async (_what, query, code) => {
    const flood = await as('ada');
    flood.send(SUBSCRIBE('a', query));
    const answer = await flood.next(({ id }) => id === 'a');
    expect(JSON.stringify(answer)).toContain(`"code":"${code}"`);
    flood.send({ type: 'ping' });
    expect(await flood.next(({ type }) => type === 'pong')).toBeDefined();
  });

  it('that wants more than 20 subscriptions gets 20, and names that mean something in JavaScript are names', async () => {
    const flood = await as('ada');
    times(40, (index) => flood.send(SUBSCRIBE(`s${String(index)}`)));
    await flood.next(({ id, type }) => type === 'error' && id === 's39');
    const refused = flood.frames.filter(({ type }) => type === 'error');
    expect([refused.length, new Set(refused.map(({ payload }) => /"code":"(\w+)"/.exec(JSON.stringify(payload))?.[1]))]).toEqual([20, new Set(['OVERLOADED'])]);
    flood.send({ type: 'complete', id: '__proto__' });
    flood.send({ type: 'complete', id: 'constructor' });
    flood.send({ type: 'ping' });
    expect(await flood.next(({ type }) => type === 'pong')).toBeDefined();
  });
});

describe('sockets', () => {
  it('of one identity are 20 at most; the next is told to come back, others are not', async () => {
    const own = await Promise.all(Array.from({ length: 20 }, () => as('ada')));
    const more = await kept(Flood.open(edge.url));
    more.send({ type: 'connection_init', payload: { authorization: 'Bearer ada' } });
    expect(await more.closed()).toBe(1013);
    expect((await as('bo')).frames).toEqual([{ type: 'connection_ack' }]);
    own[0]?.socket.close();
    await own[0]?.closed();
    expect((await as('ada')).frames).toEqual([{ type: 'connection_ack' }]);
  });

  it('whose upgrade is refused are closed, also where the client keeps its side open', async () => {
    const raw = await RawClient.open(edge.port);
    raw.write('GET /elsewhere HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n');
    expect(await raw.closed()).toContain('HTTP/1.1 404');
  });

  it('that never ask for anything are let go with their connection', async () => {
    const idle = await Promise.all(Array.from({ length: 100 }, (_, index) => kept(Flood.opened(edge.url, `idle-${String(index)}`))));
    expect(await edge.connections()).toBe(100);
    for (const { socket } of idle) socket.terminate();
  });
});
