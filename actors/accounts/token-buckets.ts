// Token buckets by key: so many tokens at once, then one each so many milliseconds. No more of them than are bounded.

export interface BucketBounds {
  readonly burst: number;
  readonly everyMs: number;
  /** Buckets that are kept. */
  readonly bucketsMax: number;
}

interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

/** All times are monotonic milliseconds. A bucket that is forgotten is full: first those go that are so anyway. */
export class TokenBuckets {
  readonly #bounds: BucketBounds;
  /** The longest unused first. */
  readonly #buckets = new Map<string, Bucket>();

  constructor(bounds: BucketBounds) {
    this.#bounds = bounds;
  }

  get count(): number {
    return this.#buckets.size;
  }

  has(key: string, nowMs: number): boolean {
    return this.#tokens(key, nowMs) >= 1;
  }

  /** To be asked only where there is one. */
  take(key: string, nowMs: number): void {
    const tokens = this.#tokens(key, nowMs) - 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens, atMs: nowMs });
    this.#forget(nowMs);
  }

  #tokens(key: string, nowMs: number): number {
    const { burst, everyMs } = this.#bounds;
    const bucket = this.#buckets.get(key);
    return bucket === undefined ? burst : Math.min(burst, bucket.tokens + (nowMs - bucket.atMs) / everyMs);
  }

  #forget(nowMs: number): void {
    const { burst, everyMs, bucketsMax } = this.#bounds;
    for (const [key, { atMs }] of this.#buckets) {
      if (this.#buckets.size <= bucketsMax && nowMs - atMs < burst * everyMs) return;
      this.#buckets.delete(key);
    }
  }
}
