// Hello, retry, connect, accept: with anything of it lost or forged, and nothing kept before an address is proven.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { limits } from "../limits.ts";
import { isSealed, seal } from "./checksum.ts";
import { CookieBaker } from "./cookie.ts";
import { DatagramDialer, type DialOptions } from "./dialer.ts";
import { DatagramGreeter } from "./greeter.ts";
import {
  acceptPacket,
  gonePacket,
  helloPacket,
  refusalReason,
  refusedPacket,
  retryPacket,
} from "./handshake-packets.ts";
import { type ConnectionId, DataHeader } from "./packet-header.ts";
import { parseProfile, profileOctet } from "./profile.ts";
import { keyedHash } from "./secrets.ts";
import { seededSecrets } from "./test-network.ts";

const ana = "192.0.2.1|4000";
const profile = { local: true, quick: true };
const id = 0x1f_0102_0304_0506 as ConnectionId;
const nonce = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const hex = (octets: Uint8Array): string => Buffer.from(octets).toString("hex");

/** A server that remembers what it must: which nonce has which connection. */
class TestServer {
  readonly greeter = new DatagramGreeter(seededSecrets(1), 0);
  readonly accepted = new Map<string, ConnectionId>();

  answer(packet: Uint8Array, nowMs: number, address = ana): Uint8Array | undefined {
    const greeting = this.greeter.greet(packet, address, nowMs);
    if (greeting.kind === "answer") return greeting.packet;
    if (greeting.kind === "ignored") return undefined;
    const known = this.accepted.get(hex(greeting.nonce)) ?? ((id + this.accepted.size) as ConnectionId);
    this.accepted.set(hex(greeting.nonce), known);
    return acceptPacket(greeting.nonce, known, greeting.profile);
  }
}

function dialer(options: Partial<DialOptions> = {}): DatagramDialer {
  return new DatagramDialer({ random: seededSecrets(2), profile, nowMs: 0, ...options });
}

const server = (): TestServer => new TestServer();
const cookieIn = (retry: Uint8Array) => ({ seconds: Buffer.from(retry).readUInt32BE(9), proof: retry.slice(13, 29) });

/** Both, with ten milliseconds each way; `passes` says of the nth packet of all whether it arrives. */
function meet(host: TestServer, client: DatagramDialer, passes: (packet: number) => boolean = () => true): number {
  let nowMs = 0;
  for (let packets = 0; client.state === "dialling";) {
    nowMs = Math.max(nowMs, client.nextTimeMs());
    const packet = client.nextPacket(nowMs);
    const answer = packet !== undefined && passes(packets++) ? host.answer(packet, nowMs + 10) : undefined;
    if (answer === undefined || !passes(packets++)) continue;
    nowMs += 20;
    client.received(answer, nowMs);
  }
  return nowMs;
}

describe("a client and a server", () => {
  test("meet in two round trips", () => {
    const [host, client] = [server(), dialer()];
    expect(meet(host, client)).toBe(40);
    expect(client).toMatchObject({ state: "accepted", accepted: { id, profile, roundTripMs: 20 } });
    expect(client.nextTimeMs()).toBe(Infinity);
  });

  test("meet whichever packet is lost, and have one connection", () => {
    for (let lost = 0; lost < 4; lost++) {
      const [host, client] = [server(), dialer()];
      meet(host, client, (packet) => packet !== lost);
      expect(client.accepted?.id).toBe(id);
      expect(host.accepted.size).toBe(1);
    }
  });

  test("meet whatever is lost, as long as not everything is, and have one connection", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 12 }), (passes) => {
        const [host, client] = [server(), dialer()];
        meet(host, client, (packet) => passes[packet] ?? true);
        expect(client.accepted?.id).toBe(id);
        expect(host.accepted.size).toBe(1);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test("take no sample of the round trip from a connect that was repeated", () => {
    const client = dialer();
    meet(server(), client, (packet) => packet !== 3);
    expect(client.accepted).toEqual({ id, profile });
  });
});

