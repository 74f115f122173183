// A commit that fails takes with it what rests on it, and nothing else: askers are told, and the actor goes back.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { MemoryDisk, openMemoryStore } from "../storage/memory-store.ts";
import { watch } from "../testing/outcome.ts";
import { actor } from "./definition.ts";
import { RuntimeError } from "./errors.ts";
import { startNode } from "./test-node.ts";
import { topic } from "./topic.ts";

const full = new RuntimeError("store.full", "Cannot commit to actors.db: the disk is full");
const news = topic("news", t.String());

const Notes = actor("notes", { state: () => ({ texts: [] as string[] }) })
  .on("open", {}, (self) => self.subscribe(news("bank"), "hear"))
  .on("hear", { in: t.String() }, ({ state }, text) => void state.texts.push(text))
  .read("all", { out: t.Array(t.String()) }, ({ state }) => state.texts);

const failed = (error: RuntimeError): string => error.code;

const Account = actor("account", { state: () => ({ balance: 0 }), durable: true })
  .on("add", { in: t.Integer(), out: t.Integer() }, ({ state }, amount) => (state.balance += amount))
  .on("addAndRefuse", {}, (self) => {
    self.state.balance++;
    throw self.refuse("account.no");
  })
  .on("touch", { out: t.Integer() }, ({ state }) => state.balance)
  .on("doAll", {}, (self) => {
    self.state.balance++;
    self.rows.put("line", 1);
    self.alarm("tick", { afterMs: 100, send: "ticked" });
    self.ref(Notes, "n").tell.hear("told");
    self.publish(news("bank"), "published");
  })
  .on("doAllLater", { in: t.Boolean() }, async (self, crashes) => {
    await self.sleep(10);
    self.rows.put("line", 1);
    self.alarm("tick", { afterMs: 100, send: "ticked" });
    self.ref(Notes, "n").tell.hear("told");
    if (crashes) throw new Error("broke");
  })
  .on("timerLater", {}, async (self) => {
    await self.sleep(10);
    self.timer("tick", { everyMs: 100, send: "ticked" });
  })
  .on("askLater", { out: t.String() }, async (self) => {
    await self.sleep(10);
    return self
      .ref(Notes, "n")
      .hear("asked")
      .then(() => "asked", failed);
  })
  .on("ticked", {}, (self) => void self.ref(Notes, "n").tell.hear(`ticked ${self.fired?.id}`))
  .on("destroyed", {}, (self) => self.destroy())
  .on("line", { out: t.Unknown() }, (self) => self.rows.get("line"))
  .read("balance", { out: t.Integer() }, ({ state }) => state.balance);

const Watcher = actor("watcher", { state: () => ({ gone: [] as string[] }) })
  .on("watchAda", {}, (self) => self.watch({ type: "account", key: "ada" }, "lost"))
  .on("lost", { in: t.Object({ reason: t.String() }) }, ({ state }, { reason }) => void state.gone.push(reason))
  .read("gone", { out: t.Array(t.String()) }, ({ state }) => state.gone);

/** Ada's account with 5 in it; the next commit is held, and `fail` lets it fail. */
async function bank(disk = new MemoryDisk()) {
  const node = await startNode([Account, Notes, Watcher], { open: () => openMemoryStore(disk) });
  const { clock, store } = node;
  const notes = node.ref(Notes, "n");
  const account = node.ref(Account, "ada");
  notes.tell.open();
  await node.answer(account.add(5));
  store.hold();
  const fail = async (): Promise<void> => {
    store.refusal = full;
    store.letGo();
    await clock.settle();
  };
  const heard = (): Promise<readonly string[]> => node.answer(notes.all());
  return { node, clock, store, account, fail, heard, disk };
}

