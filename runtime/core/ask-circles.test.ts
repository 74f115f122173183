// What an ask comes to that would wait for whoever waits for it: it fails at once and names the way round.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { type Outcome, watch } from "../testing/outcome.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import type { ReadContext } from "./context.ts";
import { actor, type ActorOptions, type ActorType } from "./definition.ts";
import type { Addressable } from "./shape.ts";
import { startNode } from "./test-node.ts";
import { topic } from "./topic.ts";

type Way = readonly string[];
interface Ask {
  readonly in: Way;
  readonly out: string;
}

/** Any desk, before there is a type of them. */
const AnyDesk = { name: "desk" } as Addressable<{ relay: Ask; look: Ask; lookLater: Ask }>;
const Names = t.Array(t.String());

/** Asks the desk that comes first on the way, by that desk's method ("b.look"), for the rest of it. */
function goOn(self: ReadContext<unknown>, [next, ...rest]: Way): Promise<string> | string {
  if (next === undefined) return "arrived";
  const [key = "", method] = next.split(".");
  return self.ref(AnyDesk, key)[method as "relay"](rest);
}

async function goOnLater(self: ReadContext<unknown>, way: Way): Promise<string> {
  await self.sleep(10);
  return goOn(self, way);
}

const withMethods = <Durable extends boolean>(type: ActorType<{ count: number }, object, never, never, Durable>) =>
  type
    .on("relay", { in: Names, out: t.String() }, goOn as never)
    .on("relayLater", { in: Names, out: t.String() }, goOnLater as never)
    .read("look", { in: Names, out: t.String() }, goOn as never)
    .read("lookLater", { in: Names, out: t.String() }, goOnLater as never);

const options: ActorOptions<{ count: number }> = { state: () => ({ count: 0 }) };
const Desk = withMethods(actor("desk", options))
  .on("relayAll", { in: Names, out: Names }, (self, ways) =>
    Promise.all(ways.map(async (way) => goOn(self, way.split(" ")))),
  )
  .on("lookTwice", { in: Names, out: t.String() }, async (self, [key = ""]) => {
    const desk = self.ref(AnyDesk, key);
    const [first] = await Promise.all([desk.look([]), desk.look([])]);
    return first as string;
  })
  .on("tellAndLook", { in: Names, out: t.String() }, (self, [key = ""]) => {
    const desk = self.ref(AnyDesk, key);
    desk.tell.relay([]);
    return desk.look([]);
  });

function office() {
  const stepped = new SteppedSystem([Desk]);
  const desk = (key: string) => stepped.system.ref(Desk, key);
  return { stepped, clock: stepped.clock, desk };
}

function innermost(outcome: Outcome<unknown>): unknown {
  let error = outcome.kind === "failed" ? outcome.error : undefined;
  while (error instanceof Error && error.cause !== undefined) error = error.cause;
  return error;
}

const rumours = topic("rumours", t.String());

/** A club whose porter, asked by it, makes it stop, hear news or a rumour, and in the same step looks at it. */
async function club() {
  const AnyClub = { name: "club" } as Addressable<{ look: { in: undefined; out: string } }>;
  const stop = { now: (): unknown => undefined };
  const Guest = actor("guest", { state: () => ({}) })
    .on("leave", {}, (self) => self.stop())
    .on("close", {}, () => void stop.now());
  const Porter = actor("porter", { state: () => ({}) }).on(
    "look",
    { in: t.String(), out: t.String() },
    async (self, what) => {
      await self.sleep(10);
      if (what === "news") self.ref(Guest, "g").tell.leave();
      if (what === "stop") self.ref(Guest, "g").tell.close();
      if (what === "publish") self.publish(rumours("club"), "closed");
      return self.ref(AnyClub, "a").look();
    },
  );
  const Club = actor("club", { state: () => ({}) })
    .on("open", {}, (self) => {
      self.watch(self.ref(Guest, "g"), "hear");
      self.subscribe(rumours("club"), "hear");
    })
    .on("hear", { in: t.Unknown() }, () => undefined)
    .read("look", { out: t.String() }, () => "looked")
    .read("ask", { in: t.String(), out: t.String() }, (self, what) => self.ref(Porter, "p").look(what));
  const node = await startNode([Club, Porter, Guest]);
  stop.now = () => node.operations.stop("club", "a");
  const ref = node.ref(Club, "a");
  await node.answer(ref.open());
  return { node, ask: (what: string) => ref.ask(what) };
}

/** The way round that it failed with. */
function circle(outcome: Outcome<unknown>): string {
  const { message = "" } = (innermost(outcome) ?? {}) as Partial<Error>;
  return /: it waits for the asker: (.*)$/.exec(message)?.[1] ?? "no circle";
}

