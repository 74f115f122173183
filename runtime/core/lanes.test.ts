// The two lanes of an actor: what the runtime has to say goes before what others ask of it, each in its own order.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import { watch } from "../testing/outcome.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import { actor, session } from "./definition.ts";
import type { RuntimeError } from "./errors.ts";
import type { Addressable } from "./shape.ts";

/** A room that watches the sessions it is told of, and writes down what it handles. */
function room(capacity = 1_024) {
  const lines: string[] = [];
  const Player = session("player", { state: () => ({}), message: () => undefined });
  const AnyRoom = { name: "room" } as Addressable<{ look: { in: undefined; out: string } }>;
  const Helper = actor("helper", { state: () => ({}) }).on("look", { out: t.String() }, (self) =>
    self
      .ref(AnyRoom, "lobby")
      .look()
      .catch((error: RuntimeError) => error.code),
  );
  const Room = actor("room", { state: () => ({}), mailbox: { capacity } })
    .on("left", { in: t.Object({ key: t.String() }) }, (_, { key }) => void lines.push(`left ${key}`))
    .on("join", { in: t.String() }, (self, key) => self.watch({ type: "player", key }, "left"))
    .on("wait", { in: t.Number() }, async (self, delayMs) => {
      lines.push("wait");
      await self.sleep(delayMs);
    })
    .read("lookLater", { out: t.String() }, async (self) => {
      await self.sleep(10);
      return self.ref(Helper, "h").look();
    })
    .read("look", { out: t.String() }, () => "looked")
    .on("say", { in: t.String() }, (_, text) => void lines.push(text));
  const stepped = new SteppedSystem([Room, Player, Helper]);
  const players = ["1", "2", "3"].map((id) => new ConnectionStandIn(stepped.system, Player, id));
  const ref = stepped.system.ref(Room, "lobby");
  const join = async (): Promise<void> => {
    for (const { id } of players) ref.tell.join(id);
    await stepped.clock.settle();
  };
  return { clock: stepped.clock, lines, ref, players, join };
}

describe("the control lane", () => {
  test("goes before the calls that wait, in its own order", async () => {
    const { clock, lines, ref, players, join } = room();
    await join();
    for (const call of [() => ref.tell.wait(10), () => ref.tell.say("a"), () => ref.tell.say("b")]) call();
    await clock.settle();
    for (const id of ["2", "3", "1"]) players.find((player) => player.id === id)?.end("disconnect");
    await clock.advance(11);
    expect(lines).toEqual(["wait", "left 2", "left 3", "left 1", "a", "b"]);
  });

  test("waits for the turn that is running", async () => {
    const { clock, lines, ref, players, join } = room();
    await join();
    ref.tell.wait(10);
    await clock.settle();
    players[0]?.end("disconnect");
    await clock.advance(9);
    expect(lines).toEqual(["wait"]);
  });

  test("is not overtaken by a read that leads to another: that would wait for it in a circle", async () => {
    const { clock, lines, ref, players, join } = room();
    await join();
    const answer = watch(ref.lookLater());
    await clock.settle();
    players[0]?.end("disconnect");
    await clock.advance(11);
    expect([answer.outcome, lines]).toEqual([{ kind: "answered", value: "actor.cycle" }, ["left 1"]]);
  });

  test("is open though the mailbox is full", async () => {
    const { clock, lines, ref, players, join } = room(3);
    await join();
    ref.tell.wait(10);
    await clock.settle();
    expect(["a", "b", "c", "d"].map((text) => ref.tell.say(text).accepted)).toEqual([true, true, true, false]);
    players[0]?.end("disconnect");
    await clock.advance(11);
    expect(lines).toEqual(["wait", "left 1", "a", "b", "c"]);
  });
});
