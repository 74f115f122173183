// Peers of the datagram protocol on a fake clock: met without a trace, sessions, pressure, moves, and every end.
import { describe, expect, test } from "bun:test";

import { createRandom } from "../base/random.ts";
import { closeCode } from "../datagrams/close-codes.ts";
import { refusalReason } from "../datagrams/handshake-packets.ts";
import { packetKind } from "../datagrams/packet-header.ts";
import { limits } from "../limits.ts";
import { left, NOTHING_LEFT } from "./test-connection.ts";
import { TestDatagrams } from "./test-datagrams.ts";
import { echoTexts, holdTexts } from "./test-messages.ts";

const random = createRandom(11);
const LOST_MS = limits.datagramKeepAliveMs * limits.datagramKeepAlivesMissed;
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `line ${index}`);

/** Nothing makes it shorter. */
function noise(length: number): string {
  return Array.from({ length }, () => String.fromCodePoint(33 + Math.floor(random.next() * 90))).join("");
}

function talking(options: ConstructorParameters<typeof TestDatagrams>[0] = {}): TestDatagrams {
  const datagrams = new TestDatagrams(options);
  echoTexts(datagrams.net);
  return datagrams;
}

describe("a datagram peer", () => {
  test("says lines without their ending, and hears them so", async () => {
    const all = talking();
    const ana = await all.connect();
    ana.say("one", "two");
    await all.settle();
    all.net.script.message = (context) => context.send("three\r\n" as unknown as readonly string[]);
    ana.say("more");
    await all.settle();
    expect(ana.heard).toEqual(["one", "two", "three"]);
    expect(all.net.script.turns).toEqual(["opened", "one", "two", "more"]);
  });

  test("has one connection, however often its connect arrives", async () => {
    const all = talking();
    const ana = await all.connect();
    const connect = all.given.find((packet) => packet[0] === packetKind.connect) ?? Buffer.alloc(0);
    for (let count = 0; count < 5; count++) all.give(connect, ana.at);
    const answers = all.port.take().map(({ octets }) => octets.toString("hex"));
    expect([answers.length, new Set(answers).size]).toEqual([5, 1]);
    expect(all.net.table.connectionCount()).toBe(1);
    ana.say("one");
    await all.settle();
    expect(ana.heard).toEqual(["one"]);
  });

  test("stays as long as both hear from each other, and says nothing", async () => {
    const all = talking();
    const ana = await all.connect();
    await all.advance(4 * LOST_MS);
    expect([all.net.ended, ana.ended]).toEqual([[], undefined]);
  });

  test.each([
    ["15 s", { quick: false }, LOST_MS],
    ["1.5 s, where it asked for that", { quick: true }, limits.datagramQuickKeepAliveMs * 3],
  ])("that is gone has no session after %s", async (_, profile, lostMs) => {
    const all = talking();
    const ana = await all.connect(profile);
    ana.say("one");
    await all.settle();
    ana.mute = ana.deaf = true;
    await all.advance(lostMs - 50);
    expect(all.net.ended).toEqual([]);
    await all.advance(100);
    expect(all.net.ended).toEqual(["keep_alive_timeout"]);
    expect(all.net.script.turns.at(-1)).toBe("closed: keep_alive_timeout");
    expect(left(all.net)).toEqual(NOTHING_LEFT);
  });

  test("hears that it is gone when it comes back", async () => {
    const all = talking();
    const ana = await all.connect();
    ana.deaf = true;
    all.net.table.abortAll("stopped");
    await all.settle();
    ana.deaf = false;
    ana.channel.ping();
    await all.settle();
    expect(ana.ended).toMatchObject({ by: "gone" });
  });

  test("is refused with the reason: too many, or about to end", async () => {
    const all = talking({ connectionsMax: 1 });
    await all.connect();
    expect((await all.connect()).refusal).toBe(refusalReason.tooMany);
    const drained = all.net.table.drain();
    await all.advance(20);
    await drained;
    expect((await all.connect()).refusal).toBe(refusalReason.draining);
    expect(all.net.refused).toEqual(["net.connections_max", "net.draining"]);
  });

  test("whose session has no room is held back by its window, and loses nothing", async () => {
    const all = talking({ capacity: 2 });
    const letOne = holdTexts(all.net);
    const ana = await all.connect();
    const lines = Array.from({ length: 500 }, (_, index) => `${index} ${noise(1_000)}`);
    ana.say(...lines);
    await all.advance(200);
    // The rest of what it said is still its own.
    expect(ana.channel.queuedBytes).toBeGreaterThan(0);
    expect(all.net.table.stats.messagesIn).toBeLessThan(5);
    for (const _ of lines) {
      letOne();
      await all.settle();
    }
    await all.advance(200);
    expect(ana.heard).toEqual(lines);
  });

  test("that reads nothing has its session suspended", async () => {
    const all = talking({ capacity: 64 });
    all.net.script.message = (context) => context.send(noise(30_000) as unknown as readonly string[]);
    const ana = await all.connect();
    ana.deaf = true;
    ana.say(...numbered(60));
    await all.advance(100);
    expect(all.net.ended).toEqual([]);
    expect(all.net.table.outboundBytes()).toBeGreaterThan(limits.messageHighWaterBytes);
    expect(all.net.table.outboundBytes()).toBeLessThan(1.5 * limits.messageHighWaterBytes);
  });

  test("that is sent more than may wait is let go", async () => {
    const all = talking();
    const ana = await all.connect();
    ana.deaf = true;
    await all.settle();
    const connection = [...all.net.table.connections.values()][0];
    const octets = Buffer.from(`\0${noise(1_100)}`);
    for (let index = 0; index < 1_200; index++) connection?.sendShared({ value: "", encodedFor: () => octets });
    await all.settle();
    expect(all.net.ended).toEqual(["outbound_overflow"]);
    expect(left(all.net)).toEqual(NOTHING_LEFT);
  });
});