describe("an ask that closes a circle", () => {
  test("fails at once and names the path", async () => {
    const AnyRoom = { name: "room" } as Addressable<{ members: { in: undefined; out: string[] } }>;
    const Session = actor("session", { state: () => ({}) }).on("push", { out: Names }, (self) =>
      self.ref(AnyRoom, "lobby").members(),
    );
    const Room = actor("room", { state: () => ({ members: ["ada"] }) })
      .on("members", { out: Names }, ({ state }) => state.members)
      .on("post", { out: Names }, (self) => self.ref(Session, "ada").push());
    const stepped = new SteppedSystem([Room, Session]);
    const outcome = await stepped.outcome(stepped.system.ref(Room, "lobby").post());
    expect(circle(outcome)).toBe("room/lobby.post → session/ada.push → room/lobby.members");
  });

  test("has a code of its own, and was never run", async () => {
    const { stepped, desk } = office();
    const outcome = await stepped.outcome(desk("a").relay(["b.relay", "a.relay"]));
    expect(innermost(outcome)).toMatchObject({ code: "actor.cycle", stood: "queued" });
  });

  test("is counted at the actor that could not be asked", async () => {
    const { stepped, desk } = office();
    await stepped.outcome(desk("a").relay(["b.relay", "a.relay"]));
    expect(stepped.system.hosts[0]?.stats.rejected.get("actor.cycle")).toBe(1);
  });

  test("is found when an actor asks itself", async () => {
    const { stepped, desk } = office();
    expect(circle(await stepped.outcome(desk("a").relay(["a.relay"])))).toBe("desk/a.relay → desk/a.relay");
  });

  test("is found however long the way is", async () => {
    const { stepped, desk } = office();
    const stations = Array.from({ length: 20 }, (_, index) => `${index}.relay`);
    const outcome = await stepped.outcome(desk("a").relay([...stations, "a.look"]));
    expect(circle(outcome)).toBe(`desk/a.relay → ${stations.map((name) => `desk/${name}`).join(" → ")} → desk/a.look`);
  });

  test("is found when it closes only after a while", async () => {
    const { clock, desk } = office();
    const answer = watch(desk("a").relay(["b.relayLater", "c.relayLater", "a.relay"]));
    await clock.advance(25);
    expect(circle(answer.outcome)).toBe("desk/a.relay → desk/b.relayLater → desk/c.relayLater → desk/a.relay");
  });

  test("is found among asks that are sent in parallel", async () => {
    const { stepped, desk } = office();
    const outcome = await stepped.outcome(desk("a").relayAll(["b.relay", "c.relay a.relay", "d.relay"]));
    expect(circle(outcome)).toBe("desk/a.relayAll → desk/c.relay → desk/a.relay");
  });

  test("is found through a read", async () => {
    const { stepped, desk } = office();
    const outcome = await stepped.outcome(desk("a").relay(["b.look", "a.look"]));
    expect(circle(outcome)).toBe("desk/a.relay → desk/b.look → desk/a.look");
  });

  test("is found where a read would wait for a write of its own actor", async () => {
    const { stepped, desk } = office();
    const outcome = await stepped.outcome(desk("a").look(["b.relay", "a.relay"]));
    expect(circle(outcome)).toBe("desk/a.look → desk/b.relay → desk/a.relay");
  });

  test("is found through one of several reads that run side by side", async () => {
    const { clock, desk } = office();
    desk("b").tell.lookLater([]);
    const answer = watch(desk("a").relay(["b.lookLater", "a.relay"]));
    desk("b").tell.lookLater([]);
    await clock.advance(15);
    expect(circle(answer.outcome)).toBe("desk/a.relay → desk/b.lookLater → desk/a.relay");
  });

  test("fails only one of two actors that ask each other, each by itself", async () => {
    const { clock, desk } = office();
    const first = watch(desk("a").relayLater(["b.relay"]));
    const second = watch(desk("b").relayLater(["a.relay"]));
    await clock.advance(11);
    expect(first.outcome).toEqual({ kind: "answered", value: "arrived" });
    expect(circle(second.outcome)).toBe("desk/a.relayLater → desk/b.relayLater → desk/a.relay");
  });

  test("is found among durable actors, whose asks wait for their commits", async () => {
    const Durable = withMethods(actor("desk", { ...options, durable: true })).on(
      "change",
      { in: Names, out: t.String() },
      (self, way) => {
        self.state.count++;
        return goOn(self, way);
      },
    );
    const node = await startNode([Durable]);
    const outcome = await node.outcome(node.ref(Durable, "a").change(["b.change", "a.relay"]));
    expect(circle(outcome)).toBe("desk/a.change → desk/b.change → desk/a.relay");
  });
});

