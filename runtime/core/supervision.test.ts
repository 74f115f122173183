// Refusals and crashes: who is told, what it costs the actor, how long it rests, and that nobody else notices.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { watch } from "../testing/outcome.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import { actor } from "./definition.ts";
import { FailureRecord, textOf } from "./supervision.ts";

/** Fails in whatever way it is told to, after having changed its state. */
const failures: Readonly<Record<string, () => unknown>> = {
  error: () => new Error("out of ink"),
  string: () => "only text",
  undefined: () => undefined,
  null: () => null,
  number: () => 42,
  symbol: () => Symbol("sign"),
  "object without a prototype": () => Object.create(null),
  "object that cannot be text": () => ({
    toString() {
      throw new Error("no text");
    },
  }),
  "error without a readable message": () =>
    Object.defineProperty(new Error(), "message", {
      get() {
        throw new Error("no message");
      },
    }),
};

const Single = actor("fragile", { state: () => ({ count: 0 }) })
  .on("add", { out: t.Integer() }, ({ state }) => ++state.count)
  .on("fail", { in: t.String() }, ({ state }, how) => {
    state.count = 100;
    throw failures[how]?.();
  })
  .on("failLater", { in: t.String() }, async (self, how) => {
    self.state.count = 100;
    await self.sleep(10);
    throw failures[how]?.();
  })
  .on("refuse", {}, (self) => {
    self.state.count += 10;
    throw self.refuse("fragile.not_today", "Come back tomorrow");
  })
  .on("refuseLater", {}, async (self) => {
    await self.sleep(10);
    throw self.refuse("fragile.not_today");
  })
  .on("wait", {}, (self) => self.sleep(1_000));

const Fragile = Single.on("askToRefuse", { in: t.String() }, (self, key) => self.ref(Single, key).refuse())
  .on("askToFail", { in: t.String() }, (self, key) => self.ref(Single, key).fail("error"))
  .on("giveUpOnAnother", {}, async (self) => {
    self.state.count = 100;
    await self.ref(Single, "other").wait(undefined, { signal: AbortSignal.abort() });
  });

function fragile() {
  const stepped = new SteppedSystem([Fragile]);
  return { stepped, clock: stepped.clock, ref: stepped.system.ref(Fragile, "a") };
}

/** An actor whose state fails to be made so many times. */
function hopeless(failing: { times: number }) {
  const type = actor("hopeless", {
    state: () => {
      if (failing.times-- > 0) throw new Error("no paper");
      return {};
    },
  }).on("touch", { out: t.String() }, () => "touched");
  const stepped = new SteppedSystem([type]);
  return { stepped, ref: stepped.system.ref(type, "a") };
}

describe("a refusal", () => {
  test("comes to the asker with its code and message", async () => {
    const { stepped, ref } = fragile();
    const outcome = await stepped.outcome(ref.refuse());
    expect(outcome).toMatchObject({
      name: "Refusal",
      code: "fragile.not_today",
      error: { message: "Come back tomorrow" },
    });
  });

  test("comes to the asker of an async handler too", async () => {
    const { clock, ref } = fragile();
    const answer = watch(ref.refuseLater());
    await clock.advance(11);
    expect(answer.outcome).toMatchObject({ name: "Refusal", code: "fragile.not_today" });
  });

  test("leaves the actor as it is", async () => {
    const { stepped, ref } = fragile();
    await stepped.outcome(ref.refuse());
    expect(await stepped.outcome(ref.add())).toEqual({ kind: "answered", value: 11 });
  });

  test("is counted as no crash", async () => {
    const { stepped, ref } = fragile();
    await stepped.outcome(ref.refuse());
    expect(stepped.system.hosts[0]?.stats.crashes).toBe(0);
    expect(stepped.system.hosts[0]?.stats.refusals.get("fragile.not_today")).toBe(1);
  });

  test("passes through an actor that asked and did not catch it", async () => {
    const { stepped, ref } = fragile();
    expect(await stepped.outcome(ref.askToRefuse("b"))).toMatchObject({ name: "Refusal", code: "fragile.not_today" });
  });
});

describe.each(Object.keys(failures))("a crash by %s", (how) => {
  test("comes to the asker as actor.crashed with its cause", async () => {
    const { stepped, ref } = fragile();
    expect(await stepped.outcome(ref.fail(how))).toMatchObject({ code: "actor.crashed", stood: "running" });
  });

  test("comes to the asker of an async handler too", async () => {
    const { stepped, clock, ref } = fragile();
    const answer = ref.failLater(how);
    await stepped.outcome(answer);
    await clock.advance(11);
    expect(await stepped.outcome(answer)).toMatchObject({ code: "actor.crashed", stood: "running" });
  });

  test("is reported once", async () => {
    const { stepped, clock, ref } = fragile();
    ref.tell.fail(how);
    await clock.settle();
    expect(stepped.crashes.length).toBe(1);
  });

  test("leaves the next message a fresh state", async () => {
    const { stepped, ref } = fragile();
    ref.tell.fail(how);
    expect(await stepped.outcome(ref.add())).toEqual({ kind: "answered", value: 1 });
  });

  test("leaves the next message a fresh state when the handler was async", async () => {
    const { stepped, clock, ref } = fragile();
    ref.tell.failLater(how);
    const answer = ref.add();
    await clock.advance(11);
    expect(await stepped.outcome(answer)).toEqual({ kind: "answered", value: 1 });
  });
});

