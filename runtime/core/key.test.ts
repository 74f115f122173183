// The written rule for keys, each part of it at its edge.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { limits } from "../limits.ts";
import { anyCodePoint } from "../testing/code-points.ts";
import { timesRuns } from "../testing/times-runs.ts";
import { keyProblem } from "./key.ts";

const composed = "caf\u00e9";
const decomposed = "cafe\u0301";

const named = (code: number): string => `U+${code.toString(16).padStart(4, "0")}`;

describe("a key", () => {
  test.each([
    "a",
    " ",
    "page/home",
    "//",
    "../..",
    "a b\u00a0c",
    "%00",
    "__proto__",
    "a#b?c=d",
    "\u{1F4EE}",
    "\u65e5\u672c\u8a9e",
    "\u05d0\u05d1",
    "\ufffd",
    "\u200b",
    composed,
  ])("may be %p", (key) => {
    expect(keyProblem(key)).toBeUndefined();
  });

  test("is not empty", () => {
    expect(keyProblem("")).toBe("it is empty");
  });

  test.each([".", ".."])("is not %p", (key) => {
    expect(keyProblem(key)).toBe("no URL can hold it");
  });

  test.each(["k", "\u00e9", "\u65e5"])("may have 512 UTF-16 code units and not one more (%s)", (character) => {
    expect(keyProblem(character.repeat(512))).toBeUndefined();
    expect(keyProblem(character.repeat(513))).toBe("it has 513 characters, the limit is 512");
  });

  test("counts a character outside the first plane as two", () => {
    expect(keyProblem("\u{1F4EE}".repeat(limits.actorKeyLengthMax / 2))).toBeUndefined();
    expect(keyProblem("\u{1F4EE}".repeat(limits.actorKeyLengthMax / 2 + 1))).toContain("514 characters");
  });

  test("is not looked at any further where it is too long", () => {
    expect(keyProblem("\0".repeat(4_096))).toBe("it has 4096 characters, the limit is 512");
  });

  const controls = [0, 1, 9, 0xa, 0xd, 0x1b, 0x1f, 0x7f, 0x80, 0x85, 0x9f];
  test.each(controls.map((code) => [named(code), code] as const))("has no control character (%s)", (_, code) => {
    const character = String.fromCharCode(code);
    for (const key of [character, `a${character}`, `${character}b`, `a${character}b`]) {
      expect(keyProblem(key)).toBe("it has a control character");
    }
  });

  test.each([0x20, 0x7e, 0xa0].map((code) => [named(code), code] as const))("may have %s beside them", (_, code) => {
    expect(keyProblem(`a${String.fromCharCode(code)}b`)).toBeUndefined();
  });

  test.each(["\ud83d", "\udcee", "\udcee\ud83d", "a\ud83db"])("has no half of a surrogate pair (%j)", (key) => {
    expect(keyProblem(key)).toBe("it has half of a surrogate pair");
  });

  test("is in normal form C, so that what looks and sounds the same is the same", () => {
    expect(keyProblem(decomposed)).toBe("it is not in Unicode's normal form C");
    expect(keyProblem(decomposed.normalize("NFC"))).toBeUndefined();
  });

  test.each([
    ["latin and cyrillic a", "a", "\u0430"],
    ["a capital and a small letter", "Lobby", "lobby"],
    ["a space more", "lobby", "lobby "],
    ["a ligature", "fi", "\ufb01"],
  ])("is another one where it only looks alike: %s", (_, one, other) => {
    expect([keyProblem(one), keyProblem(other), one === other]).toEqual([undefined, undefined, false]);
  });

  test.each([[undefined], [null], [7], [{}], [["a"]]])("is a text, not %p", (key) => {
    expect(keyProblem(key as unknown as string)).toStartWith("it is no text but");
  });

  test("has no problem exactly when it keeps to every part of the rule", () => {
    const texts = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 20 }),
      fc.string({ unit: anyCodePoint, maxLength: 6 }),
      fc.string({
        unit: fc.constantFrom("a", "e", "\u0301", "\0", "\u0085", "\ud83d", "\udcee", "/", "."),
        maxLength: 5,
      }),
    );
    fc.assert(
      fc.property(texts, (key) => {
        const isText = key.length > 0 && !/\p{Cc}/u.test(key) && key.isWellFormed() && key === key.normalize("NFC");
        const fits = isText && key !== "." && key !== "..";
        expect(keyProblem(key) === undefined).toBe(fits);
      }),
      { seed: 17, numRuns: timesRuns(1_000) },
    );
  });
});
