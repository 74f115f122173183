// Seeded garbage against the UDP port of a whole node: it stays up, keeps nothing of it, and honest clients go on.
import { afterAll, describe, expect, test } from "bun:test";

import { createRandom } from "#runtime/base/random.ts";
import { seal } from "#runtime/datagrams/checksum.ts";
import { helloPacket } from "#runtime/datagrams/handshake-packets.ts";
import { startUdpRelay, type UdpRelay } from "#runtime/testing/mod.ts";

import { ChatClient } from "./lib/chat-client.ts";
import { eventually } from "./lib/eventually.ts";
import { startTestNode } from "./lib/test-node.ts";

const PACKETS = 3_000;
const random = createRandom(4_711);
const below = (limit: number): number => Math.floor(random.next() * limit);
const node = await startTestNode();
const honest = await ChatClient.overDatagrams(node.node.udpPort ?? 0, "honest");
await honest.askAll("HELLO ana", "JOIN lobby");

afterAll(async () => {
  honest.close();
  await node.stop();
});

function octets(length: number): Uint8Array {
  return Uint8Array.from({ length }, () => below(256));
}

/** The checksum of what it is now, so that more than that is looked at. */
function sealed(packet: Uint8Array): Uint8Array {
  if (packet.length > 4) seal(packet, packet.length - 4);
  return packet;
}

function mutated(packet: Uint8Array): Uint8Array {
  const other = Uint8Array.from(packet.subarray(0, 1 + below(packet.length)));
  for (let count = below(4); count > 0; count--) other[below(other.length)] = below(256);
  return below(2) === 0 ? sealed(other) : other;
}

const LINES = ["ECHO", "HELLO ana", "COOKIE x", "#1 SAY lobby oi", "\u0000\u001b[2J", "ERROR: x", "* ! x", "\n\n\n"];

const GARBAGE: Readonly<Record<string, () => Uint8Array>> = {
  "octets that mean nothing": () => octets(1 + below(1_500)),
  "the kinds of the protocol around noise": () => sealed(Uint8Array.of(0x80 + below(64), ...octets(below(1_199)))),
  "hellos and connects, cut and mutated": () =>
    mutated(
      helloPacket(
        octets(8),
        { local: true, quick: true },
        below(2) === 0 ? undefined : { seconds: 1, proof: octets(16) },
      ),
    ),
  "lines of text, cut and mutated": () => mutated(Buffer.from(LINES[below(LINES.length)] as string)),
};

async function shoot(port: number, make: () => Uint8Array): Promise<void> {
  const answers = { octets: 0 };
  const socket = await Bun.udpSocket({
    hostname: "127.0.0.1",
    socket: { data: (_, answer) => void (answers.octets += answer.length), error: () => undefined },
  });
  for (let count = 0; count < PACKETS; count++) {
    socket.send(make(), port, "127.0.0.1");
    // What the kernel has no room for was not shot.
    if (count % 100 === 99) await new Promise(setImmediate);
  }
  socket.close();
}

describe("against the UDP port", () => {
  test.each(Object.keys(GARBAGE))("%s change nothing for anybody", async (name) => {
    await shoot(node.node.udpPort ?? 0, GARBAGE[name] as () => Uint8Array);
    expect(await honest.ask(`SAY lobby ${name}`)).toStartWith("SAY: lobby ");
    expect(await node.figures.metric("correio_connections")).toBe(1);
    const stranger = await ChatClient.overDatagrams(node.node.udpPort ?? 0, "late");
    expect(await stranger.ask("PING oi")).toBe("PING: oi");
    stranger.close();
    await eventually("its end", async () => (await node.figures.metric("correio_connections")) === 1);
  });

  test("packets of a living connection that are cut, garbled and sent again cost it nothing but time", async () => {
    const faults = { corrupt: 0.1, duplicate: 0.2, loss: 0.05 };
    const relay: UdpRelay = await startUdpRelay({ target: { port: node.node.udpPort ?? 0 }, faults, seed: 3 });
    const client = await ChatClient.overDatagrams(relay.port, "garbled");
    await client.askAll("HELLO bea", "JOIN lobby");
    const replies = await client.askAll(...Array.from({ length: 60 }, (_, index) => `PING ${index}`));
    expect(replies).toEqual(replies.map((_, index) => `PING: ${index}`));
    expect(await node.figures.metric("correio_connections")).toBe(2);
    client.close();
    await eventually("its end", async () => (await node.figures.metric("correio_connections")) === 1);
    relay.stop();
  });
});
