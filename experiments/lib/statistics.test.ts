// Summaries and intervals of samples.

import { describe, expect, test } from "bun:test";

import { medianInterval, pairedDifference, pairedRatio, summarise } from "./statistics.ts";

describe("statistics of runs", () => {
  test("a summary holds count, middle and spread, with the deviation of a sample", () => {
    expect(summarise([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({
      count: 8,
      median: 4.5,
      mean: 5,
      sd: Math.sqrt(32 / 7),
      min: 2,
      max: 9,
    });
  });

  test("mean and deviation hold where the mean is large: NumAcc1 and NumAcc3 of NIST's reference datasets", () => {
    expect(summarise([10_000_001, 10_000_003, 10_000_002])).toMatchObject({ mean: 10_000_002, sd: 1 });
    const alternating = Array.from({ length: 500 }, () => [1_000_000.1, 1_000_000.3]).flat();
    expect(summarise([1_000_000.2, ...alternating]).mean).toBeCloseTo(1_000_000.2, 9);
    expect(summarise([1_000_000.2, ...alternating]).sd).toBeCloseTo(0.1, 9);
  });

  test("one run has no deviation and an interval of one point", () => {
    expect(summarise([3]).sd).toBe(0);
    expect(medianInterval([3])).toEqual({ count: 1, median: 3, low: 3, high: 3 });
  });

  test("an interval holds its median, stays within the samples and is the same for the same seed", () => {
    const samples = [1.1, 0.9, 1.3, 0.7, 1.0];
    const interval = medianInterval(samples, 7);
    expect(interval).toEqual(medianInterval(samples, 7));
    expect(interval.median).toBe(1.0);
    expect(interval.low).toBeGreaterThanOrEqual(0.7);
    expect(interval.high).toBeLessThanOrEqual(1.3);
    expect(interval.low).toBeLessThan(interval.high);
  });

  test("ratios and differences are taken within rounds, so that noise shared by a round cancels", () => {
    expect(pairedRatio([50, 100, 200], [100, 200, 400])).toEqual({ count: 3, median: 0.5, low: 0.5, high: 0.5 });
    expect(pairedDifference([11, 21, 31], [10, 20, 30]).high).toBe(1);
  });
});
