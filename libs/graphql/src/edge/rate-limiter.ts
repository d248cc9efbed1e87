/** A bucket of tokens: `burst` at once, `perSecond` in the long run. */
export interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * Token buckets by key (an address, a principal), in bounded memory: past `keysMax` the least recently used bucket is
 * dropped, which gives its key a full one again. Time is the caller's, in milliseconds and never going back.
 *
 * `take(key, now)` answers 0 where the request may go on, else the whole seconds to wait, at least 1.
 */
export class RateLimiter {
  private readonly buckets = new Map<string, Bucket>();
  constructor(
    private readonly rate: Rate,
    private readonly keysMax = 20_000,
  ) {}

  take(key: string, now: number): number {
    const { burst, perSecond } = this.rate;
    const held = this.buckets.get(key);
    const tokens = held ? Math.min(burst, held.tokens + ((now - held.at) / 1000) * perSecond) : burst;
    const allowed = tokens >= 1;
    this.buckets.delete(key);
    this.buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: now });
    const oldest = this.buckets.keys().next();
    if (this.buckets.size > this.keysMax && !oldest.done) this.buckets.delete(oldest.value);
    return allowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / perSecond));
  }

  get size(): number {
    return this.buckets.size;
  }
}