describe("dialling", () => {
  test("repeats the hello after 100 ms, then after twice as long each time, up to a second", () => {
    const client = dialer();
    const times: number[] = [];
    for (let nowMs = client.nextTimeMs(); nowMs < 3_600; nowMs = client.nextTimeMs()) {
      expect(client.nextPacket(nowMs)).toBeDefined();
      expect(client.nextPacket(nowMs)).toBeUndefined();
      times.push(nowMs);
    }
    expect(times).toEqual([0, 100, 300, 700, 1_500, 2_500, 3_500]);
  });

  test("is given up after its time", () => {
    const client = dialer({ timeoutMs: 2_000 });
    expect(meet(server(), client, () => false)).toBe(2_000);
    expect(client.state).toBe("timed_out");
    expect(client.nextTimeMs()).toBe(Infinity);
  });

  test("asks for another cookie when datagramConnectsSent connects were not answered", () => {
    const client = dialer();
    const kinds: number[] = [];
    const host = server();
    for (let packets = 0; packets < 7; packets++) {
      const packet = client.nextPacket(client.nextTimeMs()) as Uint8Array;
      kinds.push(packet[0] as number);
      const isHello = packet[0] === 0x80;
      if (isHello) client.received(host.answer(packet, 0) as Uint8Array, 0);
    }
    expect(kinds).toEqual([0x80, 0x82, 0x82, 0x82, 0x82, 0x80, 0x82]);
  });

  test("ends with the reason of a refusal", () => {
    const client = dialer();
    const own = (client.nextPacket(0) as Uint8Array).subarray(1, 9);
    client.received(refusedPacket(own, refusalReason.tooMany), 1);
    expect(client).toMatchObject({ state: "refused", refusal: refusalReason.tooMany });
  });

  test("heeds nothing that was not made for its nonce, is cut, garbled, or no answer", () => {
    const client = dialer();
    const own = (client.nextPacket(0) as Uint8Array).slice(1, 9);
    const accept = acceptPacket(own, id, profile);
    const others = [
      acceptPacket(nonce, id, profile),
      accept.subarray(1),
      accept.with(17, 9),
      helloPacket(own, profile),
    ];
    for (const packet of [...others, new Uint8Array(0), gonePacket(id)]) client.received(packet, 1);
    expect(client.state).toBe("dialling");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (garbage) => client.received(garbage, 1)),
      { seed: 8, numRuns: 300 },
    );
    expect(client.state).toBe("dialling");
    client.received(accept, 1);
    expect(client.state).toBe("accepted");
  });
});

/** What becomes of a connect with a cookie that was baked at that time. */
function greetedLater(cookieMs: number, at: { nowMs: number; address?: string; nonce?: Uint8Array }): string {
  const { greeter } = server();
  const retry = greeter.greet(helloPacket(nonce, profile), ana, cookieMs);
  if (retry.kind !== "answer") throw new Error("no retry");
  const packet = helloPacket(at.nonce ?? nonce, profile, cookieIn(retry.packet));
  return greeter.greet(packet, at.address ?? ana, at.nowMs).kind;
}

