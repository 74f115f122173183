// What actors must not leave behind or throw, and what becomes of it: a named outcome; neighbours do not notice.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { watch } from "../testing/outcome.ts";
import { actor } from "./definition.ts";
import { startNode } from "./test-node.ts";

const inACircle: { self?: unknown } = {};
inACircle.self = inACircle;

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level++) value = { value };
  return value;
}

const notJson: Readonly<Record<string, unknown>> = {
  "a date": new Date(0),
  "a map": new Map(),
  "a set": new Set(),
  bytes: new Uint8Array(3),
  "a regular expression": /x/,
  "an object of a class": new (class Point {
    x = 1;
  })(),
  "a function": () => 1,
  "a symbol": Symbol("sign"),
  "a big integer": 1n,
  "not a number": Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  "undefined in a list": [undefined],
  "a hole in a list": [1, , 3], // oxlint-disable-line no-sparse-arrays
  "a circle": inACircle,
  "an object that says its own JSON": { toJSON: () => 1 },
  "201 levels": nested(201),
};

const fine: Readonly<Record<string, unknown>> = {
  null: null,
  "an empty list": [],
  "a deep list": nested(198),
  "an object without a prototype": Object.assign(Object.create(null), { a: 1 }),
  "half a surrogate pair": "\ud800",
  "the name of a prototype": JSON.parse('{"__proto__": {"a": 1}}'),
};

async function bag() {
  const Bag = actor("bag", { state: () => ({ value: 0 as unknown }), durable: true, stateLengthMax: 10_000 })
    .on("put", { in: t.Unknown() }, ({ state }, value) => void (state.value = value))
    .on("putNamed", { in: t.String() }, ({ state }, name) => void (state.value = notJson[name] ?? fine[name]))
    .on("putNothing", {}, (self) => {
      self.state = undefined as never;
    })
    .on("putAndRefuse", { in: t.String() }, (self, name) => {
      self.state.value = notJson[name];
      throw self.refuse("bag.no");
    })
    .on("putAndAsk", { in: t.String() }, async (self, name) => {
      self.state.value = notJson[name];
      await self.ref(Box, "b").take();
    })
    .on("hang", {}, () => new Promise<void>(() => undefined))
    .read("value", { out: t.Unknown() }, ({ state }) => state.value);
  const Box = actor("box", { state: () => ({}) }).on("take", {}, () => undefined);
  const node = await startNode([Bag, Box]);
  const ref = node.ref(Bag, "a");
  await node.answer(ref.put("before"));
  return { node, clock: node.clock, Bag, ref };
}

describe("a state that is no JSON", () => {
  test.each(Object.keys(notJson))("fails the turn that leaves it, and is not kept: %s", async (name) => {
    const { node, ref } = await bag();
    expect(await node.outcome(ref.putNamed(name))).toMatchObject({ code: "actor.state_not_encodable" });
    expect(await node.answer(ref.value())).toBe("before");
  });

  test("is also none at all", async () => {
    const { node, ref } = await bag();
    expect(await node.outcome(ref.putNothing())).toMatchObject({ code: "actor.state_not_encodable" });
    expect(await node.answer(ref.value())).toBe("before");
  });

  test("is named with the place where it is not", async () => {
    const { node, ref } = await bag();
    expect(await node.outcome(ref.putNamed("a date"))).toMatchObject({
      error: { message: 'Cannot store "bag/a": its state is no JSON: /value is a Date' },
    });
  });

  test("fails a turn that would have refused", async () => {
    const { node, ref } = await bag();
    expect(await node.outcome(ref.putAndRefuse("a map"))).toMatchObject({ code: "actor.state_not_encodable" });
    expect(await node.answer(ref.value())).toBe("before");
  });

  test("fails the ask before which it would have been stored", async () => {
    const { node, ref } = await bag();
    expect(await node.outcome(ref.putAndAsk("a map"))).toMatchObject({ code: "actor.state_not_encodable" });
    expect(await node.answer(ref.value())).toBe("before");
  });

  test("leaves the neighbours of its commit alone", async () => {
    const { node, clock, Bag, ref } = await bag();
    const neighbour = node.ref(Bag, "b");
    ref.tell.putNamed("a map");
    neighbour.tell.put(7);
    await clock.settle();
    expect((await node.store.load("bag", "b"))?.state).toBe('{"value":7}');
  });
});

