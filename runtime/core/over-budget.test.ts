// Turns that compute for too long, as the core reports them: by actor, method and place, also when they wait then.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { actor } from "./definition.ts";
import { ActorSystem } from "./system.ts";

const TOO_LONG_MS = limits.turnBudgetMs + 50;

function busy() {
  const clock = new FakeClock();
  const reports: { name: string; tookMs: number; place: string }[] = [];
  const Busy = actor("busy", { state: () => ({}) })
    .on("quick", {}, () => undefined)
    .on("compute", {}, () => clock.block(TOO_LONG_MS))
    .on("computeThenWait", {}, async (self) => {
      clock.block(TOO_LONG_MS);
      await self.sleep(1);
    })
    .on("wait", {}, (self) => self.sleep(10 * TOO_LONG_MS));
  const system = new ActorSystem({
    clock,
    types: [Busy],
    events: {
      overBudget: ({ type, key, method, tookMs, definedAt }) =>
        reports.push({ name: `${type}/${key}.${method}`, tookMs, place: definedAt }),
    },
  });
  return { clock, reports, tell: system.ref(Busy, "b").tell };
}

describe("a turn that computes for too long", () => {
  test.each(["compute", "computeThenWait"] as const)("is reported with its place (%s)", async (method) => {
    const { clock, reports, tell } = busy();
    tell[method]();
    await clock.advance(2);
    expect(reports).toMatchObject([{ name: `busy/b.${method}`, tookMs: TOO_LONG_MS }]);
    expect(reports[0]?.place).toMatch(/over-budget\.test\.ts:\d+$/);
  });

  test("is reported by its own name, not by that of a turn before it", async () => {
    const { clock, reports, tell } = busy();
    tell.quick();
    tell.computeThenWait();
    await clock.advance(2);
    expect(reports.map(({ name }) => name)).toEqual(["busy/b.computeThenWait"]);
  });
});

describe("a turn that waits for long", () => {
  test("is not reported for that", async () => {
    const { clock, reports, tell } = busy();
    tell.wait();
    await clock.advance(20 * TOO_LONG_MS);
    expect(reports).toEqual([]);
  });
});
