// Turns of durable actors: nothing that they produce leaves before what they changed is stored.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { watch } from "../testing/outcome.ts";
import { actor } from "./definition.ts";
import { ActorSystem } from "./system.ts";
import { startNode } from "./test-node.ts";
import { topic } from "./topic.ts";

const news = topic("news", t.String());

const Notes = actor("notes", { state: () => ({ texts: [] as string[] }) })
  .on("open", {}, (self) => self.subscribe(news("bank"), "hear"))
  .on("hear", { in: t.String() }, ({ state }, text) => void state.texts.push(text))
  .read("all", { out: t.Array(t.String()) }, ({ state }) => state.texts);

const Account = actor("account", { state: () => ({ balance: 0 }), durable: true, hibernateAfterMs: 1_000 })
  .on("add", { in: t.Integer(), out: t.Integer() }, ({ state }, amount) => (state.balance += amount))
  .on("addLater", { in: t.Integer(), out: t.Integer() }, async (self, amount) => {
    await self.sleep(10);
    return (self.state.balance += amount);
  })
  .on("addAndRefuse", {}, (self) => {
    self.state.balance++;
    throw self.refuse("account.no");
  })
  .on("addAndTell", {}, (self) => {
    self.state.balance++;
    self.ref(Notes, "n").tell.hear("told");
  })
  .on("addAndPublish", { out: t.Integer() }, (self) => {
    self.state.balance++;
    return self.publish(news("bank"), "published");
  })
  .on("addAndAsk", {}, async (self) => {
    self.state.balance++;
    await self.ref(Notes, "n").hear("asked");
  })
  .on("ask", {}, (self) => self.ref(Notes, "n").hear("asked"))
  .on("say", { in: t.String() }, (self, text) => void self.ref(Notes, "n").tell.hear(text))
  .on("touch", { out: t.Integer() }, ({ state }) => state.balance)
  .on("close", { in: t.Boolean(), out: t.String() }, async (self, isCrash) => {
    self.destroy();
    await self.ref(Notes, "n").hear("asked");
    self.ref(Notes, "n").tell.hear("told");
    self.rows.put("left", "behind");
    if (isCrash) throw new Error("broke");
    return "closed";
  })
  .on("closeLater", {}, (self) => self.alarm("end", { afterMs: 100, send: "close", input: false }))
  .read("balance", { out: t.Integer() }, ({ state }) => state.balance)
  .read("balanceLater", { out: t.Integer() }, async (self) => {
    await self.sleep(10);
    return self.state.balance;
  })
  .read("report", {}, (self) => void self.ref(Notes, "n").tell.hear(`has ${self.state.balance}`));

async function bank() {
  const node = await startNode([Account, Notes]);
  const notes = node.ref(Notes, "n");
  notes.tell.open();
  await node.clock.settle();
  const heard = (): Promise<readonly string[]> => node.answer(notes.all());
  return { node, clock: node.clock, store: node.store, account: node.ref(Account, "ada"), heard };
}

describe("a turn that changed something, while its commit is under way,", () => {
  test("has not answered", async () => {
    const { clock, store, account } = await bank();
    store.hold();
    const answer = watch(account.add(5));
    await clock.settle();
    expect(answer.outcome).toEqual({ kind: "pending" });
    store.letGo();
    await clock.settle();
    expect(answer.outcome).toEqual({ kind: "answered", value: 5 });
  });

  test("has not refused", async () => {
    const { clock, store, account } = await bank();
    store.hold();
    const answer = watch(account.addAndRefuse());
    await clock.settle();
    expect(answer.outcome).toEqual({ kind: "pending" });
    store.letGo();
    await clock.settle();
    expect(answer.outcome).toMatchObject({ name: "Refusal", code: "account.no" });
  });

  test.each([
    ["told anybody", "addAndTell", "told"],
    ["published anything", "addAndPublish", "published"],
    ["asked anybody", "addAndAsk", "asked"],
  ] as const)("has not %s", async (_, method, text) => {
    const { clock, store, account, heard } = await bank();
    store.hold();
    watch<unknown>(account[method]());
    expect(await heard()).toEqual([]);
    store.letGo();
    await clock.settle();
    expect(await heard()).toEqual([text]);
  });

  test("knows already how many will hear what it publishes", async () => {
    const { node, account } = await bank();
    expect(await node.answer(account.addAndPublish())).toBe(1);
  });

  test("lets its actor go on with the next", async () => {
    const { clock, store, account } = await bank();
    store.hold();
    const answers = [account.add(1), account.add(2)].map(watch);
    await clock.settle();
    const later = watch(account.add(3));
    await clock.settle();
    store.letGo();
    await clock.settle();
    const values = [...answers, later].map(({ outcome }) => outcome);
    expect(values).toEqual([1, 3, 6].map((value) => ({ kind: "answered", value })));
  });

  test("lets none begin any more when 10 000 messages wait for the store, until it has answered", async () => {
    const { node, clock, account } = await bank();
    node.store.hold();
    let accepted = 0;
    for (let round = 0; round < 150; round++) {
      for (let tell = 0; tell < 100; tell++) if (account.tell.add(1).accepted) accepted++;
      await clock.settle();
    }
    expect(accepted).toBe(limits.heldOutputsMax + limits.mailboxMessagesMax);
    node.store.letGo();
    await clock.settle();
    expect(await node.answer(account.balance())).toBe(accepted);
  });

  test("holds up no other actor", async () => {
    const { node, store, account } = await bank();
    store.hold();
    watch(account.add(1));
    await node.clock.settle();
    expect(await node.answer(node.ref(Account, "bob").touch())).toBe(0);
  });
});

