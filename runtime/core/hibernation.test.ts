// Actors that are idle leave memory one by one, and come back as the same: nothing of what is theirs goes with it.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { watch } from "../testing/outcome.ts";
import { actor } from "./definition.ts";
import { startNode } from "./test-node.ts";

const Sleeper = actor("sleeper", { state: () => ({ count: 0 }), durable: true, hibernateAfterMs: 1_000 })
  .on("add", { out: t.Integer() }, ({ state }) => ++state.count)
  .on("wait", { in: t.Number() }, (self, delayMs) => self.sleep(delayMs))
  .read("look", {}, (self) => self.sleep(5_000));
const burdens: WeakRef<object>[] = [];
const Heavy = actor("heavy", { state: burden, hibernateAfterMs: 1_000 }).on("touch", {}, () => undefined);
const Restless = actor("restless", { state: () => ({}), hibernateAfterMs: 0 }).on("touch", {}, () => undefined);

async function dormitory() {
  const node = await startNode([Sleeper, Restless, Heavy]);
  const resident = (): string => node.resident(Sleeper).join("");
  return { node, clock: node.clock, resident, sleeper: (key: string) => node.ref(Sleeper, key) };
}

/** A state that is known of after its actor let it go. */
function burden(): Map<never, never> {
  const state = new Map<never, never>();
  burdens.push(new WeakRef(state));
  return state;
}

/** States of heavy actors that are in memory; what a weak reference was asked for stays until the loop has turned. */
async function burdensInMemory(): Promise<number> {
  await Bun.sleep(1);
  Bun.gc(true);
  return burdens.filter((reference) => reference.deref() !== undefined).length;
}

describe("idle actors", () => {
  test("leave memory in the order in which they were used last", async () => {
    const { clock, resident, sleeper } = await dormitory();
    for (const key of ["a", "b", "c", "a"]) {
      sleeper(key).tell.add();
      await clock.advance(100);
    }
    await clock.advance(701);
    expect(resident()).toBe("ac");
    await clock.advance(100);
    expect(resident()).toBe("a");
    await clock.advance(100);
    expect(resident()).toBe("");
  });

  test("are counted each time", async () => {
    const { node, clock, sleeper } = await dormitory();
    for (let time = 0; time < 3; time++) {
      sleeper("a").tell.add();
      await clock.advance(2_000);
    }
    const stats = node.system.hosts[0]?.stats;
    expect([stats?.activations, stats?.hibernations]).toEqual([3, 3]);
  });

  test("give back their memory though refs to them are kept", async () => {
    const { node, clock } = await dormitory();
    const refs = Array.from({ length: 1_000 }, (_, key) => node.ref(Heavy, `${key}`));
    for (const ref of refs) ref.tell.touch();
    await clock.settle();
    expect(await burdensInMemory()).toBe(refs.length);
    await clock.advance(2_000);
    expect(await burdensInMemory()).toBeLessThan(refs.length * 0.1);
  });

  test("come back with their state", async () => {
    const { node, clock, sleeper } = await dormitory();
    for (let time = 1; time <= 3; time++) {
      expect(await node.answer(sleeper("a").add())).toBe(time);
      await clock.advance(2_000);
    }
  });

  test("come back for each ref that was made before", async () => {
    const { node, clock, sleeper } = await dormitory();
    const refs = [sleeper("a"), sleeper("a")];
    for (const ref of refs) await node.answer(ref.add());
    await clock.advance(2_000);
    expect(await Promise.all(refs.map((ref) => node.answer(ref.add())))).toEqual([3, 4]);
  });

  test("leave at once where their type says so", async () => {
    const { node, clock } = await dormitory();
    node.ref(Restless, "a").tell.touch();
    await clock.advance(1);
    expect(node.resident(Restless)).toEqual([]);
  });

  test("leave by hand before their time", async () => {
    const { node, resident, sleeper } = await dormitory();
    await node.answer(sleeper("a").add());
    expect(node.operations.hibernate("sleeper", "a")).toBe(true);
    expect(resident()).toBe("");
    expect(await node.answer(sleeper("a").add())).toBe(2);
  });
});

describe("an actor is not idle", () => {
  test.each(["wait", "look"] as const)("while a turn waits (%s)", async (method) => {
    const { node, clock, resident, sleeper } = await dormitory();
    if (method === "wait") watch(sleeper("a").wait(5_000));
    else watch(sleeper("a").look());
    await clock.advance(4_000);
    expect([resident(), node.operations.hibernate("sleeper", "a")]).toEqual(["a", false]);
  });

  test("while what it changed is being stored", async () => {
    const { node, clock, resident, sleeper } = await dormitory();
    node.store.hold();
    watch(sleeper("a").add());
    await clock.advance(4_000);
    expect([resident(), node.operations.hibernate("sleeper", "a")]).toEqual(["a", false]);
  });
});
