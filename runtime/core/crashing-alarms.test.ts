// Alarms whose turn goes wrong: tried again until they are put aside, and never lost without a dead letter.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { watch } from "../testing/outcome.ts";
import { actor } from "./definition.ts";
import { RuntimeError } from "./errors.ts";
import { startAlarms } from "./test-alarms.ts";

const Echo = actor("echo", { state: () => ({}) })
  .on("echo", {}, () => undefined)
  .on("wait", { in: t.Number() }, (self, delayMs) => self.sleep(delayMs));

const crash = (): never => {
  throw new Error("broke");
};

async function crashing(times: number, options: { everyMs: number } | { afterMs: number }) {
  const alarms = await startAlarms([Echo]);
  const left = { times };
  alarms.deeds.ring = (self) => {
    self.state.rung += 100;
    if (left.times-- > 0) throw new Error("broke");
  };
  await alarms.set("tea", { ...options, input: "cup" });
  const rung = (): Promise<number> => alarms.node.answer(alarms.ref.rung());
  return { ...alarms, rung };
}

describe("an alarm whose turn crashes", () => {
  test("is tried again, with the same id, and leaves nothing of the turns that crashed", async () => {
    const { clock, ids, rung } = await crashing(2, { afterMs: 1_000 });
    await clock.advance(5_000);
    expect(ids.length).toBe(3);
    expect(new Set(ids).size).toBe(1);
    expect(await rung()).toBe(101);
  });

  test("is tried again at once, then when its actor has rested", async () => {
    const { clock, rings } = await crashing(2, { afterMs: 1_000 });
    await clock.advance(5_000);
    expect(rings.map((line) => line.split("+")[1])).toEqual(["1000", "1000", "1100"]);
  });

  test("is put aside after three times, as a dead letter", async () => {
    const { node, clock, rings } = await crashing(3, { afterMs: 1_000 });
    await clock.advance(5_000);
    expect([rings.length, node.letters]).toEqual([3, ["alarmed/a.ring: actor.crashed"]]);
    expect(await node.store.alarmsOf("alarmed", "a")).toEqual([]);
  });

  test("is put aside without the alarm that its turn has set in its place before an ask", async () => {
    const { node, clock, deeds, rings } = await crashing(0, { afterMs: 1_000 });
    deeds.ring = async (self) => {
      self.alarm("tea", { afterMs: 5_000, send: "ring" });
      if (rings.length === 3) await self.ref(Echo, "e").echo();
      if (rings.length <= 3) throw new Error("broke");
      self.cancelAlarm("tea");
    };
    await clock.advance(2_000);
    expect([rings.length, node.letters]).toEqual([3, ["alarmed/a.ring: actor.crashed"]]);
    await clock.advance(5_000);
    expect([rings.length, await node.store.alarmsOf("alarmed", "a")]).toEqual([4, []]);
  });

  test("is put aside once, however often that cannot be stored", async () => {
    const { node, clock, store } = await crashing(3, { afterMs: 1_000 });
    store.changesRefusal = new RuntimeError("store.full", "Cannot commit to actors.db: the disk is full");
    await clock.advance(60_000);
    expect(node.letters).toEqual([]);
    store.changesRefusal = undefined;
    await clock.advance(5_000);
    expect([node.letters, await store.alarmsOf("alarmed", "a")]).toEqual([["alarmed/a.ring: actor.poison"], []]);
  });

  test("is put aside once, though its actor's alarms are read again while that is being stored", async () => {
    const { clock, set, node, deeds, store, ref } = await startAlarms();
    deeds.ring = crash;
    await set("tea", { afterMs: 100 });
    deeds.next = (self) => void self.state.rung++;
    store.refusal = new Error("the disk is gone");
    ref.tell.do();
    await clock.advance(50);
    store.hold();
    await clock.advance(2_000);
    store.letGo();
    await clock.advance(5_000);
    expect(node.letters.slice(1)).toEqual(["alarmed/a.ring: actor.crashed"]);
  });

  test("is put aside once, though only the answer of that commit is lost", async () => {
    const { clock, set, node, deeds, store, rings } = await startAlarms();
    const commit = store.commit.bind(store);
    deeds.ring = () => {
      if (rings.length < 3) crash();
      store.commit = async (batch) => {
        store.commit = commit;
        await commit(batch);
        throw new Error("the answer is lost");
      };
      crash();
    };
    await set("tea", { afterMs: 100 });
    await clock.advance(60_000);
    expect(await node.system.letters.list(10, 10)).toMatchObject([{ method: "ring", reason: "actor.crashed" }]);
    expect(await store.alarmsOf("alarmed", "a")).toEqual([]);
  });

  test("is no poison for another actor under the same key, when the first was destroyed", async () => {
    const { node, clock, rings, act, set } = await crashing(3, { afterMs: 1_000 });
    await clock.advance(5_000);
    await act(node)((self) => self.destroy());
    await set("tea", { afterMs: 1_000 });
    await clock.advance(5_000);
    expect([rings.length, node.letters]).toEqual([4, ["alarmed/a.ring: actor.crashed"]]);
  });

  test("is put aside with its input", async () => {
    const { node, clock } = await crashing(3, { afterMs: 1_000 });
    await clock.advance(5_000);
    expect(await node.system.letters.list(100, 1)).toMatchObject([{ input: "cup", method: "ring" }]);
  });

  test("goes on to its next time when it was put aside", async () => {
    const { clock, rings, ids } = await crashing(3, { everyMs: 10_000 });
    await clock.advance(20_001);
    expect(rings.map((line) => line.split("+")[1])).toEqual(["10000", "10000", "10100", "20000"]);
    expect(ids[3]).not.toBe(ids[0] as string);
  });

  test("is tried again after a restart too, when it was not put aside", async () => {
    const { node, clock, ids } = await crashing(1, { afterMs: 1_000 });
    node.store.hold();
    await clock.advance(1_001);
    const again = await node.restart();
    await again.clock.advance(5_000);
    expect(ids.length).toBe(3);
    expect(new Set(ids).size).toBe(1);
  });

  test("is tried again though it crashed after an ask, before which something was stored", async () => {
    const { clock, deeds, ids, rung } = await crashing(0, { afterMs: 1_000 });
    let crashes = 1;
    deeds.ring = async (self) => {
      await self.ref(Echo, "e").echo();
      if (crashes-- > 0) throw new Error("broke");
    };
    await clock.advance(5_000);
    expect([ids.length, new Set(ids).size, await rung()]).toEqual([2, 1, 2]);
  });

  test("is tried again after a restart though something was stored before an ask", async () => {
    const { node, clock, deeds, ids } = await crashing(0, { afterMs: 1_000 });
    deeds.ring = (self) => self.ref(Echo, "e").wait(10_000);
    await clock.advance(5_000);
    deeds.ring = () => undefined;
    const again = await node.restart();
    await again.clock.advance(5_000);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  });

  test("does not keep other messages of its actor from their turns", async () => {
    const { clock, node, ref } = await crashing(1_000, { everyMs: 30_000 });
    await clock.advance(30_050);
    const rung = ref.rung();
    await clock.advance(1_000);
    expect(await node.outcome(rung)).toEqual({ kind: "answered", value: 0 });
  });
});

