// Keys that are shut: by too many crashes or by hand, until somebody releases them, also over restarts.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import { watch } from "../testing/outcome.ts";
import { actor, session } from "./definition.ts";
import { startNode, type TestNode } from "./test-node.ts";
import { topic } from "./topic.ts";

const Fragile = actor("fragile", { state: () => ({ count: 0 }), durable: true })
  .on("crash", {}, () => {
    throw new Error("out of ink");
  })
  .on("touch", { out: t.Integer() }, ({ state }) => ++state.count)
  .on("wait", { in: t.Number(), out: t.String() }, async (self, delayMs) => {
    await self.sleep(delayMs);
    self.state.count++;
    return "waited";
  })
  .on("leaveThings", {}, async (self) => {
    await self.sleep(10);
    self.timer("tick", { everyMs: 10, send: "touch" });
  })
  .on("tickLater", {}, (self) => self.timer("tick", { everyMs: 1_000_000, send: "touch" }));
const Client = session("client", { state: () => ({}), message: (self) => self.sleep(100) }).on(
  "wait",
  { in: t.Number() },
  async (self, delayMs) => {
    await self.sleep(delayMs).catch(() => undefined);
  },
);

async function shop() {
  const node = await startNode([Fragile, Client]);
  const ref = node.ref(Fragile, "a");
  const shut = async (): Promise<void> => {
    for (let time = 0; time < limits.quarantineCrashes; time++) ref.tell.crash();
    await node.clock.advance(30_000);
  };
  return { node, clock: node.clock, ref, shut };
}

/** Ten crashes, the first and the last so far apart, with turns that go well in between. */
async function crashesWithin(ms: number) {
  const { node, clock, ref } = await shop();
  const apartMs = Math.floor(ms / (limits.quarantineCrashes - 1));
  for (let time = 1; time < limits.quarantineCrashes; time++) {
    ref.tell.crash();
    ref.tell.touch();
    await clock.advance(apartMs);
  }
  await clock.advance(ms - apartMs * (limits.quarantineCrashes - 1));
  ref.tell.crash();
  await clock.settle();
  return node;
}

describe("a key is shut", () => {
  test("by its tenth crash within 60 s", async () => {
    const node = await crashesWithin(limits.quarantineWindowMs);
    expect(node.quarantines).toEqual(["fragile/a"]);
  });

  test("not by its tenth crash one millisecond later", async () => {
    const node = await crashesWithin(limits.quarantineWindowMs + 1);
    expect(node.quarantines).toEqual([]);
  });

  test("not by its ninth", async () => {
    const { node, clock, ref } = await shop();
    for (let time = 1; time < limits.quarantineCrashes; time++) ref.tell.crash();
    await clock.advance(30_000);
    expect([node.crashes.length, node.quarantines]).toEqual([limits.quarantineCrashes - 1, []]);
  });

  test("for a reason of at most 2 000 characters", async () => {
    const { node } = await shop();
    node.operations.quarantine("fragile", "a", "x".repeat(5_000));
    expect((await node.operations.inspect("fragile", "a"))?.quarantine).toBe("x".repeat(2_000));
  });

  test("by hand, also while it sleeps", async () => {
    const { node, ref } = await shop();
    node.operations.quarantine("fragile", "a", "under repair");
    expect(await node.outcome(ref.touch())).toMatchObject({ code: "actor.quarantined" });
    expect(await node.operations.inspect("fragile", "a")).toMatchObject({
      status: "quarantined",
      quarantine: "under repair",
    });
  });
});

