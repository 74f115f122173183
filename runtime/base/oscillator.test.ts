// A hardware clock that drifts as it is told to.
import { describe, expect, test } from "bun:test";

import { Oscillator } from "./oscillator.ts";

describe("an oscillator", () => {
  test("shows true time unless told otherwise", () => {
    expect([-5, 0, 1_234.5].map((trueMs) => new Oscillator().at(trueMs))).toEqual([-5, 0, 1_234.5]);
  });

  test("is ahead by its offset, and gains its drift", () => {
    const oscillator = new Oscillator({ offsetMs: 500, driftPpm: 100 });
    expect(oscillator.at(0)).toBe(500);
    expect(oscillator.at(10_000)).toBeCloseTo(10_501, 9);
  });

  test("jumps where it is told to, and drifts as before", () => {
    const oscillator = new Oscillator({ driftPpm: 100 });
    oscillator.jump(3_000, 10_000);
    expect(oscillator.at(9_999)).toBeCloseTo(9_999.9999, 9);
    expect(oscillator.at(20_000)).toBeCloseTo(23_002, 9);
  });

  test("changes its drift at the time it is told to, and does not jump there", () => {
    const oscillator = new Oscillator({ driftPpm: 100 });
    oscillator.setDrift(-100, 10_000);
    expect(oscillator.at(5_000)).toBeCloseTo(5_000.5, 9);
    expect(oscillator.at(10_000)).toBeCloseTo(10_001, 9);
    expect(oscillator.at(20_000)).toBeCloseTo(20_000, 9);
  });
});
