import { setTimeout as delay } from 'node:timers/promises';
import { GraphQLError } from 'graphql';
import { addressKey } from './address.js';
import { GraphqlContext, type PrincipalSource } from './context.js';
import type { Cost } from './cost.js';
import { isRefusal, type Documents, type OperationRequest } from './documents.js';
import { apiError, rateLimited, unauthenticated, wordsOf } from './error-codes.js';
import type { ErrorMapper, FaultLog } from './error-mapping.js';
import { CHARGES, DEAR_OPERATIONS, KEPT_BACK_MS, OPERATIONS_AT_ONCE } from './limits.js';
import { localeOf } from './locale.js';
import type { EdgeMetrics } from './metrics.js';
import type { OperationLabels } from './operation-labels.js';
import { OperationTurns } from './operation-turns.js';
import { RateLimiter, type Rate } from './rate-limiter.js';
import { RememberedTokens } from './remembered-tokens.js';
import { Turns } from './turns.js';
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
  private readonly operations = new OperationTurns({ perIdentity: OPERATIONS_AT_ONCE.running, inAll: Number.POSITIVE_INFINITY, waiting: OPERATIONS_AT_ONCE.waiting });
  private readonly dearOperations = new OperationTurns({ perIdentity: DEAR_OPERATIONS.running, inAll: DEAR_OPERATIONS.inAll, waiting: OPERATIONS_AT_ONCE.waiting });
  private readonly tokens: RememberedTokens;
  /** Of requests and messages that have arrived whole, by address. */
  readonly turns = new Turns();
  readonly now: () => number;

  constructor(private readonly options: EdgeOptions) {
    this.byAddress = new RateLimiter(options.rates.perAddress);
    this.byPrincipal = new RateLimiter(options.rates.perPrincipal);
    this.now = options.now ?? Date.now;
    this.tokens = new RememberedTokens(options.verifier, this.now);
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
    const prepared = this.turns.spend(addressKey(address), () => documents.prepare(request));
    const rows = isRefusal(prepared) ? 0 : Math.floor(prepared.cost.rows / CHARGES.rows);
    if (identity) this.byPrincipal.charge(identityKey(identity), checked + rows, this.now());
    else this.byAddress.charge(addressKey(address), checked + rows, this.now());
    return prepared;
  }

  /**
   * Waits until an operation of this identity may run and counts it in until the function returned is called. A few of
   * one identity run at once, of dear ones one, so that nobody's stand before everybody else's and the cheap never wait for
   * the dear; `OVERLOADED` where too many wait.
   */
  enter(identity: VerifiedIdentity, { rows, asOfs }: Cost): Promise<() => void> {
    const turns = rows > DEAR_OPERATIONS.rows || asOfs > 0 ? this.dearOperations : this.operations;
    const entered = turns.enter(identityKey(identity));
    if (entered === undefined) throw apiError('OVERLOADED', wordsOf('OVERLOADED'));
    return entered;
  }

  /** Throws `RATE_LIMITED` where this identity asks too often, from however many addresses. */
  admitIdentity(identity: VerifiedIdentity): void {
    const wait = this.byPrincipal.take(identityKey(identity), this.now());
    if (wait > 0) throw rateLimited(wait);
  }

  /**
   * The identity of an `Authorization: Bearer` value; null without one. A value that does not hold is refused, never
   * ignored, and paid for by its address.
   */
  async identify(authorization: unknown, address: string): Promise<VerifiedIdentity | null> {
    if (authorization === undefined || authorization === null || authorization === '') return null;
    try {
      const token = typeof authorization === 'string' ? /^bearer +(\S+) *$/i.exec(authorization)?.[1] : undefined;
      if (token === undefined) throw unauthenticated();
      return await this.tokens.verify(token);
    } catch (error) {
      if (codeIn(error) === 'UNAUTHENTICATED') this.byAddress.charge(addressKey(address), CHARGES.wrongToken, this.now());
      throw error;
    }
  }

  /** Resolves when a refusal may be told: one that says to come later is told later. */
  async keptBack(refusal: unknown): Promise<void> {
    const code = codeIn(refusal);
    if (code === 'RATE_LIMITED' || code === 'OVERLOADED') await delay(KEPT_BACK_MS);
  }

  context(of: { readonly requestId: string; readonly identity: VerifiedIdentity | null; readonly language: string | undefined }): GraphqlContext {
    return new GraphqlContext(of.requestId, of.identity, localeOf(of.language), this.options.principals);
  }
}

const codeIn = (error: unknown): unknown => (error instanceof GraphQLError ? error.extensions['code'] : undefined);

/** One text for an identity, in which no two meet. */
export const identityKey = ({ issuer, subject }: VerifiedIdentity): string => `${issuer}\u0000${subject}`;
