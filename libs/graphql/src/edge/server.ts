import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import type { Type, DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { answerBrokenRequest, boundedServer, CONNECTIONS_PER_ADDRESS_MAX, PATIENCE, type Patience } from './connections.js';
import { Drain } from './drain.js';
import { GRAPHQL_PATH } from './edge.module.js';
import { serveGraphiql } from './graphiql.js';
import { BODY_BYTES_MAX } from './limits.js';
import { nestLogger } from './logger.js';
import { traceRequests } from './trace-requests.js';
import { guardOrigins, type OriginRules } from './origins.js';

/** What the server around the edge is told. */
export interface ServerOptions {
  readonly rules: OriginRules;
  /** Only in demo: the page and its files. */
  readonly graphiql: boolean;
  /** What the page opens with. */
  readonly graphiqlQuery?: string;
  readonly proxyHops: number;
  readonly log: Logger;
  /** `PATIENCE` where absent. */
  readonly patience?: Patience;
  /** `CONNECTIONS_PER_ADDRESS_MAX` where absent. */
  readonly connectionsPerAddressMax?: number;
}

/** The Nest application on Fastify, with its hooks in place and not yet listening. */
export async function createServer(module: DynamicModule | Type, options: ServerOptions): Promise<NestFastifyApplication> {
  const { rules, graphiql, proxyHops, log, patience = PATIENCE, connectionsPerAddressMax: perAddressMax = CONNECTIONS_PER_ADDRESS_MAX } = options;
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_BYTES_MAX,
    serverFactory: (handle: RequestListener) => boundedServer(handle, { proxyHops, patience, perAddressMax }),
    clientErrorHandler: answerBrokenRequest,
    // The client's own id is not taken over: it would let anybody write into our log.
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    trustProxy: proxyHops === 0 ? false : (_address, hop) => hop < proxyHops,
    // Who still comes while it closes is served; what is under it is closed after the last answer.
    return503OnClosing: false,
    routerOptions: { ignoreTrailingSlash: true },
  });
  const server = adapter.getInstance<FastifyInstance>();
  guardOrigins(server, rules);
  traceRequests(server);
  logRequests(server, log);
  if (graphiql) serveGraphiql(server, GRAPHQL_PATH, options.graphiqlQuery);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, { logger: nestLogger(log), abortOnError: false });
  app.get(Drain).attach(server);
  return app;
}

/** One line a request: no address, no query string, no body. */
function logRequests(server: FastifyInstance, log: Logger): void {
  server.addHook('onResponse', async (request, reply) => {
    const path = request.routeOptions.url ?? 'none';
    log.info({ requestId: request.id, method: request.method, path, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'request');
    return Promise.resolve();
  });
}

/** How a server goes down, in milliseconds: how long it is still open while readiness says no, then how long a request may still take. */
export interface Farewell {
  readonly delayMs: number;
  readonly graceMs: number;
}

/**
 * On the first SIGTERM or SIGINT: stop being ready, go on for `delayMs`, let running requests finish for `graceMs`, close.
 * The promise holds when all is closed, and names the signal.
 */
export function closeOnSignal(app: NestFastifyApplication, farewell: Farewell): Promise<NodeJS.Signals> {
  return new Promise((resolve, reject) => {
    const close = (signal: NodeJS.Signals): void => {
      // A second signal finds no listener and ends the process at once.
      process.off('SIGTERM', close).off('SIGINT', close);
      const drain = app.get(Drain);
      const server = app.getHttpServer();
      const goDown = async (): Promise<NodeJS.Signals> => {
        await drain.begin(server, farewell);
        await drain.shut(server, farewell);
        await app.close();
        return signal;
      };
      goDown().then(resolve, reject);
    };
    process.once('SIGTERM', close);
    process.once('SIGINT', close);
  });
}
