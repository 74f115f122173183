// Token buckets: how many at once, how many later, and which of them are forgotten.
import { describe, expect, test } from "bun:test";

import { TokenBuckets } from "./token-buckets.ts";

const BOUNDS = { burst: 3, everyMs: 100, bucketsMax: 4 };

/** Takes one where there is one. */
function taken(buckets: TokenBuckets, key: string, nowMs: number): boolean {
  if (!buckets.has(key, nowMs)) return false;
  buckets.take(key, nowMs);
  return true;
}

describe("a bucket", () => {
  test("gives so many at once and not one more, and another key's as many", () => {
    const buckets = new TokenBuckets(BOUNDS);
    expect([1, 2, 3, 4].map(() => taken(buckets, "ana", 0))).toEqual([true, true, true, false]);
    expect(taken(buckets, "beto", 0)).toBe(true);
  });

  test("gives one more after its time, and not a millisecond before", () => {
    const buckets = new TokenBuckets(BOUNDS);
    for (let count = 0; count < 3; count++) taken(buckets, "ana", 0);
    expect([99, 100, 199, 200].map((nowMs) => taken(buckets, "ana", nowMs))).toEqual([false, true, false, true]);
  });

  test("never holds more than it gives at once", () => {
    const buckets = new TokenBuckets(BOUNDS);
    taken(buckets, "ana", 0);
    expect([1, 2, 3, 4].map(() => taken(buckets, "ana", 1_000_000))).toEqual([true, true, true, false]);
  });
});

describe("buckets", () => {
  test("are forgotten when they are full again", () => {
    const buckets = new TokenBuckets(BOUNDS);
    taken(buckets, "ana", 0);
    taken(buckets, "beto", 50);
    expect(buckets.count).toBe(2);
    taken(buckets, "caio", 299);
    expect(buckets.count).toBe(3);
    taken(buckets, "caio", 300);
    expect(buckets.count).toBe(2);
    taken(buckets, "caio", 350);
    expect(buckets.count).toBe(1);
  });

  test("are so many at most: one more, and the longest unused is forgotten", () => {
    const buckets = new TokenBuckets(BOUNDS);
    for (let count = 0; count < 3; count++) {
      for (const key of ["a", "b", "c", "d"]) taken(buckets, key, 0);
    }
    taken(buckets, "a", 100);
    expect(buckets.count).toBe(4);
    taken(buckets, "e", 100);
    expect(buckets.count).toBe(4);
    // Of those that had nothing left, `b` was used before the others: now it is full.
    for (let count = 0; count < 2; count++) expect(taken(buckets, "b", 100)).toBe(true);
    expect(taken(buckets, "a", 100)).toBe(false);
  });
});
