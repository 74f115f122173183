// Peers that do not read: beyond the high-water mark whole messages are dropped and counted, and nobody else notices.
import { afterEach, describe, expect, test } from "bun:test";

import { ZmtpMessage } from "../wire/zmtp-message.ts";
import { DealerSocket } from "./dealer-socket.ts";
import type { Peer } from "./peer.ts";
import { PublishSocket } from "./publish-socket.ts";
import { RouterSocket } from "./router-socket.ts";
import { SubscribeSocket } from "./subscribe-socket.ts";
import { Bench, peersAt, type RawPeer, until } from "./test-sockets.ts";

const HOST = "127.0.0.1";
const HIGH_WATER_BYTES = 100_000;
const BODY_BYTES = 16_000;
/** In one step: less than the mark, so that who reads misses nothing. */
const BURST = 5;
const ROUND = 20;
const bench = new Bench();

afterEach(() => bench.clear());

/** The number, and a body that tells whether it is whole. */
const numbered = (number: number): ZmtpMessage => ZmtpMessage.of(["news", `${number}`, bodyOf(number)]);
const bodyOf = (number: number): string => String(number % 10).repeat(BODY_BYTES);

function numbersOf(peer: RawPeer): number[] {
  return peer.heard.slice(1).map((frames) => {
    const [, number, body] = frames as string[];
    expect(body === bodyOf(Number(number))).toBe(true);
    return Number(number);
  });
}

/** One that reads and one that does not, and publications until so many are dropped. */
async function publishUntilDropped(droppedMin: number) {
  const pub = bench.keep(new PublishSocket("PUB", bench.context, { highWaterBytes: HIGH_WATER_BYTES }));
  const port = pub.endpoints.bind({ port: 0 });
  let heardCount = 0;
  const quick = bench.keep(new SubscribeSocket("SUB", bench.context, () => void heardCount++));
  quick.subscribe("news");
  quick.endpoints.connect({ host: HOST, port });
  await peersAt(pub, 1);
  const slow = await bench.dial(port, { socketType: "SUB" });
  await peersAt(pub, 2);
  const slowPeer = [...pub.endpoints.peers].at(-1) as Peer;
  slow.send("\u0001news");
  await until("both subscriptions", () => pub.publish(numbered(0)) === 2);
  const before = { published: pub.publishedCount, delivered: pub.deliveredCount };
  slow.socket.pause();
  let waitingBytesMost = 0;
  let number = 0;
  while (pub.droppedCount < droppedMin) {
    for (let each = 0; each < BURST; each++) {
      pub.publish(numbered(++number));
      waitingBytesMost = Math.max(waitingBytesMost, slowPeer.connection.outboundBytes);
    }
    await until("the quick one", () => heardCount >= before.delivered - 1 + number);
  }
  return { pub, slow, slowPeer, number, waitingBytesMost };
}

describe("a subscriber that does not read", () => {
  test("has no more waiting than its mark; what it misses is counted, and the other misses nothing", async () => {
    const { pub, slowPeer, number, waitingBytesMost } = await publishUntilDropped(3 * ROUND);
    expect(waitingBytesMost).toBeWithin(1, HIGH_WATER_BYTES + 1);
    expect([slowPeer.droppedCount, pub.endpoints.droppedCount]).toEqual([pub.droppedCount, pub.droppedCount]);
    expect(pub.publish(numbered(number + 1))).toBe(1);
    expect(bench.ended).toEqual([]);
  });

  test("and reads again hears whole messages, in order, all but those that were dropped", async () => {
    const { pub, slow, number } = await publishUntilDropped(3 * ROUND);
    slow.socket.resume();
    const left = (): number => number - pub.droppedCount;
    await until("what was not dropped", () => numbersOf(slow).filter((each) => each > 0).length === left());
    expect(pub.publish(numbered(number + 1))).toBe(2);
    await until("the next", () => numbersOf(slow).at(-1) === number + 1);
    const numbers = numbersOf(slow).filter((each) => each > 0);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  });
});

describe("a message", () => {
  test("of any length finds room where nothing waits", async () => {
    const pub = bench.keep(new PublishSocket("PUB", bench.context, { highWaterBytes: 10 }));
    const port = pub.endpoints.bind({ port: 0 });
    const peer = await bench.dial(port, { socketType: "SUB" });
    peer.send("\u0001");
    const large = ZmtpMessage.of(["x".repeat(1_000)]);
    await until("the subscription", () => pub.publish(large) === 1);
    await until("the message", () => peer.heard.length === 2);
    expect(pub.publish(large)).toBe(1);
  });

  test("that fills the mark exactly finds room, also among others of a step; one octet more does not", async () => {
    const pub = bench.keep(new PublishSocket("PUB", bench.context, { highWaterBytes: 104 }));
    const peer = await bench.dial(pub.endpoints.bind({ port: 0 }), { socketType: "SUB" });
    await peersAt(pub, 1);
    const [one] = pub.endpoints.peers;
    const { connection } = one as Peer;
    // As if the kernel took nothing in this step.
    connection.flush = () => undefined;
    const half = ZmtpMessage.of(["x".repeat(50)]);
    expect([one?.send(half), one?.send(half)]).toEqual([true, true]);
    expect([one?.send(ZmtpMessage.of([""])), one?.droppedCount, connection.outboundBytes]).toEqual([false, 1, 104]);
    await until("both", () => peer.heard.length === 3);
  });
});

test("a DEALER whose only peer does not read is told so, and what it had sent arrives", async () => {
  const dealer = bench.keep(new DealerSocket(bench.context, () => undefined, { highWaterBytes: HIGH_WATER_BYTES }));
  const peer = await bench.dial(dealer.endpoints.bind({ port: 0 }), { socketType: "ROUTER" });
  await peersAt(dealer, 1);
  peer.socket.pause();
  let sentCount = 0;
  while (dealer.send(["x".repeat(BODY_BYTES)])) {
    sentCount++;
    if (sentCount % ROUND === 0) await Bun.sleep(0);
  }
  expect(dealer.endpoints.droppedCount).toBeLessThanOrEqual(1);
  peer.socket.resume();
  await until("all that it took", () => peer.heard.length === 1 + sentCount);
  expect(dealer.send(["again"])).toBe(true);
});

test("a ROUTER drops for the one that does not read, and for no other", async () => {
  const router = bench.keep(new RouterSocket(bench.context, () => undefined, { highWaterBytes: HIGH_WATER_BYTES }));
  const port = router.endpoints.bind({ port: 0 });
  const slow = await bench.dial(port, { socketType: "DEALER", identity: Buffer.from("slow") });
  const quick = await bench.dial(port, { socketType: "DEALER", identity: Buffer.from("quick") });
  slow.socket.pause();
  let sentCount = 0;
  while (router.send(Buffer.from("slow"), ["x".repeat(BODY_BYTES)])) {
    sentCount++;
    if (sentCount % ROUND === 0) await Bun.sleep(0);
  }
  expect([router.send(Buffer.from("quick"), ["hello"]), router.endpoints.droppedCount]).toEqual([true, 1]);
  await until("the hello", () => quick.heard.length === 2);
  slow.socket.resume();
  await until("all that it took", () => slow.heard.length === 1 + sentCount);
});
