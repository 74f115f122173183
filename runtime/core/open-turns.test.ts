// Turns that wait for long: each is reported once, with what it waits for, and nothing is kept of those that are over.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { actor } from "./definition.ts";
import { ActorSystem } from "./system.ts";

const LONG_MS = limits.turnOpenMs;

function waiting() {
  const clock = new FakeClock();
  const reports: string[] = [];
  const Slow = actor("slow", { state: () => ({}) }).on("wait", { in: t.Number() }, (self, delayMs) =>
    self.sleep(delayMs),
  );
  const Asking = actor("asking", { state: () => ({}) }).on("go", { in: t.Number() }, async (self, delayMs) => {
    const timeoutMs = 10 * LONG_MS;
    await self.ref(Slow, "first").wait(1, { timeoutMs });
    const both = ["second", "third"].map((key) => self.ref(Slow, key).wait(delayMs, { timeoutMs }));
    await Promise.all(both);
  });
  const system = new ActorSystem({
    clock,
    types: [Slow, Asking],
    events: {
      stillOpen: ({ type, key, method, tookMs, waitsFor, definedAt }) => {
        expect(definedAt).toMatch(/open-turns\.test\.ts:\d+$/);
        reports.push(`${type}/${key}.${method} for ${tookMs}: ${waitsFor.join(", ")}`);
      },
    },
  });
  return { clock, reports, system, slow: system.ref(Slow, "s").tell, asking: system.ref(Asking, "a").tell };
}

describe("a turn that waits for long", () => {
  test("is reported once, when it has waited for as long as its bound", async () => {
    const { clock, reports, slow } = waiting();
    slow.wait(5 * LONG_MS);
    await clock.advance(LONG_MS - 1);
    expect(reports).toEqual([]);
    await clock.advance(4 * LONG_MS);
    expect(reports).toEqual([`slow/s.wait for ${LONG_MS}: `]);
  });

  test("is reported with the asks that it has no answer to", async () => {
    const { clock, reports, asking } = waiting();
    asking.go(2 * LONG_MS);
    await clock.advance(LONG_MS);
    expect(reports).toContain(`asking/a.go for ${LONG_MS}: slow/second.wait, slow/third.wait`);
  });

  test("is reported in its own time, whenever others began and ended", async () => {
    const { clock, reports, slow, system } = waiting();
    slow.wait(100);
    await clock.advance(LONG_MS / 2);
    slow.wait(2 * LONG_MS);
    await clock.advance(LONG_MS - 1);
    expect(reports).toEqual([]);
    await clock.advance(1);
    expect(reports).toHaveLength(1);
    await clock.advance(2 * LONG_MS);
    expect(system.hosts[0]?.cells.get("s")?.status).toBe("idle");
  });
});

describe("a turn that is over in time", () => {
  test("is not reported", async () => {
    const { clock, reports, slow } = waiting();
    for (let turn = 0; turn < 5; turn++) slow.wait(LONG_MS - 1);
    await clock.advance(6 * LONG_MS);
    expect(reports).toEqual([]);
  });

  test("leaves nothing on the wheel for longer than that", async () => {
    const { clock, system, slow } = waiting();
    slow.wait(10);
    await clock.advance(LONG_MS);
    const idleTimers = 1;
    expect(system.wheel.count).toBe(idleTimers);
  });
});
