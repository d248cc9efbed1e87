import { createHash } from 'node:crypto';
import { TOKEN_LEEWAY_MS, type TokenVerifier, type VerifiedIdentity } from './token-verifier.js';

/** How long a token that held is not checked again: a key that is withdrawn ends so much later. */
export const TOKEN_REMEMBERED_MS = 60_000;
const TOKENS_MAX = 10_000;

interface Remembered {
  readonly identity: VerifiedIdentity;
  readonly until: number;
}

/**
 * A verifier that knows tokens again for a minute, never past their expiry: to check a signature is much of what a small
 * request costs. By digest, so that nothing that would let anybody in is kept. A token that does not hold is not remembered.
 */
export class RememberedTokens {
  private readonly tokens = new Map<string, Remembered>();

  constructor(
    private readonly verifier: Pick<TokenVerifier, 'verify'>,
    private readonly now: () => number,
  ) {}

  async verify(token: string): Promise<VerifiedIdentity> {
    const digest = createHash('sha256').update(token).digest('base64');
    const known = this.tokens.get(digest);
    if (known && this.now() < known.until) return known.identity;
    this.tokens.delete(digest);
    const identity = await this.verifier.verify(token);
    this.tokens.set(digest, { identity, until: Math.min(this.now() + TOKEN_REMEMBERED_MS, identity.expiresAt * 1000 + TOKEN_LEEWAY_MS) });
    const oldest = this.tokens.keys().next();
    if (this.tokens.size > TOKENS_MAX && !oldest.done) this.tokens.delete(oldest.value);
    return identity;
  }
}
