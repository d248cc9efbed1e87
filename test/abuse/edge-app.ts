import 'reflect-metadata';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { pino } from 'pino';
import type { Principal } from '@assay/domain';
import { CommandBusModule, createServer, EdgeMetrics, EdgeModule, ErrorMapper, FEATURE_PORTS, MUTATION_VIEWS, NODE_SOURCES, READING_PROVIDERS, RESOLVERS, type EdgeOptions, type Patience, type TokenVerifier } from '@assay/graphql';

/** The edge with all resolvers, and nothing behind them: what is refused never gets there. */
export interface EdgeApp {
  readonly url: string;
  readonly port: number;
  /** What was written down as ours to mend; a client's doing never is. */
  readonly faults: readonly unknown[];
  /** Open connections now. */
  connections(): Promise<number>;
  close(): Promise<void>;
}
export interface EdgeAppOptions {
  /** By default every token names its subject, and `bad` is none. */
  readonly verifier?: TokenVerifier;
  readonly rates?: EdgeOptions['rates'];
  readonly patience?: Patience;
  readonly connectionsPerAddressMax?: number;
  readonly introspection?: boolean;
}

const PLENTY = { burst: 1e6, perSecond: 1e6 };
const PERSON: Principal = { personId: '11111111-1111-4111-8111-111111111111', roles: new Set(['EMPLOYEE', 'AUDITOR']), manages: new Set(), heads: new Set(), seats: new Set() };
const anyToken: TokenVerifier = {
  verify: (token) => Promise.resolve({ issuer: 'test', subject: token, expiresAt: Math.floor(Date.now() / 1000) + 3600 }),
  ready: () => Promise.resolve(true),
};
/** A log without events that nobody appends to. */
const EMPTY_LOG = {
  log: { head: () => Promise.resolve({ position: 0 }) },
  readModels: {
    changes: (_view: unknown, { signal }: { readonly signal: AbortSignal }): AsyncIterable<never> => ({
      [Symbol.asyncIterator]: () => ({
        next: async () => {
          if (!signal.aborted) await once(signal, 'abort');
          return { done: true, value: undefined };
        },
      }),
    }),
  },
};

export async function startEdge({ verifier = anyToken, rates = { perAddress: PLENTY, perPrincipal: PLENTY }, patience, connectionsPerAddressMax, introspection = false }: EdgeAppOptions = {}): Promise<EdgeApp> {
  const faults: unknown[] = [];
  const log = pino({ level: 'error' }, { write: (line: string) => void faults.push(JSON.parse(line)) });
  const edge: EdgeOptions = { introspection, verifier, principals: { find: () => Promise.resolve(PERSON) }, errors: new ErrorMapper(log), log, metrics: new EdgeMetrics(), origins: [], localOnly: false, proxyHops: 0, rates };
  const refuse = (): Promise<never> => Promise.reject(new Error('nothing is behind this edge'));
  const module = EdgeModule.forRoot({
    edge,
    checks: [],
    resolvers: RESOLVERS,
    imports: [CommandBusModule.forRoot({ execute: refuse }, [])],
    providers: [{ provide: FEATURE_PORTS, useValue: EMPTY_LOG }, { provide: MUTATION_VIEWS, useValue: { viewOf: refuse } }, { provide: NODE_SOURCES, useValue: {} }, ...READING_PROVIDERS],
  });
  const app = await createServer(module, { rules: edge, graphiql: false, proxyHops: 0, log, ...(patience === undefined ? {} : { patience }), ...(connectionsPerAddressMax === undefined ? {} : { connectionsPerAddressMax }) });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const server: Server = app.getHttpServer();
  const connections = (): Promise<number> => new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))));
  return { url, port: Number(new URL(url).port), faults, connections, close: () => closed(app) };
}

async function closed(app: NestFastifyApplication): Promise<void> {
  app.getHttpServer().closeAllConnections();
  await app.close();
}

/** A connection on which a test writes what no client would. */
export class RawClient {
  received = '';
  private constructor(readonly socket: Socket) {
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => (this.received += text));
    // Cut off in the middle of writing: what counts is what was answered.
    socket.on('error', () => undefined);
  }

  static async open(port: number, localAddress = '127.0.0.1'): Promise<RawClient> {
    const client = new RawClient(connect({ port, host: '127.0.0.1', localAddress }));
    await once(client.socket, 'connect');
    return client;
  }

  write(text: string | Buffer): this {
    if (this.socket.writable) this.socket.write(text);
    return this;
  }

  /** Everything that was answered, once the server has closed the connection. */
  async closed(): Promise<string> {
    // `once` would throw where the server cuts it off while more is written: a reset closes it too.
    if (!this.socket.closed) await new Promise((resolve) => this.socket.once('close', resolve));
    return this.received;
  }

  /** Resolves once so many answers have begun. */
  async answers(count: number): Promise<string> {
    while (this.received.split('HTTP/1.1 ').length - 1 < count) await once(this.socket, 'data');
    return this.received;
  }
}

/** Status and first code of the first answer of a connection. */
export function outcomeOf(received: string): readonly [status: number, code: unknown] {
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1] ?? 0);
  const code = /"code":"([A-Z_]+)"/.exec(received)?.[1];
  return [status, code];
}
