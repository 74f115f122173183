// A node that ends though its actors have not: whoever asked hears of it, and whatever still runs counts for nothing.
import { Database } from "bun:sqlite";
import { afterAll, describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { ProcessClock } from "../base/process-clock.ts";
import { limits } from "../limits.ts";
import { openSqliteStore } from "../storage/sqlite-store.ts";
import { GENEROUS_BYTES, newDatabasePath, removeDatabases } from "../storage/test-stores.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { watch } from "../testing/outcome.ts";
import { cutOff, stopSystem } from "./cut-off.ts";
import { actor } from "./definition.ts";
import { ActorSystem } from "./system.ts";
import { startNode } from "./test-node.ts";

afterAll(removeDatabases);

/** Waits for as long as it may. */
const forEver = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("told to stop"))));

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

async function busyNode() {
  heard.length = 0;
  const node = await startNode([Account, Asker]);
  const end = async (): Promise<void> => {
    cutOff(node.system);
    await node.clock.settle();
  };
  return {
    node,
    clock: node.clock,
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
    const { clock, end, asker } = await busyNode();
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

describe("a node that stops while another program holds its database", () => {
  test("answers whose change is stored then, and cuts off the rest", async () => {
    const clock = new FakeClock();
    const processClock = new ProcessClock(clock);
    const path = newDatabasePath();
    const store = openSqliteStore({ path, sync: "full", bytesMax: GENEROUS_BYTES, clock: processClock });
    using other = new Database(path);
    other.run("BEGIN EXCLUSIVE");
    const system = new ActorSystem({ clock: processClock, types: [Account], store });
    const adding = watch(system.ref(Account, "a").add(1));
    const hanging = watch(system.ref(Account, "b").hang());
    await clock.settle();
    const stopped = watch(stopSystem(system, processClock, 100));
    await clock.advance(101);
    expect([stopped.outcome, adding.outcome]).toEqual([{ kind: "pending" }, { kind: "pending" }]);
    other.run("ROLLBACK");
    await clock.advance(limits.storeBusyRetryMs);
    expect(adding.outcome).toEqual({ kind: "answered", value: 1 });
    expect(hanging.outcome).toMatchObject(ended("running"));
    expect([stopped.outcome, clock.pendingTimers]).toEqual([{ kind: "answered", value: false }, 0]);
  });
});

describe("a handler of a node that is cut off", () => {
  test("is told to stop, also where it was told and not asked", async () => {
    const { clock, end, account } = await busyNode();
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
