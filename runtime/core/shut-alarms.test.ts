// Alarms of actors that are shut, cancelled by hand: they have no turns, and what is stored changes all the same.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { watch } from "../testing/outcome.ts";
import { actor } from "./definition.ts";
import { RuntimeError } from "./errors.ts";
import { startAlarms } from "./test-alarms.ts";
import type { TestNode } from "./test-node.ts";

/** An actor with two alarms, shut while it is in memory. */
async function shutWithAlarms() {
  const kit = await startAlarms();
  await kit.set("tea", { afterMs: 60_000 });
  await kit.set("egg", { afterMs: 90_000 });
  const shut = (): void => kit.node.operations.quarantine("alarmed", "a", "by hand");
  const cancel = (on: TestNode = kit.node) => on.operations.cancelAlarm("alarmed", "a", "tea");
  const stored = async (on: TestNode = kit.node): Promise<readonly string[]> =>
    (await on.store.alarmsOf("alarmed", "a")).map(({ name }) => name);
  const release = async (on: TestNode = kit.node): Promise<unknown> => on.answer(on.operations.release("alarmed", "a"));
  return { ...kit, shut, cancel, stored, release };
}

describe("an alarm of an actor in quarantine is cancelled by hand", () => {
  test.each(["in memory", "asleep"])("where its actor is %s, and no other of its alarms", async (where) => {
    const { node, clock, rings, shut, cancel, stored, release } = await shutWithAlarms();
    if (where === "asleep") await clock.advance(20_000);
    shut();
    expect(await node.answer(cancel())).toBe(true);
    expect(await stored()).toEqual(["egg"]);
    await release();
    await clock.advance(100_000);
    expect(rings).toEqual(["egg undefined at +90000"]);
  });

  test("once: then there is none of that name", async () => {
    const { node, clock, shut, cancel } = await shutWithAlarms();
    shut();
    const both = [cancel(), cancel()].map(watch);
    await clock.settle();
    await clock.advance(100);
    expect(both.map(({ outcome }) => outcome)).toEqual([true, true].map((value) => ({ kind: "answered", value })));
    expect(await node.answer(cancel())).toBe(false);
  });

  test("for good: also after a restart and a release", async () => {
    const { node, shut, cancel, release, rings } = await shutWithAlarms();
    shut();
    await node.answer(cancel());
    const again = await node.restart();
    await release(again);
    await again.clock.advance(80_000);
    expect(rings).toEqual([]);
  });

  test("after its time has come, which it did in vain", async () => {
    const { node, clock, rings, shut, cancel, release } = await shutWithAlarms();
    shut();
    await clock.advance(70_000);
    expect(await node.answer(cancel())).toBe(true);
    await release();
    await clock.advance(10_000);
    expect(rings).toEqual([]);
  });

  test("while its actor goes on afterwards from what it was", async () => {
    const { node, ref, act, shut, cancel, release } = await shutWithAlarms();
    await act(node)((self) => void (self.state.rung = 7));
    shut();
    await node.answer(cancel());
    await release();
    expect(await node.answer(ref.rung())).toBe(7);
    await act(node)((self) => void self.state.rung++);
    expect(await node.answer(ref.rung())).toBe(8);
  });

  test("also where the program cannot read what is stored, which stays as it is", async () => {
    const { node, Alarmed, stored, cancel } = await shutWithAlarms();
    const Newer = actor("alarmed", { ...Alarmed.options, durable: true, version: 2, upgrade: { 1: (old) => old } }).on(
      "ring",
      {},
      (self) => void self.state.rung++,
    );
    const newer = await node.restart({ types: [Newer] });
    await newer.answer(newer.ref(Newer, "a").ring());
    const older = await newer.restart({ types: [Alarmed] });
    await older.clock.advance(200_000);
    expect(older.quarantines).toEqual(["alarmed/a"]);
    const before = await older.store.load("alarmed", "a");
    expect(await older.answer(cancel(older))).toBe(true);
    expect(await older.store.load("alarmed", "a")).toMatchObject({ state: before?.state, stateVersion: 2 });
    expect(await stored(older)).toEqual(["egg"]);
  });
});

describe("an alarm of an actor that was shut in its turn", () => {
  test("is cancelled when that is over, and what it changed is stored", async () => {
    const { clock, ref, rings, deeds, stored, shut, cancel, release } = await shutWithAlarms();
    deeds.next = async (self) => {
      await self.sleep(1_000);
      self.alarm("tea", { afterMs: 70_000, send: "ring" });
      self.alarm("toast", { afterMs: 80_000, send: "ring" });
    };
    ref.tell.do();
    await clock.settle();
    shut();
    const cancelled = watch(cancel());
    await clock.advance(999);
    expect([cancelled.outcome.kind, await stored()]).toEqual(["pending", ["egg", "tea"]]);
    await clock.advance(1 + limits.shutLookMs);
    expect([cancelled.outcome, await stored()]).toEqual([{ kind: "answered", value: true }, ["egg", "toast"]]);
    await release();
    await clock.advance(100_000);
    expect(rings.map((line) => line.split(" ")[0])).toEqual(["toast", "egg"]);
  });

  test("is not cancelled while that goes on, as whoever cancels is told, but when it was given up", async () => {
    const { node, clock, ref, stored, shut, cancel } = await shutWithAlarms();
    ref.tell.wait(1_000_000);
    await clock.settle();
    shut();
    const cancelled = watch(cancel());
    await clock.advance(limits.askTimeoutMs - 1);
    expect(cancelled.outcome).toEqual({ kind: "pending" });
    await clock.advance(limits.shutLookMs + 1);
    expect([cancelled.outcome, await stored()]).toMatchObject([{ code: "actor.deadline_passed" }, ["egg", "tea"]]);
    await clock.advance(limits.closingTurnsMs);
    expect([await node.answer(cancel()), await stored()]).toEqual([true, ["egg"]]);
  });

  test("is cancelled in a turn of its own where the key is released first", async () => {
    const { clock, ref, stored, shut, cancel, release } = await shutWithAlarms();
    ref.tell.wait(1_000);
    await clock.settle();
    shut();
    const cancelled = watch(cancel());
    await clock.advance(500);
    await release();
    await clock.advance(600);
    expect([cancelled.outcome, await stored()]).toEqual([{ kind: "answered", value: true }, ["egg"]]);
  });
});

describe("a cancellation for a shut actor", () => {
  test("holds a release until it is stored: no turn begins from what was stored before", async () => {
    const { node, clock, store, ref, shut, cancel } = await shutWithAlarms();
    const { operations } = node;
    shut();
    store.hold();
    const ends = [watch(cancel())];
    await clock.settle();
    ends.push(watch(operations.release("alarmed", "a")));
    await clock.settle();
    expect(ends.map(({ outcome }) => outcome.kind)).toEqual(["pending", "pending"]);
    store.letGo();
    await clock.settle();
    expect(ends.map(({ outcome }) => outcome.kind)).toEqual(["answered", "answered"]);
    const next = watch(ref.do());
    await clock.settle();
    expect(next.outcome.kind).toBe("answered");
  });

  test("fails with the store, and may be tried again", async () => {
    const { node, clock, store, stored, shut, cancel } = await shutWithAlarms();
    shut();
    await clock.settle();
    store.refusal = new RuntimeError("store.full", "Cannot commit to actors.db: the disk is full");
    expect(await node.outcome(cancel())).toMatchObject({ code: "store.full" });
    expect(await stored()).toEqual(["egg", "tea"]);
    expect(await node.answer(cancel())).toBe(true);
  });
});
