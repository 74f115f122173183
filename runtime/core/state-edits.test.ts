// An operator's edit of a state: what it is made from, what stands against it, and that no commit is lost by it.
import { describe, expect, test } from "bun:test";

import { Type } from "@sinclair/typebox";

import { createRandom } from "../base/random.ts";
import { watch } from "../testing/outcome.ts";
import { actor } from "./definition.ts";
import { startNode } from "./test-node.ts";

const options = { state: () => ({ count: 0 }), durable: true, stateLengthMax: 60, indexed: ["count"] } as const;
const Counter = actor("counter", options)
  .on("add", { out: Type.Integer() }, (counter) => ++counter.state.count)
  .on("wait", {}, (counter) => counter.sleep(1_000))
  .on("remind", {}, (counter) => counter.timer("tick", { everyMs: 10_000, send: "add" }))
  .read("value", { out: Type.Integer() }, (counter) => counter.state.count);
const Plain = actor("plain", { state: () => ({ count: 0 }) });

async function counterWith(commits: number) {
  const node = await startNode([Counter, Plain]);
  const counter = node.ref(Counter, "a");
  for (let count = 0; count < commits; count++) await node.answer(counter.add());
  const edit = (seen: number, state: unknown = { count: 100 }) =>
    node.operations.replaceState("counter", "a", seen, state);
  const stored = async () => {
    const { version, state } = (await node.store.load("counter", "a")) ?? {};
    return [version, state];
  };
  return { node, counter, edit, stored };
}

describe("an edit of a state", () => {
  test("of an actor in memory is a commit of its own, and its next turn has it", async () => {
    const { node, counter, edit, stored } = await counterWith(2);
    expect(await node.answer(edit(2))).toEqual({ commits: 3 });
    expect(await stored()).toEqual([3, '{"count":100}']);
    expect(await node.answer(counter.add())).toBe(101);
    expect(await stored()).toEqual([4, '{"count":101}']);
  });

  test("of one asleep: it wakes with the new state, in this process and in the next", async () => {
    const { node, counter, edit } = await counterWith(2);
    node.operations.hibernate("counter", "a");
    expect(await node.answer(edit(2))).toEqual({ commits: 3 });
    expect(await node.answer(counter.value())).toBe(100);
    const next = await node.restart();
    expect(await next.answer(next.ref(Counter, "a").value())).toBe(100);
  });

  test("of one whose key is shut is stored without a turn, and is there when it is released", async () => {
    const { node, counter, edit, stored } = await counterWith(2);
    node.operations.quarantine("counter", "a", "its state is being mended");
    expect(await node.answer(edit(2))).toEqual({ commits: 3 });
    expect(await stored()).toEqual([3, '{"count":100}']);
    expect(node.resident(Counter)).toEqual([]);
    await node.answer(node.operations.release("counter", "a"));
    expect(await node.answer(counter.add())).toBe(101);
  });

  test.each([true, false])("is found by its indexed fields (shut: %p)", async (isShut) => {
    const { node, edit } = await counterWith(2);
    if (isShut) node.operations.quarantine("counter", "a", "to be mended");
    await node.answer(edit(2));
    const found = (value: number) =>
      node.store.keys({ type: "counter", keyPrefix: "", after: "", limit: 9, where: { field: "count", value } });
    expect([await found(2), await found(100)]).toEqual([[], ["a"]]);
  });

  test("that changes nothing stores nothing", async () => {
    const { node, edit, stored } = await counterWith(2);
    expect(await node.answer(edit(2, { count: 2 }))).toEqual({ commits: 2 });
    expect(await stored()).toEqual([2, '{"count":2}']);
  });

  test.each([true, false])("made from an older commit is stale, and changes nothing (shut: %p)", async (isShut) => {
    const { node, edit, stored } = await counterWith(3);
    if (isShut) node.operations.quarantine("counter", "a", "to be mended");
    expect(await node.answer(edit(2))).toEqual({ not: "stale" });
    expect(await node.answer(edit(4))).toEqual({ not: "stale" });
    expect(await stored()).toEqual([3, '{"count":3}']);
  });

  test("of an actor in a turn, and of one whose changes are being stored, is refused as busy", async () => {
    const { node, counter, edit } = await counterWith(2);
    watch(counter.wait());
    await node.clock.settle();
    expect(await node.answer(edit(2))).toEqual({ not: "busy" });
    await node.clock.advance(1_000);
    node.store.hold();
    watch(counter.add());
    await node.clock.settle();
    expect(await node.answer(edit(2))).toEqual({ not: "busy" });
  });

  test("leaves the actor's timers as they are", async () => {
    const { node, counter, edit } = await counterWith(2);
    await node.answer(counter.remind());
    expect(await node.answer(edit(2))).toEqual({ commits: 3 });
    await node.clock.advance(10_000);
    expect(await node.answer(counter.value())).toBe(101);
  });

  test("of one of which nothing is stored is refused", async () => {
    const { node, edit } = await counterWith(0);
    expect(await node.answer(edit(0))).toEqual({ not: "not_stored" });
    expect(node.resident(Counter)).toEqual([]);
  });

  test("of a state that another version of its type has written is refused", async () => {
    const { node } = await counterWith(2);
    const Later = actor("counter", { ...options, version: 2, upgrade: { 1: (old) => old } });
    const next = await node.restart({ types: [Later] });
    const edit = next.operations.replaceState("counter", "a", 2, { count: 100 });
    expect(await next.answer(edit)).toEqual({ not: "other_version" });
  });

  test.each([["text"], [7], [null], [[1]], [{ count: "x".repeat(49) }], [{ count: Number.NaN }]])(
    "that cannot be the state is bad input: %j",
    async (state) => {
      const { node, edit, stored } = await counterWith(1);
      expect(await node.outcome(edit(1, state))).toMatchObject({ kind: "failed", error: { code: "actor.bad_input" } });
      expect(await stored()).toEqual([1, '{"count":1}']);
    },
  );

  test("is as long as its type allows", async () => {
    const { node, edit } = await counterWith(1);
    expect(await node.answer(edit(1, { count: "x".repeat(48) }))).toEqual({ commits: 2 });
  });

  test("of a type that keeps nothing is refused", async () => {
    const { node } = await counterWith(0);
    const edit = node.operations.replaceState("plain", "a", 0, {});
    expect(await node.outcome(edit)).toMatchObject({ kind: "failed", error: { code: "actor.not_durable" } });
  });

  test.each([true, false])("by an owner that another has taken over from is not made (shut: %p)", async (isShut) => {
    const { node, edit, stored } = await counterWith(2);
    if (isShut) node.operations.quarantine("counter", "a", "to be mended");
    const successor = await node.restart();
    await successor.answer(successor.operations.release("counter", "a"));
    const late = edit(2);
    const early = successor.operations.replaceState("counter", "a", 2, { count: 7 });
    expect(await successor.answer(early)).toEqual({ commits: 3 });
    const outcome = await node.outcome(late);
    expect(outcome).not.toMatchObject({ kind: "answered", value: { commits: 3 } });
    expect(await stored()).toEqual([3, '{"count":7}']);
  });

  test("that was not acknowledged before a kill is stored whole or not at all", async () => {
    const { node, edit, stored } = await counterWith(2);
    node.store.hold();
    watch(edit(2));
    await node.clock.settle();
    const next = await node.restart();
    expect(await stored()).toEqual([2, '{"count":2}']);
    expect(await next.answer(next.operations.replaceState("counter", "a", 2, { count: 9 }))).toEqual({ commits: 3 });
  });

  test("that the store refuses is not made", async () => {
    const { node, counter, edit } = await counterWith(2);
    node.store.refusal = new Error("the disk is gone");
    expect(await node.outcome(edit(2))).toMatchObject({ kind: "failed", error: { code: "store.failed" } });
    expect(await node.answer(counter.value())).toBe(2);
  });
});

