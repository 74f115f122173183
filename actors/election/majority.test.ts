// Majorities and witnesses, for all sets that are small enough to look at.
import { expect, test } from "bun:test";

import { majorityOf, witnessesOf } from "./majority.ts";

const COUNTS = [1, 2, 3, 4, 5, 6, 7];

/** Of bits. */
const sizeOf = (set: number): number => set.toString(2).replaceAll("0", "").length;
const doMeet = (sets: readonly number[]): boolean => sets.every((one) => sets.every((other) => (one & other) !== 0));
const setsOf = (count: number): readonly number[] => Array.from({ length: 2 ** count }, (_, set) => set);

test.each(COUNTS)("of %i any two majorities have one in common, and with one less they need not", (count) => {
  const ofSize = (size: number): readonly number[] => setsOf(count).filter((set) => sizeOf(set) === size);
  expect(doMeet(ofSize(majorityOf(count)))).toBe(true);
  expect(doMeet(ofSize(majorityOf(count) - 1))).toBe(false);
});

test.each(COUNTS)("of %i the witnesses of one have one in common with each majority that it was part of", (count) => {
  const own = 1;
  const others = setsOf(count).filter((set) => (set & own) === 0);
  // Alone it has none, and needs none.
  const votes = setsOf(count).filter((set) => (set & own) !== 0 && sizeOf(set) >= majorityOf(count) && set !== own);
  const meetsAll = (set: number): boolean => votes.every((vote) => (vote & set) !== 0);
  const fewest = Math.min(...others.filter(meetsAll).map(sizeOf));
  expect(others.filter((set) => sizeOf(set) === witnessesOf(count)).every(meetsAll)).toBe(true);
  expect(witnessesOf(count)).toBe(fewest);
});
