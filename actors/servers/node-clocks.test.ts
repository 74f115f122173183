// The clocks of one process: what sets them, and what they refuse.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { NodeClocks } from "./node-clocks.ts";

const START_MS = Date.UTC(2026, 10, 20, 12, 0, 0);
const FAR_MS = limits.clockInstructionMsMax;

/** Over a hardware clock that a test moves. */
function createClocks() {
  const hardware = { nowMs: START_MS };
  return { hardware, clocks: new NodeClocks(() => hardware.nowMs) };
}

/** A synchronised server that has slept for an hour. */
function woken() {
  const hardware = { nowMs: START_MS, sleepCount: 0 };
  const clocks = new NodeClocks(
    () => hardware.nowMs,
    undefined,
    () => hardware.sleepCount,
  );
  const tell = (aheadMs: number) => {
    const line = { hardwareMs: hardware.nowMs, timeMs: hardware.nowMs + aheadMs, rate: 1 };
    clocks.correct({ correction: { line, boundMs: 1 } });
    return clocks.timeMs - hardware.nowMs;
  };
  tell(50);
  hardware.nowMs += 3_600_000;
  hardware.sleepCount++;
  return { hardware, clocks, tell };
}

describe("a time without an epoch", () => {
  test("is slewed to where it is as near as may be", () => {
    const { hardware, clocks } = createClocks();
    expect(clocks.setTo((START_MS + FAR_MS) / 1_000)).toBeUndefined();
    expect(clocks.timeMs).toBe(START_MS);
    hardware.nowMs += 10 * FAR_MS;
    expect(clocks.timeMs).toBe(START_MS + 11 * FAR_MS);
  });

  test.each([-1, 1])("is refused where it is further away", (way) => {
    const { clocks } = createClocks();
    expect(clocks.setTo((START_MS + way * (FAR_MS + 1)) / 1_000)).toBe("too_far");
  });

  test("leads no further away in many steps than in one", () => {
    const { hardware, clocks } = createClocks();
    for (let step = 0; step < 5; step++) {
      clocks.setTo((clocks.timeMs - FAR_MS / 2) / 1_000);
      hardware.nowMs += 10 * FAR_MS;
    }
    expect(hardware.nowMs - clocks.timeMs).toBeLessThanOrEqual(FAR_MS);
  });
});

describe("the coordinator's line", () => {
  test("is stepped to the first time, and slewed to from then on", () => {
    const { hardware, clocks } = createClocks();
    const lineAt = (timeMs: number) => ({
      correction: { line: { hardwareMs: hardware.nowMs, timeMs, rate: 1 }, boundMs: 1 },
    });
    expect(clocks.correct(lineAt(START_MS - 500))).toBeUndefined();
    expect([clocks.timeMs, clocks.member.stepCount]).toEqual([START_MS - 500, 1]);
    expect(clocks.correct(lineAt(START_MS - 900))).toBeUndefined();
    expect([clocks.timeMs, clocks.member.stepCount]).toEqual([START_MS - 500, 1]);
  });

  test("leaves a clock alone that was set by hand, and mends it some seconds later", () => {
    const { hardware, clocks } = createClocks();
    const followed = () => {
      const line = { hardwareMs: hardware.nowMs, timeMs: hardware.nowMs, rate: 1 };
      return clocks.correct({ correction: { line, boundMs: 1 } });
    };
    const aheadAfter = (seconds: number) => {
      for (let second = 0; second < seconds; second++) {
        hardware.nowMs += 1_000;
        followed();
      }
      return Math.round(clocks.timeMs - hardware.nowMs);
    };
    followed();
    clocks.setTo((START_MS + 500) / 1_000);
    expect([followed(), clocks.readingAt(hardware.nowMs).boundMs]).toEqual(["set_by_hand", undefined]);
    expect([aheadAfter(1), aheadAfter(2), aheadAfter(2), aheadAfter(4)]).toEqual([100, 300, 500, 500]);
    expect(clocks.readingAt(hardware.nowMs).boundMs).toBeUndefined();
    expect([aheadAfter(1), aheadAfter(1), aheadAfter(4)]).toEqual([500, 400, 0]);
    expect([followed(), clocks.readingAt(hardware.nowMs).boundMs]).toEqual([undefined, 1]);
    expect(clocks.member.stepCount).toBe(1);
  });
});

describe("a difference from the coordinator", () => {
  test("is stepped by the first time, and slewed by from then on, also where the clock was set by hand", () => {
    const { hardware, clocks } = createClocks();
    expect([clocks.correct({ differenceMs: -60_000 }), clocks.timeMs]).toEqual([undefined, START_MS - 60_000]);
    clocks.setTo((START_MS - 50_000) / 1_000);
    expect([clocks.correct({ differenceMs: 500 }), clocks.timeMs]).toEqual([undefined, START_MS - 60_000]);
    hardware.nowMs += 10_000;
    expect(clocks.timeMs).toBe(START_MS - 60_000 + 10_500);
    expect(clocks.member.stepCount).toBe(1);
  });
});

describe("after a sleep of its machine", () => {
  test("a clock shows what the hardware has gained, and no longer knows how sure that is", () => {
    const { hardware, clocks } = woken();
    expect(clocks.timeMs - hardware.nowMs).toBe(50);
    const { boundMs, hasJoined } = clocks.readingAt(hardware.nowMs);
    expect({ boundMs, hasJoined }).toEqual({ boundMs: undefined, hasJoined: false });
  });

  test("it steps forward to the time of the group, once", () => {
    const { clocks, tell } = woken();
    expect([tell(900), clocks.readingAt(clocks.hardwareMs).boundMs]).toEqual([900, 1]);
    expect(tell(1_900)).toBe(900);
  });

  test("it does not step back", () => {
    const { hardware, tell } = woken();
    expect(tell(-900)).toBe(50);
    hardware.nowMs += 10_000;
    expect(tell(-900)).toBeCloseTo(-900, 6);
  });
});

describe("what is said", () => {
  test("has the time three hours behind UTC", () => {
    expect(createClocks().clocks.timeText()).toBe("09:00:00");
  });

  test("has a hybrid time that follows what was heard, and not from the future", () => {
    const { clocks } = createClocks();
    expect(clocks.hybrid.receive(`${START_MS + 5}.3`)).toBeUndefined();
    expect(clocks.hybrid.tick()).toBe(`${START_MS + 5}.5`);
    expect(clocks.hybrid.receive(`${START_MS + limits.hybridClockAheadMs + 1}.0`)).toBe("clock_from_future");
    expect(clocks.hybrid.receive(5)).toBe("bad_clock");
  });
});
