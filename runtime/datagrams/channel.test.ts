// One connection: it stays alive, notices the end, closes in order, waits for who does not take, and follows a move.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { type ChannelOptions, DatagramChannel } from "./channel.ts";
import { closeCode } from "./close-codes.ts";
import { gonePacket } from "./handshake-packets.ts";
import type { ConnectionId } from "./packet-header.ts";
import { seededSecrets, someId, TestNetwork } from "./test-network.ts";

const profile = { local: true, quick: false };
const quick = { local: true, quick: true };
const calm = { delayMs: 10 };
const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index));

function lone(options: Partial<ChannelOptions> = {}): DatagramChannel {
  return new DatagramChannel({ id: someId, profile, random: seededSecrets(9), nowMs: 0, ...options });
}

/** The packets that leave now. */
function packetsOf(channel: DatagramChannel, nowMs: number): Uint8Array[] {
  const into = new Uint8Array(limits.datagramBytesMax);
  const packets: Uint8Array[] = [];
  for (let length = channel.nextPacket(nowMs, into); length > 0; length = channel.nextPacket(nowMs, into)) {
    packets.push(into.slice(0, length));
  }
  return packets;
}

/** The client's packets come from elsewhere; what the server sends is caught, by where it goes. */
function moved(): { server: DatagramChannel; client: DatagramChannel } {
  const [server, client] = [lone(), lone({ random: seededSecrets(10) })];
  for (const packet of packetsOf(client, 0)) expect(server.received(packet, 10)).toBe("taken");
  for (const packet of packetsOf(server, 10)) client.received(packet, 20);
  return { server, client };
}

describe("messages", () => {
  test("arrive as they are: empty, of one octet, of the greatest length", () => {
    const network = new TestNetwork(1, calm);
    const texts = ["", "x", "é".repeat(limits.datagramMessageBytesMax / 2)];
    for (const text of texts) expect(network.left.say(text, 0)).toBe("queued");
    network.run(1_000);
    expect(network.right.texts(0)).toEqual(texts);
  });

  test("longer than that are not taken", () => {
    const channel = lone({ compress: false });
    const longest = new Uint8Array(limits.datagramMessageBytesMax);
    expect(channel.send(longest, 0)).toBe("queued");
    expect(channel.send(new Uint8Array(longest.length + 1), 0)).toBe("too_long");
  });

  test("that are sent together travel together", () => {
    const network = new TestNetwork(1, calm);
    network.run(100);
    const before = network.left.channel.figures.packetsOut;
    for (const text of numbers(50)) network.left.say(text);
    network.run(200);
    expect(network.right.texts(0)).toEqual(numbers(50));
    expect(network.left.channel.figures.packetsOut).toBe(before + 1);
  });

  test("are refused when the queue is full, and taken again when it has room", () => {
    const network = new TestNetwork(1, calm, { compress: false });
    const text = "x".repeat(10_000);
    let count = 0;
    while (network.left.say(text) === "queued") count++;
    expect(network.left.channel.queuedBytes).toBeLessThanOrEqual(limits.datagramQueueBytesMax);
    expect(count).toBeGreaterThan(90);
    network.run(5_000);
    expect(network.right.arrived).toHaveLength(count);
    expect(network.left.channel.queuedBytes).toBe(0);
    expect(network.left.say(text)).toBe("queued");
  });
});

describe("an acknowledgement", () => {
  test("is not acknowledged: a message costs one packet each way", () => {
    const network = new TestNetwork(1, calm);
    network.run(1_000);
    const { left, right } = network;
    const before = [left.channel.figures.packetsOut, right.channel.figures.packetsOut] as const;
    left.say("oi");
    network.run(2_000);
    expect(left.channel.figures.packetsOut).toBe(before[0] + 1);
    expect(right.channel.figures.packetsOut).toBe(before[1] + 1);
  });

  test("leaves at most once for two packets", () => {
    const network = new TestNetwork(1, calm, { compress: false });
    network.run(1_000);
    const before = network.right.channel.figures.packetsOut;
    network.left.say("x".repeat(8 * 1_156));
    network.run(2_000);
    expect(network.right.channel.figures.packetsOut).toBeLessThanOrEqual(before + 4);
  });
});

describe("a connection on which nothing is said", () => {
  test("stays open, at a ping or its answer every five seconds", () => {
    const network = new TestNetwork(1, calm);
    network.run(600_000);
    expect([network.left.channel.state, network.right.channel.state]).toEqual(["open", "open"]);
    expect(network.left.channel.figures.packetsOut).toBeLessThan(250);
  });

  test.each([
    [profile, limits.datagramKeepAliveMs],
    [quick, limits.datagramQuickKeepAliveMs],
  ])("is lost on both sides three keep-alives after the path has died (%p)", (kind, intervalMs) => {
    const network = new TestNetwork(1, { ...calm, blackoutMs: [20_000, Infinity] }, { profile: kind });
    network.run(20_000 + 2 * intervalMs - 100);
    expect([network.left.channel.state, network.right.channel.state]).toEqual(["open", "open"]);
    network.run(20_000 + 3 * intervalMs + 100);
    for (const { channel } of [network.left, network.right]) {
      expect(channel.state).toBe("lost");
      expect(channel.ended).toEqual({ by: "silence", code: 0, text: "" });
      expect(channel.nextTimeMs()).toBe(Infinity);
    }
  });

  test("is lost to the millisecond where nothing was ever heard", () => {
    const channel = lone();
    const endMs = 3 * limits.datagramKeepAliveMs;
    let wakes = 0;
    for (let nowMs = 0; nowMs < endMs; nowMs = channel.nextTimeMs()) {
      packetsOf(channel, nowMs);
      expect(channel.state).toBe("open");
      expect(++wakes).toBeLessThan(100);
    }
    expect(packetsOf(channel, endMs)).toEqual([]);
    expect(channel.state).toBe("lost");
  });
});

