// Percentiles of what was counted between two looks.
import { describe, expect, test } from "bun:test";

import { DurationBuckets } from "../base/duration-buckets.ts";
import { BucketDifference } from "./bucket-difference.ts";

function looked(milliseconds: readonly number[]): BucketDifference {
  const buckets = new DurationBuckets();
  const difference = new BucketDifference(buckets);
  for (const each of milliseconds) buckets.record(each);
  difference.look();
  return difference;
}

describe("the difference of duration buckets", () => {
  test("has no percentile where nothing was counted", () => {
    expect(looked([]).percentileMs(0.99)).toBeUndefined();
  });

  test("has its percentiles within the bucket of what was counted", () => {
    const oneOfHundredIsLong = looked([...Array<number>(99).fill(0.003), 100]);
    expect(oneOfHundredIsLong.percentileMs(0.5)).toBeWithin(0.002, 0.004);
    expect(oneOfHundredIsLong.percentileMs(0.99)).toBe(0.004);
    expect(oneOfHundredIsLong.percentileMs(1)).toBeWithin(65.5, 131.1);
  });

  test("spreads what a bucket counts evenly over it", () => {
    expect(looked([1.5, 1.5, 1.5, 1.5]).percentileMs(0.5)).toBeCloseTo(1.024 + 0.512, 6);
  });

  test("says 33 s of what is longer than that", () => {
    expect(looked([60_000]).percentileMs(0.5)).toBeCloseTo(33_554, 0);
  });

  test("forgets what was there at the look before", () => {
    const buckets = new DurationBuckets();
    buckets.record(1_000, 5);
    const difference = new BucketDifference(buckets);
    buckets.record(0.003);
    difference.look();
    expect([difference.count, difference.percentileMs(1)]).toEqual([1, 0.004]);
    difference.look();
    expect([difference.count, difference.percentileMs(1)]).toEqual([0, undefined]);
  });
});
