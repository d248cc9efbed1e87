/** A bucket of tokens: `burst` at once, `perSecond` in the long run. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** Addresses or identities that are remembered at a time. */
const KEYS_MAX = 20_000;

/**
 * Token buckets by key (an address, a principal), in bounded memory: past `keysMax` the least recently used bucket is
 * dropped, which gives its key a full one again. Time is the caller's, in milliseconds and never going back.
 *
 * `take(key, now)` answers 0 where the request may go on, else the whole seconds to wait, at least 1. `charge` takes
 * more afterwards, for what turned out dear: a bucket may owe as much as it holds when full, and no more.
 */
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>();
  constructor(
    private readonly rate: Rate,
    private readonly keysMax = KEYS_MAX,
  ) {}

  take(key: string, now: number): number {
    const tokens = this.tokensOf(key, now);
    const allowed = tokens >= 1;
    this.keep(key, { tokens: allowed ? tokens - 1 : tokens, at: now });
    return allowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / this.rate.perSecond));
  }

  charge(key: string, tokens: number, now: number): void {
    if (tokens > 0) this.keep(key, { tokens: Math.max(-this.rate.burst, this.tokensOf(key, now) - tokens), at: now });
  }

  get size(): number {
    return this.buckets.size;
  }

  private tokensOf(key: string, now: number): number {
    const { burst, perSecond } = this.rate;
    const held = this.buckets.get(key);
    return held ? Math.min(burst, held.tokens + ((now - held.at) / 1000) * perSecond) : burst;
  }

  private keep(key: string, bucket: Bucket): void {
    this.buckets.delete(key);
    this.buckets.set(key, bucket);
    const oldest = this.buckets.keys().next();
    if (this.buckets.size > this.keysMax && !oldest.done) this.buckets.delete(oldest.value);
  }
}