describe("a close", () => {
  test("ends both sides, with its code and its text", () => {
    const network = new TestNetwork(1, calm);
    network.at(100, () => network.left.channel.close(closeCode.idle, "idle_timeout", 100));
    network.run(200);
    expect(network.left.channel).toMatchObject({ state: "closed", ended: { by: "us", code: 8, text: "idle_timeout" } });
    expect(network.right.channel).toMatchObject({
      state: "closed",
      ended: { by: "peer", code: 8, text: "idle_timeout" },
    });
    expect(network.left.say("late")).toBe("closed");
    expect([network.left.channel.nextTimeMs(), network.right.channel.nextTimeMs()]).toEqual([Infinity, Infinity]);
  });

  test("is repeated while it is lost, datagramClosesSent times", () => {
    const network = new TestNetwork(1, { ...calm, blackoutMs: [1_000, Infinity] });
    network.at(1_000, () => network.left.channel.close(closeCode.done, "", 1_000));
    network.run(1_000);
    const before = network.left.channel.figures.packetsOut;
    network.run(5_000);
    expect(network.left.channel.state).toBe("closed");
    expect(network.left.channel.figures.packetsOut - before).toBe(limits.datagramClosesSent - 1);
  });

  test("reaches the peer through loss", () => {
    for (let seed = 0; seed < 50; seed++) {
      const network = new TestNetwork(seed, { ...calm, loss: 0.2 });
      network.at(1_000, () => network.left.channel.close(closeCode.done, "", 1_000));
      network.run(30_000);
      expect(network.left.channel.state).toBe("closed");
      expect(["closed", "lost"]).toContain(network.right.channel.state);
    }
  });

  test("leaves what had come to be taken", () => {
    const network = new TestNetwork(1, calm);
    network.right.taking = false;
    network.left.say("last words");
    network.at(100, () => network.left.channel.close(closeCode.done, "", 100));
    network.run(200);
    expect(network.right.channel.state).toBe("closed");
    network.take(network.right);
    expect(network.right.texts(0)).toEqual(["last words"]);
  });

  test("that is to come when all is said waits for the last acknowledgement", () => {
    const network = new TestNetwork(3, { ...calm, loss: 0.3 });
    for (const text of numbers(500)) network.left.say(text);
    network.left.channel.finish(closeCode.done, "");
    expect(network.left.say("more")).toBe("closed");
    network.run(60_000);
    expect(network.right.texts(0)).toEqual(numbers(500));
    expect(network.left.channel.state).toBe("closed");
  });

  test("has as much of its text as a frame holds, cut between characters", () => {
    const network = new TestNetwork(1, calm);
    network.at(100, () => network.left.channel.close(closeCode.done, "€".repeat(100), 100));
    network.run(200);
    expect(network.right.channel.ended?.text).toBe("€".repeat(33));
  });
});

describe("a peer that knows of no such connection", () => {
  test("ends it", () => {
    const channel = lone();
    expect(channel.received(gonePacket(someId), 1)).toBe("taken");
    expect(channel).toMatchObject({ state: "lost", ended: { by: "gone", code: 0, text: "" } });
  });

  test("does not where it means another", () => {
    const channel = lone();
    expect(channel.received(gonePacket((someId + 1) as ConnectionId), 1)).toBe("bad");
    expect(channel.state).toBe("open");
  });
});

describe("a receiver that does not take", () => {
  test("stops the sender at its window, stays connected, and nothing is missing when it goes on", () => {
    const network = new TestNetwork(4, { ...calm, loss: 0.05 }, { compress: false });
    const texts = numbers(80).map((text) => text.padEnd(10_000, "."));
    network.right.taking = false;
    for (const text of texts) expect(network.left.say(text)).toBe("queued");
    network.run(40_000);
    expect(network.right.heldMaxBytes).toBeLessThanOrEqual(limits.datagramWindowBytes);
    expect(network.right.heldMaxBytes).toBeGreaterThan(limits.datagramWindowBytes - limits.datagramBytesMax);
    expect(network.left.channel.health.inFlightPackets).toBe(0);
    expect(network.left.channel.state).toBe("open");
    network.right.taking = true;
    network.take(network.right);
    network.run(60_000);
    expect(network.right.texts(0)).toEqual(texts);
  });

  test("lets the sender go on even where the news of it is lost", () => {
    for (let seed = 0; seed < 20; seed++) {
      const network = new TestNetwork(seed, { delayMs: 5 }, { compress: false });
      network.right.taking = false;
      const texts = numbers(60).map((text) => text.padEnd(10_000, "."));
      for (const text of texts) network.left.say(text);
      network.run(3_000);
      network.faults = { delayMs: 5, blackoutMs: [3_000, 3_000 + seed * 100] };
      network.right.taking = true;
      network.take(network.right);
      network.run(20_000);
      expect(network.right.texts(0)).toEqual(texts);
    }
  });
});