describe("an ask that closes no circle", () => {
  test("may go to an actor that asked the same one before, and has its answer", async () => {
    const { stepped, desk } = office();
    await stepped.outcome(desk("b").relay(["a.relay"]));
    expect(await stepped.outcome(desk("a").relay(["b.relay"]))).toEqual({ kind: "answered", value: "arrived" });
  });

  test("may go to an actor that others wait for", async () => {
    const { clock, desk } = office();
    const answers = [desk("a").relay(["c.relayLater"]), desk("b").relay(["c.relayLater"])].map(watch);
    await clock.advance(25);
    expect(answers.map(({ outcome }) => outcome.kind)).toEqual(["answered", "answered"]);
  });

  test("may wait for a read that ends by itself, though another read beside that waits for the asker", async () => {
    const { clock, desk } = office();
    const first = watch(desk("b").relay(["a.lookLater"]));
    const second = watch(desk("a").look(["b.relay"]));
    await clock.advance(11);
    for (const { outcome } of [first, second]) expect(outcome).toEqual({ kind: "answered", value: "arrived" });
  });

  test("may be left alone by a handler, also where it fails", async () => {
    const Fuse = actor("fuse", { state: () => ({}) }).on("blow", {}, () => {
      throw new Error("broke");
    });
    const Owner = actor("owner", { state: () => ({}) }).on("blow", { out: t.String() }, async (self) => {
      const [first, second] = [self.ref(Fuse, "a").blow(), self.ref(Fuse, "b").blow()];
      await first.catch(() => second);
      return "left alone";
    });
    const stepped = new SteppedSystem([Fuse, Owner]);
    const outcome = await stepped.outcome(stepped.system.ref(Owner, "o").blow());
    expect(outcome).toMatchObject({ kind: "failed", code: "actor.crashed" });
  });

  test("is never a tell, which waits for nobody", async () => {
    const told: string[] = [];
    const AnyRing = { name: "ring" } as Addressable<{ pass: { in: number; out: void } }>;
    const Ring = actor("ring", { state: () => ({}) }).on("pass", { in: t.Integer() }, (self, times) => {
      told.push(self.key);
      if (times > 0) self.ref(AnyRing, self.key === "a" ? "b" : "a").tell.pass(times - 1);
    });
    const stepped = new SteppedSystem([Ring]);
    stepped.system.ref(Ring, "a").tell.pass(3);
    await stepped.clock.settle();
    expect(told).toEqual(["a", "b", "a", "b"]);
  });
});

describe("a read that leads to another read of its own actor", () => {
  test("shares the actor with it", async () => {
    const { stepped, desk } = office();
    expect(await stepped.outcome(desk("a").look(["a.look"]))).toEqual({ kind: "answered", value: "arrived" });
  });

  test("shares the actor with several that are asked side by side", async () => {
    const { stepped, desk } = office();
    const both = await stepped.outcome(desk("a").look(["b.lookTwice", "a"]));
    expect(both).toEqual({ kind: "answered", value: "arrived" });
  });

  test("is a circle where as many reads run as may be, and all wait for the asker", async () => {
    const { clock, desk } = office();
    const reads = Array.from({ length: limits.sharedReadsMax }, () => watch(desk("a").lookLater(["b.relay"])));
    await clock.settle();
    const asked = watch(desk("b").relay(["a.look"]));
    await clock.advance(1_000);
    expect([asked, ...reads].filter(({ outcome }) => outcome.kind === "pending")).toEqual([]);
    expect(circle((reads[0] as (typeof reads)[0]).outcome)).toBe("desk/b.relay → desk/a.lookLater → desk/b.relay");
  });

  test("shares the actor with it though another stands between them", async () => {
    const { stepped, desk } = office();
    expect(await stepped.outcome(desk("a").look(["b.relay", "a.look"]))).toEqual({
      kind: "answered",
      value: "arrived",
    });
  });

  test("lets it go before a write that waits, which would wait for both", async () => {
    const { clock, desk } = office();
    const answer = watch(desk("a").lookLater(["b.relay", "a.look"]));
    const write = watch(desk("a").relay([]));
    await clock.advance(11);
    expect([answer.outcome, write.outcome].map(({ kind }) => kind)).toEqual(["answered", "answered"]);
  });

  test("is a circle where the actor is about to stop: no turn begins before", async () => {
    const { stepped, clock, desk } = office();
    const answer = watch(desk("a").lookLater(["b.relay", "a.look"]));
    await clock.settle();
    stepped.system.address("desk", "a").cell?.requestStop("operator");
    await clock.advance(11);
    expect(circle(answer.outcome)).toBe("desk/a.lookLater → desk/b.relay → desk/a.look");
  });

  test.each(["stop", "news"])(
    "has its place when it is let in: nothing comes before it any more (%s)",
    async (what) => {
      const { node, ask } = await club();
      const answer = watch(ask(what));
      await node.clock.advance(11);
      expect(answer.outcome).toEqual({ kind: "answered", value: "looked" });
    },
  );

  test("does not let it go before what its sender has published: that is a circle", async () => {
    const { node, ask } = await club();
    const answer = watch(ask("publish"));
    await node.clock.advance(11);
    expect(circle(answer.outcome)).toBe("club/a.ask → porter/p.look → club/a.look");
  });

  test("does not let it go before what its sender sent earlier: that is a circle", async () => {
    const { clock, desk } = office();
    const answer = watch(desk("a").lookLater(["b.tellAndLook", "a"]));
    await clock.advance(11);
    expect(circle(answer.outcome)).toBe("desk/a.lookLater → desk/b.tellAndLook → desk/a.look");
  });
});
