// A durable actor's turn that crashes, and one that refuses: what stays of what they had changed, and what goes.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { watch } from "../testing/outcome.ts";
import { actor } from "./definition.ts";
import { startNode } from "./test-node.ts";
import { topic } from "./topic.ts";

const news = topic("news", t.String());

const Notes = actor("notes", { state: () => ({ texts: [] as string[] }) })
  .on("open", {}, (self) => self.subscribe(news("bank"), "hear"))
  .on("hear", { in: t.String() }, ({ state }, text) => void state.texts.push(text))
  .read("all", { out: t.Array(t.String()) }, ({ state }) => state.texts);

const Account = actor("account", { state: () => ({ balance: 0 }), durable: true })
  .on("add", { in: t.Integer(), out: t.Integer() }, ({ state }, amount) => (state.balance += amount))
  .on("replace", {}, (self) => {
    self.state = { balance: 1_000 };
    throw new Error("broke");
  })
  .on("doAll", { in: t.String() }, async (self, end) => {
    self.state.balance++;
    self.rows.put("line", "changed");
    self.alarm("tick", { afterMs: 100, send: "tick" });
    self.ref(Notes, "n").tell.hear("told");
    self.publish(news("bank"), "published");
    if (end.includes("later")) await self.sleep(10);
    throw end.includes("refuse") ? self.refuse("account.no") : new Error("broke");
  })
  .on("askAndCrash", {}, async (self) => {
    self.state.balance++;
    self.rows.put("line", "before");
    await self.ref(Notes, "n").hear("asked");
    self.state.balance += 100;
    self.rows.put("line", "after");
    throw new Error("broke");
  })
  .on("putLine", { in: t.String() }, (self, text) => self.rows.put("line", text))
  .on("setTimer", {}, (self) => self.timer("tick", { everyMs: 100, send: "tick" }))
  .on("tick", {}, (self) => void self.ref(Notes, "n").tell.hear("ticked"))
  .on("crash", {}, () => {
    throw new Error("broke");
  })
  .read("balance", { out: t.Integer() }, ({ state }) => state.balance)
  .read("line", { out: t.Unknown() }, (self) => self.rows.get("line"))
  .read("report", {}, async (self) => {
    self.ref(Notes, "n").tell.hear("told by a read");
    await self.sleep(20);
  })
  .read("crashLater", {}, async (self) => {
    await self.sleep(10);
    throw new Error("broke");
  });

/** Ada's account with 5 in it. */
async function bank() {
  const node = await startNode([Account, Notes]);
  const notes = node.ref(Notes, "n");
  notes.tell.open();
  const account = node.ref(Account, "ada");
  await node.answer(account.add(5));
  const heard = (): Promise<readonly string[]> => node.answer(notes.all());
  const stored = async (): Promise<unknown[]> => [
    await node.answer(account.balance()),
    await node.answer(account.line()),
  ];
  return { node, clock: node.clock, store: node.store, account, heard, stored };
}

describe("a crash of a durable actor", () => {
  test.each(["crash", "crash later"])("takes back its state and its rows (%s)", async (end) => {
    const { clock, account, stored } = await bank();
    account.tell.doAll(end);
    await clock.advance(11);
    expect(await stored()).toEqual([5, undefined]);
  });

  test("takes back a state that was put in the place of the old one", async () => {
    const { account, stored } = await bank();
    account.tell.replace();
    expect(await stored()).toEqual([5, undefined]);
  });

  test.each(["crash", "crash later"])("takes back what it set, told and published (%s)", async (end) => {
    const { clock, account, heard } = await bank();
    account.tell.doAll(end);
    await clock.advance(5_000);
    expect(await heard()).toEqual([]);
  });

  test("stores nothing", async () => {
    const { node, clock, store, account } = await bank();
    const changes = (): number => store.batches.flatMap((batch) => batch.changes).length;
    const before = changes();
    account.tell.doAll("crash");
    await clock.settle();
    expect(changes()).toBe(before);
    expect((await node.operations.inspect("account", "ada"))?.version).toBe(1);
  });

  test("leaves what was stored before it asked, and what that asked", async () => {
    const { account, heard, stored } = await bank();
    account.tell.askAndCrash();
    expect(await stored()).toEqual([6, "before"]);
    expect(await heard()).toEqual(["asked"]);
  });

  test("leaves what earlier turns changed, though that is not stored yet", async () => {
    const { clock, store, account, stored } = await bank();
    store.hold();
    account.tell.add(2);
    account.tell.putLine("mine");
    account.tell.doAll("crash");
    const answer = watch(account.add(3));
    await clock.settle();
    store.letGo();
    await clock.settle();
    expect(answer.outcome).toEqual({ kind: "answered", value: 10 });
    expect(await stored()).toEqual([10, "mine"]);
  });

  test("ends its timers", async () => {
    const { clock, account, heard } = await bank();
    account.tell.setTimer();
    await clock.advance(150);
    account.tell.crash();
    await clock.advance(1_000);
    expect(await heard()).toEqual(["ticked"]);
  });

  test("in a read takes nothing from the reads beside it", async () => {
    const { clock, account, heard } = await bank();
    account.tell.report();
    account.tell.crashLater();
    await clock.advance(21);
    expect(await heard()).toEqual(["told by a read"]);
  });

  test("loads nothing again: the next turn begins with what was stored last", async () => {
    const { node, account } = await bank();
    node.store.loadRefusal = new Error("must not be asked");
    account.tell.doAll("crash");
    expect(await node.answer(account.balance())).toBe(5);
  });
});

describe("a refusal of a durable actor", () => {
  test.each(["refuse", "refuse later"])("leaves everything that the turn had done (%s)", async (end) => {
    const { clock, account, heard, stored } = await bank();
    account.tell.doAll(end);
    await clock.advance(11);
    expect(await stored()).toEqual([6, "changed"]);
    await clock.advance(101);
    expect(await heard()).toEqual(["told", "published", "ticked"]);
  });
});