describe("an alarm of an actor in quarantine", () => {
  test("waits for its release, and then comes", async () => {
    const { node, clock, rings, set } = await startAlarms();
    await set("tea", { afterMs: 1_000 });
    node.operations.quarantine("alarmed", "a", "by hand");
    await clock.advance(5_000);
    expect(rings).toEqual([]);
    await node.operations.release("alarmed", "a");
    await clock.advance(1);
    expect(rings.length).toBe(1);
  });

  test("waits for its release also where its turn was running, and crashes then", async () => {
    const { node, clock, rings, deeds, set } = await startAlarms();
    deeds.ring = async (self) => {
      await self.sleep(100);
      throw new Error("broke");
    };
    await set("tea", { afterMs: 1_000 });
    await clock.advance(1_050);
    node.operations.quarantine("alarmed", "a", "by hand");
    await clock.advance(5_000);
    expect(rings.length).toBe(1);
    await node.operations.release("alarmed", "a");
    await clock.advance(50);
    expect(rings.length).toBe(2);
  });

  test("comes though the store could not be read when its actor was released", async () => {
    const { node, clock, store, rings, set } = await startAlarms();
    await set("tea", { afterMs: 1_000 });
    node.operations.quarantine("alarmed", "a", "by hand");
    await clock.advance(5_000);
    const alarmsOf = store.alarmsOf.bind(store);
    store.alarmsOf = () => Promise.reject(new RuntimeError("store.failed", "Cannot read actors.db"));
    expect(await node.operations.release("alarmed", "a")).toBe(true);
    await clock.advance(2_000);
    expect(rings).toEqual([]);
    store.alarmsOf = alarmsOf;
    await clock.advance(2_000);
    expect(rings.length).toBe(1);
  });

  test("waits over a restart", async () => {
    const { node, clock, rings, set } = await startAlarms();
    await set("tea", { afterMs: 1_000 });
    node.operations.quarantine("alarmed", "a", "by hand");
    await clock.settle();
    const again = await node.restart();
    await again.clock.advance(5_000);
    expect(rings).toEqual([]);
    await again.operations.release("alarmed", "a");
    await again.clock.advance(1);
    expect(rings.length).toBe(1);
  });

  test("whose crashes shut it comes when it is released", async () => {
    const { node, clock, rings, deeds, set } = await startAlarms();
    const broken = { is: true };
    deeds.ring = () => {
      if (broken.is) throw new Error("broke");
    };
    await set("tea", { everyMs: 2_000 });
    await clock.advance(30_000);
    expect(node.quarantines).toEqual(["alarmed/a"]);
    broken.is = false;
    const before = rings.length;
    await node.operations.release("alarmed", "a");
    await clock.advance(1);
    expect(rings.length).toBe(before + 1);
  });
});

