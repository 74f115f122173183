// A store in trouble, as a test scripts it: what actors, their askers and the disk are left with.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { actor } from "../core/definition.ts";
import { watch } from "./outcome.ts";
import { SteppedSystem } from "./stepped-system.ts";

const Counter = actor("counter", { state: () => ({ count: 0 }), durable: true })
  .on("add", { in: t.Integer(), out: t.Integer() }, ({ state }, amount) => (state.count += amount))
  .read("value", { out: t.Integer() }, ({ state }) => state.count);

function begin() {
  const stepped = new SteppedSystem([Counter]);
  const counter = stepped.ref(Counter, "a");
  const stored = (): number => JSON.parse(stepped.disk.actor("counter", "a")?.stored.state ?? '{"count":0}').count;
  return { stepped, counter, stored, faults: stepped.storeFaults };
}

describe("a commit", () => {
  test.each(["store.full", "store.locked", "store.failed"] as const)(
    "that fails with %s is told to the asker",
    async (fails) => {
      const { stepped, counter, stored, faults } = begin();
      faults.next("commit", { fails });
      expect(await stepped.outcome(counter.add(1))).toMatchObject({ kind: "failed", code: fails });
      expect([stored(), stepped.storeFailures.length]).toEqual([0, 1]);
    },
  );

  test("that fails is forgotten by the actor too, and the next goes well", async () => {
    const { stepped, counter, stored, faults } = begin();
    faults.next("commit", { fails: "store.full" });
    await stepped.outcome(counter.add(1));
    expect(await stepped.outcome(counter.add(10))).toEqual({ kind: "answered", value: 10 });
    expect(stored()).toBe(10);
  });

  test("that is held keeps its answers back until it is let go", async () => {
    const { stepped, counter, stored, faults } = begin();
    const letGo = faults.holdCommit();
    const added = watch(counter.add(1));
    await stepped.runAll();
    expect([added.outcome.kind, stored()]).toEqual(["pending", 0]);
    letGo();
    await stepped.runAll();
    expect([added.outcome, stored()]).toEqual([{ kind: "answered", value: 1 }, 1]);
  });

  test("that is slow takes so many turns of the loop", async () => {
    const { stepped, counter, stored, faults } = begin();
    faults.next("commit", { delayTurns: 2, answerDelayTurns: 1 });
    const added = watch(counter.add(1));
    await stepped.step();
    const seen: (readonly [number, string])[] = [];
    for (let look = 0; look < 4; look++) {
      seen.push([stored(), added.outcome.kind]);
      await stepped.look();
    }
    expect([...seen, [stored(), added.outcome.kind]]).toEqual([
      [0, "pending"],
      [0, "pending"],
      [0, "pending"],
      [1, "pending"],
      [1, "answered"],
    ]);
  });

  test("whose answer is lost is stored all the same, and `once` finds that out", async () => {
    const { stepped, counter, stored, faults } = begin();
    faults.next("commit", { answerLost: true });
    expect(await stepped.outcome(counter.add(1, { once: "x" }))).toMatchObject({ code: "store.failed" });
    expect(stored()).toBe(1);
    expect(await stepped.outcome(counter.add(1, { once: "x" }))).toEqual({ kind: "answered", value: 1 });
    expect(stored()).toBe(1);
  });

  test.each([
    ["before", 0],
    ["after", 1],
  ] as const)("in which the process dies %s it is done leaves %i on the disk", async (kills, left) => {
    const { stepped, counter, stored, faults } = begin();
    faults.next("commit", { kills });
    expect(await stepped.outcome(counter.add(1))).toMatchObject({ code: "node.killed", stood: "unknown" });
    expect([stepped.up, stored()]).toEqual([false, left]);
    await stepped.restart();
    expect(await stepped.outcome(counter.value())).toEqual({ kind: "answered", value: left });
  });

  test("of a node that was killed while it was held is never done", async () => {
    const { stepped, counter, stored, faults } = begin();
    const letGo = faults.holdCommit();
    counter.tell.add(1);
    await stepped.runAll();
    stepped.kill();
    letGo();
    await stepped.clock.settle();
    expect(stored()).toBe(0);
  });
});

describe("a load", () => {
  test("that fails is told to the asker; the next call tries again", async () => {
    const { stepped, counter, faults } = begin();
    faults.next("load", { fails: "store.failed" });
    expect(await stepped.outcome(counter.add(1))).toMatchObject({ code: "store.failed" });
    expect(await stepped.outcome(counter.add(1))).toEqual({ kind: "answered", value: 1 });
  });
});

describe("a start", () => {
  test("that cannot read the store is rejected, and may be tried again", async () => {
    const { stepped, counter, faults } = begin();
    await stepped.outcome(counter.add(1));
    faults.next("quarantines", { fails: "store.locked" });
    const problem = await stepped.restart().catch((error: unknown) => error);
    expect(problem).toMatchObject({ code: "store.locked" });
    await stepped.restart();
    expect(await stepped.outcome(counter.value())).toEqual({ kind: "answered", value: 1 });
  });
});
