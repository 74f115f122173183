// A node that drains: what was begun is finished and stored, and nothing new begins.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { watch } from "../testing/outcome.ts";
import { actor } from "./definition.ts";
import { startNode } from "./test-node.ts";

const Plain = actor("plain", { state: () => ({}) }).on("crash", {}, () => {
  throw new Error("broke");
});
const Account = actor("account", { state: () => ({ balance: 0 }), durable: true })
  .on("add", { in: t.Integer(), out: t.Integer() }, ({ state }, amount) => (state.balance += amount))
  .on("addLater", { in: t.Integer(), out: t.Integer() }, async (self, amount) => {
    await self.sleep(100);
    return (self.state.balance += amount);
  })
  .on("remind", {}, (self) => self.alarm("tick", { afterMs: 1_000, send: "ticked" }))
  .on("ticked", {}, ({ state }) => void (state.balance += 1_000))
  .read("balance", { out: t.Integer() }, ({ state }) => state.balance);

async function bank() {
  const node = await startNode([Account, Plain]);
  return { node, clock: node.clock, store: node.store, account: node.ref(Account, "ada") };
}

describe("draining a node with durable actors", () => {
  test("waits until what was changed is stored, and answered", async () => {
    const { node, clock, store, account } = await bank();
    store.hold();
    const answer = watch(account.add(5));
    await clock.settle();
    const drained = watch(node.system.drain());
    await clock.settle();
    expect([drained.outcome, answer.outcome]).toEqual([{ kind: "pending" }, { kind: "pending" }]);
    store.letGo();
    await clock.settle();
    expect([drained.outcome.kind, answer.outcome]).toEqual(["answered", { kind: "answered", value: 5 }]);
  });

  test("waits for turns that are running, and for their commits", async () => {
    const { node, clock, account } = await bank();
    account.tell.addLater(5);
    await clock.settle();
    const drained = watch(node.system.drain());
    await clock.advance(99);
    expect(drained.outcome.kind).toBe("pending");
    await clock.advance(2);
    expect(drained.outcome.kind).toBe("answered");
    const again = await node.restart();
    expect(await again.answer(again.ref(Account, "ada").balance())).toBe(5);
  });

  test("waits for an actor that is being loaded", async () => {
    const { node, clock, account } = await bank();
    const answer = watch(account.balance());
    const drained = watch(node.system.drain());
    await clock.settle();
    expect([drained.outcome.kind, answer.outcome]).toEqual(["answered", { kind: "answered", value: 0 }]);
  });

  test("waits until dead letters are stored", async () => {
    const { node, clock, store } = await bank();
    node.ref(Plain, "p").tell.crash();
    store.hold();
    await clock.settle();
    const drained = watch(node.system.drain());
    await clock.settle();
    expect(drained.outcome.kind).toBe("pending");
    store.letGo();
    await clock.settle();
    expect(drained.outcome.kind).toBe("answered");
    const again = await node.restart();
    expect((await again.system.letters.list(10, 10)).length).toBe(1);
  });

  test("ends though the store refuses the last commit", async () => {
    const { node, clock, store, account } = await bank();
    store.hold();
    account.tell.add(5);
    await clock.settle();
    const drained = watch(node.system.drain());
    store.refusal = new Error("no disk");
    store.letGo();
    await clock.settle();
    expect(drained.outcome.kind).toBe("answered");
  });

  test("stops alarms, which come when it is started again", async () => {
    const { node, clock, account } = await bank();
    account.tell.remind();
    await clock.settle();
    await node.answer(node.system.drain());
    await clock.advance(10_000);
    const again = await node.restart();
    await again.clock.advance(1);
    expect(await again.answer(again.ref(Account, "ada").balance())).toBe(1_000);
  });

  test("refuses calls from outside, asks and tells", async () => {
    const { node, account } = await bank();
    void node.system.drain();
    expect(await node.outcome(account.add(1))).toMatchObject({ code: "system.draining", stood: "queued" });
    expect(account.tell.add(1)).toMatchObject({ accepted: false, why: { code: "system.draining" } });
  });
});
