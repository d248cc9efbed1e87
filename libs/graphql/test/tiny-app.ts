import 'reflect-metadata';
import { Inject, type Type } from '@nestjs/common';
import { Args, Context, Field, ID, Int, Mutation, ObjectType, Query, Resolver, Subscription } from '@nestjs/graphql';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { LogError } from '@assay/event-log';
import { CommandError } from '@assay/commands';
import type { Principal } from '@assay/domain';
import { generateKeyPairSync } from 'node:crypto';
import { SignJWT } from 'jose';
import { pino, type Logger } from 'pino';
import { Access, Public } from '../src/edge/access.js';
import { ConnectionArgs, connectionOf, connectionType, isSelected, pageOf } from '../src/edge/connection.js';
import { GraphqlContext, type PrincipalSource } from '../src/edge/context.js';
import { EdgeModule } from '../src/edge/edge.module.js';
import type { EdgeOptions } from '../src/edge/edge-options.js';
import { notFound } from '../src/edge/error-codes.js';
import { ErrorMapper } from '../src/edge/error-mapping.js';
import { EdgeMetrics } from '../src/edge/metrics.js';
import { Node } from '../src/edge/node-id.js';
import { NODE_SOURCES, NodeResolver } from '../src/edge/node.resolver.js';
import { DecimalScalar } from '../src/edge/scalars.js';
import { createServer } from '../src/edge/server.js';
import { KeyVerifier } from '../src/edge/token-verifier.js';

/** A schema of a few fields behind the real edge, for the edge's own tests. */
@ObjectType('Thing', { implements: [Node], description: 'A thing.' })
export class Thing extends Node {
  @Field(() => Int, { description: 'Its number.' })
  number: number;
  @Field(() => Thing, { nullable: true, description: 'The next.' })
  next?: Thing;
}
const ThingConnection = connectionType(Thing, 'Thing');

/** What makes the tiny subscription move: one listener per subscriber. */
export class Bell {
  private readonly waiting = new Set<(value: number) => void>();
  get listeners(): number {
    return this.waiting.size;
  }
  ring(value: number): void {
    for (const listener of [...this.waiting]) listener(value);
  }
  async *rings(): AsyncGenerator<{ rings: number }> {
    const queue: number[] = [];
    let wake: () => void = () => undefined;
    const listener = (value: number): void => {
      queue.push(value);
      wake();
    };
    this.waiting.add(listener);
    try {
      for (;;) {
        const next = queue.shift();
        if (next !== undefined) yield { rings: next };
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.waiting.delete(listener);
    }
  }
}

const thing = (number: number): object => ({ id: `t${String(number)}`, number, next: { id: 'n', number: number + 1, next: null } });

@Resolver()
export class TinyResolver {
  constructor(@Inject(Bell) private readonly bell: Bell) {}

  @Query(() => String, { description: 'Answers anybody.' })
  @Public()
  ping(): string {
    return 'pong';
  }

  @Query(() => String, { nullable: true, description: 'Throws what it is told to.' })
  @Public()
  fail(@Args('how', { type: () => String, description: 'What to throw.' }) how: string): string {
    if (how === 'type') throw new TypeError('secret "Zhang San" inside');
    if (how === 'notFound') throw notFound();
    if (how === 'commandNotFound') throw new CommandError('NOT_FOUND', 'Target 12 is not yours.', { stream: 'target-12' });
    if (how === 'conflict') throw new CommandError('CONCURRENT_CHANGE', 'It changed.', { expected: 1, actual: 2, cause: 'secret' });
    throw new LogError(how === 'unknown' ? 'OutcomeUnknown' : 'Unavailable', 'socket hang up at 10.0.0.7', {}, new Error('secret'));
  }

  @Query(() => DecimalScalar, { description: 'The same.' })
  @Public()
  same(@Args('value', { type: () => DecimalScalar, description: 'A decimal.' }) value: string): string {
    return value;
  }

  @Query(() => ThingConnection, { description: 'Things.' })
  @Access()
  things(@Args() args: ConnectionArgs, @Args('asOf', { type: () => String, nullable: true, description: 'A moment.' }) asOf: string | null): object {
    const { size } = pageOf(args);
    const rows = Array.from({ length: size }, (_, index) => thing(asOf === null ? index : -index));
    return connectionOf({ rows, hasNext: true, hasPrevious: false, totalCount: null }, () => 'c');
  }

  @Query(() => String, { description: 'Whether totalCount was selected.' })
  @Access('HR')
  onlyHr(): string {
    return 'hr';
  }

  @Mutation(() => String, { description: 'Says so.' })
  @Access()
  async whoAmI(@Context() context: GraphqlContext): Promise<string> {
    return (await context.principal())?.personId ?? 'nobody';
  }

  @Subscription(() => Int, { description: 'Rings.' })
  @Access()
  rings(): AsyncIterable<{ rings: number }> {
    return this.bell.rings();
  }
}

export interface TinyOptions extends Partial<EdgeOptions> {
  readonly graphiql?: boolean;
  readonly resolvers?: readonly Type[];
  readonly principals?: PrincipalSource;
  readonly log?: Logger & EdgeOptions['log'];
}
export interface TinyApp {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly bell: Bell;
  token(subject: string, options?: { readonly expiresAt?: number; readonly audience?: string }): Promise<string>;
  post(body: object | string, headers?: Readonly<Record<string, string>>): Promise<{ readonly status: number; readonly headers: Headers; readonly body: { data?: Record<string, unknown> | null; errors?: { message: string; path?: unknown; extensions: Record<string, unknown> }[] } }>;
}

export const PERSON = '11111111-1111-4111-8111-111111111111';
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
  const providers = [
    { provide: Bell, useValue: bell },
    { provide: NODE_SOURCES, useValue: { Thing: { fetch: (keys: readonly { key: string }[]) => Promise.resolve(keys.map(({ key }) => (key === '0' ? null : thing(Number(key))))) } } },
  ];
  const module = EdgeModule.forRoot({ edge, checks: [{ name: 'keys', check: async () => ({ ok: await edge.verifier.ready() }) }], resolvers: options.resolvers ?? [TinyResolver, NodeResolver], providers });
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
      return { status: answer.status, headers: answer.headers, body: text === '' ? {} : JSON.parse(text) };
    },
  };
}