describe("a peer that has moved", () => {
  const into = new Uint8Array(limits.datagramBytesMax);

  test("is asked where it is now, with no more octets than came from there, and is there once it has answered", () => {
    const { server, client } = moved();
    client.send(Buffer.from("oi"), 0);
    const [packet] = packetsOf(client, 1_000) as [Uint8Array];
    expect(server.received(packet, 1_010)).toBe("taken");
    server.addressChanged(packet.length, 1_010);
    const length = server.nextPacket(1_010, into);
    expect(server.packetTo).toBe("candidate");
    expect(length).toBeLessThanOrEqual(packet.length);
    expect(client.received(into.slice(0, length), 1_020)).toBe("taken");
    const answers = packetsOf(client, 1_020);
    expect(answers.map((answer) => server.received(answer, 1_030, "candidate"))).toContain("moved");
    expect(server.health.smoothedRoundTripMs).toBe(0);
    packetsOf(server, 1_030);
    expect(server.packetTo).toBe("proven");
  });

  test("gets everything else where it was, until then", () => {
    const { server, client } = moved();
    client.send(Buffer.from("oi"), 0);
    const [packet] = packetsOf(client, 1_000) as [Uint8Array];
    server.received(packet, 1_010);
    server.addressChanged(packet.length, 1_010);
    server.send(Buffer.from("to the address that is proven"), 0);
    let toCandidate = 0;
    for (let nowMs = 1_010; nowMs < 9_000; nowMs = Math.max(server.nextTimeMs(), nowMs)) {
      for (let length = server.nextPacket(nowMs, into); length > 0; length = server.nextPacket(nowMs, into)) {
        if (server.packetTo === "candidate") toCandidate += length;
      }
      nowMs += 1;
    }
    expect(toCandidate).toBeGreaterThan(0);
    expect(toCandidate).toBeLessThanOrEqual(packet.length);
  });

  test("is asked again when more comes from there and the first question was lost", () => {
    const { server, client } = moved();
    client.ping();
    const [packet] = packetsOf(client, 1_000) as [Uint8Array];
    server.received(packet, 1_010);
    server.addressChanged(packet.length, 1_010);
    packetsOf(server, 1_010);
    let asked = 0;
    for (let nowMs = 1_100; nowMs < 3_000 && asked === 0; nowMs += 100) {
      for (const again of packetsOf(client, nowMs)) server.received(again, nowMs, "candidate");
      for (let length = server.nextPacket(nowMs, into); length > 0; length = server.nextPacket(nowMs, into)) {
        if (server.packetTo === "candidate") asked++;
      }
    }
    expect(asked).toBe(1);
  });

  test("is not believed a wrong answer, nor the right one twice", () => {
    const { server, client } = moved();
    client.ping();
    const [packet] = packetsOf(client, 1_000) as [Uint8Array];
    server.received(packet, 1_010);
    server.addressChanged(packet.length, 1_010);
    const length = server.nextPacket(1_010, into);
    const stranger = lone({ random: seededSecrets(3), first: { packet: 5_000, message: 0 } });
    const otherServer = lone({ random: seededSecrets(77), first: { packet: 5_000, message: 0 } });
    otherServer.addressChanged(100, 0);
    stranger.received(packetsOf(otherServer, 0)[0] as Uint8Array, 1_010);
    for (const answer of packetsOf(stranger, 1_011))
      expect(server.received(answer, 1_012, "candidate")).not.toBe("moved");
    client.received(into.slice(0, length), 1_020);
    const answers = packetsOf(client, 1_020);
    const receipts = [...answers, ...answers].map((answer) => server.received(answer, 1_030, "candidate"));
    expect(receipts.filter((receipt) => receipt === "moved")).toHaveLength(1);
  });
});

describe("numbers", () => {
  test.each([
    ["packets", { packet: 2 ** 32 - 1_030, message: 0 }],
    ["messages", { packet: 1, message: 2 ** 32 - 8 }],
  ])("of %s that are nearly used up close the connection", (_, first) => {
    const network = new TestNetwork(1, calm, { first });
    for (let count = 0; count < 100; count++) network.at(count * 100, () => void network.left.say(String(count)));
    network.run(20_000);
    const arrived = network.right.texts(0);
    expect(arrived).toEqual(numbers(arrived.length));
    expect(network.left.channel.state).toBe("closed");
    expect([network.left.channel.ended?.code, network.right.channel.ended?.code]).toEqual([
      closeCode.numbersUsedUp,
      closeCode.numbersUsedUp,
    ]);
  });
});
