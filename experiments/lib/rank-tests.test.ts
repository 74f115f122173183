// Rank tests: against published tables and examples, against dealing out all values, and what holds for any samples.

import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { holm, magnitudeOf, mannWhitney, varghaDelaney } from "./rank-tests.ts";

/** Few different values, so that most samples have ties. */
const sample = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 6 });
const settings = { seed: 7 };

describe("the Mann–Whitney test", () => {
  // Mann and Whitney (1947), table I: the chance of a U not larger than 0, 1, 2 …, for samples of equal size.
  test.each([
    [3, [0.05, 0.1, 0.2, 0.35, 0.5]],
    [4, [0.014, 0.029, 0.057, 0.1, 0.171, 0.243, 0.343, 0.443]],
    [5, [0.004, 0.008, 0.016, 0.028, 0.048, 0.075, 0.111, 0.155, 0.21, 0.274, 0.345, 0.421, 0.5]],
    [6, [0.001, 0.002, 0.004, 0.008, 0.013, 0.021, 0.032, 0.047, 0.066, 0.09, 0.12, 0.155, 0.197, 0.242, 0.294, 0.35]],
    [7, [0, 0.001, 0.001, 0.002, 0.003, 0.006, 0.009, 0.013, 0.019, 0.027, 0.036, 0.049, 0.064, 0.082, 0.104, 0.13]],
    [8, [0, 0, 0, 0.001, 0.001, 0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.014, 0.019, 0.025, 0.032, 0.041, 0.052]],
  ])("has the tail that its authors tabled for %p and as many", (size, tail) => {
    const halves = tail.map((_, u) => mannWhitney(...samplesWith(u, size)).p / 2);
    expect(halves.map((half) => Math.round(half * 1_000) / 1_000)).toEqual(tail);
  });

  // Critical values of U at 0.05, two-sided, as in any textbook's table.
  test.each([
    [5, 2],
    [6, 5],
    [7, 8],
    [8, 13],
    [9, 17],
    [10, 23],
    [20, 127],
  ])("calls, for %p and as many, U = %p significant at 0.05, and no larger one", (size, critical) => {
    expect(mannWhitney(...samplesWith(critical, size)).p).toBeLessThanOrEqual(0.05);
    expect(mannWhitney(...samplesWith(critical + 1, size)).p).toBeGreaterThan(0.05);
  });

  test("agrees with R: permeability of membranes (Hollander and Wolfe 1973, 69f), W = 35, one-sided 0.1272", () => {
    const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const early = [1.15, 0.88, 0.9, 0.74, 1.21];
    const { u, p } = mannWhitney(term, early);
    expect(u).toBe(35);
    expect(p / 2).toBeCloseTo(0.1272, 4);
    expect(varghaDelaney(term, early)).toBe(35 / 50);
  });

  test("agrees with the example of SciPy: age at diagnosis of diabetes, U = 17, p = 1/9", () => {
    const { u, p } = mannWhitney([19, 22, 16, 29, 24], [20, 11, 17, 12]);
    expect(u).toBe(17);
    expect(p).toBeCloseTo(1 / 9, 14);
  });

  test("is the share of all ways to deal out the values that are as far off, ties or not", () => {
    fc.assert(
      fc.property(sample, sample, (ours, theirs) => {
        const { u, p } = mannWhitney(ours, theirs);
        expect(u).toBe(winsOf(ours, theirs));
        expect(p).toBeCloseTo(shareAsFar(ours, theirs), 12);
      }),
      settings,
    );
  });

  test("takes both samples alike: swapped, they have the other U and the same p", () => {
    fc.assert(
      fc.property(sample, sample, (ours, theirs) => {
        const there = mannWhitney(ours, theirs);
        const back = mannWhitney(theirs, ours);
        expect(there.u + back.u).toBe(ours.length * theirs.length);
        expect(there.p).toBeCloseTo(back.p, 12);
        expect(there.p).toBeGreaterThan(0);
        expect(there.p).toBeLessThanOrEqual(1);
      }),
      settings,
    );
  });

  test("knows ranks only: what keeps the order keeps the result", () => {
    fc.assert(
      fc.property(sample, sample, (ours, theirs) => {
        const [stretchedOurs, stretchedTheirs] = [ours.map(Math.exp), theirs.map(Math.exp)];
        expect(mannWhitney(stretchedOurs, stretchedTheirs)).toEqual(mannWhitney(ours, theirs));
        expect(varghaDelaney(stretchedOurs, stretchedTheirs)).toBe(varghaDelaney(ours, theirs));
      }),
      settings,
    );
  });

  test("says nothing about equal samples, and never below 0.1 about three against three", () => {
    expect(mannWhitney([2, 2, 2], [2, 2]).p).toBe(1);
    expect(mannWhitney([1, 2, 3], [1, 2, 3]).p).toBe(1);
    expect(mannWhitney([1, 2, 3], [40, 50, 60]).p).toBeCloseTo(0.1, 14);
  });

  test("is exact for a hundred against a hundred: two of all ways are as far off as all below", () => {
    const [ours, theirs] = samplesWith(0, 100);
    let ways = 1;
    for (let chosen = 1; chosen <= 100; chosen++) ways *= (100 + chosen) / chosen;
    expect(mannWhitney(ours, theirs).p / (2 / ways)).toBeCloseTo(1, 9);
  });

  test("refuses what it cannot rank", () => {
    const [hundred] = samplesWith(0, 100);
    for (const compare of [mannWhitney, varghaDelaney]) {
      expect(() => compare([], [1])).toThrow("a sample is empty");
      expect(() => compare([1], [])).toThrow("a sample is empty");
      expect(() => compare([1], [...hundred, 0])).toThrow("a sample has 101 values, at most 100");
      expect(() => compare([1, Number.NaN], [1])).toThrow("a value is not a number");
      expect(() => compare([], [1])).toThrow(RangeError);
    }
  });
});

