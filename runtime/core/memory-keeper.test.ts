// The budget for what actors take in memory: past it those idle longest go first, and only those that are idle.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { actor } from "./definition.ts";
import { ActorSystem } from "./system.ts";

const LOOK_MS = limits.memoryLookMs;

/** A node whose memory in use the test says. */
function crowded() {
  const clock = new FakeClock();
  const memory = { bytes: () => 1_000, inUse: 0, used: () => memory.inUse };
  const options = { state: () => ({}), hibernateAfterMs: 1_000_000 };
  const One = actor("one", options)
    .on("touch", {}, () => undefined)
    .on("wait", { in: t.Number() }, (self, delayMs) => self.sleep(delayMs))
    .on("remind", {}, (self) => self.timer("tea", { afterMs: 100_000, send: "touch" }));
  const Two = actor("two", options).on("touch", {}, () => undefined);
  const system = new ActorSystem({ clock, types: [One, Two], memory });
  const resident = (): string[] =>
    system.hosts.flatMap(({ type, cells }) => Array.from(cells.keys(), (key) => `${type.name}/${key}`));
  return { clock, memory, system, resident, one: (key: string) => system.ref(One, key).tell, Two };
}

describe("a node within its memory", () => {
  test("keeps its idle actors, also when it has used all of it", async () => {
    const { clock, memory, resident, one } = crowded();
    one("a").touch();
    memory.inUse = 1_000;
    await clock.advance(10 * LOOK_MS);
    expect(resident()).toEqual(["one/a"]);
  });
});

describe("a node past its memory", () => {
  test("puts idle actors to sleep at its next look", async () => {
    const { clock, memory, resident, one } = crowded();
    for (const key of ["a", "b"]) one(key).touch();
    memory.inUse = 1_001;
    await clock.advance(LOOK_MS - 1);
    expect(resident()).toHaveLength(2);
    await clock.advance(1);
    expect(resident()).toEqual([]);
  });

  test("stops when it is within its memory again", async () => {
    const { clock, memory, resident, one } = crowded();
    one("a").touch();
    memory.inUse = 1_001;
    await clock.advance(LOOK_MS);
    memory.inUse = 500;
    one("b").touch();
    await clock.advance(5 * LOOK_MS);
    expect(resident()).toEqual(["one/b"]);
  });

  test("leaves alone who has something to do, and who has a timer", async () => {
    const { clock, memory, resident, one } = crowded();
    one("idle").touch();
    one("busy").wait(10 * LOOK_MS);
    one("reminded").remind();
    memory.inUse = 1_001;
    await clock.advance(2 * LOOK_MS);
    expect(resident().toSorted()).toEqual(["one/busy", "one/reminded"]);
  });

  test("looks no more when it drains", async () => {
    const { clock, memory, resident, system, one } = crowded();
    one("a").touch();
    await clock.settle();
    void system.drain();
    memory.inUse = 1_001;
    await clock.advance(5 * LOOK_MS);
    expect(resident()).toEqual(["one/a"]);
  });

  test("begins with those that are idle longest, of whatever type, a thousand at a time or a tenth", async () => {
    const { clock, memory, resident, system, one, Two } = crowded();
    for (let index = 0; index < 500; index++) one(`early ${index}`).touch();
    await clock.advance(1);
    for (let index = 0; index < 1_000; index++) system.ref(Two, `${index}`).tell.touch();
    await clock.advance(1);
    for (let index = 0; index < 500; index++) one(`late ${index}`).touch();
    await clock.advance(1);
    memory.inUse = 1_001;
    await clock.advance(LOOK_MS - 3);
    expect(resident()).toHaveLength(1_000);
    expect(resident().filter((name) => name.startsWith("one/early"))).toEqual([]);
    expect(resident().filter((name) => name.startsWith("one/late"))).toHaveLength(500);
  });
});
