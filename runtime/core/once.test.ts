// Calls under a name: however often one is repeated, it is handled once, and each repeat is given what came of that.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { watch } from "../testing/outcome.ts";
import { actor } from "./definition.ts";
import { startNode } from "./test-node.ts";

const failing = { times: 0 };

const Account = actor("account", { state: () => ({ balance: 0 }), durable: true, mailbox: { capacity: 5_000 } })
  .on("add", { in: t.Integer(), out: t.Integer() }, ({ state }, amount) => (state.balance += amount))
  .on("addLater", { in: t.Integer(), out: t.Integer() }, async (self, amount) => {
    await self.sleep(10);
    return (self.state.balance += amount);
  })
  .on("touch", {}, ({ state }) => void state.balance++)
  .on("refuse", {}, (self) => {
    self.state.balance++;
    throw self.refuse("account.no", `Not with ${self.state.balance}`);
  })
  .on("crashSometimes", { out: t.Integer() }, ({ state }) => {
    state.balance += 100;
    if (failing.times-- > 0) throw new Error("broke");
    return state.balance;
  })
  .on("give", { in: t.String(), out: t.Unknown() }, ({ state }, what) => {
    state.balance++;
    return notJson[what];
  })
  .read("balance", { out: t.Integer() }, ({ state }) => state.balance);

const notJson: Readonly<Record<string, unknown>> = {
  "a date": new Date(0),
  "a map": { inside: new Map() },
  "not a number": [1, Number.NaN],
  "too long": "x".repeat(limits.rowLengthMax),
};

const Plain = actor("plain", { state: () => ({}) }).on("touch", {}, () => undefined);

async function bank() {
  failing.times = 0;
  const node = await startNode([Account, Plain]);
  const account = node.ref(Account, "ada");
  const balance = (): Promise<number> => node.answer(account.balance());
  return { node, clock: node.clock, store: node.store, account, balance };
}

const once = { once: "payment 7" };

describe("a call that is repeated under the same name", () => {
  test("is another call where the method is another", async () => {
    const { node, account, balance } = await bank();
    await node.answer(account.add(5, once));
    await node.answer(account.touch(undefined, once));
    await node.answer(account.touch(undefined, once));
    expect(await balance()).toBe(6);
  });

  test("is handled once, and is given its first answer", async () => {
    const { node, account, balance } = await bank();
    const answers = [await node.answer(account.add(5, once)), await node.answer(account.add(5, once))];
    expect([...answers, await balance()]).toEqual([5, 5, 5]);
  });

  test("is given its first refusal, with code and message", async () => {
    const { node, account, balance } = await bank();
    const outcomes = [
      await node.outcome(account.refuse(undefined, once)),
      await node.outcome(account.refuse(undefined, once)),
    ];
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ name: "Refusal", code: "account.no", error: { message: "Not with 1" } });
    }
    expect(await balance()).toBe(1);
  });

  test("is handled once though nothing is answered", async () => {
    const { node, account, balance } = await bank();
    await node.answer(account.touch(undefined, once));
    expect(await node.outcome(account.touch(undefined, once))).toEqual({ kind: "answered", value: undefined });
    expect(await balance()).toBe(1);
  });

  test("is handled once though it is told, or asked after it was told", async () => {
    const { node, account, balance } = await bank();
    account.tell.add(5, once);
    account.tell.add(5, once);
    expect(await node.answer(account.add(5, once))).toBe(5);
    expect(await balance()).toBe(5);
  });

  test("is handled once while the first is still running", async () => {
    const { clock, account, balance } = await bank();
    const answers = [1, 2, 3].map(() => watch(account.addLater(5, once)));
    await clock.advance(100);
    expect(answers.map(({ outcome }) => outcome)).toEqual([5, 5, 5].map((value) => ({ kind: "answered", value })));
    expect(await balance()).toBe(5);
  });

  test("is answered not before the first is stored", async () => {
    const { clock, store, account } = await bank();
    store.hold();
    watch(account.add(5, once));
    await clock.settle();
    const again = watch(account.add(5, once));
    await clock.settle();
    expect(again.outcome).toEqual({ kind: "pending" });
    store.letGo();
    await clock.settle();
    expect(again.outcome).toEqual({ kind: "answered", value: 5 });
  });

  test("is given the first answer after a restart, and after a sleep", async () => {
    const { node, clock, account } = await bank();
    await node.answer(account.add(5, once));
    await clock.advance(limits.idleStopMs + 1);
    expect(await node.answer(account.add(5, once))).toBe(5);
    const again = await node.restart();
    expect(await again.answer(again.ref(Account, "ada").add(5, once))).toBe(5);
  });

  test("is handled again where the first was not stored", async () => {
    const { node, clock, store, account } = await bank();
    store.hold();
    watch(account.add(5, once));
    await clock.settle();
    const again = await node.restart();
    expect(await again.answer(again.ref(Account, "ada").add(5, once))).toBe(5);
  });

  test("is handled again where the first crashed", async () => {
    const { node, account } = await bank();
    failing.times = 1;
    expect(await node.outcome(account.crashSometimes(undefined, once))).toMatchObject({ code: "actor.crashed" });
    expect(await node.answer(account.crashSometimes(undefined, once))).toBe(100);
    expect(await node.answer(account.crashSometimes(undefined, once))).toBe(100);
  });

  test("counts for one actor: under the same name another handles it too", async () => {
    const { node, account } = await bank();
    await node.answer(account.add(5, once));
    expect(await node.answer(node.ref(Account, "bob").add(3, once))).toBe(3);
  });

  test("is stored with what it changed, in one commit", async () => {
    const { node, store, account } = await bank();
    await node.answer(account.add(5, once));
    expect(store.batches.map(({ changes }) => changes.map(({ state }) => state))).toEqual([['{"balance":5}']]);
  });
});

