import type { KeyObject } from 'node:crypto';
import { errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import { unauthenticated } from './error-codes.js';

/** Who a token says is there. What they may do is not in it: rights come from the log. */
export interface VerifiedIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** Seconds since 1970, as in the token. */
  readonly expiresAt: number;
}

/** Judges tokens. */
export interface TokenVerifier {
  /**
   * The identity of a verified token. Throws the API error `UNAUTHENTICATED` for a token that does not hold, and
   * `UNAVAILABLE` where it cannot be judged because there are no keys.
   */
  verify(token: string): Promise<VerifiedIdentity>;
  /** Whether keys are there; a process without is live and not ready. */
  ready(): Promise<boolean>;
}

/** The algorithms accepted (`api.md`, Access and modes); `none` and shared secrets are not among them. */
export const TOKEN_ALGORITHMS = ['EdDSA', 'ES256', 'RS256'] as const;
const LEEWAY_SECONDS = 60;
const TOKEN_CHARACTERS_MAX = 8_192;
/** As long as a token may be kept alive past its `exp` by a clock that runs behind. */
export const TOKEN_LEEWAY_MS = LEEWAY_SECONDS * 1000;

/** Who must have issued a token, and for whom. */
export interface Expectations {
  readonly issuer: string;
  readonly audience: string;
}

/** Checks signature, algorithm and claims; `exp` and `nbf` with the leeway. Throws what jose throws: see `isTokenFault`. */
export async function verifyWith(key: JWTVerifyGetKey | KeyObject | CryptoKey, token: string, { issuer, audience }: Expectations): Promise<VerifiedIdentity> {
  if (token.length > TOKEN_CHARACTERS_MAX) throw unauthenticated();
  const options = { issuer, audience, algorithms: [...TOKEN_ALGORITHMS], clockTolerance: LEEWAY_SECONDS, requiredClaims: ['iss', 'aud', 'exp', 'sub'] };
  const { payload } = await (typeof key === 'function' ? jwtVerify(token, key, options) : jwtVerify(token, key, options));
  if (typeof payload.iss !== 'string' || typeof payload.sub !== 'string' || payload.sub === '' || !isFiniteNumber(payload.exp)) throw unauthenticated();
  return { issuer: payload.iss, subject: payload.sub, expiresAt: payload.exp };
}

/** JSON's 1e999 is read as infinity, and such a token would never expire. */
const isFiniteNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** Whether the token itself is at fault. The answer never says which check failed: a forger learns as little as possible. */
export const isTokenFault = (error: unknown): boolean =>
  error instanceof errors.JWTInvalid ||
  error instanceof errors.JWTExpired ||
  error instanceof errors.JWTClaimValidationFailed ||
  error instanceof errors.JWSInvalid ||
  error instanceof errors.JWSSignatureVerificationFailed ||
  error instanceof errors.JOSEAlgNotAllowed ||
  error instanceof errors.JOSENotSupported ||
  error instanceof errors.JWKSNoMatchingKey ||
  error instanceof errors.JWKSMultipleMatchingKeys;

/** Verifies with one key that is at hand: the demo's, or a test's. */
export class KeyVerifier implements TokenVerifier {
  constructor(
    private readonly key: KeyObject | CryptoKey,
    private readonly expected: Expectations,
  ) {}

  async verify(token: string): Promise<VerifiedIdentity> {
    try {
      return await verifyWith(this.key, token, this.expected);
    } catch (error) {
      throw isTokenFault(error) ? unauthenticated() : error;
    }
  }

  ready(): Promise<boolean> {
    return Promise.resolve(true);
  }
}
