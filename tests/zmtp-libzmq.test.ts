// Peers of libzmq against each socket of ours, listening and dialling: what one says the other hears, and back.
import { afterAll, afterEach, describe, expect, test } from "bun:test";

import {
  DealerSocket,
  type EndpointOptions,
  type Frames,
  PublishSocket,
  ReplySocket,
  RequestSocket,
  RouterSocket,
  SubscribeSocket,
  ZmtpMessage,
} from "#runtime/zmtp/mod.ts";

import { eventually } from "./lib/eventually.ts";
import { LibzmqBench, type Side } from "./lib/libzmq-bench.ts";
import { hasLibzmq } from "./lib/libzmq.ts";

const LARGE = "x".repeat(900_000);
const MANY = 5_000;
/** What is said each way: several frames, empty ones, octets that are no text, a large one. */
const SAID: readonly (readonly string[])[] = [["oi"], ["", "a", "", "\u0000\u00ff"], [""], [LARGE, "end"]];
const SIDES: readonly Side[] = ["we listen", "they listen"];
const bench = new LibzmqBench();

afterEach(() => bench.clear());

afterAll(() => bench.stop());

const latin1 = (frames: readonly Buffer[]): string[] => frames.map((frame) => frame.toString("latin1"));
const octets = (frames: readonly string[]): Frames => frames.map((frame) => Buffer.from(frame, "latin1"));
const published = (...frames: readonly string[]): ZmtpMessage => ZmtpMessage.of(octets(frames));
const replies = SAID.map((frames) => ["re:", ...frames]);

const serve = (): ReplySocket => bench.keep(new ReplySocket(bench.context, (frames) => ["re:", ...frames]));

/** A ROUTER that answers as a REP would, whoever asks. */
function route(): RouterSocket {
  const router: RouterSocket = new RouterSocket(bench.context, (identity, frames) => {
    const envelopeLength = frames.findIndex((frame) => frame.length === 0) + 1;
    router.send(identity, [...frames.slice(0, envelopeLength), "re:", ...frames.slice(envelopeLength)]);
  });
  return bench.keep(router);
}

function deal(options: EndpointOptions = {}): { dealer: DealerSocket; heard: string[][] } {
  const heard: string[][] = [];
  const dealer = bench.keep(new DealerSocket(bench.context, (frames) => void heard.push(latin1(frames)), options));
  return { dealer, heard };
}

function subscribe(type: "SUB" | "XSUB", ...topics: readonly string[]): { sub: SubscribeSocket; heard: string[][] } {
  const heard: string[][] = [];
  const sub = bench.keep(
    new SubscribeSocket(type, bench.context, (message) => void heard.push(latin1(message.frames()))),
  );
  for (const topic of topics) sub.subscribe(topic);
  return { sub, heard };
}

function publish(type: "PUB" | "XPUB"): { pub: PublishSocket; asked: string[] } {
  const asked: string[] = [];
  const pub = new PublishSocket(type, bench.context, {
    onSubscription: ({ subscribes, topic }) => void asked.push(`${subscribes ? "+" : "-"}${topic.toString("latin1")}`),
  });
  return { pub: bench.keep(pub), asked };
}

