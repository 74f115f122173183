// States of another version than the program: older ones are upgraded when they wake, newer ones are left alone.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { actor } from "./definition.ts";
import { startNode, type TestNode } from "./test-node.ts";

const First = actor("profile", { state: () => ({ name: "ada" }), durable: true })
  .on("rename", { in: t.String() }, ({ state }, name) => void (state.name = name))
  .read("name", { out: t.String() }, ({ state }) => state.name);

type Third = { names: string[]; version: number };
const upgrade = {
  1: (old: { name: string }) => ({ names: [old.name] }),
  2: (old: { names: string[] }) => ({ ...old, version: 3 }),
};
const state = (): Third => ({ names: [], version: 3 });
const Third = actor("profile", { state, durable: true, version: 3, upgrade })
  .on("add", { in: t.String() }, (self, name) => void self.state.names.push(name))
  .read("all", { out: t.Unknown() }, (self) => self.state);

/** Ada's profile, stored as version 1, in a node that knows `type`. */
async function storedAsFirst(type: Parameters<typeof startNode>[0][number]): Promise<TestNode> {
  const node = await startNode([First]);
  await node.answer(node.ref(First, "a").rename("Ada"));
  return node.restart({ types: [type] });
}

const rawState = async (node: TestNode): Promise<unknown> => {
  const stored = await node.store.load("profile", "a");
  return [stored?.stateVersion, stored?.state];
};

describe("an older state", () => {
  test("goes through each step up to the version of the program", async () => {
    const node = await storedAsFirst(Third);
    expect(await node.answer(node.ref(Third, "a").all())).toEqual({ names: ["Ada"], version: 3 });
  });

  test("is stored as it is now with the next change", async () => {
    const node = await storedAsFirst(Third);
    await node.answer(node.ref(Third, "a").all());
    expect(await rawState(node)).toEqual([1, '{"name":"Ada"}']);
    await node.answer(node.ref(Third, "a").add("Lovelace"));
    expect(await rawState(node)).toEqual([3, '{"names":["Ada","Lovelace"],"version":3}']);
  });

  test("is upgraded once: afterwards it is of the new version", async () => {
    const node = await storedAsFirst(Third);
    await node.answer(node.ref(Third, "a").add("Lovelace"));
    const again = await node.restart();
    expect(await again.answer(again.ref(Third, "a").all())).toEqual({ names: ["Ada", "Lovelace"], version: 3 });
  });

  test("is not touched where a step is missing", async () => {
    const Gap = actor("profile", { state, durable: true, version: 3, upgrade: { 2: upgrade[2] } }).read(
      "all",
      { out: t.Unknown() },
      (self) => self.state,
    );
    const node = await storedAsFirst(Gap);
    expect(await node.outcome(node.ref(Gap, "a").all())).toMatchObject({
      code: "actor.cannot_upgrade",
      error: { message: 'Cannot start "profile/a": nothing upgrades its state from version 1' },
    });
    expect(await rawState(node)).toEqual([1, '{"name":"Ada"}']);
  });

  test("is not touched where a step returns nothing", async () => {
    const Forgetful = actor("profile", { state, durable: true, version: 2, upgrade: { 1: () => undefined } })
      .on("put", {}, (self) => self.rows.put("a", 1))
      .read("all", { out: t.Unknown() }, (self) => self.state);
    const node = await storedAsFirst(Forgetful);
    expect(await node.outcome(node.ref(Forgetful, "a").put())).toMatchObject({
      code: "actor.cannot_upgrade",
      error: { message: 'Cannot start "profile/a": the upgrade of its state from version 1 returns nothing' },
    });
    expect(await rawState(node)).toEqual([1, '{"name":"Ada"}']);
  });

  test("is not touched where a step throws: the ask fails with the cause, and the next one tries again", async () => {
    const failing = { times: 1 };
    const Broken = actor("profile", {
      state,
      durable: true,
      version: 3,
      upgrade: {
        ...upgrade,
        2: (old: { names: string[] }) => {
          if (failing.times-- > 0) throw new Error("no such name");
          return upgrade[2](old);
        },
      },
    }).read("all", { out: t.Unknown() }, (self) => self.state);
    const node = await storedAsFirst(Broken);
    expect(await node.outcome(node.ref(Broken, "a").all())).toMatchObject({
      code: "actor.crashed",
      error: { cause: { message: "no such name" } },
    });
    expect(await rawState(node)).toEqual([1, '{"name":"Ada"}']);
    expect(await node.answer(node.ref(Broken, "a").all())).toEqual({ names: ["Ada"], version: 3 });
  });

  test("is not touched where a step makes what cannot be stored", async () => {
    const Odd = actor("profile", {
      state,
      durable: true,
      version: 2,
      upgrade: { 1: () => ({ since: new Date(0) }) },
    }).read("all", { out: t.Unknown() }, (self) => self.state);
    const node = await storedAsFirst(Odd);
    expect(await node.outcome(node.ref(Odd, "a").all())).toMatchObject({ code: "actor.state_not_encodable" });
    expect(await rawState(node)).toEqual([1, '{"name":"Ada"}']);
  });
});

async function storedAsThird(): Promise<TestNode> {
  const node = await startNode([Third]);
  await node.answer(node.ref(Third, "a").add("Ada"));
  return node.restart({ types: [First] });
}

describe("a state from the future", () => {
  const third = [3, '{"names":["Ada"],"version":3}'];

  test("is refused, with both versions named", async () => {
    const node = await storedAsThird();
    expect(await node.outcome(node.ref(First, "a").name())).toMatchObject({
      code: "actor.state_from_future",
      error: { message: 'Cannot start "profile/a": its state has version 3, this program knows 1' },
    });
  });

  test("is never overwritten, however often it is tried", async () => {
    const node = await storedAsThird();
    for (let time = 0; time < 12; time++) {
      node.ref(First, "a").tell.rename("Bob");
      await node.clock.advance(11_000);
    }
    expect(await rawState(node)).toEqual(third);
  });

  test("is there for the newer program when it comes back", async () => {
    const node = await storedAsThird();
    node.ref(First, "a").tell.rename("Bob");
    await node.clock.settle();
    const newer = await node.restart({ types: [Third] });
    expect(await newer.answer(newer.ref(Third, "a").all())).toEqual({ names: ["Ada"], version: 3 });
  });

  test("does not touch actors whose state the program knows", async () => {
    const node = await storedAsThird();
    node.ref(First, "a").tell.rename("Bob");
    expect(await node.answer(node.ref(First, "b").name())).toBe("ada");
  });
});
