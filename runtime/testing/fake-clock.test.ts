// What tests may rely on when they use the fake clock.
import { describe, expect, test } from "bun:test";

import { FakeClock } from "./fake-clock.ts";

describe("a fake clock", () => {
  test("stands still by itself", async () => {
    const clock = new FakeClock(5);
    await clock.settle();
    expect(clock.monotonicMs()).toBe(5);
  });

  test("calls back in the order of due times, each at its own time", async () => {
    const clock = new FakeClock(0);
    const calls: string[] = [];
    clock.after(20, () => calls.push(`b at ${clock.monotonicMs()}`));
    clock.after(10, () => calls.push(`a at ${clock.monotonicMs()}`));
    await clock.advance(30);
    expect(calls).toEqual(["a at 10", "b at 20"]);
  });

  test("calls back in the order of arming when due times are equal", async () => {
    const clock = new FakeClock();
    const calls: string[] = [];
    for (const name of ["first", "second", "third"]) clock.after(10, () => calls.push(name));
    await clock.advance(10);
    expect(calls).toEqual(["first", "second", "third"]);
  });

  test("leaves alone what is due later", async () => {
    const clock = new FakeClock();
    let called = false;
    clock.after(10.5, () => (called = true));
    await clock.advance(10);
    expect(called).toBe(false);
  });

  test("does not call back after a cancellation", async () => {
    const clock = new FakeClock();
    let called = false;
    clock.after(1, () => (called = true))();
    await clock.advance(2);
    expect(called).toBe(false);
  });

  test("runs what a callback arms for within the same advance", async () => {
    const clock = new FakeClock(0);
    const calls: number[] = [];
    clock.after(1, () => clock.after(1, () => calls.push(clock.monotonicMs())));
    await clock.advance(2);
    expect(calls).toEqual([2]);
  });

  test("settles promises between two timers", async () => {
    const clock = new FakeClock(0);
    const calls: string[] = [];
    clock.after(1, () => void Promise.resolve().then(() => calls.push("promise")));
    clock.after(2, () => calls.push("timer"));
    await clock.advance(2);
    expect(calls).toEqual(["promise", "timer"]);
  });

  test("runs late, and once, what became due while the loop was blocked", async () => {
    const clock = new FakeClock(0);
    const calls: number[] = [];
    clock.after(1, () => calls.push(clock.monotonicMs()));
    clock.block(50);
    await clock.advance(0);
    expect(calls).toEqual([50]);
  });

  test("runs soon before afterIo, whichever was queued first", async () => {
    const clock = new FakeClock();
    const calls: string[] = [];
    clock.afterIo(() => calls.push("afterIo"));
    clock.soon(() => calls.push("soon"));
    await clock.settle();
    expect(calls).toEqual(["soon", "afterIo"]);
  });

  test("runs what afterIo queues for afterIo one turn of the loop later", async () => {
    const clock = new FakeClock();
    const calls: string[] = [];
    clock.afterIo(() => clock.afterIo(() => calls.push("second turn")));
    await clock.turnOfLoop();
    expect(calls).toEqual([]);
  });

  test("keeps what waits for I/O waiting when only soon is run", async () => {
    const clock = new FakeClock();
    const calls: string[] = [];
    clock.afterIo(() => calls.push("afterIo"));
    clock.soon(() => calls.push("soon"));
    await clock.runSoon();
    expect(calls).toEqual(["soon"]);
  });

  test("keeps monotonic time when the wall clock is set", () => {
    const clock = new FakeClock(7);
    const unixMs = clock.unixMs();
    clock.stepUnix(-3_600_000);
    expect([clock.monotonicMs(), clock.unixMs() - unixMs]).toEqual([7, -3_600_000]);
  });

  test("says so when the loop never comes to rest", async () => {
    const clock = new FakeClock();
    const again = (): void => clock.afterIo(again);
    again();
    const problem = await clock.settle().catch((error: unknown) => error);
    expect(String(problem)).toContain("not quiet");
  });
});
