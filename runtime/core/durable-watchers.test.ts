// Watches of durable actors: they are stored with what their turns change, and outlive the process.
import { describe, expect, test } from "bun:test";

import { systemClock } from "../base/clock.ts";
import { MemoryDisk, openMemoryStore } from "../storage/memory-store.ts";
import { actor } from "./definition.ts";
import { ActorSystem } from "./system.ts";
import { common, failing, News, Plain, plainP, startWatching, storedS } from "./test-watching.ts";

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

  test("that is shut is told at the first start after its release", async () => {
    const { node, clock, lines, keeper } = await startWatching();
    keeper.tell.watch(plainP);
    await clock.settle();
    node.operations.quarantine("keeper", "k", "by hand");
    await clock.settle();
    let again = node;
    for (let start = 0; start < 3; start++) {
      again = await again.restart();
      await again.clock.settle();
      expect(again.letters).toEqual([]);
    }
    await again.operations.release("keeper", "k");
    await again.clock.settle();
    again = await again.restart();
    await again.clock.settle();
    expect(lines).toEqual(["k: plain/p restarted"]);
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

  test("is told of whom was gone before its watch was stored, once", async () => {
    const { node, clock, lines, keeper, plain } = await startWatching();
    plain.tell.touch();
    node.store.hold();
    keeper.tell.watch(plainP);
    keeper.tell.watch(plainP);
    await clock.settle();
    plain.tell.stop();
    await clock.settle();
    node.store.letGo();
    await clock.settle();
    expect([lines, await node.store.watches()]).toEqual([["k: plain/p stopped"], []]);
  });

  test("is told of the second end too, where both watches wait for their commit", async () => {
    const { node, clock, lines, keeper, plain } = await startWatching();
    keeper.tell.watch(plainP);
    await clock.settle();
    node.store.hold();
    for (let time = 0; time < 2; time++) {
      keeper.tell.watch(plainP);
      plain.tell.touch();
      await clock.settle();
      plain.tell.stop();
      await clock.settle();
    }
    node.store.letGo();
    await clock.settle();
    expect(lines).toEqual(["k: plain/p stopped", "k: plain/p stopped"]);
  });

  test("goes on watching, also over a restart, where it watched again before the news had its turn", async () => {
    const { node, clock, lines, keeper, plain } = await startWatching();
    keeper.tell.watch(plainP);
    plain.tell.touch();
    await clock.settle();
    keeper.tell.watchLater(10);
    await clock.settle();
    plain.tell.stop();
    await clock.advance(11);
    expect([lines, await node.store.watches()]).toMatchObject([["k: plain/p stopped"], [{ watchedKey: "p" }]]);
    const again = await node.restart();
    await again.clock.settle();
    expect(lines).toEqual(["k: plain/p stopped", "k: plain/p restarted"]);
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

test("the first turns after a restart end nobody whose watchers are not there yet", async () => {
  const told: string[] = [];
  const Doc = actor("doc", { ...common, durable: true })
    .on("write", {}, ({ state }) => void state.count++)
    .on("end", {}, (self) => self.stop());
  const Early = actor("early", { ...common, durable: true })
    .on("begin", {}, (self) => self.watch({ type: "plain", key: "p" }, "lost"))
    .on("lost", { in: News }, (self) => void self.ref(Doc, "last").tell.end());
  const Late = actor("late", { ...common, durable: true })
    .on("begin", {}, (self) => self.watch({ type: "doc", key: self.key }, "lost"))
    .on("lost", { in: News }, (self) => void told.push(self.key));
  const disk = new MemoryDisk();
  const start = async () => {
    const options = { clock: systemClock, types: [Doc, Early, Late, Plain], store: openMemoryStore(disk) };
    const system = new ActorSystem({ ...options, development: false });
    await system.start();
    return system;
  };
  const before = await start();
  for (const key of [...Array.from({ length: 50 }, (_, index) => `${index}`), "last"]) {
    await before.ref(Doc, key).write();
    await before.ref(Late, key).begin();
  }
  await before.ref(Early, "e").begin();
  await before.drain();
  const after = await start();
  await after.drain();
  expect(told).toEqual(["last"]);
});