describe("a state that is JSON", () => {
  test.each(Object.keys(fine))("comes back from the store as it was: %s", async (name) => {
    const { node, Bag, ref } = await bag();
    await node.answer(ref.putNamed(name));
    const again = await node.restart();
    expect(await again.answer(again.ref(Bag, "a").value())).toEqual(fine[name]);
  });

  test("has at most as many characters as its type says, and not one more", async () => {
    const { node, ref } = await bag();
    const longest = "x".repeat(10_000 - '{"value":""}'.length);
    expect(await node.outcome(ref.put(longest))).toMatchObject({ kind: "answered" });
    expect(await node.outcome(ref.put(`${longest}x`))).toMatchObject({
      code: "actor.state_too_large",
      error: { message: 'Cannot store "bag/a": its state has 10001 characters, its limit is 10000' },
    });
    expect(await node.answer(ref.value())).toBe(longest);
  });

  test("has at most 1 048 576 where its type says nothing", async () => {
    const Big = actor("big", { state: () => ({ value: "" }), durable: true }).on(
      "put",
      { in: t.String() },
      ({ state }, value) => void (state.value = value),
    );
    const node = await startNode([Big]);
    const longest = "x".repeat(limits.stateLengthMax - '{"value":""}'.length);
    expect(await node.outcome(node.ref(Big, "a").put(longest))).toMatchObject({ kind: "answered" });
    expect(await node.outcome(node.ref(Big, "a").put(`${longest}x`))).toMatchObject({ code: "actor.state_too_large" });
  });
});

describe("a first state", () => {
  test.each([
    ["cannot be made", "actor.crashed"],
    ["is no JSON", "actor.state_not_encodable"],
  ])("that %s fails each message that needs it", async (how, code) => {
    const Odd = actor("odd", {
      state: (): { since: unknown } => {
        if (how === "cannot be made") throw new Error("no paper");
        return { since: new Date(0) };
      },
      durable: true,
    }).on("touch", {}, () => undefined);
    const node = await startNode([Odd]);
    const answers = [1, 2].map(() => watch(node.ref(Odd, "a").touch()));
    await node.clock.settle();
    expect(answers.map(({ outcome }) => outcome)).toMatchObject([{ code }, { code }]);
    expect(await node.store.load("odd", "a")).toBe(undefined);
  });
});

describe("a handler that never returns", () => {
  test("keeps its asker no longer than the deadline", async () => {
    const { clock, ref } = await bag();
    const answer = watch(ref.hang());
    await clock.advance(limits.askTimeoutMs + 1);
    expect(answer.outcome).toMatchObject({ code: "actor.deadline_passed", stood: "running" });
  });

  test("keeps those who wait behind it no longer than theirs", async () => {
    const { clock, ref } = await bag();
    ref.tell.hang();
    const answer = watch(ref.put(1, { timeoutMs: 100 }));
    await clock.advance(101);
    expect(answer.outcome).toMatchObject({ code: "actor.deadline_passed", stood: "queued" });
  });

  test("does not touch its neighbours", async () => {
    const { node, Bag, ref } = await bag();
    ref.tell.hang();
    const neighbour = node.ref(Bag, "b");
    await node.answer(neighbour.put(7));
    expect(await node.answer(neighbour.value())).toBe(7);
  });
});

describe("a call from outside", () => {
  test.each([
    ["of a type that there is not", "nobody.put", "actor.unknown_type"],
    ["of a method that there is not", "bag.toString", "actor.unknown_method"],
    ["with an input that does not fit", "bag.putNamed", "actor.bad_input"],
  ])("%s is an error, and starts nobody", async (_, called, code) => {
    const { node, Bag } = await bag();
    const [type = "", method = ""] = called.split(".");
    expect(await node.outcome(node.operations.call({ type, key: "new", method }, 1))).toMatchObject({ code });
    expect(node.resident(Bag)).toEqual(["a"]);
  });

  test("with an answer that does not fit is an error, and what was changed stays", async () => {
    const Liar = actor("liar", { state: () => ({ count: 0 }) }).on("count", { out: t.Integer() }, ({ state }) => {
      state.count++;
      return state.count === 1 ? ("one" as unknown as number) : state.count;
    });
    const node = await startNode([Liar]);
    const call = (): Promise<unknown> => node.operations.call({ type: "liar", key: "a", method: "count" }, undefined);
    expect(await node.outcome(call())).toMatchObject({ code: "actor.bad_reply", stood: "running" });
    expect(await node.answer(call())).toBe(2);
  });
});
