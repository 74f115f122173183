// A clock that can be ended before the one it stands on.
import { describe, expect, test } from "bun:test";

import { FakeClock } from "../testing/fake-clock.ts";
import { ProcessClock } from "./process-clock.ts";

describe("the clock of a node", () => {
  test("calls back as the clock below it does, and counts from its own start", async () => {
    const below = new FakeClock();
    await below.advance(1_000);
    const clock = new ProcessClock(below, below.monotonicMs());
    const called: string[] = [];
    clock.after(10, () => called.push("after"));
    const cancel = clock.after(10, () => called.push("cancelled"));
    clock.soon(() => called.push("soon"));
    clock.afterIo(() => called.push("afterIo"));
    cancel();
    await below.advance(10);
    expect(called.sort()).toEqual(["after", "afterIo", "soon"]);
    expect(clock.monotonicMs()).toBe(10);
  });

  test("calls nobody back once it was killed, and leaves no timer", async () => {
    const below = new FakeClock();
    const clock = new ProcessClock(below);
    const called: string[] = [];
    clock.after(10, () => called.push("after"));
    clock.soon(() => called.push("soon"));
    clock.afterIo(() => called.push("afterIo"));
    clock.kill();
    clock.after(10, () => called.push("late"));
    expect(below.pendingTimers).toBe(0);
    await below.advance(10);
    expect(called).toEqual([]);
  });
});
