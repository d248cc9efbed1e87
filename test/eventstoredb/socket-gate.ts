import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

const LOOPBACK = '127.0.0.1';

/**
 * The port that clients know, in front of the gRPC server. It can refuse connections, break them, and freeze: then new
 * ones are accepted as a kernel does, and nothing is read or answered until it thaws.
 */
export class SocketGate {
  private readonly sockets = new Set<Socket>();
  private readonly held: (() => void)[] = [];
  private readonly waiting: (() => void)[] = [];
  private frozen = false;

  private constructor(
    private readonly target: number,
    private server: Server,
    /** Kept over `refuse()` and `listen()`. */
    readonly port: number,
  ) {}

  static async to(target: number): Promise<SocketGate> {
    const server = createServer({ allowHalfOpen: true });
    await listening(server, 0);
    // It listens on TCP, so its address is no path.
    const gate = new SocketGate(target, server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => gate.enter(client));
    return gate;
  }

  /** Whether new connections are taken. */
  get isOpen(): boolean {
    return this.server.listening;
  }

  /** How many connections there are, from clients and on to the server. */
  get connections(): number {
    return this.sockets.size;
  }

  /** Holds back every byte, in both directions, and every new connection. */
  freeze(): void {
    this.frozen = true;
  }

  /** Resolves once it holds something back. */
  async somethingHeld(): Promise<void> {
    if (this.held.length === 0) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** Sends on everything held back, in its order, also what a client sent before it went away. */
  thaw(): void {
    this.frozen = false;
    for (const act of this.held.splice(0)) act();
  }

  /** Breaks every connection there is. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** From now on a new connection is refused; those there are stay. */
  async refuse(): Promise<void> {
    if (!this.server.listening) return;
    const { server } = this;
    // It is closed to new connections at once, and calls back only when the last old one has gone.
    server.close();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Takes connections again, on the same port. */
  async listen(): Promise<void> {
    if (this.server.listening) return;
    this.server = createServer({ allowHalfOpen: true }, (client) => this.enter(client));
    await listening(this.server, this.port);
  }

  /** As when the process dies: nothing that was held back is ever read. */
  async close(): Promise<void> {
    await this.refuse();
    this.frozen = false;
    this.held.length = 0;
    this.cut();
  }

  private enter(client: Socket): void {
    this.keep(client);
    client.pause();
    this.act(() => this.join(client));
  }

  private join(client: Socket): void {
    const server = connect({ host: LOOPBACK, port: this.target, allowHalfOpen: true });
    this.keep(server);
    this.forward(client, server);
    this.forward(server, client);
    server.on('close', () => client.destroy());
    client.on('close', () => this.act(() => server.end()));
    client.resume();
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
  }

  private forward(from: Socket, to: Socket): void {
    from.on('data', (chunk) => this.act(() => !to.destroyed && to.write(chunk)));
    from.on('end', () => this.act(() => to.end()));
  }

  private act(act: () => void): void {
    if (!this.frozen) return act();
    this.held.push(act);
    for (const wake of this.waiting.splice(0)) wake();
  }
}

async function listening(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, resolve);
  });
}