async function afterCallsUnder(names: number) {
  const { node, clock, account } = await bank();
  for (let name = 0; name < names; name++) account.tell.add(1, { once: `${name}` });
  await clock.settle();
  return (name: number): Promise<number> => node.answer(account.add(1, { once: `${name}` }));
}

describe("a tell under a name that became a dead letter, and is sent again,", () => {
  test("is not handled again where only the answer of its commit was lost", async () => {
    const { node, store, account, balance } = await bank();
    const commit = store.commit.bind(store);
    store.commit = async (batch) => {
      await commit(batch);
      store.commit = commit;
      throw new Error("the connection is gone");
    };
    account.tell.add(5, once);
    await node.clock.settle();
    expect([node.letters, await node.operations.replay(1)]).toEqual([["account/ada.add: store.failed"], "accepted"]);
    expect(await balance()).toBe(5);
  });

  test("is not handled again where its sender has repeated it before", async () => {
    const { node, store, account, balance } = await bank();
    store.refusal = new Error("the disk is gone");
    account.tell.add(5, once);
    await node.clock.settle();
    await node.answer(account.add(5, once));
    expect(await node.operations.replay(1)).toBe("accepted");
    expect(await balance()).toBe(5);
  });

  test("is not handled again when its sender repeats it", async () => {
    const { node, store, account, balance } = await bank();
    store.refusal = new Error("the disk is gone");
    account.tell.add(5, once);
    await node.clock.settle();
    expect(await node.system.letters.list(10, 1)).toMatchObject([{ once: once.once }]);
    await node.operations.replay(1);
    expect(await node.answer(account.add(5, once))).toBe(5);
    expect(await balance()).toBe(5);
  });

  test("is refused where its actor stores nothing any more", async () => {
    const { node, store, account } = await bank();
    store.refusal = new Error("the disk is gone");
    account.tell.add(5, once);
    await node.clock.settle();
    const Forgetful = actor("account", { state: () => ({}) }).on("add", { in: t.Integer() }, () => undefined);
    const again = await node.restart({ types: [Forgetful] });
    expect(await again.operations.replay(1)).toMatchObject({ code: "actor.not_durable" });
    expect(await again.system.letters.list(10, 1)).toHaveLength(1);
  });
});

describe("the results that an actor keeps", () => {
  test("are all there when they are 1 024", async () => {
    const add = await afterCallsUnder(limits.onceResultsMax);
    expect([await add(0), await add(limits.onceResultsMax - 1)]).toEqual([1, limits.onceResultsMax]);
  });

  test("lose the oldest with the next", async () => {
    const add = await afterCallsUnder(limits.onceResultsMax + 1);
    expect([await add(1), await add(0)]).toEqual([2, limits.onceResultsMax + 2]);
  });

  test("are as many as its type says", async () => {
    const Short = actor("short", { state: () => ({ count: 0 }), durable: true, onceResultsMax: 2 }).on(
      "add",
      { out: t.Integer() },
      ({ state }) => ++state.count,
    );
    const node = await startNode([Short]);
    const add = (name: string) => node.answer(node.ref(Short, "x").add(undefined, { once: name }));
    expect([await add("a"), await add("b"), await add("a"), await add("b")]).toEqual([1, 2, 1, 2]);
    expect([await add("c"), await add("b"), await add("a")]).toEqual([3, 2, 4]);
  });
});

describe("an answer that cannot be kept", () => {
  test.each(Object.keys(notJson))("fails the call, and changes nothing: %s", async (what) => {
    const { node, account, balance } = await bank();
    expect(await node.outcome(account.give(what, once))).toMatchObject({ code: "actor.bad_reply" });
    expect(await balance()).toBe(0);
  });

  test("may be given without a name", async () => {
    const { node, account } = await bank();
    expect(await node.answer(account.give("a date"))).toEqual(new Date(0));
  });
});

describe("a name for a call", () => {
  test("is refused by an actor that stores nothing", async () => {
    const { node } = await bank();
    const plain = node.ref(Plain, "p");
    expect(await node.outcome(plain.touch(undefined, once))).toMatchObject({ code: "actor.not_durable" });
    expect(plain.tell.touch(undefined, once)).toMatchObject({ accepted: false, why: { code: "actor.not_durable" } });
  });

  test("is refused for a read, which changes nothing", async () => {
    const { node, account } = await bank();
    expect(await node.outcome(account.balance(undefined, once))).toMatchObject({ code: "actor.bad_input" });
  });

  test("has 1 to 256 characters", async () => {
    const { account } = await bank();
    const lengths = [0, 1, limits.nameLengthMax, limits.nameLengthMax + 1];
    const receipts = lengths.map((length) => account.tell.touch(undefined, { once: "x".repeat(length) }));
    expect(receipts.map(({ accepted }) => accepted)).toEqual([false, true, true, false]);
  });

  test.each(["\0", "a\ud800"])("has no NUL and no half of a surrogate pair: %j", async (name) => {
    const { account } = await bank();
    const receipt = account.tell.touch(undefined, { once: name });
    expect(receipt).toMatchObject({ accepted: false, why: { code: "actor.bad_input" } });
  });
});