describe("a crash", () => {
  test("carries what was thrown", async () => {
    const { stepped, ref } = fragile();
    const outcome = await stepped.outcome(ref.fail("error"));
    expect(outcome).toMatchObject({ error: { cause: new Error("out of ink") } });
  });

  test("names actor, method and reason in its message", async () => {
    const { stepped, ref } = fragile();
    const outcome = await stepped.outcome(ref.fail("error"));
    expect(outcome).toMatchObject({ error: { message: "Crashed in fragile/a.fail: out of ink" } });
  });

  test("does not touch its neighbours", async () => {
    const { stepped, ref } = fragile();
    const neighbour = stepped.system.ref(Fragile, "b");
    neighbour.tell.add();
    ref.tell.fail("error");
    expect(await stepped.outcome(neighbour.add())).toEqual({ kind: "answered", value: 2 });
  });

  test("does not touch messages of other actors in the same step", async () => {
    const { stepped, ref } = fragile();
    ref.tell.fail("object without a prototype");
    const neighbour = stepped.system.ref(Fragile, "b").add();
    expect(await stepped.outcome(neighbour)).toEqual({ kind: "answered", value: 1 });
  });

  test("of an asked actor crashes the asking one, with the first as its cause", async () => {
    const { stepped, ref } = fragile();
    const outcome = await stepped.outcome(ref.askToFail("b"));
    expect(outcome).toMatchObject({ error: { cause: { code: "actor.crashed", cause: new Error("out of ink") } } });
    expect(stepped.crashes.map((crash) => crash.split(":")[0])).toEqual(["fragile/b.fail", "fragile/a.askToFail"]);
  });

  test("is what an ask becomes that its own actor gave up and did not catch", async () => {
    const { stepped, ref } = fragile();
    expect(await stepped.outcome(ref.giveUpOnAnother())).toMatchObject({
      code: "actor.crashed",
      error: { cause: { code: "actor.cancelled" } },
    });
    expect(await stepped.outcome(ref.add())).toEqual({ kind: "answered", value: 1 });
  });
});

describe("a state that cannot be made", () => {
  test("is a crash of the message that needed it", async () => {
    const { stepped, ref } = hopeless({ times: 1 });
    const outcome = await stepped.outcome(ref.touch());
    expect(outcome).toMatchObject({ code: "actor.crashed", error: { cause: new Error("no paper") } });
  });

  test("is tried again with the next message", async () => {
    const { stepped, ref } = hopeless({ times: 1 });
    await stepped.outcome(ref.touch());
    expect(await stepped.outcome(ref.touch())).toEqual({ kind: "answered", value: "touched" });
  });
});

describe("an actor that crashes again and again", () => {
  test("rests after its second crash in a row: the next message waits", async () => {
    const { stepped, clock, ref } = fragile();
    for (let crash = 0; crash < 2; crash++) ref.tell.fail("error");
    const answer = watch(ref.add());
    await clock.advance(limits.backoffMs - 1);
    expect([answer.outcome.kind, stepped.system.hosts[0]?.cells.get("a")?.status]).toEqual(["pending", "resting"]);
    await clock.advance(2);
    expect(answer.outcome).toEqual({ kind: "answered", value: 1 });
  });

  test("does not rest after its first", async () => {
    const { stepped, ref } = fragile();
    ref.tell.fail("error");
    expect(await stepped.outcome(ref.add())).toEqual({ kind: "answered", value: 1 });
  });

  test("does not rest after the next crash once a turn went well", async () => {
    const { stepped, clock, ref } = fragile();
    for (let crash = 0; crash < 2; crash++) ref.tell.fail("error");
    ref.tell.add();
    ref.tell.fail("error");
    await clock.advance(limits.backoffMs + 1);
    expect(await stepped.outcome(ref.add())).toEqual({ kind: "answered", value: 1 });
  });

  test("rests also when it has left memory meanwhile", async () => {
    const { stepped, clock, ref } = fragile();
    for (let crash = 0; crash < 2; crash++) ref.tell.fail("error");
    await clock.settle();
    stepped.system.hosts[0]?.cells.get("a")?.hibernate();
    expect(stepped.resident(Fragile)).toEqual([]);
    const answer = watch(ref.add());
    await clock.advance(limits.backoffMs - 1);
    expect(answer.outcome.kind).toBe("pending");
    await clock.advance(2);
    expect(answer.outcome.kind).toBe("answered");
  });

  test("lets the deadline of a message pass that waits so long", async () => {
    const { clock, ref } = fragile();
    for (let crash = 0; crash < 2; crash++) ref.tell.fail("error");
    const answer = watch(ref.add(undefined, { timeoutMs: limits.backoffMs - 10 }));
    await clock.advance(limits.backoffMs - 5);
    expect(answer.outcome).toMatchObject({ code: "actor.deadline_passed", stood: "queued" });
  });

  test("does not hold up its neighbours while it rests", async () => {
    const { stepped, ref } = fragile();
    for (let crash = 0; crash < 2; crash++) ref.tell.fail("error");
    expect(await stepped.outcome(stepped.system.ref(Fragile, "b").add())).toEqual({ kind: "answered", value: 1 });
  });
});

