// Volatile timers as actors use them: each is a message, at its time, and all are forgotten with the activation.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import type { TimerOptions } from "./context.ts";
import { actor } from "./definition.ts";

const Options = t.Object({ name: t.String(), options: t.Unsafe<Omit<TimerOptions, "send">>(t.Object({})) });

/** An actor that writes down when which of its timers rang, in milliseconds since the start. */
function ringing(options: { readonly hibernateAfterMs?: number; readonly capacity?: number } = {}) {
  const rang: string[] = [];
  const startedMs = 1_000;
  const { hibernateAfterMs = 60_000, capacity = 100 } = options;
  const Ringing = actor("ringing", { state: () => ({ rings: 0 }), hibernateAfterMs, mailbox: { capacity } })
    .on("set", { in: Options }, (self, { name, options: times }) =>
      self.timer(name, { ...times, send: "ring", input: name }),
    )
    .on("cancel", { in: t.String() }, (self, name) => self.cancelTimer(name))
    .on("ring", { in: t.String() }, (self, name) => {
      self.state.rings++;
      rang.push(`${name} at ${self.monotonicMs() - startedMs}`);
    })
    .on("busy", { in: t.Number() }, (self, delayMs) => self.sleep(delayMs))
    .on("fail", {}, () => {
      throw new Error("broken");
    })
    .on("stop", {}, (self) => self.stop())
    .on("setMany", { in: t.Integer() }, (self, count) => {
      for (let index = 0; index < count; index++) self.timer(`t${index}`, { afterMs: 10, send: "ring", input: "one" });
    });
  const stepped = new SteppedSystem([Ringing]);
  const ref = stepped.system.ref(Ringing, "r");
  const resident = (): boolean => stepped.resident(Ringing).length > 0;
  const [host] = stepped.system.hosts;
  const { stats } = host as NonNullable<typeof host>;
  return { stepped, clock: stepped.clock, Ringing, rang, ref, tell: ref.tell, resident, stats };
}

describe("a message of a timer that waits when the timer ends", () => {
  test.each(["stop", "fail", "cancel"] as const)("is not handled any more (%s)", async (method) => {
    const { clock, rang, tell, resident } = ringing();
    tell.set({ name: "tick", options: { everyMs: 10 } });
    tell.set({ name: "tea", options: { afterMs: 15 } });
    tell.busy(25);
    if (method === "cancel") {
      tell.cancel("tick");
      tell.cancel("tea");
    } else tell[method]();
    await clock.advance(1_000);
    expect(rang).toEqual([]);
    if (method === "stop") expect(resident()).toBe(false);
  });

  test("is not handled either where another of its name was set", async () => {
    const { clock, rang, tell } = ringing();
    tell.set({ name: "tea", options: { afterMs: 10 } });
    tell.busy(25);
    await clock.advance(5);
    tell.set({ name: "tea", options: { afterMs: 50 } });
    await clock.advance(1_000);
    expect(rang).toEqual(["tea at 75"]);
  });
});

describe("a timer", () => {
  test("sends its message once, after its time", async () => {
    const { clock, rang, tell } = ringing();
    tell.set({ name: "tea", options: { afterMs: 50 } });
    await clock.advance(49);
    expect(rang).toEqual([]);
    await clock.advance(1_000);
    expect(rang).toEqual(["tea at 50"]);
  });

  test("sends it again and again where it was told to", async () => {
    const { clock, rang, tell } = ringing();
    tell.set({ name: "tick", options: { everyMs: 20 } });
    await clock.advance(70);
    expect(rang).toEqual(["tick at 20", "tick at 40", "tick at 60"]);
  });

  test("replaces one of the same name", async () => {
    const { clock, rang, tell } = ringing();
    tell.set({ name: "tea", options: { everyMs: 10 } });
    tell.set({ name: "tea", options: { afterMs: 50 } });
    await clock.advance(200);
    expect(rang).toEqual(["tea at 50"]);
  });

  test("rings no more when it was cancelled", async () => {
    const { clock, rang, tell } = ringing();
    tell.set({ name: "tick", options: { everyMs: 20 } });
    await clock.advance(30);
    tell.cancel("tick");
    tell.cancel("never set");
    await clock.advance(200);
    expect(rang).toEqual(["tick at 20"]);
  });

  test("never overlaps a turn: what rings meanwhile waits", async () => {
    const { clock, rang, tell } = ringing();
    tell.set({ name: "tea", options: { afterMs: 10 } });
    tell.busy(100);
    await clock.advance(99);
    expect(rang).toEqual([]);
    await clock.advance(2);
    expect(rang).toEqual(["tea at 100"]);
  });

  test("is not set for a method that its type has not", async () => {
    const Lost = actor("lost", { state: () => ({}) }).on("set", {}, (self) =>
      self.timer("tea", { afterMs: 1, send: "rung" }),
    );
    const stepped = new SteppedSystem([Lost]);
    expect(await stepped.outcome(stepped.system.ref(Lost, "l").set())).toMatchObject({
      code: "actor.crashed",
      error: { cause: { code: "actor.unknown_method" } },
    });
  });
});

