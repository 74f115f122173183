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
