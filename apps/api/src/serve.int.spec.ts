import 'reflect-metadata';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { EdgeMetrics, FEATURE_PORTS, schemaText, RESOLVERS, type ServeMode } from '@assay/graphql';
import { pino } from 'pino';
import type { AppParts } from './app.module.js';
import { readConfig } from './config.js';
import { serve, ServeError, type Serving } from './serve.js';

const parts = (mode: ServeMode, environment: Record<string, string> = {}): AppParts => ({
  config: readConfig({ environment: { PORT: '0', HOST: '127.0.0.1', ...environment }, modeOf: () => mode }),
  log: pino({ level: 'silent' }),
  metrics: new EdgeMetrics(),
  verifier: { verify: () => Promise.reject(new Error('no tokens here')), ready: () => Promise.resolve(true) },
  principals: { find: () => Promise.resolve(null) },
  executor: { execute: () => Promise.reject(new Error('no commands here')) },
  aggregates: ['target'],
  views: { viewOf: () => Promise.resolve(null) },
  nodes: {},
  checks: [{ name: 'log', check: () => Promise.resolve({ ok: true, detail: 'unprotected' }) }],
  providers: [{ provide: FEATURE_PORTS, useValue: {} }],
});
const OIDC = { OIDC_ISSUER: 'https://id.example', OIDC_AUDIENCE: 'assay' };

describe('serving', () => {
  let serving: Serving | undefined;
  afterEach(async () => {
    process.emit('SIGTERM', 'SIGTERM');
    await serving?.stopped;
    serving = undefined;
  });
  const introspect = async (url: string): Promise<unknown> => {
    const answer = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query: '{ __schema { queryType { name } } }' }) });
    return answer.json();
  };

  it('a demo shows its schema and GraphiQL', async () => {
    serving = await serve(parts('demo'));
    expect(await introspect(serving.url)).toEqual({ data: { __schema: { queryType: { name: 'Query' } } } });
    expect((await fetch(`${serving.url}/`)).headers.get('content-type')).toContain('text/html');
    expect(await (await fetch(`${serving.url}/health/ready`)).json()).toEqual({ status: 'ready', checks: { log: { ok: true, detail: 'unprotected' } } });
  });

  it('production shows neither', async () => {
    serving = await serve(parts('production', OIDC));
    expect(await introspect(serving.url)).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }, {}] });
    expect([(await fetch(`${serving.url}/`)).status, (await fetch(`${serving.url}/graphiql`)).status]).toEqual([404, 404]);
  });

  it('names a port that is taken, and the remedy', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(serve(parts('demo', { PORT: String(port) }))).rejects.toThrow(new ServeError(`port ${String(port)} is taken; choose another with PORT, e.g. PORT=${String(port + 1)} npm start`));
    other.close();
  });

  it('prints its schema the same each time', async () => {
    const text = await schemaText(RESOLVERS);
    expect(await schemaText(RESOLVERS)).toBe(text);
    expect(text).toContain('interface Node {');
  });
});
