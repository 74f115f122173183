// Prefixes and pages of texts beside what their UTF-8 bytes say.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { anyCodePoint } from "../testing/code-points.ts";
import { timesRuns } from "../testing/times-runs.ts";
import { pageStart, prefixEnd } from "./key-range.ts";

/** Characters at the bounds of UTF-8's lengths and of UTF-16's halves, and any. */
const character = fc.oneof(
  fc.constantFrom(
    "\0",
    "a",
    "b",
    "\x7f",
    "\x80",
    "\u07ff",
    "\u0800",
    "\ud7ff",
    "\ue000",
    "\uffff",
    "\u{10000}",
    "\u{10ffff}",
  ),
  fc.string({ unit: anyCodePoint, minLength: 1, maxLength: 1 }),
);
const text = fc.array(character, { maxLength: 4 }).map((characters) => characters.join(""));
const bytesOrder = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));
const beginsWith = (longer: string, prefix: string): boolean =>
  Buffer.from(longer).subarray(0, Buffer.byteLength(prefix)).equals(Buffer.from(prefix));

describe("texts", () => {
  test("begin with a prefix exactly when they lie between it and its end", () => {
    const property = fc.property(text, text, fc.boolean(), (prefix, rest, extend) => {
      const other = extend ? prefix + rest : rest;
      const end = prefixEnd(prefix);
      const within = bytesOrder(other, prefix) >= 0 && (end === undefined || bytesOrder(other, end) < 0);
      expect(within).toBe(beginsWith(other, prefix));
      expect(end?.isWellFormed() ?? true).toBe(true);
    });
    fc.assert(property, { seed: 32, numRuns: timesRuns(1_000) });
  });

  test("are on a page exactly when they come after the last one and not before the prefix", () => {
    const property = fc.property(text, text, text, (prefix, after, other) => {
      const onPage = bytesOrder(other, after) > 0 && bytesOrder(other, prefix) >= 0;
      expect(bytesOrder(other, pageStart(prefix, after)) >= 0).toBe(onPage);
    });
    fc.assert(property, { seed: 33, numRuns: timesRuns(1_000) });
  });
});
