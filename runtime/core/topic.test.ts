// What is no topic: a kind of topics that was not called with a key, and whatever else is taken for one.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import type { ActorContext } from "./context.ts";
import { actor, session } from "./definition.ts";
import { startNode } from "./test-node.ts";
import { topic } from "./topic.ts";

const xs = topic("xs", t.Integer());

/** Typed as a topic, which it need not be. */
const given = { topic: xs("lobby") };

type Uses = Pick<ActorContext<unknown>, "publish" | "subscribe" | "unsubscribe">;
const uses = {
  publish: (self: Uses) => void self.publish(given.topic, 1),
  subscribe: (self: Uses) => self.subscribe(given.topic, "hear"),
  unsubscribe: (self: Uses) => self.unsubscribe(given.topic),
};

const Plain = actor("plain", { state: () => ({}) })
  .on("publish", {}, uses.publish)
  .on("subscribe", {}, uses.subscribe)
  .on("unsubscribe", {}, uses.unsubscribe)
  .on("hear", { in: t.Integer() }, () => undefined);
const Stored = actor("stored", { state: () => ({}), durable: true }).on("publish", {}, uses.publish);
const Client = session("client", {
  state: () => ({}),
  opened: () => undefined,
  message: (self) => self.forward(given.topic),
});

const start = () => startNode([Plain, Stored, Client], { development: false });

const uncalled = 'Cannot use "xs" as a topic: it names many: call it with a key, as in xs("lobby")';

describe("a topic that was not called with a key", () => {
  test.each(["publish", "subscribe", "unsubscribe"] as const)("is refused, with what to do: %s", async (use) => {
    const node = await start();
    given.topic = xs as never;
    expect(await node.outcome(node.ref(Plain, "a")[use]())).toMatchObject({
      error: { cause: { code: "actor.bad_input", message: uncalled } },
    });
  });

  test("is refused in the turn of a durable actor, not when that is stored", async () => {
    const node = await start();
    given.topic = xs as never;
    expect(await node.outcome(node.ref(Stored, "a").publish())).toMatchObject({
      error: { cause: { code: "actor.bad_input", message: uncalled } },
    });
  });

  test("is not forwarded: the session ends", async () => {
    const node = await start();
    given.topic = xs as never;
    const connection = new ConnectionStandIn(node.system, Client);
    connection.deliver("forward");
    await node.clock.settle();
    expect([connection.endReason, node.crashes]).toEqual(["session_crashed", [`client/1.message: ${uncalled}`]]);
  });
});

describe("what is no topic", () => {
  test.each([
    [undefined, "undefined"],
    [null, "object"],
    ["xs/lobby", "string"],
    [{ name: "xs", key: "lobby" }, "object"],
    [{ name: "xs", schema: t.Integer() }, "object"],
    [() => undefined, "function"],
  ])("is refused: %p", async (wrong, kind) => {
    const node = await start();
    given.topic = wrong as never;
    const message = expect.stringContaining(`Cannot use this ${kind} as a topic: `) as string;
    expect(await node.outcome(node.ref(Plain, "a").publish())).toMatchObject({
      error: { cause: { code: "actor.bad_input", message } },
    });
  });
});

describe("a topic that was called with a key", () => {
  test("is one, also when it has come out of a state", async () => {
    const node = await start();
    given.topic = JSON.parse(JSON.stringify(xs("lobby")));
    expect(await node.outcome(node.ref(Plain, "a").publish())).toMatchObject({ kind: "answered" });
  });
});