describe("the end of a datagram peer", () => {
  test("that says goodbye comes when all that it said is done", async () => {
    const all = talking({ capacity: 2 });
    const letOne = holdTexts(all.net);
    const ana = await all.connect();
    const lines = numbered(20);
    ana.say(...lines);
    ana.channel.finish(closeCode.done, "");
    await all.advance(100);
    expect(ana.ended).toMatchObject({ by: "us" });
    for (const _ of lines) {
      letOne();
      await all.settle();
    }
    expect(all.net.script.turns).toEqual(["opened", ...lines, "closed: close"]);
    expect(all.net.ended).toEqual(["close"]);
    expect(all.net.table.connectionCount()).toBe(0);
  });

  test("by its session is heard after the last reply", async () => {
    const all = talking();
    all.net.script.message = (context) => {
      context.send("bye" as unknown as readonly string[]);
      context.end("exit");
    };
    const ana = await all.connect();
    ana.say("EXIT");
    await all.advance(20);
    expect([ana.heard, ana.ended]).toEqual([["bye"], { by: "peer", code: closeCode.done, text: "exit" }]);
    expect(all.net.ended).toEqual(["exit"]);
    expect(left(all.net)).toEqual(NOTHING_LEFT);
  });

  test("by a shutdown is heard with a farewell and its code, and the drain waits for that", async () => {
    const all = talking();
    const clients = [await all.connect(), await all.connect()];
    const drained = all.net.table.drain();
    await all.advance(20);
    await drained;
    for (const client of clients) {
      expect(client.heard).toEqual(["* ! shutdown"]);
      expect(client.ended).toEqual({ by: "peer", code: closeCode.shutdown, text: "shutdown" });
    }
    expect(left(all.net)).toEqual(NOTHING_LEFT);
  });

  test("by a shutdown does not wait for the dead longer than lingerMs", async () => {
    const all = talking();
    const dead = await all.connect();
    dead.mute = dead.deaf = true;
    const drained = all.net.table.drain();
    await all.advance(all.net.table.deadlines.lingerMs + 10);
    await drained;
    expect(left(all.net)).toEqual(NOTHING_LEFT);
  });

  test("does not wait for a peer that pings and acknowledges nothing", async () => {
    const all = talking();
    all.net.script.message = (context) => {
      context.send("bye" as unknown as readonly string[]);
      context.end("exit");
    };
    const ana = await all.connect();
    ana.say("EXIT");
    ana.deaf = true;
    for (let count = 0; count < 20; count++) {
      ana.channel.ping();
      await all.advance(100);
    }
    expect(all.net.ended).toEqual(["exit"]);
    expect(left(all.net)).toEqual(NOTHING_LEFT);
  });

  test("by an operator, and by an abort, is told", async () => {
    const all = talking();
    const [ana, bea] = [await all.connect(), await all.connect()];
    const [first, second] = [...all.net.table.connections.values()];
    first?.end("disconnected_by_operator");
    second?.abort("shutdown");
    await all.advance(20);
    expect([ana.heard, bea.heard]).toEqual([["* ! disconnected_by_operator"], []]);
    expect([ana.ended?.code, bea.ended?.code]).toEqual([closeCode.done, closeCode.shutdown]);
    expect(left(all.net)).toEqual(NOTHING_LEFT);
  });

  test("comes with the fault's name where it breaks the protocol", async () => {
    const all = talking();
    const ana = await all.connect();
    ana.channel.sendPacked({ compressed: true, wire: Buffer.from("this is no deflated text at all") }, 0);
    await all.settle();
    expect(all.net.ended).toEqual(["datagram.bad_compression"]);
    expect(ana.ended).toMatchObject({ by: "peer", code: closeCode.badCompression });
    expect(left(all.net)).toEqual(NOTHING_LEFT);
  });
});

