import { EdgeMetrics, makeLogger, readableLines } from '@assay/graphql';
import type { Runtime } from '@assay/runtime';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Config } from './config.js';
import { serveMetrics } from './metrics-server.js';
import { serviceFigures } from './service-figures.js';
import { ServiceMetrics } from './service-metrics.js';
import { startTracing } from './tracing.js';

/** How a process tells of itself: its log, its figures, its traces. */
export interface Observing {
  readonly log: Logger;
  readonly edge: EdgeMetrics;
  readonly service: ServiceMetrics;
  /** Lets each scrape ask the opened log, and serves the figures where they have a port of their own. */
  follow(runtime: Runtime): Promise<void>;
  /** The last thing a process does: what is recorded of traces is sent. */
  close(): Promise<void>;
}

/** Begins to observe, before anything else is opened. */
export async function startObserving({ logging, metricsPort, tracing, http, warnings }: Config): Promise<Observing> {
  const log = processLog(logging);
  for (const warning of warnings) log.warn(warning);
  const stopTracing = await startTracing(tracing);
  const edge = new EdgeMetrics();
  const service = new ServiceMetrics(edge.registry);
  const closing = [stopTracing];
  return {
    log,
    edge,
    service,
    follow: async (runtime) => {
      service.followOf(() => serviceFigures(runtime));
      if (metricsPort === null) return;
      const server = await serveMetrics(edge.registry, { host: http.host, port: metricsPort });
      closing.unshift(() => server.close());
      log.info({ url: server.url }, 'metrics are served');
    },
    close: async () => {
      for (const close of closing) await close();
    },
  };
}

/** A registry with every metric that a server has, and no figures: for the reference page and for checks of the dashboard. */
export function everyMetric(): Registry {
  const { registry } = new EdgeMetrics();
  new ServiceMetrics(registry);
  return registry;
}

/** Text for whoever watches a terminal, JSON for everything else. */
function processLog({ level, format }: Config['logging']): Logger {
  const forPeople = format === 'text' || (format === 'auto' && process.stdout.isTTY);
  return makeLogger(level, forPeople ? readableLines((text) => void process.stdout.write(text)) : undefined);
}
