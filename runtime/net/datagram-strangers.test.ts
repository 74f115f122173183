// What an address that is not proven can make a server do: never send more than it got, and keep nothing.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { seal } from "../datagrams/checksum.ts";
import { helloPacket, NONCE_BYTES } from "../datagrams/handshake-packets.ts";
import { DATA_HEADER_BYTES, packetKind } from "../datagrams/packet-header.ts";
import { limits } from "../limits.ts";
import { left, NOTHING_LEFT } from "./test-connection.ts";
import { TestDatagrams } from "./test-datagrams.ts";

const STRANGER = { address: "127.0.0.7", port: 7_777 };
const octets = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength });

function sealed(packet: Uint8Array): Uint8Array {
  if (packet.length > 4) seal(packet, packet.length - 4);
  return packet;
}

const withKind = (kind: number, body: Uint8Array): Uint8Array => sealed(Uint8Array.of(kind, ...body));

/** Right in all that a stranger can know, whatever the kind; and octets that mean nothing. */
const packets = fc.oneof(
  fc.tuple(fc.integer({ min: 0x80, max: 0xbf }), octets(0, limits.datagramBytesMax - 1)).map(([kind, body]) => {
    return withKind(kind, body);
  }),
  fc.tuple(fc.constantFrom(...Object.values(packetKind)), octets(0, 80)).map(([kind, body]) => withKind(kind, body)),
  fc.tuple(fc.integer({ min: 0x80, max: 0xbf }), octets(0, 80)).map(([kind, body]) => Uint8Array.of(kind, ...body)),
  octets(NONCE_BYTES, NONCE_BYTES).map((nonce) => helloPacket(nonce, { local: true, quick: false })),
  fc.tuple(octets(NONCE_BYTES, NONCE_BYTES), octets(16, 16), fc.nat(10_000)).map(([nonce, proof, seconds]) => {
    return helloPacket(nonce, { local: false, quick: true }, { seconds, proof });
  }),
  fc.tuple(octets(NONCE_BYTES, NONCE_BYTES), fc.integer({ min: 0, max: 255 })).map(([nonce, version]) => {
    const packet = helloPacket(nonce, { local: true, quick: true });
    packet[9] = version;
    return sealed(packet);
  }),
  fc.tuple(octets(DATA_HEADER_BYTES, limits.datagramBytesMax - 5), fc.boolean()).map(([body, isSmallId]) => {
    if (isSmallId) body.fill(0, 0, 2);
    return withKind(packetKind.data, body);
  }),
);

describe("an address that is not proven", () => {
  test("is never answered with more octets than came from it, and nothing is kept", async () => {
    const all = new TestDatagrams();
    const seen = new Set<number>();
    fc.assert(
      fc.property(packets, (packet) => {
        all.give(packet, STRANGER);
        const sent = all.port.take();
        for (const { octets: answer } of sent) seen.add(answer[0] as number);
        return sent.length <= 1 && sent.every(({ octets: answer }) => answer.length <= packet.length);
      }),
      { numRuns: 4_000, seed: 20_261_121 },
    );
    // Every kind of answer was seen, or the property has looked at nothing.
    expect(seen).toEqual(new Set([packetKind.retry, packetKind.refused, packetKind.gone]));
    await all.settle();
    expect(left(all.net)).toEqual(NOTHING_LEFT);
  });

  test("of which 50 000 hellos come costs nobody else the way in", async () => {
    const all = new TestDatagrams();
    for (let count = 0; count < 50_000; count++) {
      const nonce = Uint8Array.of(count >> 16, count >> 8, count, 0, 0, 0, 0, 0);
      all.peers.received(Buffer.from(helloPacket(nonce, { local: true, quick: true })), 1_024 + count, "127.0.0.9");
      if (count % 10_000 === 0) await all.connect();
    }
    all.port.take();
    expect(all.net.table.connectionCount()).toBe(5);
    expect(all.net.table.stats.accepted).toBe(5);
  });

  test("takes nothing over, with packets of somebody's connection that are cut, garbled or old", async () => {
    const all = new TestDatagrams();
    const ana = await all.connect();
    ana.say("one");
    await all.settle();
    const own = [...all.given];
    all.traffic(STRANGER).out = 0;
    for (const packet of own) {
      all.give(packet, STRANGER);
      for (let length = 0; length < packet.length; length++) all.give(packet.subarray(0, length), STRANGER);
      for (let index = 0; index < packet.length; index++) {
        const garbled = Buffer.from(packet);
        garbled[index] = (garbled[index] as number) ^ 0x40;
        all.give(garbled, STRANGER);
      }
    }
    await all.advance(50);
    ana.say("two");
    await all.advance(50);
    const { in: given, out: sent } = all.traffic(STRANGER);
    expect(sent).toBeLessThanOrEqual(given);
    expect(all.net.script.turns).toEqual(["opened", "one", "two"]);
    expect([...all.net.table.connections.values()]).toMatchObject([{ remotePort: ana.at.port }]);
  });
});