describe("a commit that fails", () => {
  test("fails the ask with what stands against the store", async () => {
    const { account, fail } = await bank();
    const answer = watch(account.add(1));
    await fail();
    expect(answer.outcome).toMatchObject({ code: "store.full", stood: "unknown", error: { message: full.message } });
  });

  test("fails asks whose turns only saw what was not stored", async () => {
    const { clock, account, fail } = await bank();
    account.tell.add(1);
    await clock.settle();
    const answers = [account.touch(), account.balance()].map(watch);
    await clock.settle();
    await fail();
    expect(answers.map(({ outcome }) => outcome)).toMatchObject([{ code: "store.full" }, { code: "store.full" }]);
  });

  test("fails asks whose turns changed more on top of it", async () => {
    const { clock, account, fail, store } = await bank();
    account.tell.add(1);
    await clock.settle();
    const answer = watch(account.add(1));
    await clock.settle();
    await fail();
    expect(answer.outcome).toMatchObject({ code: "store.full" });
    expect(store.batches.flatMap(({ changes }) => changes).length).toBe(2);
  });

  test("leaves the state as it was last stored", async () => {
    const { node, account, fail } = await bank();
    account.tell.add(1);
    await fail();
    expect(await node.answer(account.balance())).toBe(5);
  });

  test("lets nothing out that rested on it: rows, alarms, tells, publications", async () => {
    const { node, clock, account, fail, heard } = await bank();
    account.tell.doAll();
    await fail();
    await clock.advance(1_000);
    expect(await node.answer(account.line())).toBe(undefined);
    expect(await heard()).toEqual([]);
  });

  test("is the end of it: the next commit goes on from what is stored", async () => {
    const { node, account, fail } = await bank();
    account.tell.add(1);
    await fail();
    expect(await node.answer(account.add(2))).toBe(7);
    const again = await node.restart();
    expect(await again.answer(again.ref(Account, "ada").balance())).toBe(7);
  });

  test("is reported", async () => {
    const { node, account, fail } = await bank();
    account.tell.add(1);
    await fail();
    expect(node.storeFailures).toEqual([full]);
  });

  test("is named also when the store threw something else", async () => {
    const { clock, store, account } = await bank();
    const answer = watch(account.add(1));
    store.refusal = "no such disk";
    store.letGo();
    await clock.settle();
    expect(answer.outcome).toMatchObject({ code: "store.failed", error: { cause: "no such disk" } });
  });

  test("does not touch actors whose changes were not part of it", async () => {
    const { node, clock, account, fail } = await bank();
    const bob = node.ref(Account, "bob");
    account.tell.add(1);
    await clock.settle();
    const answers = [bob.add(3), bob.add(4)].map(watch);
    await clock.settle();
    await fail();
    expect(answers.map(({ outcome }) => outcome)).toEqual([3, 7].map((value) => ({ kind: "answered", value })));
  });

  test("puts tells aside whose changes were lost with it", async () => {
    const { node, clock, account, fail } = await bank();
    account.tell.add(1);
    await clock.settle();
    account.tell.add(2);
    account.tell.doAllLater(false);
    await clock.settle();
    await fail();
    await clock.advance(11);
    expect(node.letters).toEqual(["add", "add", "doAllLater"].map((method) => `account/ada.${method}: store.full`));
  });

  test("lets an alarm fire again whose turn was lost with it", async () => {
    const { clock, store, account, fail, heard } = await bank();
    store.letGo();
    account.tell.doAll();
    await clock.advance(50);
    store.hold();
    await clock.advance(60);
    await fail();
    await clock.advance(5_000);
    expect((await heard()).filter((text) => text.startsWith("ticked"))).toEqual(["ticked alarm:tick#2"]);
  });

  test("leaves a dead letter of a tell that was refused after it had changed something", async () => {
    const { node, account, fail } = await bank();
    account.tell.addAndRefuse();
    await fail();
    expect(node.letters).toEqual(["account/ada.addAndRefuse: store.full"]);
  });

  test("is shown by the flight recorder: those turns are lost, and no others", async () => {
    const { node, account, fail } = await bank();
    const shown = async () =>
      (await node.operations.inspect("account", "ada"))?.recent.map(({ method, outcome }) => `${method} ${outcome}`);
    account.tell.add(1);
    account.tell.add(1);
    await fail();
    expect(await shown()).toEqual(["add lost", "add lost", "add answered"]);
    await node.answer(account.add(1));
    expect(await shown()).toEqual(["add answered", "add lost", "add lost", "add answered"]);
  });

  test("tells no watcher that the actor is gone, which it is not", async () => {
    const { node, clock, account, fail } = await bank();
    const watcher = node.ref(Watcher, "w");
    watcher.tell.watchAda();
    await clock.settle();
    account.tell.destroyed();
    await fail();
    expect(await node.answer(watcher.gone())).toEqual([]);
    expect(await node.answer(account.balance())).toBe(5);
  });
});

describe("a turn that was running when what it rests on was lost", () => {
  test.each([true, false])("fails as that did, whatever it ends in (crashes: %p)", async (crashes) => {
    const { clock, account, fail } = await bank();
    account.tell.add(1);
    await clock.settle();
    const answer = watch(account.doAllLater(crashes));
    await clock.settle();
    await fail();
    await clock.advance(11);
    expect(answer.outcome).toMatchObject({ code: "store.full" });
  });

  test("leaves no timer behind", async () => {
    const { clock, account, fail, heard } = await bank();
    account.tell.add(1);
    await clock.settle();
    account.tell.timerLater();
    await clock.settle();
    await fail();
    await clock.advance(1_000);
    expect((await heard()).filter((text) => text.startsWith("ticked"))).toEqual([]);
  });

  test.each([true, false])("leaves nothing behind (crashes: %p)", async (crashes) => {
    const { node, clock, account, fail, heard } = await bank();
    account.tell.add(1);
    await clock.settle();
    account.tell.doAllLater(crashes);
    await clock.settle();
    await fail();
    await clock.advance(11);
    expect(await node.answer(account.add(2))).toBe(7);
    await clock.advance(1_000);
    expect(await node.answer(account.line())).toBe(undefined);
    expect(await heard()).toEqual([]);
  });

  test("is no crash of its actor", async () => {
    const { node, clock, account, fail } = await bank();
    account.tell.add(1);
    await clock.settle();
    account.tell.doAllLater(false);
    await clock.settle();
    await fail();
    await clock.advance(11);
    expect(node.crashes).toEqual([]);
  });

  test("asks nobody any more, and stores nothing by asking", async () => {
    const { node, clock, account, fail, heard } = await bank();
    account.tell.add(1);
    await clock.settle();
    account.tell.askLater();
    await clock.settle();
    await fail();
    await clock.advance(11);
    expect(await heard()).toEqual([]);
    expect(await node.answer(account.balance())).toBe(5);
  });
});

describe("an owner that another has taken over from", () => {
  test("is told so by its next commit, and overwrites nothing", async () => {
    const { node, store, account, disk } = await bank();
    store.letGo();
    const successor = await startNode([Account, Notes, Watcher], { open: () => openMemoryStore(disk) });
    await successor.answer(successor.ref(Account, "ada").add(10));
    expect(await node.outcome(account.add(1))).toMatchObject({ code: "actor.stale_owner", stood: "unknown" });
    expect(await successor.answer(successor.ref(Account, "ada").balance())).toBe(15);
  });

  test("may still answer what changes nothing", async () => {
    const { node, store, account, disk } = await bank();
    store.letGo();
    openMemoryStore(disk);
    expect(await node.answer(account.balance())).toBe(5);
  });
});
