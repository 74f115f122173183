// Frames: octet for octet, read as they were written, and no octets that make the reader stumble.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { limits } from "../limits.ts";
import {
  areFrames,
  fragmentFrameBytes,
  frameKind,
  FrameReader,
  writeClose,
  writeFragment,
  writePing,
  writeProof,
  type WrittenFragment,
} from "./frames.ts";

const text = (octets: string): Uint8Array => new TextEncoder().encode(octets);

function whole(octets: string, fields: { lane?: 0 | 1; number?: number; compressed?: boolean } = {}): WrittenFragment {
  const wire = text(octets);
  const message = { lane: 0, number: 7, count: 1, wire, compressed: false, ...fields } as const;
  return { message, index: 0, start: 0, end: wire.length };
}

function written(write: (packet: Uint8Array) => number): string {
  const packet = new Uint8Array(limits.datagramBytesMax);
  return Buffer.from(packet.subarray(0, write(packet))).toString("hex");
}

function readerOf(hex: string): FrameReader {
  const packet = Buffer.from(hex.replaceAll(" ", ""), "hex");
  const reader = new FrameReader();
  reader.open(packet, 0, packet.length);
  return reader;
}

describe("a frame", () => {
  test.each([
    ["ping", "01", (packet: Uint8Array) => writePing(packet, 0)],
    ["challenge", "020102030405060708", (packet: Uint8Array) => writeProof(packet, 0, 2, proof)],
    ["response", "030102030405060708", (packet: Uint8Array) => writeProof(packet, 0, 3, proof)],
    ["close", "0440026f69", (packet: Uint8Array) => writeClose(packet, 0, 64, text("oi"))],
    ["message", "100000000700026f69", (packet: Uint8Array) => writeFragment(packet, 0, whole("oi"))],
    [
      "message out of order",
      "11000000070000",
      (packet: Uint8Array) => writeFragment(packet, 0, whole("", { lane: 1 })),
    ],
    [
      "compressed",
      "1200000007000178",
      (packet: Uint8Array) => writeFragment(packet, 0, whole("x", { compressed: true })),
    ],
  ])("%s is laid out as docs/datagrams.md says", (_, hex, write) => {
    expect(written(write)).toBe(hex);
  });

  test("of a fragment says which it is, and of how many", () => {
    const message = { lane: 1, number: 0x01020304, count: 3, wire: text("abcdef"), compressed: true } as const;
    const fragment = { message, index: 2, start: 4, end: 6 };
    expect(written((packet) => writeFragment(packet, 0, fragment))).toBe("1701020304020300026566");
    expect(fragmentFrameBytes(fragment)).toBe(11);
  });
});

const proof = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

describe("the reader", () => {
  test("passes over padding, and ends with the packet", () => {
    const reader = readerOf("0000 01 00 100000000700026f69 0000");
    expect(reader.next()).toBe(true);
    expect(reader.kind).toBe(frameKind.ping);
    expect(reader.next()).toBe(true);
    expect(reader).toMatchObject({
      kind: frameKind.message,
      lane: 0,
      compressed: false,
      message: 7,
      index: 0,
      count: 1,
    });
    expect(Buffer.from(reader.bytes).toString()).toBe("oi");
    expect(reader.next()).toBe(false);
    expect(reader.broken).toBe(false);
  });

  test.each([
    ["an unknown kind", "05"],
    ["an unknown kind of message", "1800000007000178"],
    ["a message that is cut", "100000000700026f"],
    ["a message whose header is cut", "10000000"],
    ["more octets than there are", "1000000007ffff6f69"],
    ["fragment 3 of 3", "1400000007 0303 0000"],
    ["fragment 0 of 0", "1400000007 0000 0000"],
    ["more fragments than a message has", "1400000007 0041 0000"],
    ["a challenge that is cut", "02010203"],
    ["a close that is cut", "0400"],
    [
      "a close with more text than may be",
      `0400${(limits.datagramCloseTextBytesMax + 1).toString(16)}${"78".repeat(200)}`,
    ],
  ])("takes %s for broken", (_, hex) => {
    expect(areFrames(readerOf(hex))).toBe(false);
  });

  test("takes a close with all the text that may be, and the last fragment that may be", () => {
    const most = limits.datagramCloseTextBytesMax;
    expect(areFrames(readerOf(`0400${most.toString(16)}${"78".repeat(most)}`))).toBe(true);
    expect(areFrames(readerOf("1400000007 3f40 0000"))).toBe(true);
  });

  test("reads what was written, whatever it is", () => {
    const frame = fc.record({
      lane: fc.constantFrom(0 as const, 1 as const),
      number: fc.integer({ min: 0, max: 0xffff_ffff }),
      count: fc.integer({ min: 1, max: limits.datagramFragmentsMax }),
      compressed: fc.boolean(),
      wire: fc.uint8Array({ maxLength: 100 }),
    });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 8 }), (messages) => {
        const packet = new Uint8Array(limits.datagramBytesMax);
        let end = 0;
        for (const message of messages) {
          end = writeFragment(packet, end, { message, index: message.count - 1, start: 0, end: message.wire.length });
        }
        const reader = new FrameReader();
        reader.open(packet, 0, end);
        for (const { lane, number, count, compressed, wire } of messages) {
          expect(reader.next()).toBe(true);
          expect(reader).toMatchObject({ lane, message: number, count, index: count - 1, compressed });
          expect([...reader.bytes]).toEqual([...wire]);
        }
        expect(reader.next()).toBe(false);
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  test("never throws and never reads past the end, whatever the octets are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(200), (octets, cut) => {
        const end = Math.min(cut, octets.length);
        const reader = new FrameReader();
        reader.open(octets, 0, end);
        while (reader.next()) expect(reader.end).toBeLessThanOrEqual(end);
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});
