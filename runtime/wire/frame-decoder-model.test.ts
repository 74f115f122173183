// Any sequence of frames, cut anywhere and asked for in any portions, against a model that knows what was sent.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { limits } from "../limits.ts";
import { timesRuns } from "../testing/times-runs.ts";
import { FrameDecoder } from "./frame-decoder.ts";
import type { WireFault } from "./protocol.ts";
import { closeFrame, frame, splitAt } from "./test-frames.ts";
import type { TextBatch } from "./text-batch.ts";

interface End {
  readonly bytes: Buffer;
  readonly finished: boolean;
  readonly fault: WireFault | undefined;
  readonly partialBytes: number;
}

const open: End = { bytes: Buffer.alloc(0), finished: false, fault: undefined, partialBytes: 0 };
const faulty = (bytes: Buffer, fault: WireFault): End => ({ ...open, bytes, fault });

const payloads = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.string({ unit: "grapheme", maxLength: 40 }) },
    { weight: 2, arbitrary: fc.constant("") },
    { weight: 1, arbitrary: fc.integer({ min: 200, max: 5_000 }).map((length) => "é".repeat(length)) },
  ),
  { maxLength: 30, size: "max" },
);

const trailing = fc.uint8Array({ maxLength: 30 });
const ends: fc.Arbitrary<End> = fc.oneof(
  fc.constant(open),
  fc
    .integer({ min: 1, max: 19 })
    .map((cut) => ({ ...open, bytes: frame("cut here").subarray(0, cut), partialBytes: cut })),
  trailing.map((rest) => ({ ...open, bytes: Buffer.concat([closeFrame, rest]), finished: true })),
  fc
    .tuple(fc.constantFrom(0, 2, 3, 5, 0xffff_ffff), trailing)
    .map(([type, rest]) => faulty(frame(rest, { type }), "wire.unknown_frame_type")),
  fc
    .tuple(fc.integer({ min: limits.framePayloadBytesMax + 1, max: 0xffff_ffff }), trailing)
    .map(([length, rest]) => faulty(frame(rest, { length }), "wire.frame_too_large")),
  fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 255 }), trailing).map(([octet, mask, rest]) => {
    const wrong = frame(rest);
    wrong[octet] = (wrong[octet] as number) ^ mask;
    return faulty(wrong, "wire.bad_magic");
  }),
);

const portions = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 20 });

describe("any stream of frames", () => {
  test("gives the payloads and the end of the model, however it is cut and asked for", () => {
    const spares: TextBatch[] = [];
    const cuts = fc.array(fc.nat(20_000), { maxLength: 60 });
    const property = fc.property(payloads, ends, cuts, portions, (sent, end, offsets, counts) => {
      const decoder = new FrameDecoder(spares);
      const received: string[] = [];
      let asked = 0;
      const bytes = Buffer.concat([...sent.map((payload) => frame(payload)), end.bytes]);
      for (const chunk of splitAt(
        bytes,
        offsets.map((offset) => offset % (bytes.length + 1)),
      )) {
        decoder.push(Buffer.from(chunk), asked);
        while (true) {
          const countMax = counts[asked++ % counts.length] as number;
          const batch = decoder.next(countMax);
          if (batch === undefined) break;
          expect(batch.remaining).toBeWithin(1, countMax + 1);
          const from = received.length;
          const announcedBytes = batch.bytes;
          while (batch.remaining > 0) received.push(batch.take());
          const octets = received.slice(from).map((payload) => 12 + Buffer.byteLength(payload));
          expect(announcedBytes).toBe(octets.reduce((sum, each) => sum + each, 0));
          batch.release();
        }
        expect(decoder.holding).toBe(false);
      }
      expect(received).toEqual(sent);
      const { finished, fault, partialBytes } = end;
      expect(decoder).toMatchObject({ finished, fault, partialBytes });
    });
    fc.assert(property, { seed: 20_261_120, numRuns: timesRuns(500) });
    expect(spares.length).toBeLessThanOrEqual(limits.spareBatchesMax);
  });

  test("of random octets never throws and never gives out more than came in", () => {
    const soup = fc.array(fc.oneof(trailing, fc.constantFrom(frame("x"), closeFrame, frame("y", { type: 3 }))));
    const property = fc.property(soup, (chunks) => {
      const decoder = new FrameDecoder([]);
      for (const chunk of chunks) {
        decoder.push(Buffer.from(chunk), 0);
        for (let batch = decoder.next(3); batch !== undefined; batch = decoder.next(3)) {
          expect(batch.bytes).toBeLessThanOrEqual(chunks.reduce((sum, each) => sum + each.length, 0));
          while (batch.remaining > 0) batch.take();
          batch.release();
        }
      }
    });
    fc.assert(property, { seed: 5_000, numRuns: timesRuns(500) });
  });
});
