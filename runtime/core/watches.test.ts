// Watches: whoever is gone for good is told of once to each who watches it; sleeping and crashing is not gone.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import type { ActorContext } from "./context.ts";
import { actor, session } from "./definition.ts";
import { startNode, type TestNode } from "./test-node.ts";

const News = t.Object({ type: t.String(), key: t.String(), reason: t.String() });
const Named = t.Object({ type: t.String(), key: t.String() });
const failing = { times: 0 };

const common = { state: () => ({ count: 0 }), hibernateAfterMs: 1_000 };
const crash = (): never => {
  throw new Error("broke");
};
const Player = session("player", { state: () => ({}), message: () => undefined });
const Plain = actor("plain", common)
  .on("touch", {}, ({ state }) => void state.count++)
  .on("stop", {}, (self) => self.stop())
  .on("crash", {}, crash);
const Stored = actor("stored", { ...common, durable: true })
  .on("touch", {}, ({ state }) => void state.count++)
  .on("stop", {}, (self) => self.stop())
  .on("destroy", {}, (self) => self.destroy())
  .on("crash", {}, crash);

/** Two types of watchers, which write down what they are told. */
function watchers() {
  const lines: string[] = [];
  const note = (self: ActorContext<{ count: number }>, news: { type: string; key: string; reason: string }): void => {
    if (failing.times-- > 0) throw new Error("broke");
    lines.push(`${self.key}: ${news.type}/${news.key} ${news.reason}`);
  };
  const Watcher = actor("watcher", common)
    .on("watch", { in: Named }, (self, whom) => self.watch(whom, "lost"))
    .on("unwatch", { in: Named }, (self, whom) => self.unwatch(whom))
    .on("stop", {}, (self) => self.stop())
    .on("lost", { in: News }, note)
    .on("lostToo", { in: News }, (self, news) => note(self, { ...news, reason: `${news.reason} too` }))
    .on("watchToo", { in: Named }, (self, whom) => self.watch(whom, "lostToo"));
  const Keeper = actor("keeper", { ...common, durable: true })
    .on("watch", { in: Named }, (self, whom) => self.watch(whom, "lost"))
    .on("unwatch", { in: Named }, (self, whom) => self.unwatch(whom))
    .on("stop", {}, (self) => self.stop())
    .on("destroy", {}, (self) => self.destroy())
    .on("watchAndCrash", { in: Named }, (self, whom) => {
      self.watch(whom, "lost");
      throw new Error("broke");
    })
    .on("unwatchAndCrash", { in: Named }, (self, whom) => {
      self.unwatch(whom);
      throw new Error("broke");
    })
    .on("watchAgain", {}, ({ state }) => void (state.count = 1))
    .on("lost", { in: News }, (self, news) => {
      note(self, news);
      if (self.state.count > 0) self.watch(news, "lost");
    });
  return { lines, Watcher, Keeper, types: [Watcher, Keeper, Player, Plain, Stored] };
}

async function startWatching() {
  failing.times = 0;
  const kinds = watchers();
  const node = await startNode(kinds.types);
  const refs = (on: TestNode) => ({
    watcher: on.ref(kinds.Watcher, "w"),
    keeper: on.ref(kinds.Keeper, "k"),
    plain: on.ref(Plain, "p"),
    stored: on.ref(Stored, "s"),
  });
  const open = (id: string): ConnectionStandIn => new ConnectionStandIn(node.system, Player, id);
  return { ...kinds, node, clock: node.clock, refs, ...refs(node), open };
}

const plainP = { type: "plain", key: "p" };
const storedS = { type: "stored", key: "s" };

