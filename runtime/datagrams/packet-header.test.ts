// The header of data packets: octet for octet, and what it acknowledges.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { limits } from "../limits.ts";
import { seal } from "./checksum.ts";
import {
  type ConnectionId,
  createConnectionId,
  DATA_HEADER_BYTES,
  DataHeader,
  readConnectionId,
} from "./packet-header.ts";
import { seededSecrets } from "./test-network.ts";

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

function headerOf(fields: Partial<DataHeader>): DataHeader {
  return Object.assign(new DataHeader(), fields);
}

function packetOf(header: DataHeader): Uint8Array {
  const packet = new Uint8Array(DATA_HEADER_BYTES + 4);
  header.write(packet);
  seal(packet, DATA_HEADER_BYTES);
  return packet;
}

describe("a data packet", () => {
  test("is laid out as docs/datagrams.md says", () => {
    const header = headerOf({ number: 0x01020304, window: 0x05060708, largest: 0x090a0b0c, ackDelay: 0x0d0e });
    header.id = 0x1f_0102_0304_0506 as ConnectionId;
    header.ackedHigh = 0xf0f1f2f3;
    header.ackedLow = 0xf4f5f6f7;
    expect(Buffer.from(packetOf(header)).toString("hex")).toBe(
      "84 001f010203040506 01020304 05060708 090a0b0c 0d0e f0f1f2f3f4f5f6f7 e1cc4406".replaceAll(" ", ""),
    );
  });

  test("is read as it was written", () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.tuple(u32, u32, u32, u32), (id, [number, window, largest, acked]) => {
        const bits = { ackedHigh: acked, ackedLow: ~acked >>> 0 };
        const header = headerOf({ number: Math.max(number, 1), window, largest, ...bits });
        header.id = id as ConnectionId;
        const read = new DataHeader();
        expect(read.read(packetOf(header))).toBe(true);
        expect(read).toEqual(header);
      }),
      { seed: 10, numRuns: 300 },
    );
  });

  test("is none with number 0, an id of more than 53 bits, another kind, or a length that none has", () => {
    const header = new DataHeader();
    const good = packetOf(headerOf({ number: 1 }));
    expect(header.read(good)).toBe(true);
    expect(header.read(packetOf(headerOf({ number: 0 })))).toBe(false);
    expect(header.read(good.with(2, 0x20))).toBe(false);
    expect(header.read(good.with(0, 0x85))).toBe(false);
    expect(header.read(good.subarray(0, -1))).toBe(false);
    const long = new Uint8Array(limits.datagramBytesMax + 1);
    long.set(good);
    expect(header.read(long.subarray(0, -1))).toBe(true);
    expect(header.read(long)).toBe(false);
  });
});

describe("an acknowledgement", () => {
  test("is for the largest, and for each of the 64 before it whose bit is set", () => {
    const header = headerOf({ largest: 100, ackedLow: 0b101, ackedHigh: 0x8000_0000 });
    const acknowledged = Array.from({ length: 110 }, (_, number) => number).filter((number) =>
      header.acknowledges(number),
    );
    expect(acknowledged).toEqual([36, 97, 99, 100]);
  });

  test.each([
    [0, 0, 0, false],
    [0, 1, 0, true],
    [0, 0, 0x8000_0000, true],
    [1, 1, 0, true],
    [2, 1, 0, false],
    [2, 2, 0, true],
    [33, 0xffff_ffff, 0, false],
    [33, 0xffff_ffff, 1, true],
    [34, 0xffff_ffff, 1, false],
    [64, 0xffff_ffff, 0x7fff_ffff, false],
    [64, 0, 0x8000_0000, true],
    [65, 0xffff_ffff, 0xffff_ffff, false],
  ])("of %d with bits %d and %d is for packets below 1: %p", (largest, ackedLow, ackedHigh, expected) => {
    expect(headerOf({ largest, ackedLow, ackedHigh }).acknowledgesNone).toBe(expected);
  });
});

test("connection ids are 53 bits of chance, and survive the packet", () => {
  const ids = Array.from({ length: 100 }, (_, seed) => createConnectionId(seededSecrets(seed)));
  expect(new Set(ids).size).toBe(100);
  expect(ids.every((id) => Number.isSafeInteger(id))).toBe(true);
  const header = headerOf({ number: 1, id: ids[0] as ConnectionId });
  expect(readConnectionId(packetOf(header), 1)).toBe(ids[0]);
});
