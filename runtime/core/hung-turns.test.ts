// Handlers that never come back: what an operator can do, and what becomes of sessions and of asks behind them.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import { watch } from "../testing/outcome.ts";
import type { ActorContext } from "./context.ts";
import { actor, session } from "./definition.ts";
import type { RuntimeError } from "./errors.ts";
import { startNode, type TestNode } from "./test-node.ts";

const hour = 3_600_000;

/** What its handlers saw and did after they had been given up, and how they are let go on. */
class Hang {
  readonly seen: string[] = [];
  readonly #gate = Promise.withResolvers<void>();

  async wait(self: ActorContext<{ count: number }>): Promise<void> {
    self.signal.addEventListener("abort", () => this.seen.push("told to stop"));
    await this.#gate.promise;
    this.note(() => self.state.count++);
    this.note(() => self.stop());
  }

  note(work: () => unknown): void {
    try {
      work();
      this.seen.push("went on");
    } catch (error) {
      this.seen.push((error as RuntimeError).code);
    }
  }

  end(): void {
    this.#gate.resolve();
  }
}

function define(hang: Hang) {
  const Other = actor("other", { state: () => ({ calls: 0 }) })
    .on("touch", {}, ({ state }) => void state.calls++)
    .read("calls", { out: t.Number() }, ({ state }) => state.calls);
  const Stuck = actor("stuck", { state: () => ({ count: 0 }), durable: true, mailbox: { capacity: 3 } })
    .on("touch", { out: t.Number() }, ({ state }) => ++state.count)
    .on("hang", {}, async (self) => {
      self.state.count += 100;
      await hang.wait(self);
    })
    .on("hangWithRef", {}, async (self) => {
      const other = self.ref(Other, "a");
      await hang.wait(self);
      hang.note(() => other.tell.touch());
    })
    .read("look", { out: t.Number() }, async ({ state, signal }) => {
      signal.addEventListener("abort", () => hang.seen.push("read told to stop"));
      await new Promise<never>(() => undefined);
      return state.count;
    });
  return { Stuck, Other };
}

async function shop() {
  const hang = new Hang();
  const types = define(hang);
  const node = await startNode([types.Stuck, types.Other]);
  const ref = node.ref(types.Stuck, "a");
  await node.answer(ref.touch());
  const shut = async (): Promise<void> => {
    node.operations.quarantine("stuck", "a", "it hangs");
    await node.clock.advance(limits.closingTurnsMs + 1);
  };
  return { hang, node, ref, shut, ...types, clock: node.clock };
}

/** Shut while a handler hangs, and released. */
async function shutAndReleased(method: "hang" | "hangWithRef") {
  const the = await shop();
  const asked = watch(the.ref[method](undefined, { timeoutMs: hour }));
  await the.clock.settle();
  await the.shut();
  await the.node.operations.release("stuck", "a");
  await the.clock.settle();
  return { ...the, asked };
}

describe("a turn that goes on for 30 s in an actor that was put in quarantine", () => {
  test("is told to stop, and its asker why", async () => {
    const { hang, asked } = await shutAndReleased("hang");
    expect(hang.seen).toEqual(["told to stop"]);
    expect(asked.outcome).toMatchObject({ kind: "failed", error: { code: "actor.cancelled" } });
  });

  test("is woken where it sleeps, by an error that says why", async () => {
    const heard: string[] = [];
    const Sleeper = actor("sleeper", { state: () => ({}) }).on("sleep", {}, async (self) => {
      await self.sleep(hour).catch((error: Error) => heard.push(error.message));
    });
    const node = await startNode([Sleeper]);
    node.ref(Sleeper, "a").tell.sleep();
    await node.clock.settle();
    node.operations.quarantine("sleeper", "a", "it hangs");
    await node.clock.advance(limits.closingTurnsMs + 1);
    expect(heard).toEqual(['Cancelled the turn of "a": it is in quarantine']);
  });

  test("leaves nothing of what it changed when the key is released", async () => {
    const { node, ref } = await shutAndReleased("hang");
    expect(await node.answer(ref.touch())).toBe(2);
  });

  test("does nothing any more when it comes back after all", async () => {
    const { hang, node, ref, clock } = await shutAndReleased("hang");
    hang.end();
    await clock.settle();
    expect(hang.seen).toEqual(["told to stop", "actor.turn_over", "actor.turn_over"]);
    expect(await node.answer(ref.touch())).toBe(2);
  });

  test("sends nothing any more, not even in the name of the turn that runs then", async () => {
    const { hang, node, clock, Other } = await shutAndReleased("hangWithRef");
    hang.end();
    await clock.settle();
    expect(hang.seen.at(-1)).toBe("actor.turn_over");
    expect(await node.answer(node.ref(Other, "a").calls())).toBe(0);
  });

  test("keeps no result under its name: the repeat is handled", async () => {
    const { hang, node, ref, shut, clock } = await shop();
    void ref.hang(undefined, { timeoutMs: hour, once: "pay" }).catch(() => undefined);
    await clock.settle();
    await shut();
    await node.operations.release("stuck", "a");
    expect(await node.answer(ref.touch())).toBe(2);
    hang.end();
    await clock.settle();
    expect(await node.answer(ref.touch())).toBe(3);
    await node.outcome(ref.hang(undefined, { once: "pay" }));
    expect(await node.answer(ref.touch())).toBe(105);
  });

  test("is put aside where nobody waits for it", async () => {
    const { node, ref, shut, clock } = await shop();
    ref.tell.hang();
    await clock.settle();
    await shut();
    expect(node.letters).toEqual(["stuck/a.hang: actor.cancelled"]);
  });

  test("is given up with all reads beside it", async () => {
    const { hang, node, ref, shut } = await shop();
    const reads = [ref.look(), ref.look()].map(watch);
    await node.clock.settle();
    await shut();
    await node.clock.settle();
    expect(reads.map(({ outcome }) => outcome.kind)).toEqual(["failed", "failed"]);
    expect(hang.seen).toEqual(["read told to stop", "read told to stop"]);
  });

  test("is given up also where another read beside it has ended meanwhile", async () => {
    const Reader = actor("reader", { state: () => ({}) }).read("look", { in: t.Number() }, (self, ms) =>
      self.sleep(ms),
    );
    const node = await startNode([Reader]);
    const look = (ms: number) => watch(node.ref(Reader, "a").look(ms, { timeoutMs: hour }));
    const looks = [look(hour), look(limits.closingTurnsMs - 1_000)];
    await node.clock.settle();
    node.operations.quarantine("reader", "a", "it hangs");
    await node.clock.advance(limits.closingTurnsMs + 1);
    expect(looks.map(({ outcome }) => outcome.kind)).toEqual(["failed", "answered"]);
  });

  test("has no longer for being put in quarantine again", async () => {
    const { node, ref, hang, clock } = await shop();
    ref.tell.hang();
    await clock.settle();
    node.operations.quarantine("stuck", "a", "it hangs");
    await clock.advance(limits.closingTurnsMs - 1_000);
    node.operations.quarantine("stuck", "a", "it hangs still");
    await clock.advance(1_001);
    expect(hang.seen).toEqual(["told to stop"]);
    expect((await node.operations.inspect("stuck", "a"))?.quarantine).toBe("it hangs still");
  });

  test("does not keep the node from stopping", async () => {
    const { node, clock } = await shutAndReleased("hang");
    const drained = watch(node.system.drain());
    await clock.advance(limits.idleStopMs);
    expect(drained.outcome.kind).toBe("answered");
  });
});

