// The order in which the real clock calls back; how long anything takes is nobody's promise.
import { describe, expect, test } from "bun:test";

import { systemClock } from "./clock.ts";

const immediately = (): Promise<void> => new Promise((resolve) => systemClock.afterIo(resolve));

describe("the system clock", () => {
  test("never goes back", () => {
    const readings = Array.from({ length: 1_000 }, () => systemClock.monotonicMs());
    expect(readings).toEqual(readings.toSorted((left, right) => left - right));
  });

  test("tells Unix time in milliseconds", () => {
    const before = Date.now();
    const unixMs = systemClock.unixMs();
    expect(unixMs >= before && unixMs <= Date.now()).toBe(true);
  });

  test("calls back soon only when the current callback has returned", async () => {
    const calls: string[] = [];
    systemClock.soon(() => calls.push("soon"));
    calls.push("current");
    await immediately();
    expect(calls).toEqual(["current", "soon"]);
  });

  test("calls back soon before it looks at I/O", async () => {
    const calls: string[] = [];
    systemClock.afterIo(() => calls.push("afterIo"));
    systemClock.soon(() => calls.push("soon"));
    await immediately();
    expect(calls).toEqual(["soon", "afterIo"]);
  });

  test("calls back after a delay", async () => {
    const { promise, resolve } = Promise.withResolvers<string>();
    systemClock.after(0, () => resolve("called"));
    expect(await promise).toBe("called");
  });

  test("does not call back what was cancelled", async () => {
    const calls: string[] = [];
    systemClock.after(0, () => calls.push("cancelled"))();
    await new Promise<void>((resolve) => void systemClock.after(1, resolve));
    expect(calls).toEqual([]);
  });
});
