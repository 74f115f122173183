// A peer that lies, a path that brings anything: the connection ends with a code, or nothing changes; it never throws.
import { describe, expect, test } from "bun:test";
import { deflateRawSync } from "node:zlib";

import * as fc from "fast-check";

import { createRandom } from "../base/random.ts";
import { limits } from "../limits.ts";
import { DatagramChannel } from "./channel.ts";
import { seal } from "./checksum.ts";
import { closeCode } from "./close-codes.ts";
import { type Lane, writeFragment } from "./frames.ts";
import { DATA_HEADER_BYTES, DataHeader } from "./packet-header.ts";
import { seededSecrets, someId } from "./test-network.ts";

const profile = { local: true, quick: false };

function channel(): DatagramChannel {
  return new DatagramChannel({ id: someId, profile, random: seededSecrets(1), nowMs: 0 });
}

interface Forged {
  readonly number?: number;
  readonly largest?: number;
  readonly ackedLow?: number;
  readonly frames?: Uint8Array;
}

function packet({ frames = new Uint8Array(0), ...fields }: Forged): Uint8Array {
  const header = Object.assign(new DataHeader(), { id: someId, number: 1, window: 0x7fff_ffff, ...fields });
  const octets = new Uint8Array(DATA_HEADER_BYTES + frames.length + 4);
  header.write(octets);
  octets.set(frames, DATA_HEADER_BYTES);
  seal(octets, octets.length - 4);
  return octets;
}

function message(
  wire: Uint8Array,
  fields: { number?: number; count?: number; lane?: Lane; compressed?: boolean } = {},
) {
  const frames = new Uint8Array(wire.length + 20);
  const whole = { number: 0, count: 1, lane: 0 as const, compressed: false, ...fields, wire };
  return frames.subarray(0, writeFragment(frames, 0, { message: whole, index: 0, start: 0, end: wire.length }));
}

function packetsOf(of: DatagramChannel, nowMs: number): Uint8Array[] {
  const into = new Uint8Array(limits.datagramBytesMax);
  const packets: Uint8Array[] = [];
  for (let length = of.nextPacket(nowMs, into); length > 0; length = of.nextPacket(nowMs, into)) {
    packets.push(into.slice(0, length));
  }
  return packets;
}

describe("a peer", () => {
  test.each([
    ["that acknowledges what was never sent", { largest: 2 }, "neverSent"],
    ["that acknowledges packets below 1", { largest: 1, ackedLow: 1 }, "neverSent"],
    ["whose packet is no frames", { frames: Uint8Array.of(9) }, "malformed"],
    ["whose fragment is none of its message", { frames: Uint8Array.of(0x14, 0, 0, 0, 0, 3, 3, 0, 0) }, "malformed"],
    ["whose message is too far ahead", { frames: message(Buffer.from("x"), { number: 9_999 }) }, "windowOverrun"],
  ] as const)("%s is told so and left", (_, forged, code) => {
    const victim = channel();
    packetsOf(victim, 0);
    expect(victim.received(packet(forged), 1)).toBe("bad");
    expect(victim).toMatchObject({ state: "closing", ended: { by: "us", code: closeCode[code] } });
    const [close] = packetsOf(victim, 1) as [Uint8Array];
    expect(close[DATA_HEADER_BYTES]).toBe(4);
    expect(close[DATA_HEADER_BYTES + 1]).toBe(closeCode[code]);
  });

  test("that may acknowledge what was sent does", () => {
    const victim = channel();
    packetsOf(victim, 0);
    expect(victim.received(packet({ largest: 1 }), 1)).toBe("taken");
    expect(victim.health.inFlightPackets).toBe(0);
  });

  test("that sends beyond the window is left, and no more is held than the window", () => {
    const victim = channel();
    const wire = new Uint8Array(1_000);
    let number = 0;
    for (; victim.state === "open" && number < 1_000; number++) {
      victim.received(packet({ number: number + 1, frames: message(wire, { number, lane: 1 }) }), 1);
    }
    expect(victim.ended?.code).toBe(closeCode.windowOverrun);
    expect(victim.health.heldBytes).toBeLessThanOrEqual(limits.datagramWindowBytes);
    expect(victim.health.heldBytes).toBeGreaterThan(limits.datagramWindowBytes - 1_064);
  });

  test("whose fragments contradict each other is left", () => {
    const victim = channel();
    victim.received(packet({ number: 1, frames: message(Buffer.from("x"), { count: 2 }) }), 1);
    victim.received(packet({ number: 2, frames: message(Buffer.from("x"), { count: 3 }) }), 1);
    expect(victim.ended?.code).toBe(closeCode.badMessage);
  });

  test.each([
    ["becomes too much", deflateRawSync(Buffer.alloc(limits.datagramMessageBytesMax + 1))],
    ["is none", Buffer.from("not deflated")],
  ])("whose compressed message %s is left when it is taken", (_, wire) => {
    const victim = channel();
    victim.received(packet({ frames: message(wire, { compressed: true }) }), 1);
    expect(victim.state).toBe("open");
    expect(victim.take(2)).toBeUndefined();
    expect(victim).toMatchObject({ state: "closing", ended: { code: closeCode.badCompression } });
  });

  test("that says the largest numbers there are is only harming itself", () => {
    const victim = channel();
    expect(victim.received(packet({ number: 0xffff_ffff, frames: message(Buffer.from("oi")) }), 1)).toBe("taken");
    expect(victim.received(packet({ number: 5 }), 1)).toBe("duplicate");
    expect(victim.take(1)).toBeDefined();
    expect(victim.state).toBe("open");
  });

  test("that floods with challenges gets one answer at a time, no longer than the question", () => {
    const victim = channel();
    packetsOf(victim, 0);
    const challenge = Uint8Array.of(2, 1, 2, 3, 4, 5, 6, 7, 8);
    let [octetsIn, octetsOut] = [0, 0];
    for (let number = 1; number < 1_000; number++) {
      const question = packet({ number, frames: challenge });
      octetsIn += question.length;
      victim.received(question, 1);
      for (const answer of packetsOf(victim, 1)) octetsOut += answer.length;
    }
    expect(octetsOut).toBeLessThanOrEqual(octetsIn);
  });
});

