// Watches: whoever is gone for good is told of once to each who watches it; sleeping and crashing is not gone.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { failing, Plain, plainP, startWatching, Stored, storedS } from "./test-watching.ts";

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
