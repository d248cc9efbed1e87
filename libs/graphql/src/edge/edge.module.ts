import { Inject, Module, type DynamicModule, type ModuleMetadata, type OnModuleInit, type Provider, type Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { AccessGuard, providerClasses, unguarded } from './access.guard.js';
import type { EdgeOptions } from './edge-options.js';
import { EdgeExceptionFilter } from './error.filter.js';
import { GraphqlDriver, type DriverOptions } from './graphql.driver.js';
import type { ReadinessCheck } from './health.controller.js';
import { HealthModule } from './health.module.js';
import { validationPipe } from './validation.js';

/** Where GraphQL is served, over HTTP and WebSocket. */
export const GRAPHQL_PATH = '/graphql';

/** What the edge is built around. */
export interface EdgeModuleOptions {
  readonly edge: EdgeOptions;
  readonly checks: readonly ReadinessCheck[];
  /** Metrics are served at a port of their own, and so not here. */
  readonly metricsElsewhere?: boolean;
  /** Resolver classes, and the providers of the ports they take. */
  readonly resolvers: readonly Type[];
  readonly providers: readonly Provider[];
  readonly imports?: ModuleMetadata['imports'];
}

/**
 * The edge as one Nest module: driver, guard, validation, errors, health and metrics, around the resolvers it is given.
 * It refuses to start where a root field has no access rule.
 */
@Module({})
export class EdgeModule implements OnModuleInit {
  constructor(@Inject(ModulesContainer) private readonly modules: ModulesContainer) {}

  static forRoot({ edge, checks, resolvers, providers, metricsElsewhere = false, imports = [] }: EdgeModuleOptions): DynamicModule {
    const graphql: DriverOptions & { readonly driver: typeof GraphqlDriver } = {
      driver: GraphqlDriver,
      autoSchemaFile: true,
      path: GRAPHQL_PATH,
      buildSchemaOptions: { noDuplicatedFields: true },
      edge,
    };
    return {
      module: EdgeModule,
      imports: [GraphQLModule.forRoot<DriverOptions>(graphql), HealthModule.forRoot({ metrics: edge.metrics, checks, metricsElsewhere }), ...imports],
      providers: [
        ...resolvers,
        ...providers,
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_PIPE, useFactory: validationPipe },
        { provide: APP_FILTER, useFactory: (host: HttpAdapterHost) => new EdgeExceptionFilter(host), inject: [HttpAdapterHost] },
      ],
    };
  }

  onModuleInit(): void {
    const open = unguarded(providerClasses(this.modules));
    if (open.length > 0) throw new Error(`root fields without an access rule: ${open.join(', ')}`);
  }
}
