// Calls from outside through the view: checked whatever the node trusts, answered as JSON or not at all.
import { describe, expect, test } from "bun:test";

import { Type } from "@sinclair/typebox";

import { actor } from "../core/definition.ts";
import { ending } from "../testing/outcome.ts";
import { createSteppedNode } from "../testing/stepped-node.ts";

const Echo = actor("echo", { state: () => ({ turns: 0 }), durable: true })
  .on("answer", { in: Type.Unknown(), out: Type.Unknown() }, (echo, input) => {
    echo.state.turns++;
    return input;
  })
  .on("secret", {}, () => 42 as unknown as void)
  .read("look", { out: Type.Object({ at: Type.Optional(Type.Integer()) }) }, () => ({ at: undefined as never }))
  .on("odd", { in: Type.Optional(Type.String()), out: Type.Unknown() }, (_, kind) => ODD[kind ?? ""]);

const ODD: Record<string, unknown> = {
  date: new Date(0),
  map: new Map(),
  number: Number.NaN,
  big: 1n,
  function: () => 1,
  inside: { list: [1, undefined] },
};

function createNode() {
  const { view, serve, stepped } = createSteppedNode([Echo]);
  const call = (method: string, input?: unknown, more: { once?: string; timeoutMs?: number } = {}) =>
    serve(view.call({ type: "echo", key: "a", method, input, ...more }));
  const rejected = () => stepped.system.hosts[0]?.stats.rejected.get("actor.bad_input");
  return { view, serve, stepped, call, rejected };
}

describe("a call through the view", () => {
  test.each([[1], ["text"], [null], [[1, { a: [] }]], [{ ação: true }]])(
    "answers with JSON text: %j",
    async (value) => {
      expect(await createNode().call("answer", value)).toBe(JSON.stringify(value));
    },
  );

  test("leaves out what is undefined, as JSON does", async () => {
    expect(await createNode().call("look")).toBe("{}");
  });

  test("has no answer where the method declares none, whatever the handler returned", async () => {
    expect(await createNode().call("secret")).toBeUndefined();
  });

  test.each(Object.keys(ODD))("whose answer JSON would change is a bad reply: %s; the actor goes on", async (kind) => {
    const { call } = createNode();
    const outcome = await ending(call("odd", kind));
    expect(outcome).toMatchObject({ kind: "failed", code: "actor.bad_reply", stood: "running" });
    expect(await call("answer", 1)).toBe("1");
  });

  test("takes no input where the method declares none, and counts that as a rejection", async () => {
    const { call, rejected, stepped } = createNode();
    expect(await ending(call("secret", 1))).toMatchObject({ code: "actor.bad_input", stood: "queued" });
    expect(rejected()).toBe(1);
    expect(stepped.resident(Echo)).toEqual([]);
  });

  test("keeps its answer for repeats where the method may change something, and not where it only looks", async () => {
    const { call, rejected } = createNode();
    expect(await call("answer", 1, { once: "x" })).toBe("1");
    expect(await call("answer", 2, { once: "x" })).toBe("1");
    expect(await ending(call("look", undefined, { once: "x" }))).toMatchObject({ code: "actor.bad_input" });
    expect(rejected()).toBe(1);
  });

  test.each([
    ["nobody", "a", "answer", "actor.unknown_type"],
    ["echo", "a", "nothing", "actor.unknown_method"],
    ["echo", "a", "constructor", "actor.unknown_method"],
    ["echo", "", "answer", "actor.bad_key"],
  ])("of %s/%s.%s is %s", async (type, key, method, code) => {
    const { view, serve } = createNode();
    expect(await ending(serve(view.call({ type, key, method, input: undefined })))).toMatchObject({ code });
  });
});