describe("an alarm whose actor cannot be loaded", () => {
  test("comes when the store can be read again", async () => {
    const { node, clock, rings, set } = await startAlarms();
    await set("tea", { afterMs: 30_000 });
    node.store.loadRefusal = new RuntimeError("store.failed", "Cannot read actors.db");
    await clock.advance(40_000);
    expect(rings).toEqual([]);
    node.store.loadRefusal = undefined;
    await clock.advance(1_001);
    expect(rings.length).toBe(1);
  });

  test("because its state is from the future shuts it, and comes when another program releases it", async () => {
    const { node, Alarmed, set } = await startAlarms();
    await set("tea", { afterMs: 30_000 });
    const Older = actor("alarmed", { state: () => ({ rung: 0 }), durable: true }).on("ring", {}, () => undefined);
    const Newer = actor("alarmed", { ...Alarmed.options, durable: true, version: 2, upgrade: { 1: (old) => old } })
      .on("ring", {}, (self) => void self.state)
      .on("touch", {}, (self) => void self.state.rung++);
    const newer = await node.restart({ types: [Newer] });
    await newer.answer(newer.ref(Newer, "a").touch());
    const older = await newer.restart({ types: [Older] });
    await older.clock.advance(120_000);
    expect([older.quarantines, older.letters]).toEqual([["alarmed/a"], []]);
    const newest = await older.restart({ types: [Newer] });
    await newest.operations.release("alarmed", "a");
    await newest.clock.advance(10);
    expect(await newest.store.alarmsOf("alarmed", "a")).toEqual([]);
  });
});

describe("an alarm that is put aside", () => {
  test("moves on though the state of its actor is larger than the program allows by now", async () => {
    const { node, Alarmed, ref, set } = await startAlarms();
    await node.answer(ref.rung());
    await set("tea", { everyMs: 10_000 });
    const Small = actor("alarmed", { ...Alarmed.options, durable: true, stateLengthMax: 3 }).on("ring", {}, () => {
      throw new Error("broke");
    });
    const again = await node.restart({ types: [Small] });
    await again.clock.advance(15_000);
    expect(again.letters).toEqual(["alarmed/a.ring: actor.crashed"]);
    expect(again.resident(Small)).toEqual(["a"]);
    await again.clock.advance(20_000);
    expect(again.letters.length).toBe(2);
    const drained = watch(again.system.drain());
    await again.clock.advance(60_000);
    expect(drained.outcome.kind).toBe("answered");
  });
});

describe("an alarm whose method is gone from the program", () => {
  test("becomes one dead letter, however often the store fails before", async () => {
    const { node, set } = await startAlarms();
    await set("tea", { afterMs: 1_000 });
    const Silent = actor("alarmed", { state: () => ({ rung: 0 }), durable: true });
    const again = await node.restart({ types: [Silent] });
    const failed = new RuntimeError("store.failed", "Cannot read actors.db");
    again.store.loadRefusal = failed;
    await again.clock.advance(10_000);
    Object.assign(again.store, { loadRefusal: undefined, changesRefusal: failed });
    await again.clock.advance(10_000);
    expect(again.letters).toEqual([]);
    again.store.changesRefusal = undefined;
    await again.clock.advance(10_000);
    expect(again.letters).toEqual(["alarmed/a.ring: actor.unknown_method"]);
  });

  test("becomes a dead letter in the commit that ends it: no kill comes between", async () => {
    const { node, set } = await startAlarms();
    await set("tea", { afterMs: 1_000 });
    const again = await node.restart({ types: [actor("alarmed", { state: () => ({ rung: 0 }), durable: true })] });
    const commit = again.store.commit.bind(again.store);
    again.store.commit = (batch) => (batch.changes.length > 0 ? commit(batch) : new Promise(() => undefined));
    await again.clock.advance(5_000);
    expect(await again.store.alarmsOf("alarmed", "a")).toEqual([]);
    expect(await again.store.letters(100, 100)).toMatchObject([{ method: "ring", reason: "actor.unknown_method" }]);
  });

  test("becomes a dead letter, and is stored no longer", async () => {
    const { node, set } = await startAlarms();
    await set("tea", { afterMs: 1_000, input: "cup" });
    const Other = actor("alarmed", { state: () => ({ rung: 0 }), durable: true }).on("other", {}, () => undefined);
    const again = await node.restart({ types: [Other] });
    await again.clock.advance(2_000);
    expect(again.letters).toEqual(["alarmed/a.ring: actor.unknown_method"]);
    expect(await again.store.alarmsOf("alarmed", "a")).toEqual([]);
    const inspection = await again.operations.inspect("alarmed", "a");
    expect(inspection?.recent).toMatchObject([{ method: "(runtime)" }]);
  });
});