describe("an actor in quarantine", () => {
  test("is asked and told in vain, and says why", async () => {
    const { node, ref, shut } = await shop();
    await shut();
    const message = 'Cannot deliver to "fragile/a": it is in quarantine until somebody releases it: out of ink';
    expect(await node.outcome(ref.touch())).toMatchObject({
      code: "actor.quarantined",
      stood: "queued",
      error: { message },
    });
    expect(ref.tell.touch()).toMatchObject({ accepted: false, why: { code: "actor.quarantined" } });
  });

  test("fails the asks that waited, and puts the tells aside", async () => {
    const { node, clock, ref } = await shop();
    ref.tell.wait(10);
    await clock.settle();
    ref.tell.touch();
    const answer = watch(ref.touch());
    node.operations.quarantine("fragile", "a", "by hand");
    await clock.settle();
    expect(answer.outcome).toMatchObject({ code: "actor.quarantined" });
    expect(node.letters).toEqual(["fragile/a.touch: actor.quarantined"]);
  });

  test("finishes the turn it is in, which is stored", async () => {
    const { node, clock, ref } = await shop();
    const answer = watch(ref.wait(10));
    await clock.settle();
    node.operations.quarantine("fragile", "a", "by hand");
    await clock.advance(11);
    expect(answer.outcome).toEqual({ kind: "answered", value: "waited" });
    expect(await node.store.load("fragile", "a")).toMatchObject({ state: '{"count":1}' });
  });

  test("has no timers, also where the turn that it was in has set one", async () => {
    const { node, clock, ref } = await shop();
    ref.tell.leaveThings();
    await clock.settle();
    node.operations.quarantine("fragile", "a", "by hand");
    await clock.advance(1_000);
    expect(await node.operations.inspect("fragile", "a")).toMatchObject({ turns: 1, mailbox: 0 });
  });

  test("leaves memory, also where only a timer kept it there", async () => {
    const { node, clock, ref } = await shop();
    ref.tell.tickLater();
    await clock.advance(limits.idleStopMs + 1);
    expect(node.resident(Fragile)).toEqual(["a"]);
    node.operations.quarantine("fragile", "a", "by hand");
    await clock.advance(limits.idleStopMs + 1);
    expect(node.resident(Fragile)).toEqual([]);
  });

  test("that is a session ends with its connection, and hears `closed`, also when that waits already", async () => {
    for (const before of ["open", "closing"]) {
      const { node, clock } = await shop();
      const connection = new ConnectionStandIn(node.system, Client);
      node.ref(Client, "1").tell.wait(100);
      await clock.settle();
      if (before === "closing") connection.end("disconnect");
      node.operations.quarantine("client", "1", "by hand");
      await clock.advance(1_000);
      const reason = before === "open" ? "quarantined" : "disconnect";
      expect([connection.endReason, connection.left]).toEqual([reason, 1]);
    }
  });

  test("does not touch its neighbours", async () => {
    const { node, shut } = await shop();
    await shut();
    expect(await node.answer(node.ref(Fragile, "b").touch())).toBe(1);
  });

  test("is still shut after a restart, for the same reason", async () => {
    const { node, shut } = await shop();
    await shut();
    const again = await node.restart();
    expect(await again.outcome(again.ref(Fragile, "a").touch())).toMatchObject({ code: "actor.quarantined" });
    expect(await again.operations.inspect("fragile", "a")).toMatchObject({ quarantine: "out of ink" });
  });
});

describe("a release", () => {
  test("lets messages in, to the state that was stored last", async () => {
    const { node, ref, shut } = await shop();
    await node.answer(ref.touch());
    await shut();
    expect(await node.operations.release("fragile", "a")).toBe(true);
    expect(await node.answer(ref.touch())).toBe(2);
  });

  test("forgets the crashes", async () => {
    const { node, ref, shut } = await shop();
    await shut();
    await node.operations.release("fragile", "a");
    expect(await node.outcome(ref.crash())).toMatchObject({ code: "actor.crashed" });
    expect(await node.answer(ref.touch())).toBe(1);
  });

  test("holds over a restart", async () => {
    const { node, clock, shut } = await shop();
    await shut();
    await node.operations.release("fragile", "a");
    await clock.settle();
    const again = await node.restart();
    expect(await again.answer(again.ref(Fragile, "a").touch())).toBe(1);
  });

  test("holds over a restart too when it came before the quarantine was stored", async () => {
    const { node, clock } = await shop();
    node.operations.quarantine("fragile", "a", "by mistake");
    await node.operations.release("fragile", "a");
    await clock.settle();
    const again = await node.restart();
    expect(await again.answer(again.ref(Fragile, "a").touch())).toBe(1);
  });

  test("of a key that is not shut does nothing, and says so", async () => {
    const { node } = await shop();
    expect(await node.operations.release("fragile", "a")).toBe(false);
  });
});

