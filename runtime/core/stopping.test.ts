// Stopping: with the turn that asks for it and its commit, or not at all; and what waits then finds a fresh actor.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { watch } from "../testing/outcome.ts";
import { actor } from "./definition.ts";
import { startNode } from "./test-node.ts";

const hour = 3_600_000;

function define() {
  const heard: string[] = [];
  const base = { state: () => ({ count: 0 }), hibernateAfterMs: 1_000 };
  const Gone = t.Object({ reason: t.String() });
  const Asked = actor("asked", base).on("touch", {}, () => undefined);
  const Stored = actor("stored", { ...base, durable: true })
    .on("add", { out: t.Integer() }, ({ state }) => ++state.count)
    .on("stop", {}, (self) => self.stop())
    .on("addAndStop", {}, (self) => {
      self.state.count++;
      self.stop();
    })
    .on("stopAndCrash", {}, (self) => {
      self.stop();
      throw new Error("broke");
    })
    .on("destroy", {}, (self) => self.destroy())
    .on("destroyAndRefuse", {}, (self) => {
      self.destroy();
      throw self.refuse("stored.no");
    })
    .on("destroyAndAsk", {}, async (self) => {
      self.destroy();
      await self.ref(Asked, "b").touch(undefined, { timeoutMs: 50 });
    })
    .on("setAlarmAt", { in: t.Tuple([t.Number(), t.String()]) }, (self, [at, input]) => {
      self.alarm("tea", { at, send: "pour", input });
    })
    .on("pour", { in: t.String() }, (_, what) => void heard.push(what))
    .on("setAlarm", { in: t.Number() }, (self, afterMs) => self.alarm("tea", { afterMs, send: "ring" }))
    .on("destroyLater", { in: t.Number() }, async (self, delayMs) => {
      await self.sleep(delayMs);
      self.destroy();
    })
    .on("ring", {}, () => void heard.push("rang"))
    .on("watchItself", {}, (self) => self.watch({ type: "stored", key: self.key }, "hear"))
    .on("hear", { in: Gone }, (_self, { reason }) => void heard.push(reason))
    .read("count", { out: t.Integer() }, ({ state }) => state.count);
  const Watcher = actor("watcher", base)
    .on("watch", {}, (self) => self.watch({ type: "stored", key: "a" }, "hear"))
    .on("hear", { in: Gone }, (_self, { reason }) => void heard.push(reason));
  return { Stored, Watcher, Asked, heard };
}

async function start() {
  const { Stored, Watcher, Asked, heard } = define();
  const node = await startNode([Stored, Watcher, Asked]);
  const ref = node.ref(Stored, "a");
  await node.answer(node.ref(Watcher, "w").watch());
  return { node, clock: node.clock, store: node.store, Stored, ref, heard };
}

describe("an actor that was destroyed while messages waited for it", () => {
  test("keeps what those change: it is another one", async () => {
    const { node, clock, store, ref } = await start();
    await node.answer(ref.add());
    const answers = [ref.destroy(), ref.add(), ref.add()].map((each) => watch<unknown>(each));
    await clock.settle();
    expect(answers.map(({ outcome }) => outcome)).toMatchObject([{}, { value: 1 }, { value: 2 }]);
    expect(await store.load("stored", "a")).toMatchObject({ state: '{"count":2}' });
    await clock.advance(2_000);
    expect(await node.answer(ref.count())).toBe(2);
  });

  test("hears nothing of an alarm of its earlier life, though one of that name is set again", async () => {
    const { node, clock, store, ref, heard } = await start();
    await node.answer(ref.setAlarm(100));
    await clock.advance(70);
    void ref.destroyLater(50);
    ref.tell.setAlarm(hour);
    await clock.advance(1_000);
    expect(heard).toEqual(["destroyed"]);
    expect(await store.alarmsOf("stored", "a")).toHaveLength(1);
    await clock.advance(hour);
    expect(heard).toEqual(["destroyed", "rang"]);
  });
});

