// Topics: what is published reaches every subscriber once and in order, and connections that forward without a turn.
import { describe, expect, test } from "bun:test";

import { Type as t } from "@sinclair/typebox";

import { limits } from "../limits.ts";
import { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import { actor, session } from "./definition.ts";
import type { SharedMessage } from "./ports.ts";
import { startNode } from "./test-node.ts";
import { topic } from "./topic.ts";
import { Topics } from "./topics.ts";

const ignore = (): void => undefined;
const Line = t.Object({ text: t.String({ maxLength: 10 }) });
const lines = topic("lines", Line);
const more = topic("more", Line);

function kinds() {
  const heard: string[] = [];
  const Reader = actor("reader", { state: () => ({}), mailbox: { capacity: 2 }, hibernateAfterMs: 1_000 })
    .on("subscribe", { in: t.String() }, (self, room) => self.subscribe(lines(room), "hear"))
    .on("subscribeLouder", { in: t.String() }, (self, room) => self.subscribe(lines(room), "hearLouder"))
    .on("unsubscribe", { in: t.String() }, (self, room) => self.unsubscribe(lines(room)))
    .on("subscribeMany", { in: t.Integer() }, (self, count) => {
      for (let room = 0; room < count; room++) self.subscribe(more(`${room}`), "hear");
    })
    .on("stop", {}, (self) => self.stop())
    .on("crash", {}, () => {
      throw new Error("broke");
    })
    .on("wait", { in: t.Number() }, (self, delayMs) => self.sleep(delayMs))
    .on("hear", { in: Line }, (self, { text }) => void heard.push(`${self.key} ${text}`))
    .on("hearLouder", { in: Line }, (self, { text }) => void heard.push(`${self.key} ${text.toUpperCase()}`));
  const Room = actor("room", { state: () => ({}) })
    .on("post", { in: t.String(), out: t.Integer() }, (self, text) => self.publish(lines(self.key), { text }))
    .on("postAnything", { in: t.Unknown() }, (self, value) => void self.publish(lines(self.key), value as never))
    .on("postAndChange", {}, (self) => {
      const line = { text: "as it was" };
      self.publish(lines(self.key), line);
      line.text = "changed";
    })
    .on("echo", {}, (self) => self.subscribe(lines(self.key), "again"))
    .on("again", { in: Line }, (self, line) => {
      if (heard.push("again") < 1_000_000) self.publish(lines(self.key), line);
    });
  const Stored = actor("stored", { state: () => ({ count: 0 }), durable: true })
    .on("post", { in: t.String(), out: t.Integer() }, (self, text) => {
      self.state.count++;
      return self.publish(lines(self.key), { text });
    })
    .on("postMany", { in: t.Integer() }, (self, count) => {
      for (let line = 0; line < count; line++) self.publish(more("0"), { text: "x" });
    })
    .on("postAnything", { in: t.Unknown() }, (self, value) => {
      self.state.count++;
      self.publish(lines(self.key), value as never);
    });
  const Client = session("client", {
    state: () => ({}),
    opened: (self) => self.forward(lines("lobby")),
    message: (self, text: string) => (text === "leave" ? self.unsubscribe(lines("lobby")) : undefined),
  });
  return { heard, Reader, Room, Stored, Client, types: [Reader, Room, Stored, Client] };
}

async function startTopics(options: { readonly development?: boolean } = {}) {
  const { types, ...rest } = kinds();
  const node = await startNode(types, options);
  const reader = (key: string) => node.ref(rest.Reader, key);
  const lobby = node.ref(rest.Room, "lobby");
  const subscribed = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await node.answer(reader(key).subscribe("lobby"));
  };
  return { ...rest, node, clock: node.clock, reader, lobby, subscribed };
}