/** As many keys as may be shut. */
const shutAll = (node: TestNode): void => {
  for (let key = 1; key < limits.quarantinedKeysMax; key++) node.operations.quarantine("fragile", `${key}`, "by hand");
  node.operations.quarantine("client", "another type", "by hand");
};
const refused = (node: TestNode): number | undefined => node.system.hosts[0]?.stats.rejected.get("actor.limit_reached");

describe("the keys that are shut", () => {
  test("are at most 10 000, of all types together: one more is refused by hand, and counted", async () => {
    const { node } = await shop();
    shutAll(node);
    expect(() => node.operations.quarantine("fragile", "1", "for another reason")).not.toThrow();
    expect(refused(node)).toBeUndefined();
    expect(() => node.operations.quarantine("fragile", "one more", "by hand")).toThrow(
      "10000 keys of this node are shut",
    );
    expect(refused(node)).toBe(1);
  });

  test("leave one more open that should be shut: it rests as long as may be after each of its crashes", async () => {
    const { node, clock, ref } = await shop();
    shutAll(node);
    for (let time = 1; time < limits.quarantineCrashes; time++) {
      ref.tell.crash();
      ref.tell.touch();
      await clock.settle();
    }
    const counted = (): number => node.crashes.length;
    expect([counted(), node.quarantines.length]).toEqual([limits.quarantineCrashes - 1, limits.quarantinedKeysMax]);
    ref.tell.crash();
    const answer = watch(ref.touch(undefined, { timeoutMs: 60_000 }));
    await clock.advance(limits.backoffMaxMs - 1);
    expect([counted(), refused(node), answer.outcome.kind]).toEqual([limits.quarantineCrashes, 1, "pending"]);
    await clock.advance(2);
    expect(answer.outcome).toEqual({ kind: "answered", value: limits.quarantineCrashes });
    expect(node.quarantines.length).toBe(limits.quarantinedKeysMax);
  });

  test("have room for it when one is released, and it crashes again", async () => {
    const { node, clock, ref, shut } = await shop();
    shutAll(node);
    await shut();
    expect(node.quarantines).not.toContain("fragile/a");
    await node.operations.release("fragile", "1");
    ref.tell.crash();
    await shut();
    await clock.advance(60_000);
    expect(node.quarantines).toContain("fragile/a");
  });
});

describe("what a turn begins after its key was shut", () => {
  test("ends with the turn: no subscription and no watch is left", async () => {
    const news = topic("news", t.Null());
    const Late = actor("late", { state: () => ({}) })
      .on("begin", {}, async (self) => {
        await self.sleep(10);
        self.subscribe(news("all"), "hear");
        self.watch({ type: "late", key: "b" }, "hear");
      })
      .on("hear", { in: t.Unknown() }, () => undefined)
      .on("say", { out: t.Integer() }, (self) => self.publish(news("all"), null))
      .on("stop", {}, (self) => self.stop());
    const node = await startNode([Late]);
    node.ref(Late, "a").tell.begin();
    await node.clock.settle();
    node.operations.quarantine("late", "a", "by hand");
    await node.clock.advance(11);
    expect(await node.answer(node.ref(Late, "b").say())).toBe(0);
    await node.answer(node.ref(Late, "b").stop());
    expect(node.letters).toEqual([]);
  });
});

describe("an actor that rests after crashes", () => {
  test("leaves memory when its key is shut, and keeps no node from stopping", async () => {
    const { node, clock, ref } = await shop();
    for (let time = 0; time < 3; time++) ref.tell.crash();
    const waiting = watch(ref.touch());
    await clock.settle();
    node.operations.quarantine("fragile", "a", "by hand");
    await clock.advance(limits.idleStopMs + 1);
    expect(waiting.outcome).toMatchObject({ error: { code: "actor.quarantined" } });
    expect(node.resident(Fragile)).toEqual([]);
    expect((await node.outcome(node.system.drain())).kind).toBe("answered");
  });

  test("rests no longer than it has to, when it was shut and released before", async () => {
    const { node, clock, ref, shut } = await shop();
    await shut();
    await node.operations.release("fragile", "a");
    for (let time = 0; time < 2; time++) ref.tell.crash();
    const touched = watch(ref.touch());
    await clock.advance(limits.backoffMs + 1);
    expect(touched.outcome).toMatchObject({ kind: "answered" });
  });
});