describe("a watcher is told", () => {
  test("that an actor has stopped", async () => {
    const { clock, lines, watcher, plain } = await startWatching();
    watcher.tell.watch(plainP);
    await clock.settle();
    plain.tell.stop();
    await clock.settle();
    expect(lines).toEqual(["w: plain/p stopped"]);
  });

  test.each(["stop", "destroy"] as const)("that a durable actor has ended: %s", async (method) => {
    const { clock, lines, watcher, stored } = await startWatching();
    watcher.tell.watch(storedS);
    stored.tell.touch();
    await clock.settle();
    stored.tell[method]();
    await clock.settle();
    expect(lines).toEqual([`w: stored/s ${method === "stop" ? "stopped" : "destroyed"}`]);
  });

  test.each(["in memory", "asleep"])("that an actor is in quarantine (%s)", async (where) => {
    const { node, clock, lines, watcher, plain } = await startWatching();
    watcher.tell.watch(plainP);
    plain.tell.touch();
    await clock.advance(where === "asleep" ? 1_001 : 1);
    node.operations.quarantine("plain", "p", "by hand");
    await clock.settle();
    expect(lines).toEqual(["w: plain/p quarantined"]);
  });

  test("that its connection was lost", async () => {
    const { clock, lines, watcher, open } = await startWatching();
    const connection = open("7");
    watcher.tell.watch({ type: "player", key: "7" });
    await clock.settle();
    connection.end("disconnect");
    await clock.settle();
    expect(lines).toEqual(["w: player/7 connection_lost"]);
  });

  test("at once that it is in quarantine already", async () => {
    const { node, clock, lines, watcher } = await startWatching();
    node.operations.quarantine("plain", "p", "by hand");
    watcher.tell.watch(plainP);
    await clock.settle();
    expect(lines).toEqual(["w: plain/p quarantined"]);
  });

  test("each time that it is gone, though its turns have crashed at each of those before", async () => {
    const { node, clock, lines, watcher, plain } = await startWatching();
    for (let time = 0; time < limits.poisonCrashes + 1; time++) {
      watcher.tell.watch(plainP);
      plain.tell.touch();
      await clock.settle();
      failing.times = 1;
      plain.tell.stop();
      await clock.advance(60_000);
    }
    expect([lines.length, node.letters]).toEqual([limits.poisonCrashes + 1, []]);
  });

  test("at once that its connection was lost already", async () => {
    const { clock, lines, watcher } = await startWatching();
    watcher.tell.watch({ type: "player", key: "7" });
    await clock.settle();
    expect(lines).toEqual(["w: player/7 connection_lost"]);
  });

  test("once, until it watches again", async () => {
    const { clock, lines, watcher, plain } = await startWatching();
    watcher.tell.watch(plainP);
    await clock.settle();
    for (let time = 0; time < 2; time++) {
      plain.tell.stop();
      await clock.settle();
    }
    expect(lines.length).toBe(1);
    watcher.tell.watch(plainP);
    await clock.settle();
    plain.tell.stop();
    await clock.settle();
    expect(lines.length).toBe(2);
  });

  test("by the method that it named last", async () => {
    const { clock, lines, watcher, plain } = await startWatching();
    watcher.tell.watch(plainP);
    watcher.tell.watchToo(plainP);
    await clock.settle();
    plain.tell.stop();
    await clock.settle();
    expect(lines).toEqual(["w: plain/p stopped too"]);
  });

  test("as all others who watch the same", async () => {
    const { clock, node, lines, Watcher, plain } = await startWatching();
    for (const key of ["1", "2", "3"]) node.ref(Watcher, key).tell.watch(plainP);
    await clock.settle();
    plain.tell.stop();
    await clock.settle();
    expect(lines.map((line) => line[0])).toEqual(["1", "2", "3"]);
  });

  test("though it sleeps", async () => {
    const { node, clock, lines, Watcher, watcher, plain } = await startWatching();
    watcher.tell.watch(plainP);
    await clock.advance(1_001);
    expect(node.resident(Watcher)).toEqual([]);
    plain.tell.stop();
    await clock.settle();
    expect(lines).toEqual(["w: plain/p stopped"]);
  });

  test("though its turn crashes at first", async () => {
    const { clock, lines, watcher, plain } = await startWatching();
    watcher.tell.watch(plainP);
    await clock.settle();
    failing.times = 2;
    plain.tell.stop();
    await clock.advance(1_000);
    expect(lines).toEqual(["w: plain/p stopped"]);
  });
});

