// A virtual clock: how it gets to where it is told to be, how fast, and that it never goes back on the way.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { limits } from "#runtime/mod.ts";
import { timesRuns } from "#runtime/testing/times-runs.ts";

import type { ClockLine } from "./clock-line.ts";
import { VirtualClock } from "./virtual-clock.ts";

const DAY_MS = limits.clockCorrectionMsMax;

/** Shows 5 000 where its hardware shows 1 000. */
function newClock(): VirtualClock {
  return new VirtualClock(1_000, 5_000);
}

function line(timeMs: number, rate = 1, hardwareMs = 1_000): ClockLine {
  return { hardwareMs, timeMs, rate };
}

describe("a virtual clock", () => {
  test("runs as its hardware does until it is told otherwise", () => {
    const clock = newClock();
    expect([clock.at(1_000), clock.at(1_250.5)]).toEqual([5_000, 5_250.5]);
    expect(clock.remainingMs(1_300)).toBe(0);
  });

  test("shows the same where its hardware is read earlier, or is no number", () => {
    const clock = newClock();
    expect([clock.at(1_100), clock.at(1_050), clock.at(Number.NaN), clock.at(1_101)]).toEqual([
      5_100, 5_100, 5_100, 5_101,
    ]);
  });

  test("gains what it is slewed by, a tenth faster than its hardware", () => {
    const clock = newClock();
    expect(clock.slewBy(10, 1_000)).toBeUndefined();
    expect([clock.at(1_050), clock.at(1_100), clock.at(1_200)]).toEqual([5_055, 5_110, 5_210]);
  });

  test("loses what it is slewed by, a tenth slower than its hardware", () => {
    const clock = newClock();
    clock.slewBy(-10, 1_000);
    expect([clock.at(1_050), clock.at(1_100), clock.at(1_200)]).toEqual([5_045, 5_090, 5_190]);
  });

  test("slews no faster than it was made to", () => {
    const clock = new VirtualClock(0, 0, 0.5);
    clock.slewBy(10, 0);
    expect(clock.at(20)).toBe(30);
    expect(clock.at(40)).toBe(50);
  });

  test("spreads a correction over the time it is given", () => {
    const clock = newClock();
    clock.slewBy(10, 1_000, 1_000);
    expect([clock.at(1_500), clock.at(2_000), clock.at(3_000)]).toEqual([5_505, 6_010, 7_010]);
  });

  test("takes longer than it is given where it would have to be too fast", () => {
    const clock = newClock();
    clock.slewBy(10, 1_000, 1);
    expect(clock.at(1_050)).toBe(5_055);
  });

  test("gives up the rest of a correction for the next", () => {
    const clock = newClock();
    clock.slewBy(100, 1_000);
    expect(clock.at(1_100)).toBe(5_110);
    clock.slewBy(-5, 1_100);
    expect(clock.at(1_150)).toBe(5_155);
    expect(clock.at(1_250)).toBe(5_255);
  });

  test("approaches a line and then runs along it with its rate", () => {
    const clock = newClock();
    expect(clock.follow(line(5_010, 1.005), 1_000)).toBeUndefined();
    // It closes in by 0.1 - 0.005 in each millisecond.
    const arrivalMs = 1_000 + 10 / 0.095;
    expect(clock.at(1_050)).toBeCloseTo(5_055, 9);
    expect(clock.at(arrivalMs)).toBeCloseTo(5_010 + (arrivalMs - 1_000) * 1.005, 9);
    expect(clock.at(2_000)).toBeCloseTo(6_015, 9);
    expect(clock.target).toEqual(line(5_010, 1.005));
  });

  test("follows a line that was drawn through another moment", () => {
    const clock = newClock();
    clock.follow(line(4_000, 1, 0), 1_000);
    expect(clock.at(3_000)).toBe(7_000);
  });

  test("keeps the rate of its line when it is slewed", () => {
    const clock = newClock();
    clock.follow(line(5_000, 1.005), 1_000);
    clock.slewBy(10, 1_000);
    expect(clock.at(3_000)).toBeCloseTo(7_020, 9);
  });

  test("does not go back by less than its hardware clock can tell either", () => {
    const clock = new VirtualClock(1.7e12, 5);
    clock.slewBy(-1e-6, 1.7e12);
    expect(clock.at(1.7e12)).toBe(5);
  });

  test("says how far it still has to go, either way", () => {
    const clock = newClock();
    clock.slewBy(10, 1_000);
    expect([clock.remainingMs(1_000), clock.remainingMs(1_050), clock.remainingMs(1_100)]).toEqual([10, 5, 0]);
    clock.slewBy(-10, 1_100);
    expect(clock.remainingMs(1_150)).toBe(5);
    // Read earlier, it is still where it was.
    expect(clock.remainingMs(1_120)).toBe(5);
  });

  test("steps only when it is told to step, also back, and counts that", () => {
    const clock = newClock();
    clock.slewBy(-100, 1_000);
    expect(clock.stepCount).toBe(0);
    expect(clock.step(line(4_000, 1.001), 1_000)).toBeUndefined();
    expect([clock.at(1_000), clock.at(2_000), clock.remainingMs(2_000)]).toEqual([4_000, 5_001, 0]);
    expect(clock.stepCount).toBe(1);
  });
});

