// How sessions end, by their connection, by themselves or by a crash: `closed` once and last, and nothing left behind.
import { describe, expect, test } from "bun:test";

import { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import { watch } from "../testing/outcome.ts";
import { openRecordedSession } from "../testing/recorded-session.ts";
import { actor, session } from "./definition.ts";
import { RuntimeError } from "./errors.ts";
import { startNode } from "./test-node.ts";

describe("a session whose connection ends", () => {
  test("hears it once and last, whatever was still waiting", async () => {
    const { clock, lines, connection } = openRecordedSession();
    await clock.settle();
    connection.deliver("a", "b");
    connection.end("disconnect");
    connection.end("again");
    await clock.settle();
    expect(lines).toEqual(["opened", "closed: disconnect after 0"]);
  });

  test("hears it though it ended before the first turn", async () => {
    const { clock, lines, connection } = openRecordedSession();
    connection.end("disconnect");
    await clock.settle();
    expect(lines.at(-1)).toBe("closed: disconnect after 0");
  });

  test("leaves memory, and says so once", async () => {
    const { stepped, clock, Chat, connection } = openRecordedSession();
    connection.end("disconnect");
    await clock.settle();
    expect([stepped.resident(Chat), connection.left]).toEqual([[], 1]);
  });

  test("sends nothing any more", async () => {
    const { clock, connection } = openRecordedSession();
    await clock.settle();
    connection.end("disconnect");
    await clock.settle();
    expect(connection.sent).toEqual(["welcome"]);
  });

  test("gives back the batches that waited", async () => {
    const { clock, connection } = openRecordedSession();
    const batch = connection.deliver("a", "b");
    connection.end("disconnect");
    await clock.settle();
    expect(batch.released).toBe(1);
  });

  test("gives back a batch it was in the middle of", async () => {
    const { clock, connection, lines } = openRecordedSession();
    const batch = connection.deliver("end", "never");
    await clock.settle();
    expect([batch.released, lines.at(-1)]).toEqual([1, "closed: bye after 1"]);
  });

  test("counts what was dropped", async () => {
    const { clock, connection, stats } = openRecordedSession();
    await clock.settle();
    connection.deliver("a", "b", "c");
    connection.end("disconnect");
    await clock.settle();
    expect(stats?.discarded).toBe(3);
  });

  test("fails the asks that waited", async () => {
    const { clock, connection, ref } = openRecordedSession();
    connection.deliver("sleep");
    await clock.settle();
    const push = watch(ref.push("never"));
    connection.end("disconnect");
    await clock.settle();
    expect(push.outcome).toMatchObject({ code: "actor.stopped", stood: "queued" });
  });

  test("fails the asks that come between the end and the `closed` turn, and leaves all the same", async () => {
    const { clock, connection, ref } = openRecordedSession();
    await clock.settle();
    connection.end("disconnect");
    const push = watch(ref.push("never"));
    await clock.settle();
    expect(push.outcome).toMatchObject({ code: "actor.stopped", stood: "queued" });
    expect(connection.left).toBe(1);
  });

  test("is woken from its sleep, which is no crash", async () => {
    const { stepped, clock, lines, connection } = openRecordedSession();
    connection.deliver("sleep");
    await clock.advance(10);
    connection.end("disconnect");
    await clock.settle();
    expect([lines.at(-1), stepped.crashes]).toEqual(["closed: disconnect after 1", []]);
  });

  test("leaves no sleep behind on the wheel", async () => {
    const { stepped, clock, connection } = openRecordedSession();
    connection.deliver("sleep");
    await clock.advance(10);
    const asleep = stepped.system.wheel.count;
    connection.end("disconnect");
    await clock.settle();
    expect(stepped.system.wheel.count).toBe(asleep - 1);
  });

  test("finishes the turn it was in before it hears of the end", async () => {
    const { clock, lines, connection } = openRecordedSession();
    connection.deliver("outlast");
    await clock.advance(10);
    connection.end("disconnect");
    await clock.settle();
    expect(lines).toEqual(["opened", "outlast", "closed: disconnect after 1"]);
  });

  test("is not held up by reads that wait: they are woken too", async () => {
    const { stepped, clock, lines, connection, ref } = openRecordedSession();
    const reads = [watch(ref.look(1_000)), watch(ref.look(2_000))];
    await clock.advance(10);
    connection.end("disconnect");
    await clock.settle();
    expect([lines.at(-1), stepped.crashes]).toEqual(["closed: disconnect after 0", []]);
    expect(reads.map(({ outcome }) => outcome)).toMatchObject([
      { code: "actor.cancelled" },
      { code: "actor.cancelled" },
    ]);
  });

  test("tells so on the signal of a turn that was asked for", async () => {
    const { clock, connection, ref, signals } = openRecordedSession();
    watch(ref.look(1_000));
    await clock.advance(10);
    connection.end("disconnect");
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test("takes no more tells once it is gone", async () => {
    const { clock, connection, ref } = openRecordedSession();
    connection.end("disconnect");
    await clock.settle();
    expect(ref.tell.push("late")).toMatchObject({ accepted: false, why: { code: "actor.stopped" } });
  });

  test("ends in the order that it asked for when it stops itself: connection, `closed`, memory", async () => {
    const { stepped, clock, lines, Chat, connection } = openRecordedSession();
    connection.deliver("stop", "never");
    await clock.settle();
    expect(lines).toEqual(["opened", "stop", "closed: stopped after 1"]);
    expect([connection.endReason, connection.left, stepped.resident(Chat)]).toEqual(["stopped", 1, []]);
  });

  test("lets the node drain", async () => {
    const { stepped, connection } = openRecordedSession();
    connection.deliver("sleep");
    await stepped.clock.settle();
    const drained = watch(stepped.system.drain());
    connection.end("shutdown");
    await stepped.clock.settle();
    expect(drained.outcome.kind).toBe("answered");
  });
});

describe("a session that crashes", () => {
  test.each(["crash", "crashLater"])("ends its connection once (%s)", async (deed) => {
    const { clock, connection } = openRecordedSession();
    connection.deliver(deed, "never");
    await clock.advance(11);
    expect([connection.crashes, connection.endReason]).toEqual([1, "session_crashed"]);
  });

  test.each(["crash", "crashLater"])("handles no further message, and hears the end last (%s)", async (deed) => {
    const { clock, lines, connection } = openRecordedSession();
    connection.deliver(deed, "never");
    await clock.advance(11);
    expect(lines).toEqual(["opened", deed, "closed: session_crashed after 1"]);
  });

  test("keeps its state for the `closed` turn", async () => {
    const { clock, lines, connection } = openRecordedSession();
    connection.deliver("a", "b", "crash");
    await clock.settle();
    expect(lines.at(-1)).toBe("closed: session_crashed after 3");
  });

  test.each(["ask", "tell"] as const)("says so to who called it (%s)", async (kind) => {
    const Client = session("client", { state: () => ({}), message: () => undefined }).on("push", {}, () => {
      throw new Error("broke");
    });
    const node = await startNode([Client]);
    const connection = new ConnectionStandIn(node.system, Client, "7");
    const ref = node.ref(Client, "7");
    const asked = watch<unknown>(kind === "ask" ? ref.push() : Promise.resolve(ref.tell.push()));
    await node.clock.settle();
    if (kind === "ask") expect(asked.outcome).toMatchObject({ error: { code: "actor.crashed" } });
    expect(node.letters).toEqual(kind === "ask" ? [] : ["client/7.push: actor.crashed"]);
    expect(connection.crashes).toBe(1);
  });

  test.each(["opened", "message"] as const)("is one whose %s lets an error of the store pass", async (where) => {
    const Users = actor("users", { state: () => ({ count: 0 }), durable: true }) //
      .on("add", {}, ({ state }) => void state.count++);
    const heard: string[] = [];
    const Client = session("client", {
      state: () => ({ user: "nobody" }),
      opened: async (self) => {
        self.state.user = "half";
        if (where === "opened") await self.ref(Users, "a").add();
        self.state.user = "ada";
      },
      message: async (self, line) => {
        heard.push(`${line as string} by ${self.state.user}`);
        await self.ref(Users, "a").add();
      },
    });
    const node = await startNode([Client, Users]);
    node.store.loadRefusal = new RuntimeError("store.failed", "Cannot read actors.db");
    const connection = new ConnectionStandIn(node.system, Client, "7");
    connection.deliver("hello", "again");
    await node.clock.settle();
    expect(connection.endReason).toBe("session_crashed");
    expect(heard).toEqual(where === "opened" ? [] : ["hello by ada"]);
    expect([node.crashes, node.letters]).toEqual([[`client/7.${where}: Cannot read actors.db`], []]);
  });

  test("ends its connection when it crashes while it is opened", async () => {
    const { clock, lines, connection } = openRecordedSession({ openedCrashes: true });
    await clock.settle();
    expect([lines, connection.left]).toEqual([["opened", "closed: session_crashed after 0"], 1]);
  });

  test("leaves memory though it could not even make its state", async () => {
    const { stepped, clock, Chat, connection } = openRecordedSession({ stateCrashes: true });
    await clock.settle();
    expect([stepped.resident(Chat), connection.left]).toEqual([[], 1]);
  });

  test("is reported with its type, key and turn", async () => {
    const { stepped, clock, connection } = openRecordedSession();
    connection.deliver("crash");
    await clock.settle();
    expect(stepped.crashes).toEqual(["chat/1.message: session broke"]);
  });

  test("does not touch the session beside it", async () => {
    const { stepped, clock, lines, Chat, connection } = openRecordedSession();
    const neighbour = new ConnectionStandIn(stepped.system, Chat, "2");
    connection.deliver("crash");
    neighbour.deliver("fine");
    await clock.settle();
    expect(lines.at(-1)).toBe("fine");
  });
});
