import { once } from 'node:events';
import { createServer as createTcpServer } from 'node:net';
import { closeOnSignal, createServer } from '@assay/graphql';
import type { DynamicModule } from '@nestjs/common';
import { appModule, healthModule, type AppParts, type HealthParts } from './app.module.js';

/** Why the application cannot be served, in one line with the remedy. */
export class ServeError extends Error {
  readonly code = 'SERVE';
}

export interface Serving {
  /** Where it answers, e.g. `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Holds once a signal was obeyed and every connection is closed. What is under the server is closed after that. */
  readonly stopped: Promise<NodeJS.Signals>;
}

/** Before minutes go into what could not be served in the end: whether the port can be had. */
export async function demandPort(http: { readonly host: string; readonly port: number }): Promise<void> {
  const trial = createTcpServer();
  try {
    trial.listen(http.port, http.host);
    await once(trial, 'listening');
  } catch (error) {
    throw remedied(error, http) ?? error;
  }
  trial.close();
  await once(trial, 'close');
}

/** Builds the application and listens. A port that cannot be had is a `ServeError`, and nothing is left running. */
export function serve(parts: AppParts): Promise<Serving> {
  const { graphiqlQuery } = parts;
  return listen(appModule(parts), parts, { graphiql: parts.config.mode === 'demo', ...(graphiqlQuery === undefined ? {} : { graphiqlQuery }) });
}

/** The same for a process that serves health and metrics alone. */
export const serveHealth = (parts: HealthParts): Promise<Serving> => listen(healthModule(parts), parts, { graphiql: false });

async function listen(module: DynamicModule, { config, log }: HealthParts, page: { readonly graphiql: boolean; readonly graphiqlQuery?: string }): Promise<Serving> {
  const { mode, http } = config;
  const rules = { origins: http.origins, localOnly: mode === 'demo' };
  const app = await createServer(module, { rules, proxyHops: http.proxyHops, log, ...page });
  try {
    await app.listen(http.port, http.host);
  } catch (error) {
    await app.close();
    throw remedied(error, http) ?? error;
  }
  return { url: await app.getUrl(), stopped: closeOnSignal(app, http) };
}

function remedied(error: unknown, { host, port }: { readonly host: string; readonly port: number }): ServeError | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return new ServeError(`port ${String(port)} is taken; choose another with PORT, e.g. PORT=${String(port + 1)} npm start`);
  if (code === 'EACCES') return new ServeError(`port ${String(port)} needs rights that this user does not have; choose one above 1023 with PORT`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return new ServeError(`${host} is no address of this machine; set HOST to one that is`);
  return undefined;
}
