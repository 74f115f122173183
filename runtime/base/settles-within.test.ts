// Waiting with a bound.
import { describe, expect, test } from "bun:test";

import { FakeClock } from "../testing/fake-clock.ts";
import { settlesWithin } from "./settles-within.ts";

describe("waiting for a promise", () => {
  test("is over when it is resolved, and leaves no timer", async () => {
    const clock = new FakeClock();
    expect(await settlesWithin(clock, Promise.resolve(), 100)).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });

  test("is over when the time is", async () => {
    const clock = new FakeClock();
    const waited = settlesWithin(clock, new Promise(() => undefined), 100);
    await clock.advance(100);
    expect(await waited).toBe(false);
  });

  test("fails as it fails", async () => {
    const clock = new FakeClock();
    expect(await settlesWithin(clock, Promise.reject(new Error("no")), 100).catch(String)).toBe("Error: no");
  });
});