describe("a packet that comes again", () => {
  test("is a duplicate, within the replay window and before it, and changes nothing", () => {
    const victim = channel();
    const first = packet({ number: 1, frames: message(Buffer.from("once")) });
    expect(victim.received(first, 1)).toBe("taken");
    expect(victim.received(first, 1)).toBe("duplicate");
    expect(victim.received(packet({ number: 1 + limits.datagramReplayPackets }), 1)).toBe("taken");
    expect(victim.received(first, 1)).toBe("duplicate");
    expect(victim.figures).toMatchObject({ duplicates: 2, bad: 0 });
    expect(victim.take(1)).toBeDefined();
    expect(victim.take(1)).toBeUndefined();
  });
});

describe("a message that comes again in another packet", () => {
  test("is dropped, and acknowledged at once: whoever repeats it waits", () => {
    const victim = channel();
    victim.received(packet({ number: 1, frames: message(Buffer.from("oi")) }), 1);
    packetsOf(victim, 10);
    victim.received(packet({ number: 2, frames: message(Buffer.from("again"), { number: 1 }) }), 20);
    expect(victim.nextTimeMs()).toBe(20 + limits.datagramAckDelayMs);
    packetsOf(victim, 30);
    expect(victim.received(packet({ number: 3, frames: message(Buffer.from("oi")) }), 40)).toBe("taken");
    expect(victim.nextTimeMs()).toBe(40);
    expect([victim.take(41)?.lane, victim.take(41)?.lane, victim.take(41)]).toEqual([0, 0, undefined]);
  });
});

describe("octets that are none of this connection's", () => {
  const good = packet({ number: 1, frames: message(Buffer.from("a message of some length, to be changed")) });

  function expectUntouched(octets: Uint8Array): void {
    const victim = channel();
    expect(victim.received(octets, 1)).toBe("bad");
    expect(victim).toMatchObject({ state: "open", figures: { bad: 1, packetsIn: 0 } });
    expect(victim.take(1)).toBeUndefined();
    expect(victim.received(good, 1)).toBe("taken");
    expect(Buffer.from(victim.take(1)?.bytes ?? []).toString()).toStartWith("a message");
  }

  test("are bad and change nothing: cut anywhere, changed anywhere, or anything", () => {
    for (let length = 0; length < good.length; length++) expectUntouched(good.subarray(0, length));
    const change = fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(change, ([offset, bits]) => expectUntouched(good.with(offset, (good[offset] as number) ^ bits))),
      { seed: 1, numRuns: 300 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 1_300 }), expectUntouched), { seed: 2, numRuns: 300 });
  });

  test("are bad with another id, even with the right checksum", () => {
    const other = good.slice();
    other[8] = (other[8] as number) ^ 1;
    seal(other, other.length - 4);
    expectUntouched(other);
  });
});

describe("packets with the right checksum and any contents", () => {
  test("never make it throw, hold more than its window, or wake without end", () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = createRandom(seed);
      const below = (end: number): number => Math.floor(random.next() * end);
      const victim = channel();
      for (let text = 0; text < 5; text++) victim.send(Buffer.alloc(below(3_000), text), below(2) as Lane);
      const base = packet({
        number: 1,
        frames: message(new Uint8Array(below(60)), { number: below(4), count: 1 + below(3) }),
      });
      for (let step = 0, nowMs = 0; step < 60; step++, nowMs += below(40)) {
        packetsOf(victim, nowMs);
        const mutant = base.slice();
        mutant[12] = step + 1;
        for (let change = below(4); change > 0; change--) mutant[17 + below(mutant.length - 21)] = below(256);
        seal(mutant, mutant.length - 4);
        victim.received(mutant, nowMs, below(2) === 0 ? "proven" : "candidate");
        if (below(10) === 0) victim.addressChanged(mutant.length, nowMs);
        if (below(3) === 0) victim.take(nowMs);
        packetsOf(victim, nowMs);
        expect(victim.health.heldBytes).toBeLessThanOrEqual(limits.datagramWindowBytes);
        expect(victim.nextTimeMs()).toBeGreaterThan(nowMs);
      }
    }
  });
});
