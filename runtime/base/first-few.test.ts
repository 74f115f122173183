// The first few of many.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { timesRuns } from "../testing/times-runs.ts";
import { firstFew } from "./first-few.ts";

const byRank = (left: { rank: number }, right: { rank: number }): number => left.rank - right.rank;

describe("the first few", () => {
  test("are what sorting all of them would begin with, in the same order", () => {
    const item = fc.record({ rank: fc.integer({ min: 0, max: 9 }), name: fc.integer() });
    fc.assert(
      fc.property(fc.array(item), fc.integer({ min: 1, max: 12 }), (items, count) => {
        expect(firstFew(items, count, byRank)).toEqual(items.toSorted(byRank).slice(0, count));
      }),
      { seed: 31, numRuns: timesRuns(500) },
    );
  });
});
