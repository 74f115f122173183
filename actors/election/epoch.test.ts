// Epochs as numbers: what is one, which is later, and how far the next one may be.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { limits } from "#runtime/mod.ts";

import { counterOf, epochOf, isEpoch, isRank, nextCounter, NO_EPOCH, sponsorRankOf } from "./epoch.ts";

const COUNTER_MAX = 2 ** 37 - 1;
const counters = fc.integer({ min: 1, max: COUNTER_MAX });
const ranks = fc.integer({ min: 1, max: 65_535 });

describe("an epoch", () => {
  test("is a safe integer that has its counter and the rank of its sponsor in it", () => {
    fc.assert(
      fc.property(counters, ranks, (counter, rank) => {
        const epoch = epochOf(counter, rank);
        expect([isEpoch(epoch), counterOf(epoch), sponsorRankOf(epoch)]).toEqual([true, counter, rank]);
      }),
    );
  });

  test("of a higher counter is later, whatever the ranks", () => {
    fc.assert(
      fc.property(counters, ranks, ranks, (counter, one, other) => {
        expect(epochOf(counter, one)).toBeGreaterThan(epochOf(counter - 1, other));
      }),
    );
  });

  test.each([NO_EPOCH, -1, 65_535, 65_536, 65_537.5, 2 ** 53, NaN, Infinity, "65537", null, undefined])(
    "is not %p",
    (value) => expect(isEpoch(value)).toBe(false),
  );

  test("is the first of rank 1, and the last of the highest rank", () => {
    expect([isEpoch(65_537), isEpoch(Number.MAX_SAFE_INTEGER)]).toEqual([true, true]);
  });
});

test("a rank is from 1 to 65,535", () => {
  expect([1, 65_535].map(isRank)).toEqual([true, true]);
  expect([0, 65_536, 1.5, NaN, "1"].map(isRank)).toEqual([false, false, false, false, false]);
});

describe("the next counter", () => {
  test("is above the highest, by as much as chance has it", () => {
    expect(nextCounter(7, 0)).toBe(8);
    expect(nextCounter(7, 1 - 2 ** -53)).toBe(7 + limits.electionEpochStepMax);
  });

  test("is none where it would be too high for an epoch", () => {
    expect(nextCounter(COUNTER_MAX - 1, 0)).toBe(COUNTER_MAX);
    expect(nextCounter(COUNTER_MAX, 0)).toBeUndefined();
  });
});
