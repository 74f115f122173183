// The proxy of publications, as operators see it: what it has done, and who does not take what it sends.
import { afterEach, describe, expect, test } from "bun:test";

import { PublicationProxy } from "./publication-proxy.ts";
import { ZmtpMessage } from "./wire/zmtp-message.ts";
import { Bench, type RawPeer, until } from "./zmtp/test-sockets.ts";

const LARGE = `geral ${"x".repeat(600_000)}`;
const bench = new Bench();
const proxies: PublicationProxy[] = [];

afterEach(() => {
  for (const proxy of proxies.splice(0)) proxy.stopListening();
  return bench.clear();
});

/** With subscribers that read what the kernel holds, and nothing more. */
async function startProxy(topics: readonly string[]) {
  const proxy = new PublicationProxy(bench.context.table);
  proxies.push(proxy);
  const { subscribers } = proxy.bind("127.0.0.1", { publishers: 0, subscribers: 0 });
  const deaf: RawPeer[] = [];
  for (const topic of topics) {
    const peer = await bench.dial(subscribers, { socketType: "SUB" });
    peer.send(`\u0001${topic}`);
    peer.send("\u0001@ack");
    await until("its subscriptions", () => peer.heard.length > 1);
    peer.socket.pause();
    deaf.push(peer);
  }
  return { proxy, deaf, addressOf: (index: number) => `127.0.0.1:${deaf[index]?.socket.localPort}` };
}

/** Until the subscriber has no room for a few octets more. */
function fill(proxy: PublicationProxy): void {
  for (const text of [LARGE, `geral ${"x".repeat(6_000)}`, "geral"]) {
    const before = proxy.figures().dropped;
    while (proxy.figures().dropped === before) proxy.publishText(text);
  }
}

describe("an acknowledgement", () => {
  test("comes to a subscriber who is behind, too", async () => {
    const { proxy, deaf } = await startProxy(["geral"]);
    const [peer] = deaf as [RawPeer];
    peer.send("\u0001@ack again");
    peer.send("\u0001sign");
    await until("both subscriptions", () => {
      fill(proxy);
      const { delivered, dropped } = proxy.figures();
      proxy.publishText("sign");
      return proxy.figures().delivered + proxy.figures().dropped > delivered + dropped;
    });
    peer.socket.resume();
    await until("the acknowledgement", () => peer.heard.some((heard) => heard[0] === "@ack again"));
  });
});

describe("the figures", () => {
  test("count what is published, what it became, and who subscribes", async () => {
    const { proxy } = await startProxy(["geral", "outro"]);
    proxy.publishText("geral ana: oi");
    proxy.publish(ZmtpMessage.of(["nada"]));
    expect(proxy.figures()).toEqual({ published: 2, delivered: 1, dropped: 0, subscribers: 2 });
  });
});

describe("slow subscribers", () => {
  test("are none as long as everybody takes what there is", async () => {
    const { proxy } = await startProxy(["geral"]);
    expect(proxy.slowest(10)).toEqual([]);
  });

  test("are those who do not read, first those for whom most waits, with what they have missed", async () => {
    const { proxy, addressOf } = await startProxy(["outro", "geral"]);
    await until("what is too much for one", () => {
      proxy.publishText(LARGE);
      return proxy.figures().dropped > 2;
    });
    proxy.publishText(`outro ${"x".repeat(100)}`);
    const slowest = proxy.slowest(10);
    expect(slowest.map(({ address }) => address)).toEqual([addressOf(1), addressOf(0)]);
    expect(slowest[0]?.dropped).toBe(proxy.figures().dropped);
    expect(slowest[1]).toMatchObject({ dropped: 0, waitingBytes: expect.any(Number) });
    expect(proxy.slowest(1).map(({ address }) => address)).toEqual([addressOf(1)]);
  });
});
