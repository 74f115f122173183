// The decoder: the same frames on any split, nothing copied that arrived whole, and an end that stays an end.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { FrameDecoder } from "./frame-decoder.ts";
import { closeFrame, feed, frame, singleBytes, splitAt, takeAll } from "./test-frames.ts";
import type { TextBatch } from "./text-batch.ts";

const createDecoder = (): FrameDecoder => new FrameDecoder([]);
const three = ["one", "", "três"];
const stream = Buffer.concat(three.map((payload) => frame(payload)));

describe("a stream of frames", () => {
  test("gives its payloads in order, the empty one too", () => {
    expect(feed(createDecoder(), [stream])).toEqual(three);
  });

  test("gives the same one byte at a time", () => {
    expect(feed(createDecoder(), singleBytes(stream))).toEqual(three);
  });

  test("gives the same at each single split", () => {
    for (let offset = 1; offset < stream.length; offset++) {
      expect(feed(createDecoder(), splitAt(stream, [offset]))).toEqual(three);
    }
  });

  test("ends between frames or within one: what is not whole is counted, and given out by nobody", () => {
    const decoder = createDecoder();
    expect(feed(decoder, [stream, frame("cut").subarray(0, 14)])).toEqual(three);
    expect(decoder).toMatchObject({ partialBytes: 14, holding: false, fault: undefined, finished: false });
    expect(feed(decoder, [frame("cut").subarray(14)])).toEqual(["cut"]);
    expect(decoder.partialBytes).toBe(0);
  });

  test("octets that are not UTF-8 become U+FFFD and disturb no other frame", () => {
    const broken = Buffer.concat([frame(Uint8Array.of(0x61, 0xff, 0x62)), frame("next")]);
    expect(feed(createDecoder(), [broken])).toEqual(["a\uFFFDb", "next"]);
  });
});

describe("batches", () => {
  test("hold countMax frames at most; the chunk is held until the rest is asked for", () => {
    const decoder = createDecoder();
    decoder.push(stream, 7);
    expect(decoder.next(0)).toBeUndefined();
    expect(decoder.holding).toBe(true);
    const batch = decoder.next(2) as TextBatch;
    expect(batch).toMatchObject({ remaining: 2, arrivedMs: 7, bytes: 12 + 3 + 12 });
    expect([batch.take(), batch.take()]).toEqual(["one", ""]);
    expect(batch.remaining).toBe(0);
    expect(decoder.holding).toBe(true);
    expect(takeAll(decoder)).toEqual(["três"]);
    expect(decoder.holding).toBe(false);
  });

  test("hold textsPerBatch frames at most, whatever is asked for", () => {
    const decoder = createDecoder();
    decoder.push(Buffer.concat(Array.from({ length: limits.textsPerBatch + 1 }, () => frame("x"))), 0);
    expect(decoder.next(Number.MAX_SAFE_INTEGER)?.remaining).toBe(limits.textsPerBatch);
    expect(decoder.next(Number.MAX_SAFE_INTEGER)?.remaining).toBe(1);
    expect(decoder.next(Number.MAX_SAFE_INTEGER)).toBeUndefined();
  });

  test("that take exactly all of a chunk leave nothing held", () => {
    const decoder = createDecoder();
    decoder.push(stream, 0);
    expect(decoder.next(3)?.remaining).toBe(3);
    expect(decoder.holding).toBe(false);
    expect(decoder.next(3)).toBeUndefined();
  });

  test("a batch keeps its frames while the next chunk is decoded", () => {
    const decoder = createDecoder();
    decoder.push(frame("first"), 0);
    const batch = decoder.next(10) as TextBatch;
    expect(feed(decoder, [frame("second")])).toEqual(["second"]);
    expect(batch.take()).toBe("first");
  });

  test("released ones are used again, by every decoder that shares the spares", () => {
    const spares: TextBatch[] = [];
    const [left, right] = [new FrameDecoder(spares), new FrameDecoder(spares)];
    left.push(frame("left"), 0);
    const batch = left.next(10) as TextBatch;
    batch.take();
    batch.release();
    right.push(frame("right"), 0);
    expect(right.next(10)).toBe(batch);
    expect(batch.take()).toBe("right");
  });

  test("a payload that arrived whole is not copied: it is read where the socket put it", () => {
    const decoder = createDecoder();
    const chunk = Buffer.concat([frame("before"), frame("cut").subarray(0, 13)]);
    decoder.push(chunk, 0);
    const batch = decoder.next(10) as TextBatch;
    chunk.write("edited", 12);
    expect(batch.take()).toBe("edited");
  });

  test("a frame that was cut lies in memory of its own: the chunk is free for others", () => {
    const decoder = createDecoder();
    const chunk = frame("a cut frame").subarray(0, 15);
    decoder.push(chunk, 0);
    expect(decoder.next(10)).toBeUndefined();
    chunk.fill(0);
    expect(feed(decoder, [frame("a cut frame").subarray(15)])).toEqual(["a cut frame"]);
  });
});

