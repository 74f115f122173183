// Waits between tries: how long at most, and never all at once.
import { describe, expect, test } from "bun:test";

import { createRandom } from "#runtime/base/random.ts";

import { backoffMs, waitText } from "./backoff.ts";

const BACKOFF = { firstMs: 250, maxMs: 10_000 };
const ALMOST_ONE = { next: () => 1 - Number.EPSILON };

describe("the wait before a try", () => {
  test("doubles at most, up to its cap", () => {
    const waits = [0, 1, 2, 3, 4, 5, 6, 7, 1_000_000].map((tries) => Math.round(backoffMs(tries, ALMOST_ONE, BACKOFF)));
    expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
  });

  test("may be nothing at all: the jitter is full", () => {
    expect(backoffMs(5, { next: () => 0 }, BACKOFF)).toBe(0);
  });

  test("is another for each client, evenly spread", () => {
    const random = createRandom(7);
    const waits = Array.from({ length: 1_000 }, () => backoffMs(5, random, BACKOFF));
    const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
    expect(mean).toBeGreaterThan(3_600);
    expect(mean).toBeLessThan(4_400);
    expect(Math.max(...waits)).toBeLessThan(8_000);
  });

  test("is told to the tenth of a second above, so never as none", () => {
    expect([0.2, 100, 101, 9_999].map(waitText)).toEqual(["0,1 s", "0,1 s", "0,2 s", "10,0 s"]);
  });

  test("is the same for the same seed", () => {
    expect(backoffMs(3, createRandom(1), BACKOFF)).toBe(backoffMs(3, createRandom(1), BACKOFF));
  });
});
