import 'reflect-metadata';
import { generateKeyPairSync } from 'node:crypto';
import type { DynamicModule, Provider, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Principal } from '@assay/domain';
import { SignJWT } from 'jose';
import { pino, type Logger } from 'pino';
import type { PrincipalSource } from '../src/edge/context.js';
import type { EdgeOptions } from '../src/edge/edge-options.js';
import { EdgeModule } from '../src/edge/edge.module.js';
import { ErrorMapper } from '../src/edge/error-mapping.js';
import { EdgeMetrics } from '../src/edge/metrics.js';
import { NODE_SOURCES, NodeResolver } from '../src/edge/node.resolver.js';
import { createServer } from '../src/edge/server.js';
import { KeyVerifier } from '../src/edge/token-verifier.js';
import { Bell, thing, TinyResolver } from './tiny.resolver.js';

/** What a test changes of the edge. */
export interface TinyOptions extends Partial<EdgeOptions> {
  readonly graphiql?: boolean;
  readonly resolvers?: readonly Type[];
  readonly providers?: readonly Provider[];
  readonly imports?: readonly DynamicModule[];
  readonly principals?: PrincipalSource;
  readonly log?: Logger & EdgeOptions['log'];
}

/** The running application and ways to ask it. */
export interface TinyApp {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly bell: Bell;
  token(subject: string, options?: { readonly expiresAt?: number; readonly audience?: string }): Promise<string>;
  post(body: object | string, headers?: Readonly<Record<string, string>>): Promise<{ readonly status: number; readonly headers: Headers; readonly body: { data?: Record<string, unknown> | null; errors?: { message: string; path?: unknown; extensions: Record<string, unknown> }[] } }>;
}

/** Ada's id. */
export const PERSON = '11111111-1111-4111-8111-111111111111';
/** A person with roles and nothing else. */
export const principalOf = (roles: readonly ('HR' | 'EMPLOYEE')[], personId = PERSON): Principal => ({ personId, roles: new Set(roles), manages: new Set(), heads: new Set(), seats: new Set() });

/** Ada is in HR, Bo an employee; nobody else is known. */
const knownPeople: PrincipalSource = {
  find: (_issuer, subject) => Promise.resolve(subject === 'ada' ? principalOf(['EMPLOYEE', 'HR']) : subject === 'bo' ? principalOf(['EMPLOYEE'], '22222222-2222-4222-8222-222222222222') : null),
};
const PLENTY = { burst: 10_000, perSecond: 10_000 };

/** Starts the tiny application on a free loopback port. */
export async function startTiny(options: TinyOptions = {}): Promise<TinyApp> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const log = options.log ?? pino({ level: 'silent' });
  const bell = new Bell();
  const edge: EdgeOptions = {
    introspection: true,
    verifier: new KeyVerifier(publicKey, { issuer: 'test', audience: 'assay' }),
    principals: knownPeople,
    errors: new ErrorMapper(log),
    metrics: new EdgeMetrics(),
    origins: [],
    localOnly: false,
    proxyHops: 0,
    rates: { perAddress: PLENTY, perPrincipal: PLENTY },
    ...options,
    log,
  };
  const providers: readonly Provider[] = [
    ...(options.providers ?? []),
    { provide: Bell, useValue: bell },
    { provide: NODE_SOURCES, useValue: { Thing: { fetch: (keys: readonly { key: string }[]) => Promise.resolve(keys.map(({ key }) => (key === '0' ? null : thing(Number(key))))) } } },
  ];
  const module = EdgeModule.forRoot({ edge, checks: [{ name: 'keys', check: async () => ({ ok: await edge.verifier.ready() }) }], resolvers: options.resolvers ?? [TinyResolver, NodeResolver], providers, imports: [...(options.imports ?? [])] });
  const app = await createServer(module, { rules: edge, graphiql: options.graphiql ?? false, proxyHops: edge.proxyHops, log });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return {
    app,
    url,
    bell,
    token: (subject, { expiresAt, audience = 'assay' } = {}) =>
      new SignJWT().setProtectedHeader({ alg: 'EdDSA' }).setIssuer('test').setAudience(audience).setSubject(subject).setExpirationTime(expiresAt ?? '5m').sign(privateKey),
    post: async (body, headers = {}) => {
      const answer = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });
      const text = await answer.text();
      return { status: answer.status, headers: answer.headers, body: parsed(text) };
    },
  };
}

// An answer of our own, in the shape that the specification gives it.
const parsed = (text: string): Awaited<ReturnType<TinyApp['post']>>['body'] => (text === '' ? {} : (JSON.parse(text) as Awaited<ReturnType<TinyApp['post']>>['body']));
