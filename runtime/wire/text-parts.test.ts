// Text from parts, octet by octet as `TextEncoder` and `String` would have it.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { anyCodePoint } from "../testing/code-points.ts";
import { timesRuns } from "../testing/times-runs.ts";
import type { ByteSink } from "./protocol.ts";
import { partsBytesMax, type TextPart, writeParts } from "./text-parts.ts";

function sinkOf(bytesMax: number): ByteSink {
  const bytes = Buffer.alloc(bytesMax, "~");
  return {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    offset: 0,
    reserve: () => undefined,
  };
}

/** The slow and obvious way. */
function reference(parts: readonly TextPart[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(typeof part === "number" ? String(part) : part)));
}

function written(parts: readonly TextPart[], offset = 0): Buffer {
  const sink = sinkOf(offset + partsBytesMax(parts));
  const end = writeParts(parts, sink, offset);
  expect(sink.bytes.subarray(0, offset).every((octet) => octet === 0x7e)).toBe(true);
  expect(sink.bytes.subarray(end).every((octet) => octet === 0x7e)).toBe(true);
  return sink.bytes.subarray(offset, end);
}

const edges = [0, 1, 9, 10, 11, 99, 100, 101, 999_999_999, 1_000_000_000, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1];

describe("parts", () => {
  test.each(edges)("write the number %d in decimal", (value) => {
    expect(written([value]).toString()).toBe(String(value));
  });

  test.each(["", "text", "Olá, coração", "📮🏤", "中文", "\uD800", "a\uDC00b", "\u0000"])(
    "write %j as UTF-8",
    (text) => {
      expect(written([text])).toEqual(Buffer.from(text));
    },
  );

  test("lie one behind the other from the offset on, and nothing around them is touched", () => {
    const parts = [Buffer.from('{"a":'), 12, ',"b":"', "é", Uint8Array.of(0x22, 0x7d)];
    expect(written(parts, 5).toString()).toBe('{"a":12,"b":"é"}');
  });

  test("none at all write nothing", () => {
    expect(partsBytesMax([])).toBe(0);
    expect(written([])).toHaveLength(0);
  });

  test("of any kind are what the reference makes of them, within the room that was asked for", () => {
    const part = fc.oneof(fc.string({ unit: anyCodePoint }), fc.nat(), fc.maxSafeNat(), fc.uint8Array());
    const property = fc.property(fc.array(part), fc.nat(20), (parts, offset) => {
      expect(written(parts, offset)).toEqual(reference(parts));
    });
    fc.assert(property, { seed: 8, numRuns: timesRuns(500) });
  });
});
