import type { IncomingMessage } from 'node:http';
import { addressKey } from './address.js';
import { GraphqlContext, type PrincipalSource } from './context.js';
import { isRefusal, type Documents, type OperationRequest } from './documents.js';
import { apiError, rateLimited, unauthenticated, wordsOf } from './error-codes.js';
import type { ErrorMapper, FaultLog } from './error-mapping.js';
import { CHARGES, OPERATIONS_AT_ONCE } from './limits.js';
import { localeOf } from './locale.js';
import type { EdgeMetrics } from './metrics.js';
import type { OperationLabels } from './operation-labels.js';
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
  /** Operations that take that long are told; none where absent. */
  readonly slow?: { readonly fromMs: number; tell(of: OperationLabels & { readonly requestId: string | undefined; readonly ms: number; readonly code: string }): void };
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

/** Who is asked to pay for what a request turned out to cost: the identity, or the address where there is none. */
export interface Payer {
  readonly identity: VerifiedIdentity | null;
  readonly address: string;
}

/**
 * Who asks and how often they may: shared by HTTP and WebSocket, so that neither is a way around the other.
 */
export class Admission {
  private readonly byAddress: RateLimiter;
  private readonly byPrincipal: RateLimiter;
  private readonly turns = new Map<string, { running: number; readonly waiting: (() => void)[] }>();
  readonly now: () => number;

  constructor(private readonly options: EdgeOptions) {
    this.byAddress = new RateLimiter(options.rates.perAddress);
    this.byPrincipal = new RateLimiter(options.rates.perPrincipal);
    this.now = options.now ?? Date.now;
  }

  /** Throws `RATE_LIMITED` where this address asks too often; before any token is looked at and any body read. */
  admitAddress(address: string): void {
    const wait = this.byAddress.take(addressKey(address), this.now());
    if (wait > 0) throw rateLimited(wait);
  }

  /** A large body counts as several requests of its address. */
  chargeBody(address: string, characters: number): void {
    this.byAddress.charge(addressKey(address), Math.floor(characters / CHARGES.bodyBytes), this.now());
  }

  /** `documents.prepare`, paid for: a new document and a dear operation count as several requests of who asks. */
  prepare(documents: Documents, request: OperationRequest, { identity, address }: Payer): ReturnType<Documents['prepare']> {
    const checked = documents.knows(request.query) ? 0 : Math.floor(request.query.length / CHARGES.newCharacters);
    const prepared = documents.prepare(request);
    const rows = isRefusal(prepared) ? 0 : Math.floor(prepared.cost.rows / CHARGES.rows);
    if (identity) this.byPrincipal.charge(identityKey(identity), checked + rows, this.now());
    else this.byAddress.charge(addressKey(address), checked + rows, this.now());
    return prepared;
  }

  /**
   * Waits until an operation of this identity may run and counts it in until the function returned is called. A few of
   * one identity run at once, so that nobody's dear ones stand before everybody else's; `OVERLOADED` where too many wait.
   */
  enter(identity: VerifiedIdentity): Promise<() => void> {
    const key = identityKey(identity);
    const turns = this.turns.get(key) ?? { running: 0, waiting: [] };
    this.turns.set(key, turns);
    const leave = (): void => {
      const next = turns.waiting.shift();
      if (next) return next();
      turns.running -= 1;
      if (turns.running === 0) this.turns.delete(key);
    };
    if (turns.running < OPERATIONS_AT_ONCE.running) {
      turns.running += 1;
      return Promise.resolve(leave);
    }
    if (turns.waiting.length >= OPERATIONS_AT_ONCE.waiting) throw apiError('OVERLOADED', wordsOf('OVERLOADED'));
    return new Promise((resolve) => turns.waiting.push(() => resolve(leave)));
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
