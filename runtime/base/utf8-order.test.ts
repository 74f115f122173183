// The order of texts, beside that of their bytes.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { anyCodePoint } from "../testing/code-points.ts";
import { timesRuns } from "../testing/times-runs.ts";
import { compareUtf8 } from "./utf8-order.ts";

/** Characters at the bounds of UTF-8's lengths and of UTF-16's halves, and any. */
const character = fc.oneof(
  fc.constantFrom(
    "\0",
    "a",
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
const text = fc.array(character, { maxLength: 5 }).map((characters) => characters.join(""));
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe("two texts", () => {
  test("are ordered as their UTF-8 bytes", () => {
    fc.assert(
      fc.property(text, text, text, (start, a, b) => {
        expect(Math.sign(compareUtf8(start + a, start + b))).toBe(byBytes(start + a, start + b));
      }),
      { seed: 21, numRuns: timesRuns(2_500) },
    );
  });

  test("are not ordered as JavaScript orders them, where one has a character of the upper planes", () => {
    const [low, high] = ["\uffff", "\u{10000}"];
    expect([low < high, compareUtf8(low, high) < 0]).toEqual([false, true]);
  });

  test("are the same exactly when nothing tells them apart", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect([compareUtf8(a, a), compareUtf8(a, b) === 0]).toEqual([0, a === b]);
      }),
      { seed: 22, numRuns: timesRuns(500) },
    );
  });
});
