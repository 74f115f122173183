// Percentiles and buckets of recorded latencies.

import { describe, expect, test } from "bun:test";

import { LatencyRecord } from "./latency-record.ts";

function recordOf(latenciesMs: readonly number[]): LatencyRecord {
  const record = new LatencyRecord();
  for (const latencyMs of latenciesMs) record.add(latencyMs);
  return record;
}

describe("a latency record", () => {
  test("has no summary before the first latency", () => {
    expect(recordOf([]).summary()).toBeUndefined();
    expect(recordOf([]).buckets()).toEqual([]);
  });

  test("gives percentiles within a thousandth, min and max exactly", () => {
    const summary = recordOf(Array.from({ length: 1_000 }, (_, index) => index + 1)).summary();
    expect(summary).toMatchObject({ count: 1_000, minUs: 1_000, maxUs: 1_000_000 });
    expect(Math.abs((summary?.p50Us ?? 0) / 500_000 - 1)).toBeLessThan(0.002);
    expect(Math.abs((summary?.p99Us ?? 0) / 990_000 - 1)).toBeLessThan(0.002);
  });

  test("counts equal latencies that follow each other", () => {
    expect(recordOf([2.5, 2.5, 2.5, 4, 2.5]).buckets()).toEqual([
      { fromUs: 2_000, toUs: 3_000, count: 4 },
      { fromUs: 3_000, toUs: 5_000, count: 1 },
    ]);
  });

  test("puts a latency that equals a bound into the bucket above it", () => {
    expect(recordOf([0.003]).buckets()).toEqual([{ fromUs: 3, toUs: 5, count: 1 }]);
  });

  test("joins buckets when there are many, and loses nothing", () => {
    const buckets = recordOf([0.0005, 0.02, 0.3, 4, 50, 600, 7_000]).buckets();
    expect(buckets.length).toBeLessThanOrEqual(24);
    expect(buckets.reduce((sum, bucket) => sum + bucket.count, 0)).toBe(7);
    for (const [index, bucket] of buckets.slice(1).entries()) expect(bucket.fromUs).toBe(buckets[index]?.toUs ?? -1);
  });

  test("takes a latency beyond its range for the largest it knows", () => {
    expect(recordOf([1e9]).summary()?.maxUs).toBe(3_600_000_000);
  });
});
