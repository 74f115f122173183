// What a session's handler learns when its connection goes while it waits, and times that are none.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import { SteppedSystem } from "../testing/stepped-system.ts";
import { actor, session } from "./definition.ts";
import { RuntimeError } from "./errors.ts";

describe("a session whose connection goes in the middle of a turn", () => {
  test("is woken from sleeps in parallel", async () => {
    const heard: string[] = [];
    const Sleeper = session("sleeper", {
      state: () => ({}),
      message: async (self) => {
        const ends = await Promise.allSettled([self.sleep(600_000), self.sleep(900_000)]);
        for (const end of ends) heard.push(end.status === "rejected" ? (end.reason as RuntimeError).code : "slept");
      },
      closed: (_, reason) => void heard.push(reason),
    });
    const stepped = new SteppedSystem([Sleeper]);
    const connection = new ConnectionStandIn(stepped.system, Sleeper);
    connection.deliver("sleep");
    await stepped.clock.advance(10);
    const asleep = stepped.system.wheel.count;
    connection.end("disconnect");
    await stepped.clock.settle();
    expect(heard).toEqual(["actor.cancelled", "actor.cancelled", "disconnect"]);
    expect(stepped.system.wheel.count).toBe(asleep - 2);
  });

  test("sees it on the signal of that turn, and has another in the next", async () => {
    const signals: AbortSignal[] = [];
    const Watcher = session("watcher", {
      state: () => ({}),
      async message(self) {
        signals.push(self.signal, self.signal);
        await self.sleep(1_000);
      },
    });
    const stepped = new SteppedSystem([Watcher]);
    const connection = new ConnectionStandIn(stepped.system, Watcher);
    connection.deliver("first", "second");
    await stepped.clock.advance(1_500);
    connection.end("disconnect");
    await stepped.clock.settle();
    const [first, again, second] = signals;
    expect(first).toBe(again as AbortSignal);
    expect(second).not.toBe(first as AbortSignal);
    expect([first?.aborted, second?.aborted]).toEqual([false, true]);
  });
});

describe("a session's signal", () => {
  test("is another in the next turn, also where turns follow each other at once", async () => {
    const signals: AbortSignal[] = [];
    const Watcher = session("watcher", {
      state: () => ({}),
      message: (self) => void signals.push(self.signal, self.signal),
    });
    const stepped = new SteppedSystem([Watcher]);
    new ConnectionStandIn(stepped.system, Watcher).deliver("first", "second");
    await stepped.clock.settle();
    expect(signals).toHaveLength(4);
    expect(new Set(signals).size).toBe(2);
  });

  test("is not aborted in `closed`, though that of the turn that ended the session is", async () => {
    const signals: AbortSignal[] = [];
    const Ender = session("ender", {
      state: () => ({}),
      message(self) {
        signals.push(self.signal);
        self.end("done");
      },
      closed: (self) => void signals.push(self.signal),
    });
    const stepped = new SteppedSystem([Ender]);
    new ConnectionStandIn(stepped.system, Ender).deliver("last");
    await stepped.clock.settle();
    expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
  });
});

test.each([Number.POSITIVE_INFINITY, Number.NaN])("an ask cannot wait for %d ms", async (timeoutMs) => {
  const Counter = actor("counter", { state: () => ({}) }).on("add", { out: t.Integer() }, () => 1);
  const { system } = new SteppedSystem([Counter]);
  const problem = await system
    .ref(Counter, "a")
    .add(undefined, { timeoutMs })
    .catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(RuntimeError);
  expect(problem).toMatchObject({ code: "actor.bad_input" });
});