describe("what is published", () => {
  test("reaches every subscriber once, in the order it was published", async () => {
    const { node, clock, heard, lobby, subscribed } = await startTopics();
    await subscribed("a", "b");
    for (const text of ["1", "2"]) expect(await node.answer(lobby.post(text))).toBe(2);
    await clock.settle();
    expect(heard).toEqual(["a 1", "b 1", "a 2", "b 2"]);
  });

  test("reaches nobody where nobody has subscribed, and that is no error", async () => {
    const { node, lobby } = await startTopics();
    expect(await node.answer(lobby.post("1"))).toBe(0);
  });

  test("reaches only the topic of its key", async () => {
    const { node, clock, heard, Room, subscribed } = await startTopics();
    await subscribed("a");
    await node.answer(node.ref(Room, "attic").post("1"));
    await clock.settle();
    expect(heard).toEqual([]);
  });

  test("reaches a subscriber that sleeps", async () => {
    const { node, clock, heard, Reader, lobby, subscribed } = await startTopics();
    await subscribed("a");
    await clock.advance(1_001);
    expect(node.resident(Reader)).toEqual([]);
    lobby.tell.post("1");
    await clock.settle();
    expect(heard).toEqual(["a 1"]);
  });

  test("reaches a subscriber that has crashed since", async () => {
    const { clock, heard, reader, lobby, subscribed } = await startTopics();
    await subscribed("a");
    reader("a").tell.crash();
    lobby.tell.post("1");
    await clock.settle();
    expect(heard).toEqual(["a 1"]);
  });

  test("that a subscriber has no room for is a dead letter, and reaches the others", async () => {
    const { node, clock, heard, reader, lobby, subscribed } = await startTopics();
    await subscribed("a", "b");
    reader("a").tell.wait(100);
    await clock.settle();
    for (const text of ["1", "2", "3"]) await node.answer(lobby.post(text));
    await clock.advance(101);
    expect(heard).toEqual(["b 1", "b 2", "b 3", "a 1", "a 2"]);
    expect(node.letters).toEqual(["reader/a.hear: actor.mailbox_full"]);
  });

  test.each([
    ["unsubscribed", "unsubscribe"],
    ["stopped", "stop"],
  ] as const)("does not reach one that has %s", async (_, method) => {
    const { clock, heard, reader, lobby, subscribed } = await startTopics();
    await subscribed("a", "b");
    if (method === "stop") reader("a").tell.stop();
    else reader("a").tell.unsubscribe("lobby");
    await clock.settle();
    lobby.tell.post("1");
    await clock.settle();
    expect(heard).toEqual(["b 1"]);
  });

  test("comes by the method that was named last", async () => {
    const { node, clock, heard, reader, lobby, subscribed } = await startTopics();
    await subscribed("a");
    await node.answer(reader("a").subscribeLouder("lobby"));
    lobby.tell.post("hm");
    await clock.settle();
    expect(heard).toEqual(["a HM"]);
  });
});

describe("a value that does not fit the topic", () => {
  test.each(["room", "stored"] as const)("crashes the turn that publishes it, while developing (%s)", async (type) => {
    const { node, clock, heard, Room, Stored, subscribed } = await startTopics();
    await subscribed("a");
    const ref = type === "room" ? node.ref(Room, "lobby") : node.ref(Stored, "lobby");
    const outcome = await node.outcome(ref.postAnything({ text: 7 }));
    expect(outcome).toMatchObject({ code: "actor.crashed", error: { cause: { code: "actor.bad_input" } } });
    await clock.settle();
    expect(heard).toEqual([]);
  });

  test("is not looked at in production", async () => {
    const { node, clock, heard, Room, subscribed } = await startTopics({ development: false });
    await subscribed("a");
    node.ref(Room, "lobby").tell.postAnything({ text: "much too long" });
    await clock.settle();
    expect(heard).toEqual(["a much too long"]);
  });

  test("cannot be made afterwards: while developing it is frozen", async () => {
    const { node, lobby } = await startTopics();
    expect(await node.outcome(lobby.postAndChange())).toMatchObject({ error: { cause: expect.any(TypeError) } });
  });
});

describe("a publication of a durable actor", () => {
  test("is sent when its turn is stored", async () => {
    const { node, clock, heard, Stored, subscribed } = await startTopics();
    await subscribed("a");
    node.store.hold();
    node.ref(Stored, "lobby").tell.post("1");
    await clock.settle();
    expect(heard).toEqual([]);
    node.store.letGo();
    await clock.settle();
    expect(heard).toEqual(["a 1"]);
  });

  test("is one of 10 000 that a turn may hold, and not one more", async () => {
    const { node, Stored } = await startTopics();
    const stored = node.ref(Stored, "lobby");
    expect(await node.outcome(stored.postMany(limits.heldOutputsMax))).toMatchObject({ kind: "answered" });
    const outcome = await node.outcome(stored.postMany(limits.heldOutputsMax + 1));
    expect(outcome).toMatchObject({ code: "actor.crashed", error: { cause: { code: "actor.limit_reached" } } });
  });
});

const open = (node: Awaited<ReturnType<typeof startTopics>>, id: string): ConnectionStandIn =>
  new ConnectionStandIn(node.node.system, node.Client, id);

