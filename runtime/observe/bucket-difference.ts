// What duration buckets have counted since they were last looked at, and percentiles of that.
import { DURATION_BOUNDS_S, type DurationBuckets } from "../base/duration-buckets.ts";

export class BucketDifference {
  readonly #buckets: DurationBuckets;
  readonly #before = new Float64Array(DURATION_BOUNDS_S.length);
  readonly #counts = new Float64Array(DURATION_BOUNDS_S.length);
  #countBefore: number;
  /** Durations counted between the last two looks. */
  count = 0;

  constructor(buckets: DurationBuckets) {
    this.#buckets = buckets;
    this.#before.set(buckets.counts);
    this.#countBefore = buckets.count;
  }

  look(): void {
    const { counts, count } = this.#buckets;
    for (let index = 0; index < counts.length; index++) {
      const now = counts[index] as number;
      this.#counts[index] = now - (this.#before[index] as number);
      this.#before[index] = now;
    }
    this.count = count - this.#countBefore;
    this.#countBefore = count;
  }

  /**
   * Milliseconds below which this share of them was, as if each bucket's were spread evenly; 33 s where it was longer.
   * Undefined where there were none.
   */
  percentileMs(share: number): number | undefined {
    if (this.count === 0) return undefined;
    const rank = share * this.count;
    let below = 0;
    for (const [index, upperS] of DURATION_BOUNDS_S.entries()) {
      const inside = this.#counts[index] as number;
      if (inside > 0 && below + inside >= rank) {
        const lowerS = DURATION_BOUNDS_S[index - 1] ?? 0;
        return 1_000 * (lowerS + ((upperS - lowerS) * (rank - below)) / inside);
      }
      below += inside;
    }
    return 1_000 * (DURATION_BOUNDS_S.at(-1) as number);
  }
}