describe("a fault in what a packet brings", () => {
  test("is the end of its connection, and of no other", async () => {
    const all = talking();
    const [ana, bea] = [await all.connect(), await all.connect()];
    const [first] = [...all.net.table.connections.values()];
    Object.assign(first as object, {
      received() {
        throw new Error("a bug");
      },
    });
    ana.say("one");
    bea.say("two");
    await all.advance(20);
    expect([all.net.faults, all.net.ended, bea.heard]).toEqual([["a bug"], ["net.fault"], ["two"]]);
    expect(ana.ended).toMatchObject({ by: "peer", code: closeCode.application });
    expect(all.net.table.connectionCount()).toBe(1);
  });
});

describe("a peer whose address changes", () => {
  test("keeps its session, and is answered there once it has proven that it is there", async () => {
    const all = talking();
    const ana = await all.connect();
    ana.say("before");
    await all.settle();
    ana.at = { address: "127.0.0.2", port: 60_000 };
    ana.say("after");
    await all.advance(200);
    ana.say("later");
    await all.advance(200);
    expect(ana.heard).toEqual(["before", "after", "later"]);
    const [connection] = [...all.net.table.connections.values()];
    expect(connection).toMatchObject({ remoteAddress: "127.0.0.2", remotePort: 60_000 });
  });

  test("is let go where it was let in", async () => {
    const all = talking({ connectionsMax: 1 });
    for (let round = 0; round < 3; round++) {
      const ana = await all.connect();
      ana.at = { address: `127.0.0.${2 + round}`, port: 60_000 + round };
      ana.say("there");
      await all.advance(200);
      expect(all.net.table.connections.values().next().value?.remoteAddress).toBe(ana.at.address);
      ana.channel.finish(closeCode.done, "");
      await all.advance(200);
    }
    expect(all.net.ended).toEqual(["close", "close", "close"]);
    expect(all.net.refused).toEqual([]);
  });

  test("or an address forged for it, gets no more than comes from there, and the peer keeps its own", async () => {
    const all = talking();
    const ana = await all.connect();
    const home = ana.at;
    const victim = { address: "127.0.0.9", port: 9 };
    ana.at = victim;
    ana.say(...Array.from({ length: 30 }, () => "x"));
    // Packets go out under the victim's address; what comes for it, ana never sees.
    for (let count = 0; count < 20; count++) {
      ana.channel.ping();
      for (const packet of ana.packets(all.nowMs)) all.give(packet, victim);
      ana.at = home;
      await all.advance(100);
      ana.at = victim;
    }
    const { in: given, out: sent } = all.traffic(victim);
    expect(given).toBeGreaterThan(0);
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThanOrEqual(given);
    expect([...all.net.table.connections.values()][0]).toMatchObject({ remotePort: home.port });
    expect(ana.heard).toHaveLength(30);
  });
});

describe("peers that connect and vanish", () => {
  test("a hundred times leave no session", async () => {
    const all = talking();
    for (let round = 0; round < 100; round++) {
      const client = await all.connect({ quick: true });
      client.say("JOIN lobby");
      await all.settle();
      client.mute = client.deaf = true;
    }
    expect(all.net.table.connectionCount()).toBe(100);
    await all.advance(1_600);
    expect(all.net.ended).toEqual(Array.from({ length: 100 }, () => "keep_alive_timeout"));
    expect(left(all.net)).toEqual(NOTHING_LEFT);
  });
});