describe("a connection that forwards a topic", () => {
  test("sends each value as it is, without a turn", async () => {
    const topics = await startTopics();
    const connections = ["1", "2"].map((id) => open(topics, id));
    await topics.clock.settle();
    const before = connections.map(({ cell }) => cell.turns);
    await topics.node.answer(topics.lobby.post("hm"));
    await topics.clock.settle();
    expect(connections.map(({ sent }) => sent)).toEqual([[{ text: "hm" }], [{ text: "hm" }]]);
    expect(connections.map(({ cell }) => cell.turns)).toEqual(before);
  });

  test("shares the bytes with all others that do", async () => {
    const topics = await startTopics();
    const shared: SharedMessage[] = [];
    for (const id of ["1", "2"]) open(topics, id).sendShared = (message) => void shared.push(message);
    await topics.clock.settle();
    await topics.node.answer(topics.lobby.post("hm"));
    const bytes = shared.map((each) => each.encodedFor(topics.Client, () => new Uint8Array(3)));
    expect(bytes.length).toBe(2);
    expect(bytes[0]).toBe(bytes[1] as Uint8Array);
  });

  test("sends nothing more when it has left, or is lost", async () => {
    const topics = await startTopics();
    const [first, second] = [open(topics, "1"), open(topics, "2")];
    await topics.clock.settle();
    first.deliver("leave");
    second.end("disconnect");
    await topics.clock.settle();
    expect(await topics.node.answer(topics.lobby.post("hm"))).toBe(0);
    expect([first.sent, second.sent]).toEqual([[], []]);
  });
});

describe("an actor that publishes to itself for ever", () => {
  test("leaves its neighbours their turns", async () => {
    const { node, clock, lobby, Room } = await startTopics();
    lobby.tell.echo();
    lobby.tell.post("again");
    const quick = node.ref(Room, "attic").post("1");
    let answered = false;
    void quick.then(() => (answered = true));
    for (let round = 0; round < 3; round++) await clock.turnOfLoop();
    expect(answered).toBe(true);
  });
});

describe("a connection that cannot encode what it forwards", () => {
  test.each(["room", "stored"])("ends, and the publisher and all others go on (%s)", async (publisher) => {
    const { node, clock, heard, Client, Room, Stored, subscribed } = await startTopics();
    const connection = new ConnectionStandIn(node.system, Client);
    connection.sendShared = () => {
      throw new Error("not in this protocol");
    };
    await subscribed("a");
    const post = publisher === "room" ? node.ref(Room, "lobby").post("1") : node.ref(Stored, "lobby").post("1");
    expect(await node.answer(post)).toBe(2);
    await clock.settle();
    expect([connection.endReason, heard]).toEqual(["session_crashed", ["a 1"]]);
    expect(node.crashes).toEqual(["client/1.forward: not in this protocol"]);
  });
});

describe("the bounds of topics:", () => {
  test("an actor has 256 subscriptions, and not one more", async () => {
    const { node, reader } = await startTopics();
    const most = limits.subscriptionsPerActorMax;
    expect(await node.outcome(reader("a").subscribeMany(most))).toMatchObject({ kind: "answered" });
    const outcome = await node.outcome(reader("b").subscribeMany(most + 1));
    expect(outcome).toMatchObject({ error: { cause: { code: "actor.limit_reached" } } });
  });

  test("a topic has 100 000 subscribers, and not one more", () => {
    const { Reader } = kinds();
    const topics = new Topics(ignore, ignore, undefined);
    const subscribe = (key: string): void =>
      topics.subscribe({ key, host: { type: Reader }, connection: undefined }, lines("lobby") as never, "hear");
    for (let key = 0; key < limits.subscribersPerTopicMax; key++) subscribe(`${key}`);
    expect(() => subscribe("0")).not.toThrow();
    expect(() => subscribe("one more")).toThrow(`${limits.subscribersPerTopicMax}, the limit`);
  });

  test("as many topics as may be have subscribers, and not one more", () => {
    const topics = new Topics(ignore, ignore, undefined, 3);
    const member = { key: "a", host: { type: kinds().Reader }, connection: undefined };
    const subscribe = (room: string): void => topics.subscribe(member, lines(room) as never, "hear");
    for (const room of ["1", "2", "3", "3"]) subscribe(room);
    expect(() => subscribe("4")).toThrow("3, the limit");
    topics.unsubscribe(member, lines("2") as never);
    expect(() => subscribe("4")).not.toThrow();
  });
});
