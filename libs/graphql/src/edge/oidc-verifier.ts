import { createLocalJWKSet, errors, type JSONWebKeySet } from 'jose';
import { unauthenticated, unavailable } from './error-codes.js';
import { isTokenFault, verifyWith, type Expectations, type TokenVerifier, type VerifiedIdentity } from './token-verifier.js';

/** The provider, and what a test puts in the network's and the clock's place. */
export interface OidcOptions extends Expectations {
  /** Where discovery and keys are fetched; the global `fetch` where absent. */
  readonly fetch?: typeof fetch;
  /** Milliseconds now; the system's clock where absent. */
  readonly now?: () => number;
}

const FETCH_EVERY_MS = 60_000;
/** While there are no keys at all nothing can be served, so the provider is asked more often. */
const FETCH_FIRST_EVERY_MS = 5_000;
const KEYS_STALE_MS = 600_000;
const FETCH_TIMEOUT_MS = 5_000;
const KEYS_MAX = 100;

/**
 * Verifies against the keys that an OpenID provider publishes: discovery at `<issuer>/.well-known/openid-configuration`,
 * whose `issuer` must be the one configured, then its `jwks_uri`. Keys are fetched anew after ten minutes, so that a
 * withdrawn key ends, and for an unknown `kid`; never more than once a minute, whoever asks and whatever came of it, so
 * that nobody can make us hammer the provider. Keys at hand stay in use where a fetch fails. Without any, `verify`
 * throws `UNAVAILABLE` and `ready` says no.
 */
export class OidcVerifier implements TokenVerifier {
  private keys: ReturnType<typeof createLocalJWKSet> | undefined;
  private fetchedAt = Number.NEGATIVE_INFINITY;
  private triedAt = Number.NEGATIVE_INFINITY;
  private fetching: Promise<void> | undefined;
  private readonly fetch: typeof fetch;
  private readonly now: () => number;

  constructor(private readonly options: OidcOptions) {
    this.fetch = options.fetch ?? fetch;
    this.now = options.now ?? Date.now;
  }

  async verify(token: string): Promise<VerifiedIdentity> {
    if (this.keys === undefined || this.now() - this.fetchedAt > KEYS_STALE_MS) await this.refresh();
    const keys = this.keys;
    if (keys === undefined) throw unavailable();
    try {
      return await verifyWith(keys, token, this.options);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw isTokenFault(error) ? unauthenticated() : error;
    }
    await this.refresh();
    if (this.keys === keys) throw unauthenticated();
    return this.verifyOnce(token);
  }

  async ready(): Promise<boolean> {
    if (this.keys === undefined) await this.refresh();
    return this.keys !== undefined;
  }

  private async verifyOnce(token: string): Promise<VerifiedIdentity> {
    if (this.keys === undefined) throw unavailable();
    try {
      return await verifyWith(this.keys, token, this.options);
    } catch (error) {
      throw isTokenFault(error) ? unauthenticated() : error;
    }
  }

  /** One fetch for all who wait; none where the last try is too recent. */
  private refresh(): Promise<void> {
    if (this.fetching) return this.fetching;
    const wait = this.keys === undefined ? FETCH_FIRST_EVERY_MS : FETCH_EVERY_MS;
    if (this.now() - this.triedAt < wait) return Promise.resolve();
    this.triedAt = this.now();
    this.fetching = this.load().finally(() => {
      this.fetching = undefined;
    });
    return this.fetching;
  }

  private async load(): Promise<void> {
    const found = await this.json(`${this.options.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const location = jwksLocation(found, this.options.issuer);
    const published = location === undefined ? undefined : await this.json(location);
    if (!isKeySet(published)) return;
    this.keys = createLocalJWKSet(published);
    this.fetchedAt = this.now();
  }

  private async json(address: string): Promise<unknown> {
    try {
      const answer = await this.fetch(address, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS), headers: { accept: 'application/json' }, redirect: 'error' });
      return answer.ok ? await answer.json() : undefined;
    } catch {
      // Unreachable, or no JSON: `ready` reports that keys are missing, and the next try comes by itself.
      return undefined;
    }
  }
}

function jwksLocation(found: unknown, issuer: string): string | undefined {
  if (typeof found !== 'object' || found === null || !('issuer' in found) || !('jwks_uri' in found)) return undefined;
  return found.issuer === issuer && typeof found.jwks_uri === 'string' && URL.canParse(found.jwks_uri) ? found.jwks_uri : undefined;
}

function isKeySet(published: unknown): published is JSONWebKeySet {
  if (typeof published !== 'object' || published === null || !('keys' in published) || !Array.isArray(published.keys)) return false;
  return published.keys.length > 0 && published.keys.length <= KEYS_MAX && published.keys.every((key: unknown) => typeof key === 'object' && key !== null && 'kty' in key);
}