/** Its key was shut before it had its turn. */
const notDone = (error: unknown): void => expect(error).toMatchObject({ code: "actor.quarantined", stood: "queued" });

describe("of edits and turns that come together", () => {
  /** Adds and edits, each edit made from what was seen a while before; the model is the list of all that was told. */
  test.each(Array.from({ length: 30 }, (_, seed) => seed))(
    "none overwrites what it has not seen (seed %d)",
    async (seed) => {
      const random = createRandom(seed);
      const { node, counter, stored } = await counterWith(1);
      let adds = 1;
      let edits = 0;
      const told: Promise<void>[] = [];
      let [seen = 1, text = ""] = (await stored()) as [number, string];
      for (let round = 0; round < 60; round++) {
        const chance = random.next();
        if (chance < 0.4) told.push(counter.add().then(() => void adds++, notDone));
        else if (chance < 0.8) {
          const state = { count: (JSON.parse(text) as { count: number }).count + 1_000 };
          const edit = node.operations.replaceState("counter", "a", seen, state);
          told.push(edit.then((outcome) => void ("commits" in outcome && edits++), notDone));
        } else if (chance < 0.9) node.operations.hibernate("counter", "a");
        else if (chance < 0.95) node.operations.quarantine("counter", "a", "to be mended");
        else told.push(node.operations.release("counter", "a").then(() => undefined));
        if (random.next() < 0.5) await Promise.resolve();
        if (random.next() < 0.5) await node.clock.settle();
        if (random.next() < 0.5) [seen, text] = (await stored()) as [number, string];
      }
      const all = Promise.allSettled(told);
      await node.clock.advance(60_000);
      await all;
      expect(await stored()).toEqual([adds + edits, `{"count":${adds + 1_000 * edits}}`]);
      expect(edits).toBeGreaterThan(0);
    },
  );
});
