// How long bytes wait for a link of limited speed, and how many may.
import { describe, expect, test } from "bun:test";

import { TokenBucket } from "./relay-bucket.ts";
import { type LinkFaults, linkOf } from "./relay-faults.ts";

/** One byte takes one millisecond. */
const SLOW = { rateBitsPerSecond: 8_000, rateBurstBytes: 100, rateQueueBytes: 50 };

function link(faults: LinkFaults = {}) {
  return linkOf({ ...SLOW, ...faults }, "up");
}

describe("a bucket", () => {
  test("that is full lets its size through at once, and the next byte after its time", () => {
    const bucket = new TokenBucket();
    expect([bucket.take(link(), 100, 0), bucket.take(link(), 1, 0), bucket.take(link(), 10, 0)]).toEqual([0, 1, 11]);
  });

  test("fills as time passes, and not beyond its size", () => {
    const bucket = new TokenBucket();
    bucket.take(link(), 100, 0);
    expect(bucket.take(link(), 30, 30)).toBe(0);
    expect([bucket.take(link(), 100, 1_000), bucket.take(link(), 1, 1_000)]).toEqual([0, 1]);
  });

  test("lets exactly so many bytes wait, and takes nothing from who finds no room", () => {
    const bucket = new TokenBucket();
    bucket.take(link(), 100, 0);
    expect([bucket.take(link(), 51, 0), bucket.take(link(), 50, 0), bucket.take(link(), 1, 0)]).toEqual([
      undefined,
      50,
      undefined,
    ]);
    expect(bucket.waitingBytes(link(), 20)).toBe(30);
    expect(bucket.take(link(), 20, 20)).toBe(50);
  });

  test("lets any number wait where the sender is held back instead", () => {
    const bucket = new TokenBucket();
    expect(bucket.takeAnyway(link(), 1_100, 0)).toBe(1_000);
    expect(bucket.waitingBytes(link(), 0)).toBe(1_000);
  });

  test("of a link without a speed holds nobody up", () => {
    const fast = link({ rateBitsPerSecond: 0 });
    const bucket = new TokenBucket();
    expect([bucket.take(fast, 1e9, 0), bucket.takeAnyway(fast, 1e9, 0), bucket.waitingBytes(fast, 0)]).toEqual([
      0, 0, 0,
    ]);
  });

  test("lets through in the long run what its speed says", () => {
    const bucket = new TokenBucket();
    let passed = 0;
    for (let nowMs = 0; nowMs < 10_000; nowMs++) if (bucket.take(link(), 7, nowMs) !== undefined) passed += 7;
    expect(passed).toBeGreaterThan(10_000);
    expect(passed).toBeLessThanOrEqual(10_000 + SLOW.rateBurstBytes + SLOW.rateQueueBytes);
  });
});
