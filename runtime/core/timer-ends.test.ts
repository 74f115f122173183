// Volatile timers end with what they belong to: a crash, a stop, a quarantine, the process; sleep waits for them.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import type { ActorContext } from "./context.ts";
import { actor } from "./definition.ts";
import { startNode } from "./test-node.ts";

const state = () => ({ ticks: 0 });
const set = (self: ActorContext<{ ticks: number }>): void =>
  self.timer("clock", { everyMs: 100, send: "tick", input: "tock" });
const stop = (self: ActorContext<{ ticks: number }>): void => self.stop();
const crash = (): never => {
  throw new Error("broke");
};

async function ticking(durable: boolean) {
  const ticks: unknown[] = [];
  const tick = (_: unknown, input: unknown): void => void ticks.push(input);
  const Plain = actor("ticker", { state }).on("set", {}, set).on("stop", {}, stop).on("crash", {}, crash);
  const Stored = actor("ticker", { state, durable: true })
    .on("set", {}, set)
    .on("stop", {}, stop)
    .on("crash", {}, crash);
  const Ticker = durable ? Stored.on("tick", { in: t.Unknown() }, tick) : Plain.on("tick", { in: t.Unknown() }, tick);
  const node = await startNode([Ticker]);
  const ref = node.ref(Plain, "a");
  ref.tell.set();
  await node.clock.advance(250);
  return { node, clock: node.clock, ref, ticks };
}

describe.each([false, true])("the timers of an actor (durable: %p)", (durable) => {
  test("go on until they are cancelled", async () => {
    const { clock, ticks } = await ticking(durable);
    await clock.advance(10_000);
    expect(ticks.length).toBe(102);
    expect(ticks[0]).toBe("tock");
  });

  test("end when it crashes", async () => {
    const { clock, ref, ticks } = await ticking(durable);
    ref.tell.crash();
    await clock.advance(10_000);
    expect(ticks.length).toBe(2);
  });

  test("end when it stops", async () => {
    const { clock, ref, ticks } = await ticking(durable);
    ref.tell.stop();
    await clock.advance(10_000);
    expect(ticks.length).toBe(2);
  });

  test("end when it is put in quarantine", async () => {
    const { node, clock, ticks } = await ticking(durable);
    node.operations.quarantine("ticker", "a", "by hand");
    await clock.advance(10_000);
    expect(ticks.length).toBe(2);
  });

  test("are not there after a restart", async () => {
    const { node, ticks } = await ticking(durable);
    const again = await node.restart();
    await again.clock.advance(10_000);
    expect(ticks.length).toBe(2);
  });
});
