import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { startTiny, type TinyApp } from '../../test/tiny-app.js';

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A raw client of graphql-transport-ws: what a well-behaved one never sends is the point of these tests. */
class Peer {
  readonly received: Message[] = [];
  closed: { readonly code: number; readonly reason: string } | undefined;
  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.received.push(JSON.parse(data.toString('utf8')) as Message));
    socket.on('close', (code: number, reason: Buffer) => (this.closed = { code, reason: reason.toString('utf8') }));
  }

  static async open(url: string, options: { readonly protocol?: string; readonly headers?: Record<string, string> } = {}): Promise<Peer> {
    const peer = new Peer(new WebSocket(`${url.replace('http', 'ws')}/graphql`, options.protocol ?? 'graphql-transport-ws', { headers: options.headers ?? {} }));
    await once(peer.socket, 'open');
    return peer;
  }
  send(message: Message | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }
  async init(token: string | undefined): Promise<void> {
    this.send({ type: 'connection_init', payload: token === undefined ? {} : { authorization: `Bearer ${token}` } });
    if (token !== undefined) await this.next('connection_ack');
  }
  /** The first message of the type (and id) not yet looked at. */
  async next(type: string, id?: string): Promise<Message> {
    for (;;) {
      const at = this.received.findIndex((message) => message.type === type && (id === undefined || message.id === id));
      const [found] = at < 0 ? [] : this.received.splice(at, 1);
      if (found) return found;
      if (this.closed) throw new Error(`closed with ${String(this.closed.code)}`);
      await Promise.race([once(this.socket, 'message'), once(this.socket, 'close')]);
    }
  }
  async ended(): Promise<number> {
    if (!this.closed) await once(this.socket, 'close');
    return this.closed?.code ?? 0;
  }
}

const codeOf = ({ payload }: Message): unknown => (payload as readonly { readonly extensions: { readonly code: string } }[])[0]?.extensions.code;

