// Memory of a frame that is not whole: it follows what has arrived, and a length that is too large allocates nothing.
import { afterAll, afterEach, describe, expect, spyOn, test } from "bun:test";

import { limits } from "../limits.ts";
import { FrameDecoder } from "./frame-decoder.ts";
import { feed, frame, singleBytes } from "./test-frames.ts";

const allocations = spyOn(Buffer, "allocUnsafeSlow");
const createDecoder = (): FrameDecoder => new FrameDecoder([]);
const largestAllocation = (): number => Math.max(0, ...allocations.mock.calls.map(([bytes]) => bytes));
const announced = (length: number): Buffer => frame("", { length });

afterEach(() => void allocations.mockClear());
afterAll(() => allocations.mockRestore());

describe("the announced length", () => {
  test.each([limits.framePayloadBytesMax + 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])(
    "of %d bytes is refused on the header",
    (length) => {
      const whole = createDecoder();
      feed(whole, [announced(length)]);
      expect(whole).toMatchObject({ fault: "wire.frame_too_large", partialBytes: 0 });
      expect(largestAllocation()).toBe(0);
      const bytewise = createDecoder();
      feed(bytewise, singleBytes(announced(length)));
      expect(bytewise).toMatchObject({ fault: "wire.frame_too_large", partialBytes: 0 });
      expect(largestAllocation()).toBeLessThanOrEqual(256);
    },
  );

  test("of exactly 1 MiB is accepted, whole and in pieces", () => {
    const payload = "x".repeat(limits.framePayloadBytesMax);
    const large = frame(payload);
    expect(feed(createDecoder(), [large])[0]).toHaveLength(payload.length);
    const pieces = [large.subarray(0, 5), large.subarray(5, 65_536), large.subarray(65_536)];
    expect(feed(createDecoder(), pieces)[0]).toBe(payload);
    expect(largestAllocation()).toBe(large.length);
  });
});

describe("the memory of a frame that is not whole", () => {
  test("is 256 bytes when 1 MiB is announced and nothing else has come", () => {
    feed(createDecoder(), [announced(limits.framePayloadBytesMax)]);
    expect(largestAllocation()).toBe(256);
  });

  test("is at most twice what has arrived, however it drips in", () => {
    const decoder = createDecoder();
    feed(decoder, [announced(limits.framePayloadBytesMax)]);
    for (let round = 0; round < 300; round++) {
      feed(decoder, [Buffer.alloc(17, "x")]);
      expect(largestAllocation()).toBeLessThanOrEqual(Math.max(256, 2 * decoder.partialBytes));
    }
    expect(decoder.partialBytes).toBe(12 + 300 * 17);
  });

  test("never exceeds the frame", () => {
    const large = frame("x".repeat(1_000));
    expect(feed(createDecoder(), singleBytes(large))).toEqual(["x".repeat(1_000)]);
    expect(largestAllocation()).toBe(large.length);
  });

  test("is not touched at all by frames that arrive whole", () => {
    feed(createDecoder(), [Buffer.concat([frame("one"), frame("two")]), frame("three")]);
    expect(allocations).not.toHaveBeenCalled();
  });
});