describe("a timer that comes again and again", () => {
  test("has at most one message waiting: a long turn is followed by one tick, and the others are counted", async () => {
    const { stepped, clock, stats, rang, tell } = ringing();
    tell.set({ name: "tick", options: { everyMs: 10 } });
    await clock.settle();
    tell.busy(95);
    await clock.advance(100);
    expect(rang).toEqual(["tick at 95", "tick at 100"]);
    expect([stats.missedTicks, stepped.deadLetters]).toEqual([8, []]);
  });

  test("pushes nothing out and fills no mailbox, however long the turn is", async () => {
    const { stepped, clock, rang, ref, tell } = ringing({ capacity: 2 });
    tell.set({ name: "tick", options: { everyMs: 1 } });
    await clock.settle();
    tell.busy(5_000);
    await clock.advance(2_500);
    expect(ref.tell.cancel("tick")).toEqual({ accepted: true });
    await clock.advance(2_501);
    expect([rang, stepped.deadLetters]).toEqual([["tick at 5000"], []]);
  });

  test("has a message waiting beside that of another timer", async () => {
    const { clock, stats, rang, tell } = ringing();
    tell.set({ name: "tick", options: { everyMs: 10 } });
    tell.set({ name: "tock", options: { everyMs: 20 } });
    await clock.settle();
    tell.busy(35);
    await clock.advance(36);
    expect([rang, stats.missedTicks]).toEqual([["tick at 35", "tock at 35"], 2]);
  });

  test("leaves out a tick that finds the mailbox full, which is counted and no dead letter", async () => {
    const { stepped, clock, stats, rang, tell } = ringing({ capacity: 1 });
    tell.set({ name: "tick", options: { everyMs: 10 } });
    await clock.settle();
    tell.busy(35);
    await clock.settle();
    tell.cancel("none");
    await clock.advance(60);
    expect(rang).toEqual(["tick at 40", "tick at 50", "tick at 60"]);
    expect([stats.rejected.get("actor.mailbox_full"), stats.missedTicks, stepped.deadLetters]).toEqual([3, 0, []]);
  });
});

describe("a timer that fires once", () => {
  test("and finds the mailbox full leaves a dead letter: no other tick follows", async () => {
    const { stepped, clock, rang, tell } = ringing({ capacity: 1 });
    tell.set({ name: "tea", options: { afterMs: 10 } });
    await clock.settle();
    tell.busy(35);
    await clock.settle();
    tell.cancel("none");
    await clock.advance(1_000);
    expect([rang, stepped.deadLetters]).toEqual([[], ["ringing/r.ring: actor.mailbox_full"]]);
  });
});

describe("the timers of one actor", () => {
  test("are as many as their limit and not one more", async () => {
    const { stepped, ref } = ringing();
    expect(await stepped.outcome(ref.setMany(limits.timersPerActorMax))).toMatchObject({ kind: "answered" });
    expect(await stepped.outcome(ref.setMany(limits.timersPerActorMax + 1))).toMatchObject({
      error: { cause: { code: "actor.limit_reached" } },
    });
  });

  test("keep it from hibernating, and let it when the last has rung", async () => {
    const { clock, rang, resident, tell } = ringing({ hibernateAfterMs: 100 });
    tell.set({ name: "late", options: { afterMs: 5_000 } });
    await clock.advance(4_999);
    expect(resident()).toBe(true);
    await clock.advance(50);
    expect([rang, resident()]).toEqual([["late at 5000"], true]);
    await clock.advance(100);
    expect(resident()).toBe(false);
  });

  test("keep it from hibernating also where it would at once", async () => {
    const { clock, rang, resident, tell } = ringing({ hibernateAfterMs: 0 });
    tell.set({ name: "late", options: { afterMs: 5_000 } });
    await clock.advance(4_999);
    expect([rang, resident()]).toEqual([[], true]);
    await clock.advance(10);
    expect([rang, resident()]).toEqual([["late at 5000"], false]);
  });

  test("let it hibernate when they were cancelled", async () => {
    const { clock, resident, tell } = ringing({ hibernateAfterMs: 100 });
    tell.set({ name: "late", options: { afterMs: 5_000 } });
    await clock.advance(1_000);
    tell.cancel("late");
    await clock.advance(102);
    expect(resident()).toBe(false);
  });

  test("do not keep others of its type from hibernating", async () => {
    const { stepped, clock, Ringing, tell } = ringing({ hibernateAfterMs: 100 });
    tell.set({ name: "late", options: { afterMs: 5_000 } });
    stepped.system.ref(Ringing, "other").tell.cancel("none");
    await clock.advance(150);
    expect(stepped.resident(Ringing)).toEqual(["r"]);
  });

  test.each(["fail", "stop"] as const)("are forgotten with the activation (%s)", async (end) => {
    const { stepped, clock, rang, tell } = ringing();
    tell.set({ name: "tick", options: { everyMs: 20 } });
    tell[end]();
    await clock.advance(200);
    expect(rang).toEqual([]);
    expect(stepped.system.wheel.count).toBeLessThanOrEqual(1);
  });
});
