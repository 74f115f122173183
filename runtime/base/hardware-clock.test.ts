// A hardware clock on a machine that sleeps, and on one whose wall clock is set.
import { describe, expect, test } from "bun:test";

import { FakeClock } from "../testing/fake-clock.ts";
import { HardwareClock } from "./hardware-clock.ts";
import { Oscillator } from "./oscillator.ts";

/** Shows monotonic time; while the machine sleeps only the wall clock goes on. */
function begun() {
  const clock = new FakeClock(0);
  const sleptMs: number[] = [];
  const hardware = new HardwareClock(clock, new Oscillator(), (ms) => void sleptMs.push(ms));
  return { clock, hardware, sleptMs };
}

describe("a hardware clock", () => {
  test("goes on for as long as the machine has slept, and says so", async () => {
    const { clock, hardware, sleptMs } = begun();
    await clock.advance(1_000);
    expect(hardware.nowMs()).toBe(1_000);
    clock.stepUnix(3_600_000);
    await clock.advance(500);
    expect(hardware.nowMs()).toBe(3_601_500);
    expect([sleptMs, hardware.sleepCount]).toEqual([[3_600_000], 1]);
    expect([hardware.at(1_400), hardware.at(900)]).toEqual([3_601_400, 900]);
  });

  test("does not follow a wall clock that is set right bit by bit, however long", async () => {
    const { clock, hardware, sleptMs } = begun();
    for (let second = 0; second < 10; second++) {
      clock.stepUnix(1_900);
      await clock.advance(1_000);
      expect(hardware.nowMs()).toBe(1_000 * (second + 1));
    }
    expect(sleptMs).toEqual([]);
  });

  test("does not follow a wall clock that is set back, nor forward again", async () => {
    const { clock, hardware } = begun();
    for (const changeMs of [-3_600_000, 3_600_000]) {
      clock.stepUnix(changeMs);
      await clock.advance(1_000);
      hardware.nowMs();
    }
    expect([hardware.nowMs(), hardware.sleepCount]).toEqual([2_000, 0]);
  });
});