async function fill(node: TestNode, touch: () => Promise<number>): Promise<void> {
  await node.clock.settle();
  for (let count = 0; count < 3; count++) void touch().catch(() => undefined);
  await node.clock.settle();
}

describe("a mailbox full of asks behind a turn that hangs", () => {
  test("has room again once nobody waits for them any more", async () => {
    const { node, ref, clock } = await shop();
    ref.tell.hang();
    await fill(node, () => ref.touch());
    expect(await node.outcome(ref.touch())).toMatchObject({ error: { code: "actor.mailbox_full" } });
    await clock.advance(limits.askTimeoutMs + limits.sweepEveryMs);
    expect((await node.outcome(ref.touch())).kind).toBe("pending");
  });

  test("keeps those that are waited for, in order", async () => {
    const { hang, node, ref, clock } = await shop();
    ref.tell.hang();
    await clock.settle();
    const first = watch(ref.touch(undefined, { timeoutMs: hour }));
    void ref.touch().catch(() => undefined);
    const second = watch(ref.touch(undefined, { timeoutMs: hour }));
    await clock.advance(limits.askTimeoutMs + 1);
    const third = watch(ref.touch());
    hang.end();
    await clock.settle();
    expect([first, second, third].map(({ outcome }) => outcome)).toMatchObject([
      { value: 103 },
      { value: 104 },
      { value: 105 },
    ]);
    expect(node.crashes).toEqual([]);
  });
});

async function closed(hangIn: "message" | "closed") {
  const seen: string[] = [];
  const hang = new Promise<never>(() => undefined);
  const Client = session("client", {
    state: () => ({}),
    message: () => (hangIn === "message" ? hang : undefined),
    closed: (_self, reason) => {
      seen.push(`closed: ${reason}`);
      return hangIn === "closed" ? hang : undefined;
    },
  });
  const node = await startNode([Client]);
  const connection = new ConnectionStandIn(node.system, Client);
  connection.deliver("anything");
  await node.clock.settle();
  connection.end("disconnect");
  return { seen, node, Client };
}

describe("a session whose connection is gone while its handler hangs", () => {
  test("hears of it at the latest 30 s later, and leaves memory", async () => {
    const { seen, node, Client } = await closed("message");
    await node.clock.advance(limits.closingTurnsMs - 1);
    expect(seen).toEqual([]);
    await node.clock.advance(2);
    expect([seen, node.resident(Client)]).toEqual([["closed: disconnect"], []]);
  });

  test("leaves memory also where it hangs in that", async () => {
    const { seen, node, Client } = await closed("closed");
    await node.clock.advance(limits.closingTurnsMs + 1);
    expect([seen, node.resident(Client)]).toEqual([["closed: disconnect"], []]);
  });
});

describe("turns that go on", () => {
  test("are shown with their methods, and how long they have", async () => {
    const { node, ref, clock } = await shop();
    const running = async () => (await node.operations.inspect("stuck", "a"))?.running;
    expect(await running()).toEqual([]);
    for (let count = 0; count < 2; count++) void ref.look(undefined, { timeoutMs: hour }).catch(() => undefined);
    await clock.advance(500);
    expect(await running()).toEqual([
      { method: "look", forMs: 500 },
      { method: "look", forMs: 500 },
    ]);
  });
});