describe('subscriptions over graphql-transport-ws', () => {
  let tiny: TinyApp;
  const peers: Peer[] = [];
  const open = async (...args: Parameters<typeof Peer.open> extends [string, ...infer R] ? R : never): Promise<Peer> => {
    const peer = await Peer.open(tiny.url, ...args);
    peers.push(peer);
    return peer;
  };
  const subscribe = (peer: Peer, id: string, query = 'subscription { rings }'): void => peer.send({ type: 'subscribe', id, payload: { query } });
  const listening = async (count: number, { bell } = tiny): Promise<void> => {
    while (bell.listeners !== count) await new Promise((resolve) => setImmediate(resolve));
  };
  beforeAll(async () => {
    tiny = await startTiny({ origins: ['https://board.example'] });
  });
  afterEach(async () => {
    for (const { socket } of peers.splice(0)) socket.terminate();
    await listening(0);
  });
  afterAll(() => tiny.app.close());

  it('delivers what is published, in order, and stops on complete', async () => {
    const peer = await open();
    await peer.init(await tiny.token('bo'));
    subscribe(peer, 'a');
    await listening(1);
    tiny.bell.ring(1);
    tiny.bell.ring(2);
    expect([await peer.next('next', 'a'), await peer.next('next', 'a')].map(({ payload }) => payload)).toEqual([{ data: { rings: 1 } }, { data: { rings: 2 } }]);
    peer.send({ type: 'complete', id: 'a' });
    await listening(0);
  });

  it.each([
    ['no token', undefined],
    ['a token that does not hold', 'x.y.z'],
  ])('closes 4403 with %s', async (_what, token) => {
    const peer = await open();
    peer.send({ type: 'connection_init', payload: token === undefined ? {} : { authorization: `Bearer ${token}` } });
    expect(await peer.ended()).toBe(4403);
  });

  it.each([
    ['subscribes before the acknowledgement', 4401, (peer: Peer) => subscribe(peer, 'a')],
    ['sends garbage', 4400, (peer: Peer) => peer.send('garbage')],
    ['never says who it is', 4408, () => undefined],
  ])('closes a peer that %s with %i', async (_what, code, act) => {
    const peer = await open();
    act(peer);
    expect(await peer.ended()).toBe(code);
  });

  it('closes a second init with 4429 and an id in use with 4409', async () => {
    const again = await open();
    await again.init(await tiny.token('bo'));
    again.send({ type: 'connection_init', payload: {} });
    expect(await again.ended()).toBe(4429);
    const twice = await open();
    await twice.init(await tiny.token('bo'));
    subscribe(twice, 'a');
    subscribe(twice, 'a');
    expect(await twice.ended()).toBe(4409);
  });

  it('cuts a message of more than 64 KB', async () => {
    const peer = await open();
    peer.send(JSON.stringify({ type: 'ping', payload: { padding: 'x'.repeat(70_000) } }));
    expect(await peer.ended()).toBe(1009);
  });

  it('closes 4403 when the token expires', async () => {
    const expiresAt = Math.floor(Date.now() / 1000) + 300;
    // Just before, and it stands there until the subscription does too.
    let clock = expiresAt * 1000 - 20;
    const own = await startTiny({ now: () => clock });
    const peer = await Peer.open(own.url);
    await peer.init(await own.token('bo', { expiresAt }));
    subscribe(peer, 'a');
    await listening(1, own);
    clock += 20;
    expect([await peer.ended(), peer.closed?.reason]).toEqual([4403, 'Token expired']);
    await own.app.close();
  });

  it.each([
    ['an unknown field', 'subscription { nope }', 'GRAPHQL_VALIDATION_FAILED'],
    ['two root fields', 'subscription { rings other: rings }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a document that does not parse', 'subscription {', 'GRAPHQL_PARSE_FAILED'],
    ['forty aliases', `subscription { ${Array.from({ length: 40 }, (_, index) => `a${String(index)}: rings`).join(' ')} }`, 'QUERY_TOO_COMPLEX'],
    ['a query', '{ ping }', 'BAD_USER_INPUT'],
    ['a mutation', 'mutation { whoAmI }', 'BAD_USER_INPUT'],
  ])('refuses %s', async (_what, query, code) => {
    const peer = await open();
    await peer.init(await tiny.token('bo'));
    subscribe(peer, 'a', query);
    expect(codeOf(await peer.next('error', 'a'))).toBe(code);
  });

  it('refuses an identity that the log does not know', async () => {
    const peer = await open();
    await peer.init(await tiny.token('eve'));
    subscribe(peer, 'a');
    const answer = await Promise.race([peer.next('error', 'a').then(codeOf), peer.next('next', 'a').then(({ payload }) => (payload as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code)]);
    expect(answer).toBe('FORBIDDEN');
  });

  it('allows 20 subscriptions to one identity over all its sockets', async () => {
    const [one, two] = [await open(), await open()];
    await one.init(await tiny.token('ada'));
    await two.init(await tiny.token('ada'));
    for (let index = 0; index < 20; index += 1) subscribe(index % 2 === 0 ? one : two, String(index));
    await listening(20);
    subscribe(two, 'one more');
    expect(codeOf(await two.next('error', 'one more'))).toBe('OVERLOADED');
    two.send({ type: 'complete', id: '1' });
    await listening(19);
    subscribe(two, 'again');
    await listening(20);
    const other = await open();
    await other.init(await tiny.token('bo'));
    subscribe(other, 'own');
    await listening(21);
  });

  it.each([
    ['a foreign page', { origin: 'https://evil.example' }, 403],
    ['a page that is listed', { origin: 'https://board.example' }, 101],
    ['no page', {}, 101],
  ])('answers the upgrade of %s', async (_what, headers, status) => {
    const socket = new WebSocket(`${tiny.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
    const answered = new Promise<number>((resolve) => {
      socket.on('open', () => resolve(101));
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('error', () => undefined);
    });
    expect(await answered).toBe(status);
    socket.terminate();
  });

  it('closes with 1001 when the process goes down', async () => {
    const own = await startTiny();
    const peer = await Peer.open(own.url);
    await peer.init(await own.token('bo'));
    const ended = peer.ended();
    await own.app.close();
    expect(await ended).toBe(1001);
  });
});
