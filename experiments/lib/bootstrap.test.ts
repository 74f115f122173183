// Bootstrap intervals: against published figures, against counting all resamples, and what holds for any runs.

import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";
import { mean, median, probit, quantile, standardDeviation } from "simple-statistics";

import { createRandom } from "#runtime/base/random.ts";

import {
  bootstrapInterval,
  geometricMeanRatio,
  type Interval,
  meanInterval,
  percentileInterval,
  ratioInterval,
} from "./bootstrap.ts";
import { medianInterval } from "./statistics.ts";

/** Days that seven treated mice lived: Efron and Tibshirani, An Introduction to the Bootstrap (1993), table 2.1. */
const mice = [94, 197, 16, 38, 99, 141, 23];

const seconds = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
const runs = fc.array(seconds, { minLength: 1, maxLength: 10 });
const pairs = fc.array(fc.tuple(seconds, seconds), { minLength: 1, maxLength: 10 });
const settings = { seed: 7, numRuns: 40 };

describe("resamples of runs", () => {
  test("spread as published for the mice: 23.36 for their mean, 37.83 for their median", () => {
    expect(relativeError(spreadOf(mice, mean), 23.36)).toBeLessThan(0.04);
    expect(relativeError(spreadOf(mice, median), 37.83)).toBeLessThan(0.04);
  });

  test("give about the interval that all 3 125 resamples of five runs give", () => {
    const five = [1, 2, 4, 8, 16];
    const means = everyDraw(five).map((draw) => mean(draw));
    const { value, low, high } = meanInterval(five);
    expect(value).toBe(6.2);
    expect(Math.abs(low - quantile(means, 0.025))).toBeLessThan(0.3);
    expect(Math.abs(high - quantile(means, 0.975))).toBeLessThan(0.3);
  });

  test("are the same for the same seed, and others for another", () => {
    expect(meanInterval(mice, 3)).toEqual(meanInterval(mice, 3));
    expect(meanInterval(mice, 3)).not.toEqual(meanInterval(mice, 4));
  });

  test("of normal runs, ten at a time, hold the true mean in about nine intervals of ten", () => {
    const random = createRandom(11);
    const intervals = Array.from({ length: 400 }, (_, index) =>
      meanInterval(
        Array.from({ length: 10 }, () => 5 + probit(random.next())),
        index,
      ),
    );
    const share = intervals.filter(({ low, high }) => low <= 5 && 5 <= high).length / intervals.length;
    expect(share).toBeGreaterThan(0.85);
    expect(share).toBeLessThan(0.99);
  });
});

describe("an interval", () => {
  test("of one run is one point, and of no run there is none", () => {
    expect(meanInterval([3])).toEqual({ value: 3, low: 3, high: 3 });
    expect(ratioInterval([3], [2])).toEqual({ value: 1.5, low: 1.5, high: 1.5 });
    expect(percentileInterval([[1, 2, 3]], 0.5)).toEqual({ value: 2, low: 2, high: 2 });
    expect(geometricMeanRatio([{ ours: [3], theirs: [2] }]).low).toBeCloseTo(1.5, 12);
    for (const taken of [
      () => bootstrapInterval(0, () => 1),
      () => meanInterval([]),
      () => ratioInterval([], []),
      () => percentileInterval([], 0.5),
      () => percentileInterval([[1], []], 0.5),
      () => geometricMeanRatio([]),
      () => geometricMeanRatio([{ ours: [], theirs: [] }]),
    ]) {
      expect(taken).toThrow(RangeError);
    }
  });

  test("lies within what was measured and is in order", () => {
    fc.assert(
      fc.property(runs, (values) => {
        expectWithin(meanInterval(values), values);
      }),
      settings,
    );
  });
});

