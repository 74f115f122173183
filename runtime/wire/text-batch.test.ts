// A batch of texts: takes in order, and is kept for reuse within a bound.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { FRAME_HEADER_BYTES } from "./frame-header.ts";
import { frame } from "./test-frames.ts";
import { TextBatch } from "./text-batch.ts";

function batchOf(payload: string, spares: TextBatch[]): TextBatch {
  const batch = new TextBatch(spares, FRAME_HEADER_BYTES);
  const chunk = frame(payload);
  batch.starts[0] = 12;
  batch.starts[1] = chunk.length + 12;
  return batch.fill(chunk, 1, 42);
}

describe("a batch", () => {
  test("says what remains, what it holds in bytes and when it came", () => {
    const batch = batchOf("Olá", []);
    expect(batch).toMatchObject({ remaining: 1, bytes: 16, arrivedMs: 42 });
    expect(batch.take()).toBe("Olá");
    expect(batch.remaining).toBe(0);
  });

  test("is filled anew from the start", () => {
    const batch = batchOf("first", []);
    batch.take();
    batch.release();
    expect(batch.remaining).toBe(0);
    const chunk = frame("other");
    batch.starts[0] = 12;
    batch.starts[1] = chunk.length + 12;
    expect(batch.fill(chunk, 1, 43).take()).toBe("other");
  });

  test("released with frames left in it drops them", () => {
    const spares: TextBatch[] = [];
    const batch = batchOf("unread", spares);
    batch.release();
    expect(batch.remaining).toBe(0);
    expect(spares).toEqual([batch]);
  });

  test("is kept for reuse up to the bound, and left to the collector past it", () => {
    const spares: TextBatch[] = [];
    const batches = Array.from({ length: limits.spareBatchesMax + 1 }, () => batchOf("x", spares));
    for (const batch of batches.slice(0, -1)) batch.release();
    expect(spares).toHaveLength(limits.spareBatchesMax);
    batches.at(-1)?.release();
    expect(spares).toHaveLength(limits.spareBatchesMax);
  });
});