describe("the end of a stream", () => {
  test.each([
    ["without a payload", closeFrame],
    ["with one that is announced and does not come", frame("", { type: 4, length: 0xffff_ffff })],
    ["with one that is there", frame("bye", { type: 4 })],
  ])("a close %s finishes it", (_, close) => {
    for (const chunks of [
      [Buffer.concat([frame("last"), close])],
      singleBytes(Buffer.concat([frame("last"), close])),
    ]) {
      const decoder = createDecoder();
      expect(feed(decoder, chunks)).toEqual(["last"]);
      expect(decoder).toMatchObject({ finished: true, fault: undefined, partialBytes: 0, holding: false });
    }
  });

  test.each([0, 2, 3, 5, 0x100, 0xffff_ffff])("a frame of type %d is a fault", (type) => {
    for (const chunks of [[frame("x", { type })], singleBytes(frame("x", { type }))]) {
      const decoder = createDecoder();
      expect(feed(decoder, chunks)).toEqual([]);
      expect(decoder).toMatchObject({ finished: false, fault: "wire.unknown_frame_type", partialBytes: 0 });
    }
  });

  test.each([0, 1, 2, 3])("a magic that is wrong in octet %d is a fault as soon as that octet is there", (octet) => {
    const wrong = frame("x");
    wrong[octet] = (wrong[octet] as number) ^ 0x20;
    const bytewise = createDecoder();
    feed(bytewise, singleBytes(wrong.subarray(0, octet)));
    expect(bytewise.fault).toBeUndefined();
    feed(bytewise, [wrong.subarray(octet, octet + 1)]);
    expect(bytewise).toMatchObject({ fault: "wire.bad_magic", partialBytes: 0 });
    const whole = createDecoder();
    expect(feed(whole, [Buffer.concat([frame("good"), wrong])])).toEqual(["good"]);
    expect(whole.fault).toBe("wire.bad_magic");
  });

  test("a text client is told off by its first letter", () => {
    const decoder = createDecoder();
    feed(decoder, [Buffer.from("E")]);
    expect(decoder.fault).toBe("wire.bad_magic");
  });

  test("frames before a fault are given out even when they are asked for one by one", () => {
    const decoder = createDecoder();
    expect(feed(decoder, [Buffer.concat([stream, frame("x", { type: 9 })])], 1)).toEqual(three);
    expect(decoder.fault).toBe("wire.unknown_frame_type");
  });

  test.each([
    ["close", closeFrame],
    ["fault", frame("", { type: 2 })],
  ])("whatever comes after a %s is ignored, in the same chunk and in later ones", (_, end) => {
    const decoder = createDecoder();
    expect(feed(decoder, [Buffer.concat([frame("last"), end, frame("after")]), frame("later")])).toEqual(["last"]);
    const { fault, finished } = decoder;
    feed(decoder, singleBytes(Buffer.concat([frame("", { magic: 0 }), closeFrame])));
    expect(decoder).toMatchObject({ fault, finished, partialBytes: 0, holding: false });
  });
});
