import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Connection } from '@assay/event-log';

/**
 * A wire to a database that a test can harm: cut it, lose what the server answers, hold back what the client asks, or
 * refuse new connections. It listens on a free loopback port.
 */
export class FaultProxy {
  /** PASS; SWALLOW: what the server says is lost; HOLD: what the client says is kept back. */
  mode: 'PASS' | 'SWALLOW' | 'HOLD' = 'PASS';
  refusing = false;
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private readonly held: (() => void)[] = [];

  private constructor(
    private readonly server: Server,
    private readonly target: Connection,
  ) {
    server.on('connection', (client) => this.join(client));
  }

  static async to(target: Connection): Promise<FaultProxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FaultProxy(server, target);
  }

  /** The target, as reached through this wire. */
  get connection(): Connection {
    if (this.target.connectionString !== undefined) {
      const url = new URL(this.target.connectionString);
      url.hostname = '127.0.0.1';
      url.port = String(this.port);
      return { connectionString: url.href };
    }
    return { ...this.target, host: '127.0.0.1', port: this.port };
  }

  private get port(): number {
    // It listens on TCP, so its address is no path.
    return (this.server.address() as AddressInfo).port;
  }

  /** Breaks every connection there is. */
  cut(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.destroy();
  }

  /** Sends on what was held back. */
  release(): void {
    this.mode = 'PASS';
    for (const send of this.held.splice(0)) send();
  }

  private join(client: Socket): void {
    if (this.refusing) {
      client.destroy();
      return;
    }
    const server = this.dial();
    const pair = [client, server] as const;
    this.pairs.add(pair);
    client.on('data', (chunk) => (this.mode === 'HOLD' ? this.held.push(() => server.write(chunk)) : server.write(chunk)));
    server.on('data', (chunk) => {
      if (this.mode !== 'SWALLOW') client.write(chunk);
    });
    for (const socket of pair) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
  }

  private dial(): Socket {
    const { connectionString, host = 'localhost', port = 5432 } = this.target;
    if (connectionString !== undefined) {
      const url = new URL(connectionString);
      return connect({ host: url.hostname, port: Number(url.port || 5432) });
    }
    return host.startsWith('/') ? connect({ path: join(host, `.s.PGSQL.${port}`) }) : connect({ host, port });
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
