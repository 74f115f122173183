// Hybrid logical time: cause before effect, never far from the wall clock, and one text for each time.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { limits } from "#runtime/mod.ts";
import { timesRuns } from "#runtime/testing/times-runs.ts";

import { compareHybridTimes, formatHybridTime, HybridClock, type HybridTime, parseHybridTime } from "./hybrid-clock.ts";

const AHEAD_MS = limits.hybridClockAheadMs;
const COUNT_MAX = limits.hybridClockCountMax;

function at(wallMs: number, count: number): HybridTime {
  return { wallMs, count };
}

describe("a hybrid clock", () => {
  test("shows the wall time in whole milliseconds, and counts the events of one", () => {
    const clock = new HybridClock();
    expect([clock.tick(10.9), clock.tick(10.95), clock.tick(11)]).toEqual([at(10, 0), at(10, 1), at(11, 0)]);
  });

  test("goes on counting while the wall clock is behind", () => {
    const clock = new HybridClock(at(100, 4));
    expect([clock.tick(50), clock.tick(99)]).toEqual([at(100, 5), at(100, 6)]);
  });

  test.each([
    ["the wall clock is latest", at(5, 3), at(6, 9), at(7, 0)],
    ["the message is latest", at(5, 3), at(8, 9), at(8, 10)],
    ["its own time is latest", at(9, 3), at(8, 9), at(9, 4)],
    ["message and own time are one, with the larger count here", at(8, 9), at(8, 3), at(8, 10)],
    ["message and own time are one, with the larger count there", at(8, 3), at(8, 9), at(8, 10)],
  ])("that receives goes on from what is latest: %s", (_, own, remote, after) => {
    const clock = new HybridClock(own);
    expect(clock.receive(remote, 7)).toBeUndefined();
    expect(clock.now).toEqual(after);
  });

  test("takes a time that is as far ahead as may be, and refuses one a millisecond further", () => {
    const clock = new HybridClock(at(5, 0));
    expect(clock.receive(at(7 + AHEAD_MS + 1, 0), 7)).toBe("clock_from_future");
    expect(clock.now).toEqual(at(5, 0));
    expect(clock.receive(at(7 + AHEAD_MS, 0), 7)).toBeUndefined();
    expect(clock.now).toEqual(at(7 + AHEAD_MS, 1));
  });

  test.each([at(-1, 0), at(1.5, 0), at(Number.NaN, 0), at(2 ** 53, 0), at(1, -1), at(1, COUNT_MAX + 1)])(
    "refuses %j",
    (remote) => {
      const clock = new HybridClock(at(5, 0));
      expect(clock.receive(remote, 7)).toBe("bad_clock");
      expect(clock.now).toEqual(at(5, 0));
    },
  );

  test("goes over into the next millisecond when the count is used up", () => {
    const clock = new HybridClock(at(5, COUNT_MAX - 1));
    expect([clock.tick(5), clock.tick(5)]).toEqual([at(5, COUNT_MAX), at(6, 0)]);
  });
});

test("whatever wall clocks do, an effect is later than its cause, and no clock is ahead of all wall clocks", () => {
  const steps = fc.array(fc.record({ from: fc.nat(3), to: fc.nat(3), fromMs: fc.nat(500), toMs: fc.nat(500) }));
  const property = fc.property(steps, (messages) => {
    const clocks = Array.from({ length: 4 }, () => new HybridClock());
    let latestMs = 0;
    for (const { from, to, fromMs, toMs } of messages) {
      const [sender, receiver] = [clocks[from] as HybridClock, clocks[to] as HybridClock];
      const before = receiver.now;
      const sent = sender.tick(fromMs);
      expect(receiver.receive(sent, toMs)).toBeUndefined();
      latestMs = Math.max(latestMs, fromMs, toMs);
      expect(compareHybridTimes(receiver.now, sent)).toBeGreaterThan(0);
      expect(compareHybridTimes(receiver.now, before)).toBeGreaterThan(0);
      expect(receiver.now.wallMs).toBeLessThanOrEqual(latestMs);
    }
  });
  fc.assert(property, { seed: 2014, numRuns: timesRuns(100) });
});

describe("the text of a hybrid time", () => {
  const times = fc.record({ wallMs: fc.nat(2 ** 31 - 1), count: fc.nat(COUNT_MAX) });

  test("is read as the time that it was", () => {
    fc.assert(
      fc.property(times, (time) => {
        expect(parseHybridTime(formatHybridTime(time))).toEqual(time);
      }),
      { seed: 2014, numRuns: timesRuns(100) },
    );
  });

  test("is its milliseconds and its count", () => {
    expect(formatHybridTime(at(1_795_176_763_319, 2))).toBe("1795176763319.2");
  });

  test.each([
    "",
    "1",
    "1.",
    ".1",
    "01.0",
    "1.00",
    "-1.0",
    "1.-1",
    "1e3.0",
    " 1.0",
    "1.0\n",
    "1.0.0",
    `1.${COUNT_MAX + 1}`,
    "9007199254740992.0",
    "99999999999999999.0",
  ])("is not %j", (text) => {
    expect(parseHybridTime(text)).toBeUndefined();
  });
});

test("hybrid times are in order of their milliseconds, then of their counts", () => {
  const sorted = [at(2, 0), at(1, 9), at(1, 10), at(0, 5)].sort(compareHybridTimes);
  expect(sorted).toEqual([at(0, 5), at(1, 9), at(1, 10), at(2, 0)]);
  expect(compareHybridTimes(at(1, 9), at(1, 9))).toBe(0);
});
