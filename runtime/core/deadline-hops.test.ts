// A deadline travels with the asks that a turn makes, from actor to actor, and through the commits that they wait for.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { watch } from "../testing/outcome.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import { actor } from "./definition.ts";
import { startNode } from "./test-node.ts";

/** Three in a row; each takes its time before it asks the next for a minute. */
function chain() {
  const seen: string[] = [];
  const signals: AbortSignal[] = [];
  const Last = actor("last", { state: () => ({}) }).on("wait", { in: t.Number() }, async (self) => {
    seen.push("last");
    signals.push(self.signal);
    await self.sleep(1_000);
  });
  const Middle = actor("middle", { state: () => ({}) }).on("wait", { in: t.Number() }, async (self, delayMs) => {
    seen.push("middle");
    await self.sleep(delayMs);
    await self.ref(Last, "l").wait(0, { timeoutMs: 60_000 });
  });
  const First = actor("first", { state: () => ({}) }).on("wait", { in: t.Number() }, async (self, delayMs) => {
    seen.push("first");
    await self.sleep(delayMs);
    await self.ref(Middle, "m").wait(delayMs, { timeoutMs: 60_000 });
  });
  const stepped = new SteppedSystem([First, Middle, Last]);
  const ask = (delayMs: number, timeoutMs: number) =>
    watch(stepped.system.ref(First, "f").wait(delayMs, { timeoutMs }));
  return { clock: stepped.clock, seen, signals, ask };
}

describe("a deadline over three actors", () => {
  test("is the first asker's, however long the others would wait", async () => {
    const { clock, signals, ask } = chain();
    ask(30, 100);
    await clock.advance(99);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await clock.advance(2);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test("fails the first ask though the last actor is the one that is slow", async () => {
    const { clock, ask } = chain();
    const answer = ask(30, 100);
    await clock.advance(101);
    expect(answer.outcome).toMatchObject({ code: "actor.deadline_passed", stood: "running" });
  });

  test("keeps a message from being sent on when it has passed on the way", async () => {
    const { clock, seen, ask } = chain();
    ask(60, 100);
    await clock.advance(10_000);
    expect(seen).toEqual(["first", "middle"]);
  });
});

function asking() {
  const seen: string[] = [];
  const Last = actor("last", { state: () => ({}) }).on("note", {}, () => void seen.push("last"));
  const First = actor("first", { state: () => ({ count: 0 }), durable: true }).on("change", {}, async (self) => {
    self.state.count++;
    await self.ref(Last, "l").note();
  });
  return { seen, types: [First, Last], First };
}

describe("a deadline that passes while an ask waits for its sender's commit", () => {
  test("keeps it from being sent", async () => {
    const { seen, types, First } = asking();
    const node = await startNode(types);
    node.store.hold();
    const answer = watch(node.ref(First, "f").change(undefined, { timeoutMs: 100 }));
    await node.clock.advance(101);
    node.store.letGo();
    await node.clock.advance(1_000);
    expect(seen).toEqual([]);
    expect(answer.outcome).toMatchObject({ code: "actor.deadline_passed" });
  });

  test("does not take back the change", async () => {
    const { types, First } = asking();
    const node = await startNode(types);
    node.store.hold();
    watch(node.ref(First, "f").change(undefined, { timeoutMs: 100 }));
    await node.clock.advance(101);
    node.store.letGo();
    await node.clock.settle();
    expect((await node.operations.inspect("first", "f"))?.version).toBe(1);
  });
});
