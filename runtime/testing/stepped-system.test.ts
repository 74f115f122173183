// The stepped system as tests use it: turn by turn, across restarts, with what went wrong written down.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { actor } from "../core/definition.ts";
import type { Store } from "../core/ports.ts";
import { MemoryDisk, openMemoryStore } from "../storage/memory-store.ts";
import { watch } from "./outcome.ts";
import { SteppedSystem } from "./stepped-system.ts";

const Counter = actor("counter", { state: () => ({ count: 0, rings: 0 }), durable: true })
  .on("add", { in: t.Integer(), out: t.Integer() }, ({ state }, amount) => (state.count += amount))
  .on("ring", {}, ({ state }) => void state.rings++)
  .on("wake", { in: t.Number() }, (self, afterMs) => self.alarm("bell", { afterMs, send: "ring" }))
  .on("addSlowly", { in: t.Integer() }, async (self, amount) => {
    self.state.count += amount;
    await self.sleep(10);
  })
  .on("refuse", {}, (self) => {
    throw self.refuse("counter.no");
  })
  .on("crash", {}, () => {
    throw new Error("broken");
  })
  .read("value", { out: t.Integer() }, ({ state }) => state.count)
  .read("rings", { out: t.Integer() }, ({ state }) => state.rings);

const Plain = actor("plain", { state: () => ({}) })
  .on("relay", { in: t.String() }, (self, key) => void self.ref(Counter, key).tell.add(1))
  .on("draw", { out: t.Number() }, (self) => self.random())
  .on("time", { out: t.Number() }, (self) => self.monotonicMs());

const types = [Counter, Plain];

async function answer<Value>(stepped: SteppedSystem, promise: Promise<Value>): Promise<Value | string> {
  const outcome = await stepped.outcome(promise);
  if (outcome.kind === "pending") return "pending";
  return outcome.kind === "answered" ? outcome.value : outcome.code;
}

/** Of six actors that each send to another. */
async function orderOf(seed: number): Promise<string> {
  const stepped = new SteppedSystem(types, { seed });
  for (const key of "abcdef") stepped.ref(Plain, key).tell.relay(key);
  return (await stepped.runAll()).map(({ type, key }) => `${type}/${key}`).join(" ");
}

async function drawn(seed?: number): Promise<unknown> {
  const stepped = new SteppedSystem(types, seed === undefined ? {} : { seed });
  return answer(stepped, stepped.ref(Plain, "p").draw());
}

describe("a step", () => {
  test("runs one turn of one actor, and says which", async () => {
    const stepped = new SteppedSystem(types);
    stepped.ref(Plain, "p").tell.relay("a");
    stepped.ref(Plain, "p").tell.relay("b");
    expect(await stepped.step()).toEqual({ type: "plain", key: "p", method: "relay", input: "a" });
    expect(stepped.system.hosts[1]?.stats.turns).toBe(1);
  });

  test("runs nothing, and says so, when nobody has anything to do", async () => {
    const stepped = new SteppedSystem(types);
    expect(await stepped.step()).toBeUndefined();
  });

  test("ends where the turn waits: what comes after is part of the steps that follow", async () => {
    const stepped = new SteppedSystem(types);
    const added = watch(stepped.ref(Counter, "a").addSlowly(1));
    await stepped.step();
    expect([added.outcome.kind, await stepped.step()]).toEqual(["pending", undefined]);
    await stepped.advance(10);
    expect(added.outcome.kind).toBe("answered");
  });

  test("may be followed by all the others", async () => {
    const stepped = new SteppedSystem(types);
    for (const key of ["a", "b"]) stepped.ref(Plain, "p").tell.relay(key);
    await stepped.step();
    const turns = await stepped.runAll();
    expect(turns.map(({ type, key }) => `${type}/${key}`)).toEqual(["plain/p", "counter/a", "counter/b"]);
  });

  test("is the one of a seeded choice: the same for the same seed, others for others", async () => {
    expect(await orderOf(1)).toBe(await orderOf(1));
    expect(await orderOf(1)).not.toBe(await orderOf(2));
  });
});