describe("a virtual clock refuses, and stays as it was", () => {
  test.each([
    ["a rate that is too high", line(5_000, 1.0101), "rate_out_of_range"],
    ["a rate that is too low", line(5_000, 0.9899), "rate_out_of_range"],
    ["a rate that is no number", line(5_000, Number.NaN), "bad_correction"],
    ["a time that is no number", line(Infinity), "bad_correction"],
    ["hardware that is no number", line(5_000, 1, Number.NaN), "bad_correction"],
    ["what is too far ahead", line(5_000 + DAY_MS + 1), "correction_too_large"],
    ["what is too far behind", line(5_000 - DAY_MS - 1), "correction_too_large"],
  ] as const)("%s", (_, wrong, problem) => {
    const clock = newClock();
    expect(clock.follow(wrong, 1_000)).toBe(problem);
    expect(clock.step(wrong, 1_000)).toBe(problem);
    expect([clock.at(2_000), clock.remainingMs(2_000), clock.stepCount]).toEqual([6_000, 0, 0]);
  });

  test.each([
    [Number.NaN, "bad_correction"],
    [DAY_MS + 1, "correction_too_large"],
  ] as const)("to be slewed by %p", (differenceMs, problem) => {
    const clock = newClock();
    expect(clock.slewBy(differenceMs, 1_000)).toBe(problem);
    expect([clock.at(2_000), clock.remainingMs(2_000)]).toEqual([6_000, 0]);
  });

  test("but not what is just within the bounds", () => {
    for (const rate of [0.9901, 1.0099]) expect(newClock().follow(line(5_000 + DAY_MS, rate), 1_000)).toBeUndefined();
  });
});

test("whatever a clock is told and however it is read, it never goes back nor runs faster than it may", () => {
  const ms = fc.double({ min: -2_000, max: 2_000, noNaN: true });
  const orders = fc.oneof(
    fc.record({ kind: fc.constant("read" as const) }),
    fc.record({ kind: fc.constant("slew" as const), byMs: ms, spreadMs: fc.nat(5_000) }),
    fc.record({
      kind: fc.constant("follow" as const),
      byMs: ms,
      rate: fc.double({ min: 0.985, max: 1.015, noNaN: true }),
    }),
  );
  const steps = fc.array(fc.record({ order: orders, afterMs: fc.double({ min: -100, max: 3_000, noNaN: true }) }));
  const property = fc.property(steps, (all) => {
    let hardwareMs = 1.7e12;
    let latestHardwareMs = hardwareMs;
    const clock = new VirtualClock(hardwareMs, 1.7e12);
    for (const { order, afterMs } of all) {
      hardwareMs += afterMs;
      const beforeMs = clock.at(latestHardwareMs);
      if (order.kind === "slew") clock.slewBy(order.byMs, hardwareMs, order.spreadMs);
      if (order.kind === "follow") {
        clock.follow({ hardwareMs, timeMs: clock.at(hardwareMs) + order.byMs, rate: order.rate }, hardwareMs);
      }
      const ranMs = Math.max(hardwareMs - latestHardwareMs, 0);
      const gainedMs = clock.at(hardwareMs) - beforeMs;
      expect(gainedMs).toBeGreaterThanOrEqual(0);
      expect(gainedMs).toBeLessThanOrEqual(ranMs * 1.1 + 0.001);
      latestHardwareMs += ranMs;
    }
  });
  fc.assert(property, { seed: 5, numRuns: timesRuns(300) });
});
