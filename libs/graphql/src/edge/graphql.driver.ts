import { Injectable } from '@nestjs/common';
import { AbstractGraphQLDriver, type GqlModuleOptions } from '@nestjs/graphql';
import type { FastifyInstance } from 'fastify';
import type { Server } from 'node:http';
import { Documents } from './documents.js';
import { Admission, type EdgeOptions } from './edge-options.js';
import { serveHttp } from './http-endpoint.js';
import { LIMITS } from './limits.js';
import { serveSockets } from './socket-endpoint.js';

/** Options of `GraphQLModule` for this driver. */
export interface DriverOptions extends GqlModuleOptions {
  readonly edge: EdgeOptions;
}

/**
 * Nest's GraphQL over the reference servers: graphql-http for requests, graphql-ws for subscriptions, graphql-jit for
 * documents that come often (`docs/adr`, the GraphQL driver). Both servers check documents, limits and callers through
 * the same objects, so that neither is a way around the other.
 */
@Injectable()
export class GraphqlDriver extends AbstractGraphQLDriver<DriverOptions> {
  private sockets: { close(): Promise<void> } | undefined;

  override async start(options: DriverOptions): Promise<void> {
    const { schema, edge, path = '/graphql' } = options;
    if (schema === undefined) throw new Error('the GraphQL schema was not built');
    const endpoint = { path, schema, documents: new Documents({ schema, limits: LIMITS, introspection: edge.introspection }), admission: new Admission(edge), options: edge };
    await serveHttp(this.httpAdapterHost.httpAdapter.getInstance<FastifyInstance>(), endpoint);
    // Fastify's own server; Nest types that of any adapter.
    this.sockets = serveSockets(this.httpAdapterHost.httpAdapter.getHttpServer() as Server, endpoint);
  }

  override async stop(): Promise<void> {
    await this.sockets?.close();
  }
}