describe("a restart", () => {
  test("keeps what was committed", async () => {
    const stepped = new SteppedSystem(types);
    await stepped.outcome(stepped.ref(Counter, "a").add(2));
    await stepped.restart();
    expect(await answer(stepped, stepped.ref(Counter, "a").value())).toBe(2);
  });

  test("loses what was not: a turn that waits has changed nothing", async () => {
    const stepped = new SteppedSystem(types);
    const added = watch(stepped.ref(Counter, "a").addSlowly(2));
    await stepped.step();
    await stepped.restart();
    await stepped.advance(1_000);
    expect(added.outcome).toMatchObject({ kind: "failed", code: "node.killed", stood: "unknown" });
    expect(await answer(stepped, stepped.ref(Counter, "a").value())).toBe(0);
  });

  test("lets refs go on that were made before it", async () => {
    const stepped = new SteppedSystem(types);
    const counter = stepped.ref(Counter, "a");
    await stepped.restart();
    expect(await answer(stepped, counter.add(1))).toBe(1);
  });

  test("takes up alarms, and fires those whose time has passed", async () => {
    const stepped = new SteppedSystem(types);
    await stepped.outcome(stepped.ref(Counter, "a").wake(5_000));
    stepped.kill();
    await stepped.advance(60_000);
    await stepped.restart();
    await stepped.advance(1);
    expect(await answer(stepped, stepped.ref(Counter, "a").rings())).toBe(1);
  });

  test("begins monotonic time anew, as a process does", async () => {
    const stepped = new SteppedSystem(types);
    await stepped.advance(5_000);
    await stepped.restart();
    expect(await answer(stepped, stepped.ref(Plain, "p").time())).toBe(0);
  });

  test("can be on the store that a test opens", async () => {
    const opened: number[] = [];
    const disk = new MemoryDisk();
    const openStore = (): Store => {
      const store = openMemoryStore(disk);
      opened.push(store.epoch);
      return store;
    };
    const stepped = new SteppedSystem(types, { openStore });
    await stepped.outcome(stepped.ref(Counter, "a").add(3));
    await stepped.restart();
    expect([opened, await answer(stepped, stepped.ref(Counter, "a").value())]).toEqual([[1, 2], 3]);
  });

  test("may be another system's, on the same disk", async () => {
    const first = new SteppedSystem(types);
    await first.outcome(first.ref(Counter, "a").add(4));
    const second = new SteppedSystem(types, { disk: first.disk });
    expect(await answer(second, second.ref(Counter, "a").value())).toBe(4);
    expect(await answer(first, first.ref(Counter, "a").add(1))).toBe("actor.stale_owner");
  });
});

describe("a node that was killed", () => {
  test("accepts nothing until it is started again", async () => {
    const stepped = new SteppedSystem(types);
    stepped.kill();
    expect(stepped.ref(Counter, "a").tell.add(1)).toMatchObject({ accepted: false, why: { code: "system.draining" } });
    expect(await answer(stepped, stepped.ref(Counter, "a").add(1))).toBe("node.killed");
  });

  test("runs nothing of what waited", async () => {
    const stepped = new SteppedSystem(types);
    stepped.ref(Counter, "a").tell.add(1);
    stepped.kill();
    expect(await stepped.runAll()).toEqual([]);
  });
});

describe("what goes wrong is written down:", () => {
  test("crashes, refusals that nobody was told, and dead letters", async () => {
    const heard: string[] = [];
    const stepped = new SteppedSystem(types, { heard: (what) => heard.push(what) });
    stepped.ref(Counter, "a").tell.refuse();
    stepped.ref(Counter, "a").tell.crash();
    await stepped.runAll();
    expect(stepped.refusals).toEqual(["counter/a: counter.no"]);
    expect(stepped.crashes).toEqual(["counter/a.crash: broken"]);
    expect(stepped.deadLetters).toEqual(["counter/a.crash: actor.crashed"]);
    expect(heard).toEqual([
      "counter/a.refuse()",
      "refused: counter/a: counter.no",
      "counter/a.crash()",
      "crashed: counter/a.crash: broken",
      "dead letter: counter/a.crash: actor.crashed",
    ]);
  });
});

describe("chance", () => {
  test("follows from the seed, and is the same without one", async () => {
    expect(await drawn()).toBe(await drawn());
    expect(await drawn(1)).not.toBe(await drawn(2));
  });
});
