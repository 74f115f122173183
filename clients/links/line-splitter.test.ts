// Lines out of octets, wherever these are cut.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { LINE_BYTES_MAX, LineSplitter } from "./line-splitter.ts";

function linesOf(...chunks: readonly (string | Uint8Array)[]): readonly string[] {
  const splitter = new LineSplitter();
  const lines = chunks.flatMap((chunk) => [...splitter.lines(Buffer.from(chunk))]);
  const rest = splitter.rest();
  return rest === "" ? lines : [...lines, `${rest} (rest)`];
}

describe("lines", () => {
  test("end with LF or CRLF, and what is left is the rest", () => {
    expect(linesOf("um\ndois\r\n\ntrês")).toEqual(["um", "dois", "", "três (rest)"]);
  });

  test("are the same however the octets are cut", () => {
    const text = fc.array(fc.constantFrom("olá", "日本", "👍", "\r\n", "\n", "x"), { maxLength: 20 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(60), { maxLength: 8 }), (parts, places) => {
        const bytes = Buffer.from(parts.join(""));
        const cuts = [0, ...places.toSorted((one, other) => one - other), bytes.length];
        const chunks = cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
        expect(linesOf(...chunks)).toEqual(linesOf(bytes));
      }),
    );
  });

  test("may come one octet at a time", () => {
    expect(linesOf(...Array.from(Buffer.from("日本\n"), (octet) => Uint8Array.of(octet)))).toEqual(["日本"]);
  });

  test("are cut at the limit, so that none takes more memory than that", () => {
    expect(linesOf(`${"x".repeat(LINE_BYTES_MAX)}\n`).map(({ length }) => length)).toEqual([LINE_BYTES_MAX]);
    expect(linesOf(`${"x".repeat(LINE_BYTES_MAX + 1)}\n`).map(({ length }) => length)).toEqual([LINE_BYTES_MAX, 1]);
    expect(linesOf("x".repeat(LINE_BYTES_MAX * 2 + 3)).map(({ length }) => length)).toEqual([
      LINE_BYTES_MAX,
      LINE_BYTES_MAX,
      "xxx (rest)".length,
    ]);
  });

  test("that are not UTF-8 have marks where they are not", () => {
    expect(linesOf(Uint8Array.of(0x61, 0xff, 0x62, 0x0a))).toEqual(["a\uFFFDb"]);
  });
});
