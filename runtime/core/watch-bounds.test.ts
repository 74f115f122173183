// How many actors one may watch, and all together: at the bound and one past it.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { TimerWheel } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import type { ActorContext } from "./context.ts";
import { actor } from "./definition.ts";
import { startNode } from "./test-node.ts";
import { TurnStats } from "./turn-stats.ts";
import { WatchInquiries } from "./watch-inquiries.ts";
import { Watches } from "./watches.ts";

const state = () => ({ count: 0 });
const ignore = (): undefined => undefined;
const watch = (self: ActorContext<unknown>, key: string): void => self.watch({ type: "plain", key }, "lost");
const watchMany = (self: ActorContext<unknown>, count: number): void => {
  for (let key = 0; key < count; key++) watch(self, `${key}`);
};

const Plain = actor("plain", { state }).on("touch", {}, ({ state: own }) => void own.count++);
const Watcher = actor("watcher", { state })
  .on("watch", { in: t.String() }, watch)
  .on("watchMany", { in: t.Integer() }, watchMany)
  .on("lost", {}, ignore);
const Keeper = actor("keeper", { state, durable: true })
  .on("watch", { in: t.String() }, watch)
  .on("watchMany", { in: t.Integer() }, watchMany)
  .on("watchInVain", {}, (self) => {
    for (let tell = 0; tell < limits.heldOutputsMax; tell++) self.ref(Plain, "other").tell.touch();
    for (let time = 0; time < limits.watchesPerActorMax; time++) expect(() => watch(self, "p")).toThrow();
  })
  .on("lost", {}, ignore);

async function startBounded() {
  const node = await startNode([Plain, Watcher, Keeper]);
  const rejected = (type: string): number | undefined =>
    node.system.hosts.find((host) => host.type.name === type)?.stats.rejected.get("actor.limit_reached");
  return { node, rejected, watcher: node.ref(Watcher, "w"), keeper: node.ref(Keeper, "k") };
}

describe("the actors that one watches", () => {
  test("are not those that it could not watch, because its turn held too much", async () => {
    const { node, keeper } = await startBounded();
    await node.answer(keeper.watchInVain());
    expect(await node.outcome(keeper.watch("p"))).toMatchObject({ kind: "answered" });
  });

  test.each(["watcher", "keeper"] as const)(
    "are at most 10 000; one more is refused, and counted (%s)",
    async (who) => {
      const bounded = await startBounded();
      const { node, rejected } = bounded;
      await node.answer(bounded[who].watchMany(limits.watchesPerActorMax));
      await node.answer(bounded[who].watch("7"));
      expect(rejected(who)).toBeUndefined();
      const outcome = await node.outcome(bounded[who].watch("one more"));
      expect(outcome).toMatchObject({ code: "actor.crashed", error: { cause: { code: "actor.limit_reached" } } });
      expect(rejected(who)).toBe(1);
    },
  );
});

const parts = () => {
  const inquiries = new WatchInquiries(new TimerWheel(new FakeClock()), { watches: async () => [] });
  return { tell: ignore, missing: ignore, inquiries };
};
const watcher = (key: string) => ({ key, host: { type: Watcher, stats: new TurnStats() }, connection: undefined });

describe("the watches of all actors together", () => {
  test("are as many as may be; one more is refused with its reason, and counted", () => {
    const stats = new TurnStats();
    const watches = new Watches(parts(), 3);
    const add = (by: string, key: string): void =>
      watches.watch({ key: by, host: { type: Watcher, stats }, connection: undefined }, { type: "plain", key }, "lost");
    for (const [by, key] of [
      ["a", "1"],
      ["a", "2"],
      ["b", "1"],
      ["b", "1"],
    ] as const)
      add(by, key);
    expect(() => add("c", "1")).toThrow("the actors of this node watch 3 others, the limit");
    expect(stats.rejected.get("actor.limit_reached")).toBe(1);
  });

  test("leave room again when somebody is gone: who was watched, or who watched", () => {
    const watches = new Watches(parts(), 2);
    const add = (by: string, key: string): void => watches.watch(watcher(by), { type: "plain", key }, "lost");
    add("a", "1");
    add("b", "2");
    watches.gone({ type: "plain", key: "1", reason: "stopped" });
    expect(() => add("c", "3")).not.toThrow();
    watches.leave({ type: "watcher", key: "b" });
    watches.unwatch(watcher("c"), { type: "plain", key: "3" });
    for (const key of ["1", "2"]) expect(() => add("d", key)).not.toThrow();
    expect(() => add("d", "3")).toThrow("the limit");
  });
});
