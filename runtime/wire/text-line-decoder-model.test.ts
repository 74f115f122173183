// Any text, cut anywhere, flushed anywhere and asked for in any portions, against a model that splits it plainly.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { limits } from "../limits.ts";
import { timesRuns } from "../testing/times-runs.ts";
import { singleBytes, splitAt } from "./test-frames.ts";
import type { TextBatch } from "./text-batch.ts";
import { TextLineDecoder } from "./text-line-decoder.ts";

const words = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: "grapheme", maxLength: 30 }) },
  { weight: 2, arbitrary: fc.constantFrom("", "\r", "\0", "\r\r") },
  { weight: 1, arbitrary: fc.integer({ min: 4_090, max: 4_100 }).map((length) => "x".repeat(length)) },
);
const endings = fc.constantFrom("\n", "\r\n", "\n\n", "");
const texts = fc
  .array(fc.tuple(words, endings), { maxLength: 20, size: "max" })
  .map((lines) => Buffer.from(lines.map(([word, ending]) => word + ending).join("")));
const octets = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const portions = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 10 });

interface Lines {
  readonly lines: string[];
  readonly rest: number;
  readonly tooLong: boolean;
}

const isTooLong = (line: string): boolean => line.replace(/\r$/, "").length > limits.textLineBytesMax;

/** Latin-1, because there an octet is a character: what is too long is counted in octets. */
function model(bytes: Buffer): Lines {
  const lines: string[] = [];
  const pieces = bytes.toString("latin1").split("\n");
  const rest = pieces.pop() as string;
  for (const piece of pieces) {
    if (isTooLong(piece)) return { lines, rest: 0, tooLong: true };
    lines.push(Buffer.from(`${piece}\n`, "latin1").toString());
  }
  const tooLong = isTooLong(rest);
  return { lines, rest: tooLong ? 0 : rest.length, tooLong };
}

function decode(chunks: readonly Uint8Array[], counts: readonly number[]): Lines {
  const decoder = new TextLineDecoder([]);
  const lines: string[] = [];
  let asked = 0;
  for (const chunk of chunks) {
    decoder.push(Buffer.from(chunk), asked);
    while (true) {
      const batch: TextBatch | undefined = decoder.next(counts[asked++ % counts.length] as number);
      if (batch === undefined) break;
      const before = lines.length;
      const { bytes } = batch;
      while (batch.remaining > 0) lines.push(batch.take());
      batch.release();
      if (!lines.some((line) => line.includes("\uFFFD"))) {
        expect(bytes).toBe(Buffer.byteLength(lines.slice(before).join("")));
      }
    }
    expect(decoder.holding).toBe(false);
  }
  return { lines, rest: decoder.partialBytes, tooLong: decoder.fault === "wire.line_too_long" };
}

describe("any text", () => {
  test("gives the lines of the model, however it is cut and asked for, and one octet at a time", () => {
    const cuts = fc.array(fc.nat(30_000), { maxLength: 60 });
    const property = fc.property(fc.oneof(texts, octets), cuts, portions, (bytes, offsets, counts) => {
      const expected = model(bytes);
      const wrapped = offsets.map((offset) => offset % (bytes.length + 1));
      expect(decode(splitAt(bytes, wrapped), counts)).toEqual(expected);
      expect(decode(singleBytes(bytes), counts)).toEqual(expected);
    });
    fc.assert(property, { seed: 20_261_121, numRuns: timesRuns(250) });
  });

  test("flushed between any two chunks gives every octet once, in order", () => {
    const ascii = octets.map((bytes) => bytes.map((octet) => octet & 0x7f)).map((bytes) => Buffer.from(bytes));
    const chunked = fc.array(fc.tuple(ascii, fc.boolean()), { maxLength: 20 });
    const property = fc.property(chunked, (chunks) => {
      const decoder = new TextLineDecoder([]);
      const given: string[] = [];
      for (const [chunk, flushed] of chunks) {
        decoder.push(chunk, 0);
        take(decoder, given);
        if (flushed) decoder.flush();
        take(decoder, given);
      }
      decoder.flush();
      take(decoder, given);
      expect(given.join("")).toBe(Buffer.concat(chunks.map(([chunk]) => chunk)).toString());
    });
    fc.assert(property, { seed: 20, numRuns: timesRuns(250) });
  });
});

function take(decoder: TextLineDecoder, given: string[]): void {
  for (let batch = decoder.next(3); batch !== undefined; batch = decoder.next(3)) {
    while (batch.remaining > 0) given.push(batch.take());
    batch.release();
  }
}