describe("an alarm that waits for its turn in an actor that is destroyed", () => {
  test("does not come for one of the next life that has its name and its time", async () => {
    const { node, clock, ref, heard } = await start();
    const at = clock.unixMs() + 30;
    await node.answer(ref.setAlarmAt([at, "old"]));
    void ref.destroyLater(50);
    ref.tell.setAlarmAt([at, "new"]);
    await clock.advance(5_000);
    expect(heard).toEqual(["destroyed", "new"]);
  });
});

describe("a turn that stops its actor", () => {
  test("has not, where it crashes after that", async () => {
    const { clock, ref, heard } = await start();
    ref.tell.stopAndCrash();
    await clock.advance(100);
    expect(heard).toEqual([]);
  });

  test.each(["addAndStop", "destroy"] as const)("has not, where its commit is refused (%s)", async (method) => {
    const { node, clock, store, ref, heard } = await start();
    await node.answer(ref.add());
    store.refusal = new Error("the disk is gone");
    ref.tell[method]();
    await clock.advance(100);
    expect(heard).toEqual([]);
    expect(await node.answer(ref.add())).toBe(2);
  });

  test("stops it also where it refuses: what it has destroyed is gone", async () => {
    const { node, clock, store, ref, heard } = await start();
    await node.answer(ref.add());
    expect(await node.outcome(ref.destroyAndRefuse())).toMatchObject({ error: { code: "stored.no" } });
    expect([heard, await store.load("stored", "a")]).toEqual([["destroyed"], undefined]);
    expect([await node.answer(ref.add()), await node.answer(ref.add())]).toEqual([1, 2]);
    await clock.advance(2_000);
    expect(await node.answer(ref.count())).toBe(2);
  });

  test("has destroyed it with its ask, though it crashes before that is stored", async () => {
    const { node, clock, store, ref, heard } = await start();
    await node.answer(ref.add());
    store.hold();
    const ended = watch(ref.destroyAndAsk());
    await clock.advance(60);
    const count = watch(ref.count());
    await clock.settle();
    expect([ended.outcome.kind, count.outcome.kind]).toEqual(["pending", "pending"]);
    store.letGo();
    await clock.settle();
    expect([ended.outcome.kind, count.outcome, heard]).toEqual([
      "failed",
      { kind: "answered", value: 0 },
      ["destroyed"],
    ]);
    expect(await node.answer(ref.add())).toBe(1);
  });

  test("stops it all the same where an operator wants it stopped too", async () => {
    const { node, clock, store, ref, heard } = await start();
    await node.answer(ref.add());
    store.hold();
    ref.tell.addAndStop();
    await clock.settle();
    node.operations.stop("stored", "a");
    store.refusal = new Error("the disk is gone");
    store.letGo();
    await clock.advance(100);
    expect(heard).toEqual(["stopped"]);
  });

  test("brings it the news itself, where it watches itself", async () => {
    const { node, clock, ref, heard } = await start();
    await node.answer(ref.watchItself());
    ref.tell.stop();
    await clock.advance(5_000);
    expect(heard.sort()).toEqual(["stopped", "stopped"]);
  });
});

test("an actor that is to stop begins no read that came after that, whatever news come", async () => {
  const order: string[] = [];
  const Guest = actor("guest", { state: () => ({}) }).on("leave", {}, (self) => self.stop());
  const Host = actor("host", { state: () => ({}) })
    .on("open", {}, (self) => self.watch(self.ref(Guest, "g"), "hear"))
    .on("hear", { in: t.Unknown() }, () => void order.push("heard"))
    .read("look", {}, () => void order.push("looked"))
    .read("wait", {}, async (self) => {
      await self.sleep(100);
      order.push("waited");
    });
  const node = await startNode([Guest, Host]);
  const ref = node.ref(Host, "h");
  await node.answer(ref.open());
  const calls = [watch(ref.wait())];
  await node.clock.settle();
  node.operations.stop("host", "h");
  calls.push(watch(ref.look()));
  await node.answer(node.ref(Guest, "g").leave());
  await node.clock.advance(101);
  expect([order, calls.map(({ outcome }) => outcome.kind)]).toEqual([
    ["waited", "heard", "looked"],
    ["answered", "answered"],
  ]);
});
