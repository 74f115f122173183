// Actors that crash again and again: they rest longer each time, give up on a message, and are shut in the end.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { watch } from "../testing/outcome.ts";
import { actor } from "./definition.ts";
import { startNode } from "./test-node.ts";

async function fragile() {
  /** When turns began, in milliseconds from the start of the test. */
  const times: number[] = [];
  const start = { ms: 0 };
  const options = { state: () => ({ count: 0 }), hibernateAfterMs: 50, mailbox: { capacity: 20_000 } };
  const Fragile = actor("fragile", options).on("crash", {}, (self) => {
    times.push(self.monotonicMs() - start.ms);
    throw new Error("broke");
  });
  const Stored = actor("stored", { ...options, durable: true })
    .on("crash", {}, ({ state }) => {
      state.count++;
      throw new Error("broke");
    })
    .on("touch", { out: t.Integer() }, ({ state }) => ++state.count);
  const node = await startNode([Fragile, Stored]);
  start.ms = node.clock.monotonicMs();
  return { node, clock: node.clock, times, Fragile, Stored };
}

describe("the rest after a crash", () => {
  test("is none after the first, 100 ms after the second, then doubled with each, 10 s at most", async () => {
    const { node, clock, times, Fragile } = await fragile();
    for (let time = 0; time < limits.quarantineCrashes; time++) node.ref(Fragile, "a").tell.crash();
    await clock.advance(30_000);
    expect(times).toEqual([0, 0, 100, 300, 700, 1_500, 3_100, 6_300, 12_700, 22_700]);
  });

  test("follows from a state that cannot be stored too", async () => {
    const times: number[] = [];
    const Bag = actor("bag", { state: () => ({ since: 0 as unknown }), durable: true }).on("spoil", {}, (self) => {
      times.push(self.monotonicMs());
      self.state.since = new Date(0);
    });
    const node = await startNode([Bag]);
    const startMs = node.clock.monotonicMs();
    for (let time = 0; time < 4; time++) node.ref(Bag, "b").tell.spoil();
    await node.clock.advance(1_000);
    expect(times.map((ms) => ms - startMs)).toEqual([0, 0, 100, 300]);
  });
});

describe("a message under one name that has crashed its actor three times", () => {
  const once = { once: "payment 7" };

  test("is not tried a fourth time, which is no crash", async () => {
    const { node, clock, Stored } = await fragile();
    const stored = node.ref(Stored, "s");
    const outcomes: unknown[] = [];
    for (let time = 0; time < 4; time++) {
      const answer = watch(stored.crash(undefined, once));
      await clock.advance(1_000);
      outcomes.push((answer.outcome as { code?: string }).code);
    }
    expect(outcomes).toEqual(["actor.crashed", "actor.crashed", "actor.crashed", "actor.poison"]);
    expect(node.crashes.length).toBe(3);
  });

  test("is a dead letter when it was told", async () => {
    const { node, clock, Stored } = await fragile();
    for (let time = 0; time < 4; time++) node.ref(Stored, "s").tell.crash(undefined, once);
    await clock.advance(10_000);
    expect(node.letters.map((line) => line.split(": ")[1])).toEqual([
      "actor.crashed",
      "actor.crashed",
      "actor.crashed",
      "actor.poison",
    ]);
  });

  test("does not keep other messages from being handled", async () => {
    const { node, clock, Stored } = await fragile();
    const stored = node.ref(Stored, "s");
    for (let time = 0; time < 4; time++) stored.tell.crash(undefined, once);
    await clock.advance(10_000);
    expect(await node.answer(stored.touch())).toBe(1);
  });
});

describe("the crashes of an actor", () => {
  test("are remembered for 10 000 keys, the longest unchanged going first", async () => {
    const { node, clock, Fragile } = await fragile();
    for (let key = 0; key <= limits.failuresKept; key++) node.ref(Fragile, `${key}`).tell.crash();
    await clock.advance(1_000);
    const failures = node.system.hosts[0]?.failures;
    expect([failures?.size, failures?.has("0"), failures?.has("1")]).toEqual([limits.failuresKept, false, true]);
  });
});
