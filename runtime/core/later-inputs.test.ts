// What alarms and timers will send: while developing, an input that does not fit is an error where it is set.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { actor } from "./definition.ts";
import type { RuntimeError } from "./errors.ts";
import { startNode } from "./test-node.ts";

const Clock = actor("clock", { state: () => ({ set: 0 }), durable: true })
  .on("set", { in: t.Object({ hour: t.Integer() }) }, ({ state }, { hour }) => void (state.set = hour))
  .on("clear", {}, ({ state }) => void (state.set = 0))
  .on("alarmWith", { in: t.Array(t.Unknown()) }, (self, [send, input]) => {
    self.alarm("later", { afterMs: 10, send: send as string, input });
  })
  .on("timerWith", { in: t.Array(t.Unknown()) }, (self, [send, input]) => {
    self.timer("later", { afterMs: 10, send: send as string, input });
  })
  .read("hour", { out: t.Unknown() }, ({ state }) => state.set);

describe.each(["alarm", "timer"] as const)("the input of an %s", (kind) => {
  const setting = async (what: unknown[], development: boolean) => {
    const node = await startNode([Clock], { development });
    const ref = node.ref(Clock, "a");
    const outcome = await node.outcome(kind === "alarm" ? ref.alarmWith(what) : ref.timerWith(what));
    await node.clock.advance(1_000);
    const { cause } = (outcome.kind === "failed" ? outcome.error : {}) as { cause?: RuntimeError };
    return { why: cause?.message, hour: await node.answer(ref.hour()) };
  };

  test("is checked where it is set, while developing", async () => {
    const { why, hour } = await setting(["set", { hour: "noon" }], true);
    expect(why).toStartWith(`Cannot set ${kind} "later" for set: its input does not fit at "/hour"`);
    expect(hour).toBe(0);
  });

  test("is none for a method that takes none", async () => {
    const { why } = await setting(["clear", { hour: 1 }], true);
    expect(why).toBe(`Cannot set ${kind} "later" for clear: it takes no input`);
  });

  test("is sent where it fits", async () => {
    expect(await setting(["set", { hour: 12 }], true)).toEqual({ why: undefined, hour: 12 });
  });

  test("is taken on trust in production", async () => {
    expect(await setting(["set", { hour: "noon" }], false)).toEqual({ why: undefined, hour: "noon" });
  });
});

test("what a timer brings again and again cannot be changed by its handler, while developing", async () => {
  const Changer = actor("changer", { state: () => ({}) })
    .on("begin", {}, (self) => self.timer("tick", { everyMs: 10, send: "tick", input: { count: 0 } }))
    .on("tick", { in: t.Object({ count: t.Integer() }) }, (_, input) => void input.count++);
  const node = await startNode([Changer], { development: true });
  await node.answer(node.ref(Changer, "a").begin());
  await node.clock.advance(11);
  expect(node.crashes).toHaveLength(1);
  expect(node.crashes[0]).toContain("readonly property");
});
