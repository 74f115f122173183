// Watches whose commit failed: nobody knows whether they are stored; who is told is who watches by what the store has.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import { actor } from "./definition.ts";
import { News, Plain, plainP } from "./test-watching.ts";

const SLOW_MS = 500;
const TROUBLES = { fails: { fails: "store.full" }, answerLost: { answerLost: true } } as const;
type Trouble = keyof typeof TROUBLES;
type Act = "watch" | "watchToo" | "unwatch" | "destroy";

/** A keeper of state, and by which methods it was told. */
class World {
  readonly lines: string[] = [];
  readonly keeper = actor("keeper", { state: () => ({ count: 0 }), durable: true })
    .on("touch", {}, ({ state }) => void state.count++)
    .on("watch", {}, (self) => self.watch(plainP, "lost"))
    .on("watchSlowly", {}, async (self) => {
      self.watch(plainP, "lost");
      self.state.count++;
      await self.ref(Plain, "other").touch();
      await self.sleep(SLOW_MS);
    })
    .on("watchMany", { in: t.Object({ count: t.Integer(), from: t.Integer() }) }, (self, { count, from }) => {
      for (let key = from; key < from + count; key++) self.watch({ type: "plain", key: `${key}` }, "lost");
    })
    .on("watchToo", {}, (self) => self.watch(plainP, "lostToo"))
    .on("unwatch", {}, (self) => self.unwatch(plainP))
    .on("destroy", {}, (self) => self.destroy())
    .on("lost", { in: News }, () => void this.lines.push("lost"))
    .on("lostToo", { in: News }, () => void this.lines.push("lostToo"));
  readonly stepped = new SteppedSystem([this.keeper, Plain]);

  constructor() {
    this.stepped.ref(Plain, "p").tell.touch();
  }

  act(what: Act | "touch") {
    return this.stepped.outcome(this.stepped.ref(this.keeper, "k")[what]());
  }

  async actIn(trouble: Trouble, what: Act) {
    this.stepped.storeFaults.next("commit", TROUBLES[trouble]);
    expect(await this.act(what)).toMatchObject({ kind: "failed" });
  }

  /** Whom it watches goes while the commit is under way, which is held up for so long after that. */
  async stopWhileStored(act: "watch" | "watchSlowly", trouble: object, heldMs = 0): Promise<readonly string[]> {
    const until = Promise.withResolvers<void>();
    this.stepped.storeFaults.next("commit", { ...trouble, until: until.promise });
    this.stepped.ref(this.keeper, "k").tell[act]();
    await this.stepped.advance(10);
    this.stepped.ref(Plain, "p").tell.stop();
    await this.stepped.advance(10 + heldMs);
    until.resolve();
    await this.stepped.advance(2 * limits.watchInquiryMs + SLOW_MS);
    return this.lines.splice(0);
  }

  async stopWatched(): Promise<readonly string[]> {
    this.stepped.ref(Plain, "p").tell.stop();
    await this.stepped.advance(limits.watchInquiryMs + 10);
    expect(this.stepped.deadLetters).toEqual([]);
    return this.lines.splice(0);
  }
}

