// Which packets came: against a set that forgets nothing, and how long an acknowledgement may wait.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { limits } from "../limits.ts";
import { DataHeader } from "./packet-header.ts";
import { ReceivedPackets } from "./received-packets.ts";

function acknowledgement(received: ReceivedPackets, nowMs = 0): DataHeader {
  const header = new DataHeader();
  received.describe(header, nowMs);
  received.acknowledged();
  return header;
}

describe("packet numbers", () => {
  test("in any order are seen once each, and acknowledged as they came", () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: -80, max: 5 }) },
      { weight: 2, arbitrary: fc.integer({ min: 1, max: limits.datagramReplayPackets - 1 }) },
      { weight: 2, arbitrary: fc.integer({ min: -limits.datagramReplayPackets - 5, max: -1 }) },
      { weight: 1, arbitrary: fc.integer({ min: 1_000, max: 5_000 }) },
    );
    const steps = fc.array(step, { maxLength: 200, size: "max" });
    fc.assert(
      fc.property(steps, (moves) => {
        const received = new ReceivedPackets();
        const model = new Set<number>();
        let largest = 0;
        for (const move of moves) {
          const number = Math.max(largest + move, 1);
          const isOld = number <= largest - limits.datagramReplayPackets;
          expect(received.hasSeen(number)).toBe(isOld || model.has(number));
          if (isOld || model.has(number)) continue;
          expect(received.add(number, 0)).toBe(number !== largest + 1);
          model.add(number);
          largest = Math.max(largest, number);
          const header = acknowledgement(received);
          expect(header.largest).toBe(largest);
          for (let back = 0; back <= 70; back++) {
            expect(header.acknowledges(largest - back)).toBe(back <= 64 && model.has(largest - back));
          }
        }
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  test("are known for the last datagramReplayPackets; an older one counts as seen", () => {
    const received = new ReceivedPackets();
    received.add(limits.datagramReplayPackets + 10, 0);
    expect(received.hasSeen(11)).toBe(false);
    expect(received.hasSeen(10)).toBe(true);
  });
});

describe("an acknowledgement", () => {
  test("waits for datagramAckDelayMs, or for the second packet that wants one", () => {
    const received = new ReceivedPackets();
    received.add(1, 100);
    expect(received.dueMs).toBe(Infinity);
    received.wantAcknowledgement(false, 100);
    expect(received.dueMs).toBe(100 + limits.datagramAckDelayMs);
    received.add(2, 102);
    received.wantAcknowledgement(false, 102);
    expect(received.dueMs).toBe(102);
    acknowledgement(received);
    expect(received.dueMs).toBe(Infinity);
  });

  test("leaves at once where something is missing", () => {
    const received = new ReceivedPackets();
    received.add(1, 100);
    received.wantAcknowledgement(received.add(3, 100), 100);
    expect(received.dueMs).toBe(100);
  });

  test("says how long the largest has waited for it, in units of 100 µs, as far as they go", () => {
    const received = new ReceivedPackets();
    received.add(1, 100);
    expect(acknowledgement(received, 104.26).ackDelay).toBe(43);
    expect(acknowledgement(received, 1_000_000).ackDelay).toBe(0xffff);
  });
});
