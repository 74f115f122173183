// PUB, SUB, XPUB and XSUB over loopback: who hears what, once each, from the moment that he has asked for it.
import { afterEach, describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { latin1, zmtpCommand } from "../wire/test-zmtp.ts";
import { ZmtpMessage } from "../wire/zmtp-message.ts";
import { type PublishOptions, PublishSocket } from "./publish-socket.ts";
import { SubscribeSocket } from "./subscribe-socket.ts";
import { Bench, peersAt, type RawPeer, until } from "./test-sockets.ts";

const HOST = "127.0.0.1";
const bench = new Bench();

afterEach(() => bench.clear());

interface Publishing {
  readonly pub: PublishSocket;
  readonly port: number;
  /** `+topic` and `-topic` in the order in which they were heard of. */
  readonly asked: string[];
  /** What XPUB was sent besides. */
  readonly told: string[][];
  publish(...frames: readonly string[]): number;
  /** When so many changes of subscriptions were heard of. */
  asks(count: number): Promise<void>;
}

function publisher(type: "PUB" | "XPUB" = "XPUB", options: PublishOptions = {}): Publishing {
  const asked: string[] = [];
  const told: string[][] = [];
  const onSubscription: PublishOptions["onSubscription"] = ({ subscribes, topic }) =>
    void asked.push(`${subscribes ? "+" : "-"}${topic.toString("latin1")}`);
  const onMessage: PublishOptions["onMessage"] = (message) => void told.push(latin1(message.frames()));
  const pub = bench.keep(new PublishSocket(type, bench.context, { onSubscription, onMessage, ...options }));
  const publish = (...frames: readonly string[]): number =>
    pub.publish(ZmtpMessage.of(frames.map((frame) => Buffer.from(frame, "latin1"))));
  const asks = (count: number): Promise<void> => until(`${count} subscriptions`, () => asked.length >= count);
  return { pub, port: pub.endpoints.bind({ port: 0 }), asked, told, publish, asks };
}

function subscriber(port: number | undefined, ...topics: readonly (string | Uint8Array)[]) {
  const heard: string[][] = [];
  const sub = bench.keep(
    new SubscribeSocket("SUB", bench.context, (message) => void heard.push(latin1(message.frames()))),
  );
  for (const topic of topics) sub.subscribe(topic);
  if (port !== undefined) sub.endpoints.connect({ host: HOST, port });
  return { sub, heard };
}

const subscribed = (peer: RawPeer, ...topics: readonly string[]): void =>
  topics.forEach((topic) => peer.send(`\u0001${topic}`));

describe("a subscriber", () => {
  test("hears what begins with its topic, in order, and nothing else", async () => {
    const { port, publish, asks } = publisher();
    const { heard } = subscriber(port, "news");
    await asks(1);
    const counts = ["news", "newspaper", "new", "old news", "", "news 2", "end of news"].map((text) =>
      publish(text, text),
    );
    expect(counts).toEqual([1, 1, 0, 0, 0, 1, 0]);
    await until("all of them", () => heard.length === 3);
    expect(heard.map(([first]) => first)).toEqual(["news", "newspaper", "news 2"]);
  });

  test("hears a message once, though several of its topics are its beginning", async () => {
    const { port, publish, asks } = publisher();
    const { heard } = subscriber(port, "", "n", "news", "other");
    await asks(4);
    expect([publish("news"), publish("end")]).toEqual([1, 1]);
    await until("the end", () => heard.at(-1)?.[0] === "end");
    expect(heard).toEqual([["news"], ["end"]]);
  });

  test("hears everything where its topic is empty, also what begins with an empty frame", async () => {
    const { port, publish, asks } = publisher();
    const { heard } = subscriber(port, "");
    await asks(1);
    for (const frames of [[""], ["", "x"], ["\u0000"], ["ÿ"]]) publish(...frames);
    await until("all of them", () => heard.length === 4);
    expect(heard).toEqual([[""], ["", "x"], ["\u0000"], ["ÿ"]]);
  });

  test("may have topics of any octets, as text or as they are", async () => {
    const { port, publish, asked, asks } = publisher();
    const { heard } = subscriber(port, Uint8Array.of(0, 0xff), "é");
    await asks(2);
    expect(asked).toEqual(["+\u0000ÿ", "+Ã©"]);
    for (const first of ["\u0000ÿ!", "\u0000", "Ã©!", "é"]) publish(first);
    await until("both", () => heard.length === 2);
    expect(heard).toEqual([["\u0000ÿ!"], ["Ã©!"]]);
  });

  test("has a topic once, however often it asks: one cancellation ends it", async () => {
    const { port, publish, asked, asks } = publisher();
    const { sub, heard } = subscriber(port, "news", "end");
    await asks(2);
    sub.subscribe("news");
    sub.subscribe("news");
    sub.unsubscribe("news");
    await asks(3);
    expect([asked, publish("news"), publish("end")]).toEqual([["+news", "+end", "-news"], 0, 1]);
    await until("the end", () => heard.length === 1);
    expect(heard).toEqual([["end"]]);
  });

  test("that cancels what it has not asked for says nothing", async () => {
    const { port, asked, asks } = publisher();
    const { sub } = subscriber(port, "a");
    await asks(1);
    sub.unsubscribe("b");
    sub.subscribe("c");
    await asks(2);
    expect(asked).toEqual(["+a", "+c"]);
  });

  test("hears several publishers, and asks each that comes later for all its topics", async () => {
    const [first, second] = [publisher(), publisher()];
    const { sub, heard } = subscriber(first.port, "news");
    await first.asks(1);
    sub.subscribe("more");
    sub.endpoints.connect({ host: HOST, port: second.port });
    await second.asks(2);
    expect([first.publish("more"), second.publish("news")]).toEqual([1, 1]);
    await until("both", () => heard.length === 2);
    expect(heard.flat().sort()).toEqual(["more", "news"]);
  });

  test("may be the one who listens", async () => {
    const { sub, heard } = subscriber(undefined, "news");
    const { pub, publish, asks } = publisher();
    pub.endpoints.connect({ host: HOST, port: sub.endpoints.bind({ port: 0 }) });
    await asks(1);
    publish("news");
    await until("the news", () => heard.length === 1);
  });

  test("asks in messages, which every version understands, whoever its peer is", async () => {
    const server = await bench.listen({ socketType: "XPUB" });
    const { sub } = subscriber(server.port, "news");
    await peersAt(sub, 1);
    sub.unsubscribe("news");
    await until("both", () => server.peers[0]?.heard.length === 3);
    expect(server.peers[0]?.heard).toEqual(["SUB/ 3.1", ["\u0001news"], ["\u0000news"]]);
  });

  test("never has a subscription dropped, however many there are", async () => {
    const { port, asks } = publisher();
    const topics = Array.from({ length: limits.zmtpSubscriptionsMax }, (_, index) => `${index}/`.padEnd(500, "x"));
    const { sub } = subscriber(port, ...topics);
    await asks(topics.length);
    expect([sub.endpoints.droppedCount, bench.ended]).toEqual([0, []]);
  });
});

describe("a subscriber of ours", () => {
  test("has as many topics as another socket of ours takes, and not one more", () => {
    const { sub } = subscriber(undefined);
    for (let count = 0; count < limits.zmtpSubscriptionsMax; count++) sub.subscribe(`topic ${count}`);
    expect(() => sub.subscribe("one more")).toThrow("Cannot subscribe to another topic");
    sub.unsubscribe("topic 0");
    expect(() => sub.subscribe("one more")).not.toThrow();
  });

  test("has topics as long as another socket of ours takes, and no longer", () => {
    const { sub } = subscriber(undefined);
    expect(() => sub.subscribe("x".repeat(limits.zmtpTopicBytesMax))).not.toThrow();
    expect(() => sub.subscribe("x".repeat(limits.zmtpTopicBytesMax + 1))).toThrow("Cannot subscribe to another topic");
  });
});

describe("a publisher", () => {
  test("sends nothing to who has asked for nothing, and nothing to nobody", async () => {
    const { pub, port, publish } = publisher();
    expect(publish("news")).toBe(0);
    const { sub, heard } = subscriber(port);
    await peersAt(sub, 1);
    await peersAt(pub, 1);
    expect([publish("news"), heard]).toEqual([0, []]);
  });

  test.each([
    ["a command of 3.1", (peer: RawPeer) => peer.socket.write(zmtpCommand("SUBSCRIBE", "news"))],
    ["a message of 3.0", (peer: RawPeer) => peer.send("\u0001news")],
  ])("understands %s", async (_, ask) => {
    const { port, publish, asked, asks } = publisher("PUB");
    const peer = await bench.dial(port, { socketType: "SUB" });
    ask(peer);
    await asks(1);
    expect([asked, publish("news", "x")]).toEqual([["+news"], 1]);
    await until("the news", () => peer.heard.length === 2);
    expect(peer.heard).toEqual(["PUB/ 3.1", ["news", "x"]]);
  });

  test.each([
    ["both commands", zmtpCommand("SUBSCRIBE", "x"), zmtpCommand("CANCEL", "x")],
    ["a command and a message", zmtpCommand("SUBSCRIBE", "x"), Buffer.of(0, 2, 0, 0x78)],
    ["a message and a command", Buffer.of(0, 2, 1, 0x78), zmtpCommand("CANCEL", "x")],
  ])("forgets what is cancelled, whatever forms they come in: %s", async (_, ask, cancel) => {
    const { port, publish, asked, asks } = publisher();
    const peer = await bench.dial(port, { socketType: "XSUB" });
    peer.socket.write(ask);
    peer.socket.write(cancel);
    await asks(2);
    expect([asked, publish("x")]).toEqual([["+x", "-x"], 0]);
  });

  test("forgets who is gone, with all his topics", async () => {
    const { pub, port, publish, asks } = publisher();
    const peer = await bench.dial(port, { socketType: "SUB" });
    subscribed(peer, "", "a", "ab");
    await asks(3);
    peer.socket.resetAndDestroy();
    await peersAt(pub, 0);
    expect([publish("abc"), pub.droppedCount]).toEqual([0, 0]);
  });

  test("that is an XPUB hears what its subscribers say besides, in order", async () => {
    const { port, asked, told, asks } = publisher("XPUB");
    const peer = await bench.dial(port, { socketType: "XSUB" });
    peer.send("hello");
    peer.send("\u0001multi", "part");
    peer.send("\u0002no");
    peer.send("");
    subscribed(peer, "end");
    await asks(1);
    expect([told, asked]).toEqual([[["hello"], ["\u0001multi", "part"], ["\u0002no"], [""]], ["+end"]]);
  });

  test("counts what was published and what went out", async () => {
    const { pub, port, publish, asks } = publisher();
    subscriber(port, "a");
    subscriber(port, "a", "b");
    await asks(3);
    expect(["a", "b", "c"].map((text) => publish(text))).toEqual([2, 1, 0]);
    expect([pub.publishedCount, pub.deliveredCount, pub.droppedCount]).toEqual([3, 3, 0]);
  });
});

describe("the topics of one subscriber", () => {
  const { zmtpSubscriptionsMax, zmtpTopicBytesMax } = limits;

  test("are at most zmtpSubscriptionsMax: at the limit he may repeat one, cancel one and ask for another", async () => {
    const { pub, port, publish, asks } = publisher();
    const peer = await bench.dial(port, { socketType: "SUB" });
    subscribed(peer, ...Array.from({ length: zmtpSubscriptionsMax }, (_, index) => `${index}`));
    await asks(zmtpSubscriptionsMax);
    subscribed(peer, "7");
    peer.send("\u00007");
    subscribed(peer, "another");
    await asks(zmtpSubscriptionsMax + 2);
    expect([publish("another"), pub.refusedCount]).toEqual([1, 0]);
  });

  test("one past that end his connection, and no other; all of them are forgotten", async () => {
    const { pub, port, publish, asks } = publisher();
    const { heard } = subscriber(port, "1");
    const peer = await bench.dial(port, { socketType: "SUB" });
    subscribed(peer, ...Array.from({ length: zmtpSubscriptionsMax + 1 }, (_, index) => `${index}`));
    await until("the end", () => peer.isOver && bench.ended.length > 0);
    await asks(1 + zmtpSubscriptionsMax);
    expect([pub.refusedCount, publish("1"), bench.ended]).toEqual([1, 1, ["zmtp.subscriptions_max"]]);
    await until("the other", () => heard.length === 1);
  });

  test.each([
    ["a message", (topic: string) => Buffer.from(ZmtpMessage.of([`\u0001${topic}`]).encodedFor())],
    ["a command", (topic: string) => zmtpCommand("SUBSCRIBE", topic)],
  ])("in %s have at most zmtpTopicBytesMax octets each; one past that ends his connection", async (_, encode) => {
    const { pub, port, asks } = publisher();
    const peer = await bench.dial(port, { socketType: "SUB" });
    peer.socket.write(encode("x".repeat(zmtpTopicBytesMax)));
    await asks(1);
    expect([pub.refusedCount, peer.isOver]).toEqual([0, false]);
    peer.socket.write(encode("y".repeat(zmtpTopicBytesMax + 1)));
    await until("the end", () => peer.isOver);
    expect(pub.refusedCount).toBe(1);
  });
});