describe("the crashes of one key", () => {
  const MINUTE_MS = limits.quarantineWindowMs;

  /** How long it rests after each of so many crashes in a row, one at the end of each rest. */
  function rests(crashes: number): number[] {
    const record = new FailureRecord();
    let nowMs = 0;
    return Array.from({ length: crashes }, () => {
      record.crashed(nowMs, undefined);
      const restMs = record.notBeforeMs - nowMs;
      nowMs += restMs + MINUTE_MS;
      return restMs;
    });
  }

  test("make it rest twice as long each time, up to a bound", () => {
    expect(rests(11)).toEqual([0, 100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000]);
  });

  test("are forgotten as a row when a turn goes well", () => {
    const record = new FailureRecord();
    for (let crash = 0; crash < 5; crash++) record.crashed(0, undefined);
    record.wentWell();
    expect(record.notBeforeMs).toBe(0);
    record.crashed(7, undefined);
    expect(record.notBeforeMs).toBe(7);
  });

  test("shut it when they are too many within the window, and not one earlier", () => {
    const record = new FailureRecord();
    const verdicts = Array.from({ length: limits.quarantineCrashes }, () => record.crashed(0, undefined));
    expect(verdicts.indexOf("quarantine")).toBe(limits.quarantineCrashes - 1);
  });

  test("shut it though turns went well in between", () => {
    const record = new FailureRecord();
    const verdicts = Array.from({ length: limits.quarantineCrashes }, () => {
      record.wentWell();
      return record.crashed(0, undefined);
    });
    expect(verdicts.at(-1)).toBe("quarantine");
  });

  test("do not shut it when the first of them is a millisecond out of the window", () => {
    const record = new FailureRecord();
    record.crashed(0, undefined);
    for (let crash = 2; crash < limits.quarantineCrashes; crash++) record.crashed(MINUTE_MS, undefined);
    expect(record.crashed(MINUTE_MS + 1, undefined)).toBe("rest");
    expect(record.crashed(MINUTE_MS + 1, undefined)).toBe("quarantine");
  });

  test("blame a message that comes again at its third crash, whatever happens in between", () => {
    const record = new FailureRecord();
    const verdicts = [1, 2, 3].map((time) => {
      record.crashed(time * MINUTE_MS, "another");
      record.wentWell();
      const known = record.isPoison("alarm:a#1");
      return `${known} ${record.crashed(time * MINUTE_MS + 1, "alarm:a#1")}`;
    });
    expect(verdicts).toEqual(["false rest", "false rest", "false poison"]);
    expect([record.isPoison("alarm:a#1"), record.isPoison("alarm:a#2")]).toEqual([true, false]);
  });

  test("are counted for so many messages, and forgotten for the one that crashed longest ago", () => {
    const record = new FailureRecord();
    let nowMs = 0;
    const crash = (message: string, count: number): void => {
      for (let time = 0; time < count; time++) record.crashed((nowMs += MINUTE_MS), message);
    };
    crash("first", limits.poisonCrashes);
    crash("second", limits.poisonCrashes);
    for (let other = 2; other < limits.poisonMessagesKept; other++) crash(`message ${other}`, 1);
    expect(record.isPoison("first")).toBe(true);
    crash("one more", 1);
    expect([record.isPoison("first"), record.isPoison("second")]).toEqual([false, true]);
  });
});

describe("the text of what was thrown", () => {
  test.each([
    ["out of ink", new Error("out of ink")],
    ["only text", "only text"],
    ["undefined", undefined],
    ["Symbol(sign)", Symbol("sign")],
    ["what was thrown has no text", Object.create(null)],
  ] as const)("is %p", (text, thrown: unknown) => {
    expect(textOf(thrown)).toBe(text);
  });
});