describe("a turn that changed nothing", () => {
  test("answers without a commit", async () => {
    const { node, store, account } = await bank();
    expect(await node.answer(account.touch())).toBe(0);
    expect(store.batches).toEqual([]);
  });

  test.each(["touch", "balance", "balanceLater"] as const)(
    "answers not before what it saw is stored (%s)",
    async (method) => {
      const { clock, store, account } = await bank();
      store.hold();
      watch(account.add(5));
      await clock.settle();
      const answer = watch(account[method]());
      await clock.advance(11);
      expect(answer.outcome).toEqual({ kind: "pending" });
      store.letGo();
      await clock.settle();
      expect(answer.outcome).toEqual({ kind: "answered", value: 5 });
    },
  );

  test.each([
    ["say", "tells nobody", "hm"],
    ["ask", "asks nobody", "asked"],
    ["report", "tells nobody", "has 5"],
  ] as const)("before what came earlier is stored %s %s", async (method, _, text) => {
    const { clock, store, account, heard } = await bank();
    store.hold();
    watch(account.add(5));
    await clock.settle();
    if (method === "say") account.tell.say("hm");
    else account.tell[method]();
    expect(await heard()).toEqual([]);
    store.letGo();
    await clock.settle();
    expect(await heard()).toEqual([text]);
  });
});

describe("commits", () => {
  test("hold all turns of an actor in one step together", async () => {
    const { node, store, account } = await bank();
    const answers = [1, 2, 3].map((amount) => account.add(amount));
    expect(await node.answer(Promise.all(answers))).toEqual([1, 3, 6]);
    expect(store.batches.map(({ changes }) => changes.map(({ state }) => state))).toEqual([['{"balance":6}']]);
  });

  test("hold the turns of all actors in one step together", async () => {
    const { node, clock, store } = await bank();
    for (const key of ["a", "b", "c"]) node.ref(Account, key).tell.add(1);
    await clock.settle();
    expect(store.batches.map(({ changes }) => changes.map(({ key }) => key))).toEqual([["a", "b", "c"]]);
  });

  test("follow each other: what came while the store was at work is the next", async () => {
    const { clock, store, account } = await bank();
    store.hold();
    for (const amount of [1, 2, 3]) {
      account.tell.add(amount);
      await clock.settle();
    }
    expect(store.batches.length).toBe(1);
    store.letGo();
    await clock.settle();
    const versions = store.batches.map(({ changes }) => changes.map((each) => [each.baseVersion, each.version]));
    expect(versions).toEqual([[[0, 1]], [[1, 3]]]);
  });

  test("are made before an ask, of what was changed until then", async () => {
    const { clock, store, account } = await bank();
    watch(account.addAndAsk());
    await clock.settle();
    expect(store.batches.map(({ changes }) => changes.map(({ state }) => state))).toEqual([['{"balance":1}']]);
  });
});

describe("a durable actor", () => {
  test("has its state after a restart", async () => {
    const { node, account } = await bank();
    await node.answer(account.add(5));
    const again = await node.restart();
    expect(await again.answer(again.ref(Account, "ada").balance())).toBe(5);
  });

  test("has what was not answered either as it was or as it would be, never halfway", async () => {
    const { node, clock, store, account } = await bank();
    await node.answer(account.add(5));
    store.hold();
    watch(account.add(7));
    await clock.settle();
    const again = await node.restart();
    expect(await again.answer(again.ref(Account, "ada").balance())).toBe(5);
  });

  test("has its state after it has slept", async () => {
    const { node, clock, account } = await bank();
    await node.answer(account.add(5));
    await clock.advance(1_001);
    expect(node.resident(Account)).toEqual([]);
    expect(await node.answer(account.balance())).toBe(5);
  });

  test("does not sleep while its commit is under way", async () => {
    const { node, clock, store, account } = await bank();
    store.hold();
    watch(account.add(5));
    await clock.advance(10_000);
    expect(node.resident(Account)).toEqual(["ada"]);
  });

  test("is stored by key: another with the same name starts from its own beginning", async () => {
    const { node, account } = await bank();
    await node.answer(account.add(5));
    expect(await node.answer(node.ref(Account, "Ada").balance())).toBe(0);
  });

  test("needs a system with a store", () => {
    expect(() => new ActorSystem({ clock: new FakeClock(), types: [Account] })).toThrow("needs a store");
  });
});

describe("an actor that is destroyed, and asks in the same turn,", () => {
  test.each(["", "under a name"])("answers when it is gone, whatever it changes after that (%s)", async (once) => {
    const { node, store, account, heard } = await bank();
    await node.answer(account.add(5));
    const options = once === "" ? {} : { once };
    expect(await node.answer(account.close(false, options))).toBe("closed");
    expect(await heard()).toEqual(["asked", "told"]);
    expect(await store.load("account", "ada")).toBeUndefined();
    expect(await node.answer(account.touch())).toBe(0);
  });

  test("is gone also when an alarm brought the turn", async () => {
    const { node, clock, store, account, heard } = await bank();
    await node.answer(account.closeLater());
    await clock.advance(5_000);
    expect([await heard(), await store.load("account", "ada")]).toEqual([["asked", "told"], undefined]);
  });

  test("is gone though the turn crashes afterwards, and that takes back what it told", async () => {
    const { node, store, account, heard } = await bank();
    await node.answer(account.add(5));
    expect(await node.outcome(account.close(true))).toMatchObject({ code: "actor.crashed" });
    expect([await heard(), await store.load("account", "ada")]).toEqual([["asked"], undefined]);
  });
});
