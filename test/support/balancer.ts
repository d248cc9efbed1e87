import { once } from 'node:events';
import { Agent, createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** What came of handing a request to a server: its answer, or that it was lost; `UNSENT` where not a byte of it had left. */
type Exchange = { readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: Buffer } | 'UNSENT' | 'LOST';

/**
 * A proxy that takes turns between servers and keeps its connections to them, as nginx does with `proxy_next_upstream error`
 * and without `non_idempotent`: it goes on to the next server only with a request of which nothing was sent. Whatever else
 * breaks is a failure, answered with 502 and kept here.
 */
export class Balancer {
  readonly failures: string[] = [];
  /** Requests that were answered by a server. */
  passed = 0;
  private servers: readonly string[] = [];
  private turn = 0;
  private readonly agent = new Agent({ keepAlive: true });
  private readonly tunnels = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) => void this.pass(asked, answer));
    server.on('upgrade', (asked: IncomingMessage, socket: Socket) => this.tunnel(asked, socket));
  }

  static async start(): Promise<Balancer> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    // A server that listens on a port has an address of this shape.
    return new Balancer(server, `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  }

  /** The servers it takes turns between from now on. */
  between(servers: readonly string[]): void {
    this.servers = servers;
  }

  async close(): Promise<void> {
    this.agent.destroy();
    for (const socket of this.tunnels) socket.destroy();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private inTurn(): readonly string[] {
    this.turn += 1;
    const from = this.turn % Math.max(1, this.servers.length);
    return [...this.servers.slice(from), ...this.servers.slice(0, from)];
  }

  private async pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    // A request that nobody gave an encoding comes in buffers.
    for await (const part of asked) parts.push(part as Buffer);
    for (const server of this.inTurn()) {
      const exchange = await this.exchange(server, asked, Buffer.concat(parts));
      if (exchange === 'UNSENT') continue;
      if (exchange === 'LOST') return this.fail(answer, `lost by ${server}`);
      this.passed += 1;
      const { connection: _hop, 'keep-alive': _alive, 'transfer-encoding': _encoding, ...headers } = exchange.headers;
      return void answer.writeHead(exchange.status, headers).end(exchange.body);
    }
    this.fail(answer, 'no server takes it');
  }

  private fail(answer: ServerResponse, why: string): void {
    this.failures.push(why);
    answer.writeHead(502, { 'content-type': 'application/json' }).end('{"errors":[{"extensions":{"code":"BAD_GATEWAY"}}]}');
  }

  private exchange(server: string, asked: IncomingMessage, body: Buffer): Promise<Exchange> {
    const { connection: _hop, ...headers } = asked.headers;
    return new Promise((resolve) => {
      const sending = request(`${server}${asked.url ?? '/'}`, { method: asked.method ?? 'GET', headers, agent: this.agent });
      let sent = false;
      sending.once('socket', (socket) => {
        // One that was kept is connected: what is written to it has left.
        if (!socket.connecting) sent = true;
        else socket.once('connect', () => (sent = true));
      });
      sending.once('error', () => resolve(sent ? 'LOST' : 'UNSENT'));
      sending.once('response', (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.once('error', () => resolve('LOST'));
        response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }));
      });
      sending.end(body);
    });
  }

  /** A WebSocket: bytes back and forth with the first server that takes the connection. */
  private tunnel(asked: IncomingMessage, client: Socket): void {
    const lines = [`GET ${asked.url ?? '/'} HTTP/1.1`];
    for (let index = 0; index < asked.rawHeaders.length; index += 2) lines.push(`${asked.rawHeaders[index] ?? ''}: ${asked.rawHeaders[index + 1] ?? ''}`);
    const dial = ([server, ...others]: readonly string[]): void => {
      if (server === undefined) return void client.destroy();
      const { hostname, port } = new URL(server);
      const upstream = connect({ host: hostname, port: Number(port) });
      const refused = (): void => dial(others);
      upstream.once('error', refused);
      upstream.once('connect', () => {
        upstream.off('error', refused);
        upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
        this.join(client, upstream);
      });
    };
    dial(this.inTurn());
  }

  private join(client: Socket, upstream: Socket): void {
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) {
      this.tunnels.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        this.tunnels.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
  }
}
