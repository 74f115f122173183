// Which bucket a duration falls into, above all at the bounds.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { DURATION_BOUNDS_S, DurationBuckets } from "./duration-buckets.ts";

/** Index of the one bucket that a duration was counted in, -1 when none. */
function bucketOf(milliseconds: number): number {
  const buckets = new DurationBuckets();
  buckets.record(milliseconds);
  return buckets.counts.indexOf(1);
}

const bounds = DURATION_BOUNDS_S.map((seconds, index) => ({ microseconds: Math.round(seconds * 1e6), index }));

describe("duration buckets", () => {
  test("reach from 1 µs to 2^25 µs by doubling", () => {
    expect(bounds.map(({ microseconds }) => microseconds)).toEqual(
      Array.from({ length: 26 }, (_, index) => 2 ** index),
    );
  });

  test.each(bounds)("hold their upper bound of $microseconds µs", ({ microseconds, index }) => {
    expect(bucketOf(microseconds / 1_000)).toBe(index);
  });

  test.each(bounds)("leave what is just above $microseconds µs to the next", ({ microseconds, index }) => {
    expect(bucketOf((microseconds + 0.01) / 1_000)).toBe(index === 25 ? -1 : index + 1);
  });

  test("put zero into the first", () => {
    expect(bucketOf(0)).toBe(0);
  });

  test("put the fastest thing that can be measured into the first", () => {
    expect(bucketOf(0.000_03)).toBe(0);
  });

  test("keep a day out of every bucket and in the count", () => {
    const buckets = new DurationBuckets();
    buckets.record(86_400_000);
    expect([buckets.counts.reduce((sum, each) => sum + each), buckets.count]).toEqual([0, 1]);
  });

  test("count a duration as often as they are told", () => {
    const buckets = new DurationBuckets();
    buckets.record(3, 256);
    expect(buckets).toMatchObject({ count: 256, sumMs: 768 });
    expect(buckets.counts[12]).toBe(256);
  });

  test("agree with a search through the bounds for any duration", () => {
    const duration = fc.double({ min: 0, max: 40_000, noNaN: true });
    fc.assert(
      fc.property(duration, (milliseconds) => {
        const microseconds = milliseconds * 1_000;
        expect(bucketOf(milliseconds)).toBe(bounds.findIndex((bound) => microseconds <= bound.microseconds));
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });
});