describe("a watcher is not told", () => {
  test("of an actor that sleeps", async () => {
    const { node, clock, lines, watcher, plain, stored } = await startWatching();
    for (const whom of [plainP, storedS]) watcher.tell.watch(whom);
    for (const ref of [plain, stored]) ref.tell.touch();
    await clock.advance(10_000);
    expect([node.resident(Plain), node.resident(Stored), lines]).toEqual([[], [], []]);
  });

  test("of an actor that crashes", async () => {
    const { clock, lines, watcher, plain, stored } = await startWatching();
    for (const whom of [plainP, storedS]) watcher.tell.watch(whom);
    for (const ref of [plain, stored]) ref.tell.crash();
    await clock.advance(10_000);
    expect(lines).toEqual([]);
  });

  test("when it does not watch any more", async () => {
    const { clock, lines, watcher, plain } = await startWatching();
    watcher.tell.watch(plainP);
    watcher.tell.unwatch(plainP);
    await clock.settle();
    plain.tell.stop();
    await clock.settle();
    expect(lines).toEqual([]);
  });

  test("when it is gone itself", async () => {
    const { node, clock, lines, Watcher, watcher, plain } = await startWatching();
    watcher.tell.watch(plainP);
    watcher.tell.stop();
    await clock.settle();
    plain.tell.stop();
    await clock.settle();
    expect([lines, node.resident(Watcher)]).toEqual([[], []]);
  });

  test("when it is in quarantine: the news is a dead letter", async () => {
    const { node, clock, lines, keeper, plain } = await startWatching();
    keeper.tell.watch(plainP);
    await clock.settle();
    node.operations.quarantine("keeper", "k", "by hand");
    plain.tell.stop();
    await clock.settle();
    expect([lines, node.letters]).toEqual([[], ["keeper/k.lost: actor.quarantined"]]);
  });

  test("when its turn crashes three times: the news is a dead letter", async () => {
    const { node, clock, lines, watcher, plain } = await startWatching();
    watcher.tell.watch(plainP);
    await clock.settle();
    failing.times = 3;
    plain.tell.stop();
    await clock.advance(10_000);
    expect([lines, node.letters]).toEqual([[], ["watcher/w.lost: actor.crashed"]]);
  });
});

