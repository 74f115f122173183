// A clock that can be set ahead of the system's.

import { describe, expect, test } from "bun:test";

import { JumpingClock } from "./jumping-clock.ts";

const hourMs = 3_600_000;

describe("a jumping clock", () => {
  test("says that the time has passed, on both of its scales", () => {
    const clock = new JumpingClock();
    const [monotonicMs, unixMs] = [clock.monotonicMs(), clock.unixMs()];
    clock.jump(hourMs);
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(monotonicMs + hourMs);
    expect(clock.unixMs()).toBeGreaterThanOrEqual(unixMs + hourMs);
  });

  test("calls back at once who waited for a time that has come, and only once", () => {
    const clock = new JumpingClock();
    const fired: string[] = [];
    clock.after(hourMs, () => fired.push("within the hour"));
    clock.after(2 * hourMs + 1_000, () => fired.push("later"));
    clock.jump(hourMs);
    expect(fired).toEqual(["within the hour"]);
    clock.jump(hourMs + 1_000);
    expect(fired).toEqual(["within the hour", "later"]);
  });

  test("does not call back who has cancelled, be it while the clock is set ahead", () => {
    const clock = new JumpingClock();
    const fired: string[] = [];
    clock.after(1, () => {
      fired.push("first");
      cancelSecond();
    });
    const cancelSecond = clock.after(1, () => fired.push("second"));
    clock.after(1, () => fired.push("cancelled"))();
    clock.jump(hourMs);
    expect(fired).toEqual(["first"]);
  });

  test("does not call back for what is asked for while it is set ahead", () => {
    const clock = new JumpingClock();
    const fired: string[] = [];
    clock.after(1, () => {
      fired.push("first");
      clock.after(hourMs, () => fired.push("second"));
    });
    clock.jump(2 * hourMs);
    expect(fired).toEqual(["first"]);
    clock.jump(2 * hourMs);
    expect(fired).toEqual(["first", "second"]);
  });
});
