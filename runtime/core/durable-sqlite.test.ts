// The contract of durable actors once more, on each store there is: what was answered is there when the next one opens.
import { afterAll, describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { removeDatabases, type StoreHome, storeKinds } from "../storage/test-stores.ts";
import { watch } from "../testing/outcome.ts";
import { actor } from "./definition.ts";
import type { Store } from "./ports.ts";
import { startNode } from "./test-node.ts";

afterAll(removeDatabases);

const Account = actor("account", {
  state: () => ({ balance: 0, owner: "nobody" }),
  durable: true,
  indexed: ["owner"],
  hibernateAfterMs: 1_000,
})
  .on("add", { in: t.Integer(), out: t.Integer() }, ({ state }, amount) => (state.balance += amount))
  .on("note", { in: t.String() }, (self, text) => self.rows.put(`${self.state.balance}`, text))
  .on("remind", { in: t.Integer() }, (self, afterMs) => self.alarm("tick", { afterMs, send: "add", input: 1_000 }))
  .on("watch", { in: t.String() }, (self, key) => self.watch({ type: "account", key }, "lost"))
  .on("lost", { in: t.Object({ reason: t.String() }) }, ({ state }, { reason }) => void (state.owner = reason))
  .on("destroy", {}, (self) => self.destroy())
  .on("crash", {}, () => {
    throw new Error("broke");
  })
  .read("owner", { out: t.String() }, ({ state }) => state.owner)
  .read("notes", { out: t.Unknown() }, (self) => self.rows.range())
  .read("balance", { out: t.Integer() }, ({ state }) => state.balance);

/** The first open is an ordinary one, and each later one takes over from a process that was killed. */
function opening(home: StoreHome): () => Store {
  let isFirst = true;
  return () => {
    if (!isFirst) return home.overtake();
    isFirst = false;
    return home.open();
  };
}

describe.each([...storeKinds])("durable actors $name", ({ createHome }) => {
  const start = async () => {
    const node = await startNode([Account], { open: opening(createHome()) });
    return { node, clock: node.clock, ref: (key: string) => node.ref(Account, key) };
  };

  test("have state, rows and results after a restart", async () => {
    const { node, ref } = await start();
    await node.answer(ref("ada").add(5, { once: "first" }));
    await node.answer(ref("ada").note("five"));
    const again = await node.restart();
    const ada = again.ref(Account, "ada");
    expect(await again.answer(ada.add(5, { once: "first" }))).toBe(5);
    expect(await again.answer(ada.notes())).toEqual([{ row: "5", value: "five" }]);
    expect(await again.answer(ada.balance())).toBe(5);
  });

  test("have their state after a sleep", async () => {
    const { node, clock, ref } = await start();
    await node.answer(ref("ada").add(5));
    await clock.advance(1_001);
    expect(node.resident(Account)).toEqual([]);
    expect(await node.answer(ref("ada").balance())).toBe(5);
  });

  test("have their alarms after a restart", async () => {
    const { node, ref } = await start();
    await node.answer(ref("ada").remind(600_000));
    const again = await node.restart({ downMs: 500_000 });
    await again.clock.advance(100_001);
    expect(await again.answer(again.ref(Account, "ada").balance())).toBe(1_000);
    const third = await again.restart({ downMs: 500_000 });
    expect(await third.answer(third.ref(Account, "ada").balance())).toBe(1_000);
  });

  test("have their watches after a restart", async () => {
    const { node, ref } = await start();
    await node.answer(ref("bob").add(1));
    await node.answer(ref("ada").watch("bob"));
    const again = await node.restart();
    again.ref(Account, "bob").tell.destroy();
    await again.clock.settle();
    expect(await again.answer(again.ref(Account, "ada").owner())).toBe("destroyed");
    expect(await again.answer(again.ref(Account, "bob").balance())).toBe(0);
  });

  test("are in quarantine, and have their dead letters, after a restart", async () => {
    const { node, clock, ref } = await start();
    for (let time = 0; time < 10; time++) ref("ada").tell.crash();
    await clock.advance(30_000);
    const again = await node.restart();
    expect(await again.outcome(again.ref(Account, "ada").balance())).toMatchObject({ code: "actor.quarantined" });
    expect((await again.system.letters.list(1_000, 100)).length).toBe(10);
  });

  test("are refused when another owner has taken over", async () => {
    const { node, ref } = await start();
    await node.answer(ref("ada").add(5));
    const successor = await node.restart();
    await successor.answer(successor.ref(Account, "ada").add(10));
    expect(await node.outcome(ref("ada").add(1))).toMatchObject({ code: "actor.stale_owner" });
    expect(await successor.answer(successor.ref(Account, "ada").balance())).toBe(15);
  });

  test("commit the turns of many in one go, and answer each", async () => {
    const { node, clock, ref } = await start();
    const answers = Array.from({ length: 200 }, (_, key) => watch(ref(`${key}`).add(key)));
    await clock.settle();
    expect(answers.map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 200 }, (_, value) => ({ kind: "answered", value })),
    );
    expect(node.store.batches.length).toBe(1);
  });
});
