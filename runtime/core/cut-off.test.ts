// A node that ends though its actors have not: whoever asked hears of it, and whatever still runs counts for nothing.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { watch } from "../testing/stepped-system.ts";
import { cutOff } from "./cut-off.ts";
import { actor } from "./definition.ts";
import { startNode } from "./test-node.ts";

/** Waits for as long as it may. */
const forEver = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("told to stop"))));

async function busyNode() {
  const heard: string[] = [];
  const noted = async (what: string, work: Promise<unknown>): Promise<void> => {
    await work.catch((error: Error) => heard.push(`${what}: ${error.message}`));
  };
  const Account = actor("account", { state: () => ({ balance: 0 }), durable: true })
    .on("add", { in: t.Integer(), out: t.Integer() }, ({ state }, amount) => (state.balance += amount))
    .on("hang", {}, async (self) => {
      self.state.balance = 1_000;
      await noted("hang", forEver(self.signal));
      throw new Error("broke");
    })
    .on("sleep", {}, (self) => noted("sleep", self.sleep(1_000_000)))
    .read("look", {}, (self) => noted("look", forEver(self.signal)));
  const Asker = actor("asker", { state: () => ({}) }).on("ask", { in: t.String() }, (self, key) =>
    noted("ask", self.ref(Account, key).hang()),
  );
  const node = await startNode([Account, Asker]);
  const end = async (): Promise<void> => {
    cutOff(node.system);
    await node.clock.settle();
  };
  return {
    node,
    clock: node.clock,
    heard,
    end,
    asker: node.ref(Asker, "a"),
    account: (key: string) => node.ref(Account, key),
  };
}

const ended = (stood: string) => ({ kind: "failed", code: "system.draining", stood });

describe("an ask of a node that is cut off", () => {
  test("ends, and says where it stood", async () => {
    const { node, clock, end, account } = await busyNode();
    node.store.hold();
    const running = [account("a").hang(), account("b").look(), account("b").look()].map(watch);
    const waiting = watch(account("a").add(1));
    const notStored = watch(account("c").add(1));
    await clock.settle();
    await end();
    expect([...running, notStored].map(({ outcome }) => outcome)).toMatchObject(Array(4).fill(ended("running")));
    expect(waiting.outcome).toMatchObject(ended("queued"));
    expect(waiting.outcome).toMatchObject({ error: { message: "Gave up account/a.add: the node ended while queued" } });
  });

  test("ends also where it was asked in this step, before anything has run", async () => {
    const { end, account } = await busyNode();
    const young = watch(account("a").add(1));
    await end();
    expect(young.outcome).toMatchObject(ended("queued"));
  });

  test("of one actor by another ends too", async () => {
    const { clock, heard, end, asker } = await busyNode();
    const outer = watch(asker.ask("b"));
    await clock.settle();
    await end();
    expect(outer.outcome).toMatchObject(ended("running"));
    expect(heard).toContain("ask: Gave up account/b.hang: the node ended while running");
  });

  test("keeps the answer that it has", async () => {
    const { clock, end, account } = await busyNode();
    const answered = watch(account("a").add(1));
    await clock.settle();
    await end();
    expect(answered.outcome).toEqual({ kind: "answered", value: 1 });
  });
});

describe("a handler of a node that is cut off", () => {
  test("is told to stop, also where it was told and not asked", async () => {
    const { clock, heard, end, account } = await busyNode();
    account("a").tell.hang();
    account("b").tell.sleep();
    void watch(account("c").look());
    await clock.settle();
    await end();
    expect(heard.map((each) => each.slice(0, 5)).toSorted()).toEqual(["hang:", "look:", "sleep"]);
  });

  test("does nothing any more: what it changed and what it throws is nobody's", async () => {
    const { node, clock, end, account } = await busyNode();
    account("a").tell.hang();
    await clock.settle();
    await end();
    await clock.advance(10_000);
    expect([node.store.batches, node.crashes, node.letters]).toEqual([[], [], []]);
  });
});
