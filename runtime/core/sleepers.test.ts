// Handlers that sleep: each for its own time, and all woken together when nobody waits for them any more.
import { describe, expect, test } from "bun:test";

import { TimerWheel } from "../base/timer-wheel.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { watch } from "../testing/outcome.ts";
import { RuntimeError } from "./errors.ts";
import { Sleepers } from "./sleepers.ts";

function bench() {
  const clock = new FakeClock();
  const wheel = new TimerWheel(clock);
  return { clock, wheel, sleepers: new Sleepers(clock, wheel, () => undefined) };
}

const cancelled = new RuntimeError("actor.cancelled", "Cancelled the turn", { stood: "running" });

describe("sleepers", () => {
  test("wake after their own time, not before", async () => {
    const { clock, sleepers } = bench();
    const [short, long] = [watch(sleepers.add(50)), watch(sleepers.add(800))];
    await clock.advance(49);
    expect([short.outcome.kind, long.outcome.kind]).toEqual(["pending", "pending"]);
    await clock.advance(1);
    expect([short.outcome.kind, long.outcome.kind]).toEqual(["answered", "pending"]);
    await clock.advance(749);
    expect(long.outcome.kind).toBe("pending");
    await clock.advance(1);
    expect(long.outcome.kind).toBe("answered");
  });

  test("sleep exactly as long as they are told to, where a millisecond counts", async () => {
    const { clock, sleepers } = bench();
    await clock.advance(0.3);
    const sleeper = watch(sleepers.add(1));
    await clock.advance(1);
    expect(sleeper.outcome.kind).toBe("answered");
  });

  test("leave no timer behind when they are awake", async () => {
    const { clock, wheel, sleepers } = bench();
    for (const delayMs of [1, 2, 2, 200]) watch(sleepers.add(delayMs));
    await clock.advance(201);
    expect([wheel.count, clock.pendingTimers]).toEqual([0, 0]);
  });

  test("are woken together by what cancels them, and leave no timer that would wake them", async () => {
    const { clock, wheel, sleepers } = bench();
    const sleeping = [watch(sleepers.add(50)), watch(sleepers.add(800))];
    sleepers.cancel(cancelled);
    await clock.settle();
    expect(sleeping.map(({ outcome }) => outcome)).toMatchObject([{ error: cancelled }, { error: cancelled }]);
    expect([sleepers.cancellation, wheel.count]).toEqual([cancelled, 0]);
    await clock.advance(800);
    expect(clock.pendingTimers).toBe(0);
  });

  test("are not woken again by what comes after", async () => {
    const { clock, sleepers } = bench();
    const first = watch(sleepers.add(50));
    sleepers.cancel(cancelled);
    const second = watch(sleepers.add(50));
    await clock.advance(51);
    expect([first.outcome.kind, second.outcome.kind]).toEqual(["failed", "answered"]);
  });

  test("that are awake already are not cancelled: what comes later is a crash like any other", () => {
    const { sleepers } = bench();
    sleepers.cancel(cancelled);
    expect(sleepers.cancellation).toBeUndefined();
  });

  test("cannot sleep for a time that cannot pass, and leave nothing behind when they try", () => {
    const { wheel, sleepers } = bench();
    for (const delayMs of [-1, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => sleepers.add(delayMs)).toThrow();
    sleepers.cancel(cancelled);
    expect([wheel.count, sleepers.cancellation]).toEqual([0, undefined]);
  });
});
