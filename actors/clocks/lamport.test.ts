// Lamport's rules, and what comes from whom one does not trust.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { limits } from "#runtime/mod.ts";
import { timesRuns } from "#runtime/testing/times-runs.ts";

import { LamportClock } from "./lamport.ts";

const LEAP = limits.lamportLeapMax;
const HALF = 2 ** 52;
const STEP = limits.lamportClientStepMax;

describe("a Lamport clock", () => {
  test("numbers its own events from 1, one by one", () => {
    const clock = new LamportClock();
    expect(clock.now).toBe(0);
    expect([clock.tick(), clock.tick(), clock.now]).toEqual([1, 2, 2]);
  });

  test("goes on from where it was", () => {
    expect(new LamportClock(41).tick()).toBe(42);
  });

  test.each([
    [7, 3, 8],
    [7, 7, 8],
    [7, 12, 13],
  ])("at %p that receives %p is at %p: later than both", (now, received, after) => {
    const clock = new LamportClock(now);
    expect(clock.receive(received)).toBeUndefined();
    expect(clock.now).toBe(after);
  });

  test.each([-1, 1.5, Number.NaN, Infinity, 2 ** 53, "7", null, undefined, 7n])(
    "refuses %p as no number",
    (received) => {
      const clock = new LamportClock(5);
      expect(clock.receive(received)).toBe("bad_clock");
      expect(clock.now).toBe(5);
    },
  );

  test("takes the longest leap of a stranger, and refuses one that is longer by one", () => {
    const clock = new LamportClock(5);
    expect(clock.problemOfStranger(5 + LEAP + 1, STEP)).toBe("clock_from_future");
    expect(clock.problemOfStranger(5 + LEAP, STEP)).toBeUndefined();
  });

  test("that half of all numbers are behind takes short steps alone of strangers", () => {
    const clock = new LamportClock(HALF);
    expect(clock.problemOfStranger(HALF + STEP, STEP)).toBeUndefined();
    expect(clock.problemOfStranger(HALF + STEP + 1, STEP)).toBe("clock_from_future");
  });

  test("is not led beyond that half in one leap, by whomever", () => {
    const clock = new LamportClock(HALF - 100);
    expect(clock.problemOfStranger(HALF, STEP)).toBeUndefined();
    expect(clock.problemOfStranger(HALF + 1, STEP)).toBe("clock_from_future");
    expect(new LamportClock().receive(HALF)).toBeUndefined();
    expect(new LamportClock().receive(HALF + 1)).toBe("clock_from_future");
  });

  test("lasts for a century of clients that lead it on as fast as they can", () => {
    const requestsASecond = 20_000;
    const secondsInYear = 31_557_600;
    const years = HALF / STEP / requestsASecond / secondsInYear;
    expect(years).toBeGreaterThan(100);
  });

  test("cannot be led to its last number: it keeps as many for itself as one leap", () => {
    const last = Number.MAX_SAFE_INTEGER - LEAP;
    const clock = new LamportClock(last - 1);
    expect(clock.receive(last + 1)).toBe("clock_from_future");
    expect(clock.receive(last)).toBeUndefined();
    expect(clock.tick()).toBe(last + 2);
  });
});

test("whatever processes send each other, a cause has a smaller number than its effect", () => {
  const steps = fc.array(fc.record({ from: fc.nat(3), to: fc.nat(3) }), { maxLength: 60 });
  const property = fc.property(steps, (messages) => {
    const clocks = Array.from({ length: 4 }, () => new LamportClock());
    for (const { from, to } of messages) {
      const before = clocks[to]?.now ?? 0;
      const sent = clocks[from]?.tick() ?? 0;
      expect(clocks[to]?.receive(sent)).toBeUndefined();
      expect(clocks[to]?.now).toBeGreaterThan(Math.max(before, sent));
    }
  });
  fc.assert(property, { seed: 1978, numRuns: timesRuns(100) });
});
