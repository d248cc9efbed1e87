import type { DynamicModule, Provider } from '@nestjs/common';
import { CommandBusModule, EdgeModule, ErrorMapper, HealthModule, MUTATION_VIEWS, NODE_SOURCES, READING_PROVIDERS, RESOLVERS, type CommandExecutor, type EdgeMetrics, type MutationViews, type NodeSources, type PrincipalSource, type ReadinessCheck, type TokenVerifier } from '@assay/graphql';
import type { Logger } from 'pino';
import type { Config } from './config.js';

/** What every process serves, whatever its role. */
export interface HealthParts {
  readonly config: Config;
  readonly log: Logger;
  readonly metrics: EdgeMetrics;
  readonly checks: readonly ReadinessCheck[];
}

/** What the root module is wired from: the parts that `main` opened. */
export interface AppParts extends HealthParts {
  /** What GraphiQL opens with. */
  readonly graphiqlQuery?: string;
  readonly verifier: TokenVerifier;
  readonly principals: PrincipalSource;
  readonly executor: CommandExecutor;
  /** Names of the aggregates that the executor has handlers for. */
  readonly aggregates: readonly string[];
  readonly views: MutationViews;
  readonly nodes: NodeSources;
  /** What the resolvers are given beside the above: `FEATURE_PORTS`. */
  readonly providers: readonly Provider[];
}

/** Seconds of its rate that a caller may use at once. */
const BURST_SECONDS = 4;
const rate = (perSecond: number) => ({ perSecond, burst: perSecond * BURST_SECONDS });

/** The root module: the edge around the resolvers, their ports filled with the parts. */
export function appModule(parts: AppParts): DynamicModule {
  const { config, log, metrics, verifier, principals } = parts;
  return EdgeModule.forRoot({
    edge: {
      introspection: config.mode === 'demo',
      verifier,
      principals,
      errors: new ErrorMapper(log),
      log,
      metrics,
      slow: { fromMs: config.logging.slowOperationMs, tell: (of) => log.warn(of, 'slow operation') },
      origins: config.http.origins,
      localOnly: config.mode === 'demo',
      proxyHops: config.http.proxyHops,
      rates: { perPrincipal: rate(config.rates.perPrincipalPerSecond), perAddress: rate(config.rates.perAddressPerSecond) },
    },
    checks: parts.checks,
    metricsElsewhere: config.metricsPort !== null,
    resolvers: RESOLVERS,
    imports: [CommandBusModule.forRoot(parts.executor, parts.aggregates)],
    providers: [{ provide: MUTATION_VIEWS, useValue: parts.views }, { provide: NODE_SOURCES, useValue: parts.nodes }, ...READING_PROVIDERS, ...parts.providers],
  });
}

/** The root module of a process that serves no GraphQL. */
export function healthModule({ config, metrics, checks }: HealthParts): DynamicModule {
  return HealthModule.forRoot({ metrics, checks, metricsElsewhere: config.metricsPort !== null });
}