describe("a durable watcher", () => {
  test("is told after a restart too", async () => {
    const { node, clock, refs, lines, keeper, stored } = await startWatching();
    stored.tell.touch();
    keeper.tell.watch(storedS);
    await clock.settle();
    const again = await node.restart();
    refs(again).stored.tell.destroy();
    await again.clock.settle();
    expect(lines).toEqual(["k: stored/s destroyed"]);
  });

  test("is told after a restart that those are gone who were only in memory", async () => {
    const { node, clock, lines, keeper, open } = await startWatching();
    open("7");
    for (const whom of [plainP, { type: "player", key: "7" }]) keeper.tell.watch(whom);
    await clock.settle();
    const again = await node.restart();
    await again.clock.settle();
    expect(lines).toEqual(["k: plain/p restarted", "k: player/7 restarted"]);
  });

  test("is not told again after a restart what was put aside: its watch has ended", async () => {
    const { node, clock, lines, keeper, plain } = await startWatching();
    keeper.tell.watch(plainP);
    await clock.settle();
    failing.times = 3;
    plain.tell.stop();
    await clock.advance(10_000);
    expect([await node.store.watches(), node.letters]).toEqual([[], ["keeper/k.lost: actor.crashed"]]);
    const again = await node.restart();
    await again.clock.advance(10_000);
    expect([lines, again.letters]).toEqual([[], []]);
  });

  test("whose program has no method for it any more is told nothing: the news is a dead letter", async () => {
    const { node, clock, keeper, types } = await startWatching();
    keeper.tell.watch(plainP);
    await clock.settle();
    const Keeper = actor("keeper", { ...common, durable: true }).read("lost", { in: News }, () => undefined);
    const again = await node.restart({ types: [Keeper, ...types.filter(({ name }) => name !== "keeper")] });
    await again.clock.settle();
    expect([await again.store.watches(), again.letters]).toEqual([[], ["keeper/k.lost: actor.unknown_method"]]);
  });

  test("is told after a restart of whom was destroyed before, though the process ended in between", async () => {
    const { node, clock, lines, keeper, stored } = await startWatching();
    stored.tell.touch();
    keeper.tell.watch(storedS);
    await clock.settle();
    failing.times = 2;
    stored.tell.destroy();
    await clock.settle();
    const again = await node.restart();
    await again.clock.settle();
    expect(lines).toEqual(["k: stored/s restarted"]);
  });

  test("is told once, also over restarts", async () => {
    const { node, clock, lines, keeper } = await startWatching();
    keeper.tell.watch(plainP);
    await clock.settle();
    const again = await node.restart();
    await again.clock.settle();
    const third = await again.restart();
    await third.clock.settle();
    expect(lines).toEqual(["k: plain/p restarted"]);
  });

  test("is not told after a restart of whom it does not watch any more", async () => {
    const { node, clock, lines, keeper } = await startWatching();
    keeper.tell.watch(plainP);
    keeper.tell.unwatch(plainP);
    await clock.settle();
    const again = await node.restart();
    await again.clock.settle();
    expect(lines).toEqual([]);
  });

  test.each(["stop", "quarantine"])("goes on watching after its own end: %s", async (end) => {
    const { node, clock, lines, keeper, plain } = await startWatching();
    keeper.tell.watch(plainP);
    await clock.settle();
    if (end === "stop") keeper.tell.stop();
    else node.operations.quarantine("keeper", "k", "by hand");
    await clock.settle();
    await node.operations.release("keeper", "k");
    plain.tell.stop();
    await clock.settle();
    expect(lines).toEqual(["k: plain/p stopped"]);
  });

  test("watches nobody any more when it was destroyed", async () => {
    const { node, clock, lines, keeper, plain } = await startWatching();
    keeper.tell.watch(plainP);
    keeper.tell.destroy();
    await clock.settle();
    plain.tell.stop();
    await clock.settle();
    expect([lines, await node.store.watches()]).toEqual([[], []]);
  });

  test("goes on watching whom it watches again when it is told", async () => {
    const { node, clock, refs, lines, keeper, stored } = await startWatching();
    keeper.tell.watch(storedS);
    keeper.tell.watchAgain();
    stored.tell.touch();
    await clock.settle();
    stored.tell.stop();
    await clock.settle();
    const again = await node.restart();
    refs(again).stored.tell.stop();
    await again.clock.settle();
    expect(lines).toEqual(["k: stored/s stopped", "k: stored/s stopped"]);
  });

  test("watches nobody new by a turn that crashed", async () => {
    const { clock, lines, keeper, stored } = await startWatching();
    keeper.tell.watchAndCrash(storedS);
    await clock.settle();
    stored.tell.stop();
    await clock.advance(1_000);
    expect(lines).toEqual([]);
  });

  test("goes on watching after a turn that would have ended it crashed", async () => {
    const { clock, lines, keeper, stored } = await startWatching();
    keeper.tell.watch(storedS);
    keeper.tell.unwatchAndCrash(storedS);
    await clock.settle();
    stored.tell.stop();
    await clock.advance(1_000);
    expect(lines).toEqual(["k: stored/s stopped"]);
  });
});
