// The resident actors of one type, as others may look at them.
import { describe, expect, test } from "bun:test";

import { SteppedSystem } from "../testing/stepped-system.ts";
import { actor } from "./definition.ts";

const Touched = actor("touched", { state: () => ({}), hibernateAfterMs: 100 })
  .on("touch", {}, () => undefined)
  .on("wait", {}, (self) => self.sleep(1_000));

describe("a type's host", () => {
  test("lists its actors in the order they were started", async () => {
    const stepped = new SteppedSystem([Touched]);
    for (const key of ["b", "a", "b", "c"]) stepped.system.ref(Touched, key).tell.touch();
    await stepped.clock.settle();
    expect(stepped.resident(Touched)).toEqual(["b", "a", "c"]);
  });

  test("lists an actor that came back behind those that stayed", async () => {
    const stepped = new SteppedSystem([Touched]);
    stepped.system.ref(Touched, "a").tell.touch();
    stepped.system.ref(Touched, "b").tell.wait();
    await stepped.clock.advance(101);
    stepped.system.ref(Touched, "a").tell.touch();
    expect(stepped.resident(Touched)).toEqual(["b", "a"]);
  });

  test("shows what each actor is doing", async () => {
    const stepped = new SteppedSystem([Touched]);
    stepped.system.ref(Touched, "idle").tell.touch();
    stepped.system.ref(Touched, "running").tell.wait();
    await stepped.clock.settle();
    stepped.system.ref(Touched, "ready").tell.touch();
    const cells = stepped.system.hosts[0]?.cells;
    expect(Array.from(cells?.values() ?? [], ({ key, status }) => `${key} is ${status}`)).toEqual([
      "idle is idle",
      "running is running",
      "ready is ready",
    ]);
  });

  test("counts the turns of all its actors and of each", async () => {
    const stepped = new SteppedSystem([Touched]);
    for (const key of ["a", "b", "a"]) stepped.system.ref(Touched, key).tell.touch();
    await stepped.clock.settle();
    const host = stepped.system.hosts[0];
    expect([host?.stats.turns, host?.cells.get("a")?.turns, host?.cells.get("b")?.turns]).toEqual([3, 2, 1]);
  });

  test("keeps two types apart that have actors of the same key", async () => {
    const Other = actor("other", { state: () => ({}) }).on("touch", {}, () => undefined);
    const stepped = new SteppedSystem([Touched, Other]);
    stepped.system.ref(Touched, "a").tell.touch();
    await stepped.clock.settle();
    expect([stepped.resident(Touched), stepped.resident(Other)]).toEqual([["a"], []]);
  });
});
