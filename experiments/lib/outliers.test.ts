// Outlier filters: against examples of the NIST handbook, and what no filter may do.

import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { withoutOutliersByMad, withoutOutliersByZ } from "./outliers.ts";

/** Uranium isotope ratios: NIST/SEMATECH handbook, 1.3.5.17.1 (Grubbs' test); the largest has G = 2.468765. */
const uranium = [199.31, 199.53, 200.19, 200.82, 201.92, 201.95, 202.18, 245.57];

/** Rosner (1983): NIST/SEMATECH handbook, 1.3.5.17.3; the largest has R1 = 3.118, the test finds three outliers. */
const rosner = [
  -0.25, 0.68, 0.94, 1.15, 1.2, 1.26, 1.26, 1.34, 1.38, 1.43, 1.49, 1.49, 1.55, 1.56, 1.58, 1.65, 1.69, 1.7, 1.76, 1.77,
  1.81, 1.91, 1.94, 1.96, 1.99, 2.06, 2.09, 2.1, 2.14, 2.15, 2.23, 2.24, 2.26, 2.35, 2.37, 2.4, 2.47, 2.54, 2.62, 2.64,
  2.9, 2.92, 2.92, 2.93, 3.21, 3.26, 3.3, 3.59, 3.68, 4.3, 4.64, 5.34, 5.42, 6.01,
];

const filters = [
  ["z-scores", withoutOutliersByZ],
  ["median deviations", withoutOutliersByMad],
] as const;
const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 40 });
const settings = { seed: 7 };

describe("by z-score", () => {
  test("the largest value of each example of the handbook goes just below its published score, and stays at it", () => {
    expect(withoutOutliersByZ(uranium, 2.4688)).toEqual({ kept: uranium, removed: 0 });
    expect(withoutOutliersByZ(uranium, 2.4687)).toEqual({ kept: uranium.slice(0, -1), removed: 1 });
    expect(withoutOutliersByZ(rosner, 3.119).removed).toBe(0);
    expect(withoutOutliersByZ(rosner, 3.117)).toEqual({ kept: rosner.slice(0, -1), removed: 1 });
  });

  test("ten values or fewer lose none at a limit of 3, whatever they are", () => {
    expect(withoutOutliersByZ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1_000_000]).removed).toBe(0);
    expect(withoutOutliersByZ([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1_000_000]).removed).toBe(1);
    fc.assert(
      fc.property(numbers, (values) => withoutOutliersByZ(values.slice(0, 10)).removed === 0),
      settings,
    );
  });
});

describe("by median deviation", () => {
  test("the outlier among eight uranium ratios goes, which no z-score of 3 can show", () => {
    expect(withoutOutliersByZ(uranium).removed).toBe(0);
    expect(withoutOutliersByMad(uranium)).toEqual({ kept: uranium.slice(0, -1), removed: 1 });
  });

  test("several outliers do not hide each other", () => {
    expect(withoutOutliersByZ([2.1, 2.6, 2.4, 2.5, 2.3, 2.1, 2.3, 2.6, 8.2, 8.3]).removed).toBe(0);
    expect(withoutOutliersByMad([2.1, 2.6, 2.4, 2.5, 2.3, 2.1, 2.3, 2.6, 8.2, 8.3]).removed).toBe(2);
  });

  test("the score is 0.6745 of the distance in deviations: median 3 and MAD 1 put 8.18 within 3.5, 8.19 beyond", () => {
    expect(withoutOutliersByMad([1, 2, 3, 4, 8.18]).removed).toBe(0);
    expect(withoutOutliersByMad([1, 2, 3, 4, 8.19])).toEqual({ kept: [1, 2, 3, 4], removed: 1 });
  });

  test("where half of the values are equal there is no measure of far, and all stay", () => {
    expect(withoutOutliersByMad([5, 5, 5, 5, 6, 900])).toEqual({ kept: [5, 5, 5, 5, 6, 900], removed: 0 });
  });
});

describe.each(filters)("the filter by %s", (_, filter) => {
  test("none, one or equal values stay as they are", () => {
    for (const values of [[], [3], [3, 3, 3], [0.1, 0.1, 0.1]]) {
      expect(filter(values)).toEqual({ kept: values, removed: 0 });
    }
  });

  test("keeps the order, counts what it removes, and does not touch what it was given", () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0.5, max: 4, noNaN: true }), (values, limit) => {
        const given = [...values];
        const { kept, removed } = filter(values, limit);
        expect(values).toEqual(given);
        expect(kept.length + removed).toBe(values.length);
        const outside = values.filter((value) => !kept.includes(value));
        expect(kept).toEqual(values.filter((value) => !outside.includes(value)));
      }),
      settings,
    );
  });

  test("treats values that are moved and stretched alike", () => {
    expect(filter(rosner.map((value) => 8 * value + 16)).removed).toBe(filter(rosner).removed);
  });
});
