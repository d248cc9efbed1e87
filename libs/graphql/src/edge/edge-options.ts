import type { IncomingMessage } from 'node:http';
import { GraphqlContext, type PrincipalSource } from './context.js';
import { rateLimited, unauthenticated } from './error-codes.js';
import type { ErrorMapper, FaultLog } from './error-mapping.js';
import { localeOf } from './locale.js';
import type { EdgeMetrics } from './metrics.js';
import { RateLimiter, type Rate } from './rate-limiter.js';
import type { TokenVerifier, VerifiedIdentity } from './token-verifier.js';

/** What the driver is told by the application that runs it. */
export interface EdgeOptions {
  /** Off in production: the schema is then known from `docs/reference/schema.graphql` alone. */
  readonly introspection: boolean;
  readonly verifier: TokenVerifier;
  readonly principals: PrincipalSource;
  readonly errors: ErrorMapper;
  readonly log: FaultLog;
  readonly metrics: EdgeMetrics;
  /** Web origins beside our own that may call, as `https://host[:port]`. */
  readonly origins: readonly string[];
  /** Demo: only local host names are answered. */
  readonly localOnly: boolean;
  /** Reverse proxies before us that set `X-Forwarded-For`; 0 where clients reach us directly. */
  readonly proxyHops: number;
  readonly rates: { readonly perPrincipal: Rate; readonly perAddress: Rate };
  /** Milliseconds now; the system's clock where absent. */
  readonly now?: () => number;
}

/**
 * Who asks and how often they may: shared by HTTP and WebSocket, so that neither is a way around the other.
 */
export class Admission {
  private readonly byAddress: RateLimiter;
  private readonly byPrincipal: RateLimiter;
  readonly now: () => number;

  constructor(private readonly options: EdgeOptions) {
    this.byAddress = new RateLimiter(options.rates.perAddress);
    this.byPrincipal = new RateLimiter(options.rates.perPrincipal);
    this.now = options.now ?? Date.now;
  }

  /** Throws `RATE_LIMITED` where this address asks too often; before any token is looked at. */
  admitAddress(address: string): void {
    const wait = this.byAddress.take(address, this.now());
    if (wait > 0) throw rateLimited(wait);
  }

  /** Throws `RATE_LIMITED` where this identity asks too often, from however many addresses. */
  admitIdentity(identity: VerifiedIdentity): void {
    const wait = this.byPrincipal.take(identityKey(identity), this.now());
    if (wait > 0) throw rateLimited(wait);
  }

  /** The identity of an `Authorization: Bearer` value; null without one. A value that does not hold is refused, never ignored. */
  async identify(authorization: unknown): Promise<VerifiedIdentity | null> {
    if (authorization === undefined || authorization === null || authorization === '') return null;
    const token = typeof authorization === 'string' ? /^bearer +(\S+) *$/i.exec(authorization)?.[1] : undefined;
    if (token === undefined) throw unauthenticated();
    return this.options.verifier.verify(token);
  }

  context(of: { readonly requestId: string; readonly identity: VerifiedIdentity | null; readonly language: string | undefined }): GraphqlContext {
    return new GraphqlContext(of.requestId, of.identity, localeOf(of.language), this.options.principals);
  }
}

/** One text for an identity, in which no two meet. */
export const identityKey = ({ issuer, subject }: VerifiedIdentity): string => `${issuer}\u0000${subject}`;

/** The client's address, each trusted proxy having added the one it saw; the same reading as Fastify's `trustProxy: hops`. */
export function addressOf(request: IncomingMessage, proxyHops: number): string {
  const direct = request.socket.remoteAddress ?? 'unknown';
  if (proxyHops === 0) return direct;
  const named = [request.headers['x-forwarded-for'] ?? []].flat().flatMap((line) => line.split(',')).map((one) => one.trim());
  return named.at(-Math.min(proxyHops, named.length)) || direct;
}