describe("the effect size of Vargha and Delaney", () => {
  test("is the share of pairs in which ours is larger, ties half, and mirrored when swapped", () => {
    expect(varghaDelaney([4, 5, 6], [1, 2, 3])).toBe(1);
    expect(varghaDelaney([1, 2], [1, 2])).toBe(0.5);
    fc.assert(
      fc.property(sample, sample, (ours, theirs) => {
        expect(varghaDelaney(ours, theirs)).toBe(winsOf(ours, theirs) / (ours.length * theirs.length));
        expect(varghaDelaney(ours, theirs) + varghaDelaney(theirs, ours)).toBeCloseTo(1, 14);
      }),
      settings,
    );
  });

  test.each([
    ["negligible", [0.5, 0.55, 0.45, 0.559_9]],
    ["small", [0.56, 0.44, 0.63, 0.37]],
    ["medium", [0.64, 0.36, 0.7, 0.3]],
    ["large", [0.71, 0.29, 1, 0]],
  ] as const)("is %s as its authors say, on either side: %p", (magnitude, values) => {
    expect(values.map(magnitudeOf)).toEqual(values.map(() => magnitude));
  });
});

describe("Holm's method", () => {
  test("adjusts each for its place: 0.01, 0.04, 0.03 and 0.005 become 0.03, 0.06, 0.06 and 0.02", () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
  });

  test("rejects below 0.05 what the example of R's package HDLSSkST does: the third and the seventh", () => {
    const adjusted = holm([0.5, 0.01, 0.001, 0.69, 0.02, 0.05, 0.0025]);
    expect(adjusted.map((p) => p < 0.05)).toEqual([false, false, true, false, false, false, true]);
  });

  test("leaves a single test and none as they are", () => {
    expect(holm([0.03])).toEqual([0.03]);
    expect(holm([])).toEqual([]);
  });

  test("lowers no p-value, keeps their order, exceeds neither Bonferroni's nor 1, and rejects what Holm did", () => {
    const p = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(p, { minLength: 1, maxLength: 20 }), (values) => {
        const adjusted = holm(values);
        values.forEach((value, index) => {
          expect(adjusted[index]).toBeGreaterThanOrEqual(value);
          expect(adjusted[index]).toBeLessThanOrEqual(Math.min(1, value * values.length));
        });
        const order = values.map((_, index) => index).sort((left, right) => values[left]! - values[right]!);
        const inOrder = order.map((index) => adjusted[index]!);
        expect(inOrder).toEqual(inOrder.toSorted((left, right) => left - right));
        expect(adjusted.filter((value) => value <= 0.05)).toHaveLength(rejectionsOf(values, 0.05));
      }),
      settings,
    );
  });
});

/** Two samples of `size` whole numbers, all different: in `u` pairs the number of the first is the larger one. */
function samplesWith(u: number, size: number): [number[], number[]] {
  const raised = Math.floor(u / size);
  const ours = Array.from({ length: size }, (_, index) => {
    const isRaised = index >= size - raised;
    const isBetween = index === size - raised - 1;
    return index + 1 + (isRaised ? size : isBetween ? u % size : 0);
  });
  const theirs = Array.from({ length: 2 * size }, (_, index) => index + 1).filter((rank) => !ours.includes(rank));
  return [ours, theirs];
}

function winsOf(ours: readonly number[], theirs: readonly number[]): number {
  return ours.flatMap((our) => theirs.map((their): number => (our > their ? 1 : our === their ? 0.5 : 0))).reduce(sum);
}

/** Goes through all ways to choose which of the values are ours. */
function shareAsFar(ours: readonly number[], theirs: readonly number[]): number {
  const all = [...ours, ...theirs];
  const distances = Array.from({ length: 2 ** all.length }, (_, choice) => {
    const chosen = all.filter((__, place) => ((choice >> place) & 1) === 1);
    const others = all.filter((__, place) => ((choice >> place) & 1) === 0);
    return chosen.length === ours.length ? [distanceOf(chosen, others)] : [];
  }).flat();
  return distances.filter((distance) => distance >= distanceOf(ours, theirs)).length / distances.length;
}

function distanceOf(ours: readonly number[], theirs: readonly number[]): number {
  return Math.abs(winsOf(ours, theirs) - (ours.length * theirs.length) / 2);
}

/** How many Holm (1979) rejects: from the smallest on, as long as each is at most the level by how many are left. */
function rejectionsOf(pValues: readonly number[], level: number): number {
  const sorted = pValues.toSorted((left, right) => left - right);
  const kept = sorted.findIndex((p, index) => p * (sorted.length - index) > level);
  return kept === -1 ? sorted.length : kept;
}

function sum(left: number, right: number): number {
  return left + right;
}