describe("a watch whose commit failed", () => {
  test.each<[Trouble, readonly string[]]>([
    ["answerLost", ["lost"]],
    ["fails", []],
  ])("brings its news when it is stored all the same, and else none (%s)", async (trouble, told) => {
    const world = new World();
    await world.actIn(trouble, "watch");
    expect(await world.stopWatched()).toEqual(told);
    expect(await world.stepped.system.store.watches()).toEqual([]);
  });

  test.each<Trouble>(["answerLost", "fails"])(
    "and was to replace one brings them as that one (%s)",
    async (trouble) => {
      const world = new World();
      await world.act("watch");
      await world.actIn(trouble, "watchToo");
      expect(await world.stopWatched()).toEqual(["lost"]);
      expect(await world.stepped.system.store.watches()).toEqual([]);
    },
  );

  test.each<[Trouble, readonly string[]]>([
    ["answerLost", []],
    ["fails", ["lost"]],
  ])("and was to end brings them unless it has ended (%s)", async (trouble, told) => {
    const world = new World();
    await world.act("watch");
    await world.actIn(trouble, "unwatch");
    expect(await world.stopWatched()).toEqual(told);
  });

  test.each<[Trouble, readonly string[]]>([
    ["answerLost", []],
    ["fails", ["lost"]],
  ])("and was to go with its actor brings them unless it has gone (%s)", async (trouble, told) => {
    const world = new World();
    await world.act("touch");
    await world.act("watch");
    await world.actIn(trouble, "destroy");
    expect(await world.stopWatched()).toEqual(told);
    expect((await world.stepped.system.store.load("keeper", "k")) === undefined).toBe(told.length === 0);
  });

  test.each<Trouble>(["answerLost", "fails"])(
    "is one like others once a commit has set it again (%s)",
    async (trouble) => {
      const world = new World();
      await world.actIn(trouble, "watch");
      await world.act("watch");
      world.stepped.ref(Plain, "p").tell.stop();
      await world.stepped.advance(0);
      expect(world.lines).toEqual(["lost"]);
    },
  );

  test.each<[Trouble, readonly string[]]>([
    ["answerLost", ["lost"]],
    ["fails", []],
  ])("brings news also of one that went while it was being stored (%s)", async (trouble, told) => {
    const world = new World();
    expect(await world.stopWhileStored("watch", TROUBLES[trouble])).toEqual(told);
  });

  test.each<Trouble>(["answerLost", "fails"])("and that was set again brings its news once (%s)", async (trouble) => {
    const world = new World();
    await world.act("watch");
    expect(await world.stopWhileStored("watchSlowly", TROUBLES[trouble])).toEqual(["lost"]);
  });

  test("is not told of an end from before it was set again", async () => {
    const world = new World();
    await world.actIn("fails", "watch");
    world.stepped.ref(Plain, "p").tell.stop();
    await world.stepped.advance(10);
    world.stepped.ref(Plain, "p").tell.touch();
    await world.act("watch");
    await world.stepped.advance(2 * limits.watchInquiryMs);
    expect(world.lines).toEqual([]);
    expect(await world.stopWatched()).toEqual(["lost"]);
  });

  test("is told of nothing that is not stored while the node ends", async () => {
    const world = new World();
    await world.actIn("fails", "watch");
    void world.stepped.system.drain();
    expect(await world.stopWatched()).toEqual([]);
  });

  test("counts no more once the store has said that it is not there", async () => {
    const world = new World();
    const watchMany = { count: limits.watchesPerActorMax, from: 0 };
    world.stepped.storeFaults.next("commit", TROUBLES.fails);
    const keeper = world.stepped.ref(world.keeper, "k");
    expect(await world.stepped.outcome(keeper.watchMany(watchMany))).toMatchObject({ kind: "failed" });
    const others = { ...watchMany, from: watchMany.count };
    expect(await world.stepped.outcome(keeper.watchMany(others))).toMatchObject({ kind: "failed" });
    await world.stepped.advance(limits.watchInquiryMs + 10);
    expect(await world.stepped.outcome(keeper.watchMany(others))).toMatchObject({ kind: "answered" });
  });

  test("brings its news once where another commit on it is under way when the store is asked", async () => {
    const world = new World();
    await world.actIn("answerLost", "watch");
    expect(await world.stopWhileStored("watch", {}, limits.watchInquiryMs)).toEqual(["lost"]);
  });

  test("that failed twice, with an end between, brings the next end too", async () => {
    const world = new World();
    await world.actIn("fails", "watch");
    world.stepped.ref(Plain, "p").tell.stop();
    await world.stepped.advance(10);
    world.stepped.ref(Plain, "p").tell.touch();
    await world.actIn("answerLost", "watch");
    await world.stepped.advance(limits.watchInquiryMs + 10);
    world.lines.splice(0);
    expect(await world.stopWatched()).toEqual(["lost"]);
  });
});