describe("a ratio", () => {
  test("draws pairs: what both runs of a block share cancels", () => {
    const { value, low, high } = ratioInterval([50, 100, 400], [100, 200, 800]);
    expect([value, low, high]).toEqual([0.5, 0.5, 0.5]);
  });

  test("is that of the means, within the ratios of the pairs", () => {
    fc.assert(
      fc.property(pairs, (measured) => {
        const ours = measured.map(([our]) => our);
        const theirs = measured.map(([, their]) => their);
        const interval = ratioInterval(ours, theirs);
        expect(interval.value).toBeCloseTo(mean(ours) / mean(theirs), 9);
        expectWithin(
          interval,
          measured.map(([our, their]) => our / their),
        );
      }),
      settings,
    );
  });

  test("over cells is geometric: twice as slow and twice as fast make no difference", () => {
    const slow = { ours: [2, 4], theirs: [1, 2] };
    const fast = { ours: [1, 3, 5], theirs: [2, 6, 10] };
    for (const bound of Object.values(geometricMeanRatio([slow, fast]))) expect(bound).toBeCloseTo(1, 12);
    expect(geometricMeanRatio([slow, slow, fast]).value).toBeCloseTo(2 ** (1 / 3), 12);
  });

  test("over many cells is known better than that of one", () => {
    const cell = { ours: [1, 2, 3, 4, 5], theirs: [3, 1, 2, 5, 4] };
    const one = geometricMeanRatio([cell]);
    const many = geometricMeanRatio(Array.from({ length: 16 }, () => cell));
    expect(many.value).toBeCloseTo(one.value, 12);
    expect((many.high - many.low) / (one.high - one.low)).toBeCloseTo(1 / 4, 1);
  });

  test("refuses runs that have no pair", () => {
    expect(() => ratioInterval([1, 2], [1])).toThrow("Cannot pair runs: 2 of ours, 1 of theirs");
    expect(() => geometricMeanRatio([{ ours: [1], theirs: [1, 2] }])).toThrow(RangeError);
  });
});

describe("a percentile", () => {
  test("is that of all sessions, and its interval that of drawing whole runs and counting anew", () => {
    const sessions = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(sessions, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(0, 0.01, 0.25, 0.5, 0.9, 0.99, 1),
        (measured, share) => {
          const counted = bootstrapInterval(
            measured.length,
            (indices) =>
              quantile(
                indices.flatMap((index) => measured[index]!),
                share,
              ),
            5,
          );
          expectSame(percentileInterval(measured, share, 5), counted);
        },
      ),
      settings,
    );
  });

  test("of runs whose sessions are all alike is known as well as the runs are, however many sessions there are", () => {
    const { median: value, low, high } = medianInterval([3, 1, 4, 1.5, 9], 7);
    const measured = [3, 1, 4, 1.5, 9].map((each) => [each, each, each]);
    expect(percentileInterval(measured, 0.5, 7)).toEqual({ value, low, high });
  });

  test("refuses a share that is none", () => {
    for (const share of [-0.1, 1.1, 95, Number.NaN]) {
      expect(() => percentileInterval([[1]], share)).toThrow("is not from 0 to 1");
    }
  });
});

function spreadOf(values: readonly number[], statistic: (values: number[]) => number): number {
  const seen: number[] = [];
  bootstrapInterval(values.length, (indices) => {
    seen.push(statistic(indices.map((index) => values[index]!)));
    return seen.at(-1)!;
  });
  return standardDeviation(seen);
}

function everyDraw(values: readonly number[]): number[][] {
  let draws: number[][] = [[]];
  for (const _ of values) draws = draws.flatMap((draw) => values.map((value) => [...draw, value]));
  return draws;
}

function relativeError(value: number, published: number): number {
  return Math.abs(value / published - 1);
}

/** But for rounding. */
function expectWithin({ value, low, high }: Interval, values: readonly number[]): void {
  const slack = 1e-9 * Math.max(...values);
  expect(low).toBeGreaterThanOrEqual(Math.min(...values) - slack);
  expect(low).toBeLessThanOrEqual(high);
  expect(high).toBeLessThanOrEqual(Math.max(...values) + slack);
  expect(value).toBeGreaterThanOrEqual(Math.min(...values) - slack);
  expect(value).toBeLessThanOrEqual(Math.max(...values) + slack);
}

function expectSame(left: Interval, right: Interval): void {
  expect(left.value).toBeCloseTo(right.value, 9);
  expect(left.low).toBeCloseTo(right.low, 9);
  expect(left.high).toBeCloseTo(right.high, 9);
}