// Without pyzmq there are no such peers here.
describe.skipIf(!hasLibzmq).each(SIDES)("%s:", (side) => {
  describe.each([
    ["REQ", {}],
    ["REQ that correlates", { REQ_CORRELATE: 1, REQ_RELAXED: 1, IDENTITY: "ana" }],
  ])("a %s", (_, options) => {
    test.each([
      ["REP", serve],
      ["ROUTER", route],
    ] as const)("has its replies of our %s", async (_ours, create) => {
      const req = await bench.open("REQ", options);
      await bench.meet(create(), req, side);
      const heard: string[][] = [];
      for (const frames of SAID) {
        await req.send(frames);
        heard.push(...(await req.receive(1)));
      }
      expect(heard).toEqual(replies);
    });
  });

  test.each([
    ["REP", serve],
    ["ROUTER", route],
  ] as const)("a DEALER that does not wait has its replies of our %s in order", async (_, create) => {
    const dealer = await bench.open("DEALER", { IDENTITY: "i".repeat(255) });
    await bench.meet(create(), dealer, side);
    await dealer.send(...SAID.map((frames) => ["id", "", ...frames]));
    expect(await dealer.receive(SAID.length)).toEqual(replies.map((frames) => ["id", "", ...frames]));
  });

  test("a DEALER and our DEALER hear each other", async () => {
    const [their, { dealer, heard }] = [await bench.open("DEALER"), deal()];
    await bench.meet(dealer, their, side);
    await their.send(...SAID);
    expect(SAID.map((frames) => dealer.send(octets(frames)))).toEqual([true, true, true, true]);
    expect(await their.receive(SAID.length)).toEqual(SAID.map((frames) => [...frames]));
    await eventually("all of them", () => heard.length === SAID.length);
    expect(heard).toEqual(SAID.map((frames) => [...frames]));
  });

  test.each(["REP", "ROUTER"] as const)("a %s answers our REQ", async (kind) => {
    const [their, req] = [await bench.open(kind), bench.keep(new RequestSocket(bench.context))];
    await their.serve();
    await bench.meet(req, their, side);
    const heard: string[][] = [];
    for (const frames of SAID) heard.push(latin1((await req.request(octets(frames))).frames));
    expect(heard).toEqual(replies);
  });

  test.each(["REP", "ROUTER"] as const)("a %s answers our DEALER", async (kind) => {
    const [their, { dealer, heard }] = [await bench.open(kind), deal()];
    await their.serve();
    await bench.meet(dealer, their, side);
    for (const frames of SAID) expect(dealer.send(octets(["", ...frames]))).toBe(true);
    await eventually("all replies", () => heard.length === SAID.length);
    expect(heard).toEqual(replies.map((frames) => ["", ...frames]));
  });

  test("a ROUTER knows our DEALER by its identity", async () => {
    const [their, { dealer, heard }] = [await bench.open("ROUTER"), deal({ identity: Buffer.alloc(255, 0x69) })];
    await bench.meet(dealer, their, side);
    dealer.send(["hello"]);
    const identity = "i".repeat(255);
    expect(await their.receive(1)).toEqual([[identity, "hello"]]);
    await their.send([identity, "you"]);
    await eventually("the answer", () => heard.length === 1);
    expect(heard).toEqual([["you"]]);
  });

  test.each([
    ["SUB", "PUB"],
    ["SUB", "XPUB"],
    ["XSUB", "PUB"],
    ["XSUB", "XPUB"],
  ] as const)("a %s hears what it asked our %s for, until it cancels that", async (kind, type) => {
    const [sub, { pub, asked }] = [await bench.open(kind), publish(type)];
    // libzmq takes up a connection, and subscribes, only while somebody waits for news.
    const heard = sub.receive(2);
    await bench.meet(pub, sub, side);
    const says = (...frames: readonly string[]): number => pub.publish(published(...frames));
    for (const topic of ["news", "n"]) await (kind === "SUB" ? sub.subscribe(topic) : sub.send([`\u0001${topic}`]));
    await eventually("both subscriptions", () => asked.length === 2);
    expect([says("other"), says("news", "a"), says("new", LARGE)]).toEqual([0, 1, 1]);
    expect(await heard).toEqual([
      ["news", "a"],
      ["new", LARGE],
    ]);
    await (kind === "SUB" ? sub.unsubscribe("n") : sub.send(["\u0000n"]));
    await eventually("the cancellation", () => asked.length === 3);
    expect([says("nobody"), says("news!"), asked]).toEqual([0, 1, ["+news", "+n", "-n"]]);
    expect(await sub.receive(1)).toEqual([["news!"]]);
  });

  test.each([
    ["PUB", "SUB"],
    ["PUB", "XSUB"],
    ["XPUB", "SUB"],
    ["XPUB", "XSUB"],
  ] as const)("a %s is heard by our %s, as far as that has asked", async (kind, type) => {
    const [pub, { sub, heard }] = [await bench.open(kind), subscribe(type, "news")];
    await bench.meet(sub, pub, side);
    if (kind === "XPUB") expect(await pub.receive(1)).toEqual([["\u0001news"]]);
    // A PUB does not say when it has heard of a subscription.
    else await eventually("the first", async () => (await pub.send(["news"]), heard.length > 0));
    heard.length = 0;
    await pub.send(["other"], ["news", "", LARGE], ["news end"]);
    await eventually("the end", () => heard.at(-1)?.[0] === "news end");
    expect(heard.filter((frames) => frames.length > 1 || frames[0] !== "news")).toEqual([
      ["news", "", LARGE],
      ["news end"],
    ]);
  });
});

const numbers = Array.from({ length: MANY }, (_, index) => `${index}`);
const NO_LIMIT = { SNDHWM: 0, RCVHWM: 0 };

// As above.
describe.skipIf(!hasLibzmq)(`${MANY} messages`, () => {
  test("from a DEALER are answered by our REP, all and in order", async () => {
    const dealer = await bench.open("DEALER", NO_LIMIT);
    await bench.meet(serve(), dealer, "we listen");
    await dealer.send(...numbers.map((number) => ["", number]));
    expect(await dealer.receive(MANY)).toEqual(numbers.map((number) => ["", "re:", number]));
  });

  test("of a PUB are heard by our SUB, all and in order", async () => {
    const [pub, { sub, heard }] = [await bench.open("XPUB", NO_LIMIT), subscribe("SUB", "")];
    await bench.meet(sub, pub, "they listen");
    await pub.receive(1);
    await pub.send(...numbers.map((number) => [number]));
    await eventually("all of them", () => heard.length === MANY);
    expect(heard.flat()).toEqual(numbers);
  });

  test("of our PUB are heard by a SUB, all and in order", async () => {
    const [sub, { pub, asked }] = [await bench.open("SUB", NO_LIMIT), publish("PUB")];
    await sub.subscribe("");
    await bench.meet(pub, sub, "we listen");
    await eventually("the subscription", () => asked.length === 1);
    for (const number of numbers) pub.publish(published(number));
    expect((await sub.receive(MANY)).flat()).toEqual(numbers);
    expect(pub.droppedCount).toBe(0);
  });
});
