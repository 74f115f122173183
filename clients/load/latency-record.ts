// Latencies of the right replies: an HdrHistogram for the percentiles and round buckets for the bars.

import { build } from "hdr-histogram-js";

import { LATENCY_MS_MAX } from "./limits.ts";

const STEPS = [1, 1.5, 2, 3, 5, 7];
const DECADES = 10;
const NS_PER_MS = 1_000_000;

/** Lower bounds in nanoseconds: 0, 1 µs, 1.5 µs, 2 µs, 3 µs, 5 µs, 7 µs, 10 µs and so on to hours. */
const BUCKET_FROM_NS = [
  0,
  ...Array.from({ length: DECADES }, (_, decade) => STEPS.map((step) => step * 1_000 * 10 ** decade)).flat(),
];

export interface LatencySummary {
  readonly count: number;
  readonly minUs: number;
  readonly meanUs: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}

export interface LatencyBucket {
  readonly fromUs: number;
  readonly toUs: number;
  readonly count: number;
}

export class LatencyRecord {
  readonly #histogram = build({ highestTrackableValue: LATENCY_MS_MAX * NS_PER_MS, numberOfSignificantValueDigits: 3 });
  readonly #bucketCounts = BUCKET_FROM_NS.map(() => 0);
  #minNs = Number.POSITIVE_INFINITY;
  #maxNs = 0;
  #pendingNs = 0;
  #pendingCount = 0;

  /** Replies of one chunk to requests of one block have equal latencies: they are counted together. */
  add(latencyMs: number): void {
    const latencyNs = Math.round(Math.min(Math.max(latencyMs, 0), LATENCY_MS_MAX) * NS_PER_MS);
    if (latencyNs !== this.#pendingNs) {
      this.#flush();
      this.#pendingNs = latencyNs;
    }
    this.#pendingCount += 1;
  }

  /** Percentiles within 0.1 percent; min and max exact. Undefined when nothing was recorded. */
  summary(): LatencySummary | undefined {
    this.#flush();
    const histogram = this.#histogram;
    if (histogram.totalCount === 0) return undefined;
    const percentileUs = (percentile: number): number =>
      Math.min(Math.max(histogram.getValueAtPercentile(percentile), this.#minNs), this.#maxNs) / 1_000;
    return {
      count: histogram.totalCount,
      minUs: this.#minNs / 1_000,
      meanUs: Math.round(histogram.mean) / 1_000,
      p50Us: percentileUs(50),
      p90Us: percentileUs(90),
      p99Us: percentileUs(99),
      maxUs: this.#maxNs / 1_000,
    };
  }

  /** From the first to the last bucket that holds something; at most 18, by joining neighbours when there are more. */
  buckets(): LatencyBucket[] {
    this.#flush();
    const fine = this.#bucketCounts.map((count, index) => bucketAt(index, index + 1, count));
    const trimmed = trim(fine);
    return trimmed.length <= 18 ? trimmed : trim(this.#coarse());
  }

  #coarse(): LatencyBucket[] {
    const pairs: LatencyBucket[] = [bucketAt(0, 1, this.#bucketCounts[0] ?? 0)];
    for (let index = 1; index < this.#bucketCounts.length; index += 2) {
      const count = (this.#bucketCounts[index] ?? 0) + (this.#bucketCounts[index + 1] ?? 0);
      pairs.push(bucketAt(index, index + 2, count));
    }
    return pairs;
  }

  #flush(): void {
    if (this.#pendingCount === 0) return;
    this.#histogram.recordValueWithCount(this.#pendingNs, this.#pendingCount);
    const index = bucketIndex(this.#pendingNs);
    this.#bucketCounts[index] = (this.#bucketCounts[index] ?? 0) + this.#pendingCount;
    this.#minNs = Math.min(this.#minNs, this.#pendingNs);
    this.#maxNs = Math.max(this.#maxNs, this.#pendingNs);
    this.#pendingCount = 0;
  }
}

function bucketIndex(latencyNs: number): number {
  let low = 0;
  let high = BUCKET_FROM_NS.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((BUCKET_FROM_NS[middle] ?? 0) <= latencyNs) low = middle;
    else high = middle - 1;
  }
  return low;
}

function bucketAt(fromIndex: number, toIndex: number, count: number): LatencyBucket {
  const fromUs = (BUCKET_FROM_NS[fromIndex] ?? 0) / 1_000;
  return { fromUs, toUs: (BUCKET_FROM_NS[toIndex] ?? LATENCY_MS_MAX * NS_PER_MS) / 1_000, count };
}

function trim(buckets: readonly LatencyBucket[]): LatencyBucket[] {
  const isFilled = (bucket: LatencyBucket): boolean => bucket.count > 0;
  return buckets.slice(Math.max(buckets.findIndex(isFilled), 0), buckets.findLastIndex(isFilled) + 1);
}