describe("the server before a connection", () => {
  test("takes a cookie back for as long as it is good, and not a second longer", () => {
    expect(greetedLater(5_000, { nowMs: 5_001 })).toBe("connect");
    expect(greetedLater(5_000, { nowMs: 5_000 + limits.datagramCookieMs })).toBe("connect");
    expect(greetedLater(5_000, { nowMs: 6_000 + limits.datagramCookieMs })).toBe("ignored");
    expect(greetedLater(5_000, { nowMs: 4_000 })).toBe("ignored");
  });

  test("takes it from nobody else: another port, another address, another nonce", () => {
    expect(greetedLater(0, { nowMs: 1, address: "192.0.2.1|4001" })).toBe("ignored");
    expect(greetedLater(0, { nowMs: 1, address: "192.0.2.2|4000" })).toBe("ignored");
    expect(greetedLater(0, { nowMs: 1, nonce: nonce.with(7, 9) })).toBe("ignored");
  });

  test("takes none that it has not baked", () => {
    const forged = helloPacket(nonce, profile, { seconds: 0, proof: new Uint8Array(16) });
    expect(server().greeter.greet(forged, ana, 0).kind).toBe("ignored");
  });

  test("changes its secret every minute, and knows cookies of the one before", () => {
    const asker = { address: ana, nonce };
    const baker = new CookieBaker(seededSecrets(1), 0);
    const cookie = baker.bake(asker, limits.datagramSecretMs - 1);
    expect(baker.isGood(cookie, asker, limits.datagramSecretMs + 1)).toBe(true);
    const unchanged = new CookieBaker(seededSecrets(1), 0);
    const [before, after] = [unchanged.bake(asker, 0), unchanged.bake(asker, limits.datagramSecretMs)];
    const same = new CookieBaker(seededSecrets(1), limits.datagramSecretMs).bake(asker, limits.datagramSecretMs);
    expect(hex(after.proof)).not.toBe(hex(same.proof));
    expect(hex(before.proof)).not.toBe(hex(after.proof));
  });

  test("answers with less than it was sent, always", () => {
    const { greeter } = server();
    const hello = helloPacket(nonce, profile);
    const old = hello.with(9, 0);
    seal(old, old.length - 4);
    for (const packet of [hello, old]) {
      const greeting = greeter.greet(packet, ana, 0);
      expect(greeting.kind).toBe("answer");
      if (greeting.kind === "answer") expect(greeting.packet.length).toBeLessThan(packet.length);
    }
    const answers = [acceptPacket(nonce, id, profile), refusedPacket(nonce, 1), gonePacket(id)];
    expect(answers.map(({ length }) => length)).toEqual([22, 14, 13]);
  });

  test("ignores what is no hello: too short, too long, garbled, anything", () => {
    const { greeter } = server();
    const hello = helloPacket(nonce, profile);
    for (const packet of [hello.subarray(0, 63), Buffer.concat([hello, hello.subarray(0, 1)]), hello.with(3, 0)]) {
      expect(greeter.greet(packet, ana, 0).kind).toBe("ignored");
    }
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 60, maxLength: 70 }), (garbage) => {
        expect(greeter.greet(garbage, ana, 0).kind).toBe("ignored");
      }),
      { seed: 9, numRuns: 300 },
    );
  });

  test("tells a version that it does not know", () => {
    const hello = helloPacket(nonce, profile);
    hello[9] = 2;
    seal(hello, hello.length - 4);
    const expected = refusedPacket(nonce, refusalReason.unknownVersion);
    expect(server().greeter.greet(hello, ana, 0)).toEqual({ kind: "answer", packet: expected });
  });

  test("says of a connection that is gone that it is, so often in a second and no oftener", () => {
    const { greeter } = server();
    const header = Object.assign(new DataHeader(), { id, number: 1 });
    const data = new Uint8Array(35);
    header.write(data);
    expect(greeter.gone(data, 0)).toBeUndefined();
    seal(data, 31);
    for (let count = 0; count < limits.datagramGonesPerSecond; count++) {
      expect(greeter.gone(data, 10)).toEqual(gonePacket(id));
    }
    expect(greeter.gone(data, 1_009)).toBeUndefined();
    expect(greeter.gone(data, 1_010)).toBeDefined();
    expect(greeter.gone(helloPacket(nonce, profile), 1_010)).toBeUndefined();
  });
});

describe("packets of the handshake", () => {
  const cookie = { seconds: 0x0a0b0c0d, proof: Uint8Array.from({ length: 16 }, (_, index) => 0xf0 + index) };
  const proofHex = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";

  test.each([
    ["hello", helloPacket(nonce, profile), `8001020304050607080103${"00".repeat(49)}`],
    ["retry", retryPacket(nonce, cookie), `8101020304050607080a0b0c0d${proofHex}`],
    ["connect", helloPacket(nonce, profile, cookie), `82010203040506070801030a0b0c0d${proofHex}${"00".repeat(29)}`],
    ["accept", acceptPacket(nonce, id, profile), `830102030405060708001f01020304050603`],
    ["refused", refusedPacket(nonce, 2), `85010203040506070802`],
    ["gone", gonePacket(id), `86001f010203040506`],
  ])("%s is laid out as docs/datagrams.md says", (_, packet, expected) => {
    expect(hex(packet.subarray(0, -4))).toBe(expected);
    expect(isSealed(packet)).toBe(true);
  });

  test("profiles are two bits; others are not heeded", () => {
    for (const octet of [0, 1, 2, 3]) expect(profileOctet(parseProfile(octet))).toBe(octet);
    expect(parseProfile(0xfd)).toEqual({ local: true, quick: false });
  });

  test("the keyed hash is HMAC-SHA256 (test case 2 of RFC 4231)", () => {
    const hash = keyedHash(Buffer.from("Jefe"), Buffer.from("what do ya want for nothing?"));
    expect(hex(hash)).toBe("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  });
});
