// What a terminal never gets to see, whoever sent it.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { anyCodePoint } from "#runtime/testing/code-points.ts";

import { safeText } from "./safe-text.ts";

describe("text from elsewhere", () => {
  test.each([
    ["plain text", "olá, 日本 👍", "olá, 日本 👍"],
    ["an escape sequence", "\u001b[2Joi", "\\u{001b}[2Joi"],
    ["a C1 control", "\u009b2J", "\\u{009b}2J"],
    ["a bell and a newline", "\u0007\n", "\\u{0007}\\u{000a}"],
    ["a carriage return that would hide what is before it", "ana: oi\rbea: x", "ana: oi\\u{000d}bea: x"],
    ["writing turned round", "\u202egpj.exe", "\\u{202e}gpj.exe"],
    ["an isolate", "\u2067x\u2069", "\\u{2067}x\\u{2069}"],
    ["what has no width", "a\u200bb\u2060c\ufeff", "a\\u{200b}b\\u{2060}c\\u{feff}"],
    ["tags beyond the first plane", "\u{e0041}", "\\u{e0041}"],
    ["a line separator", "a\u2028b", "a\\u{2028}b"],
    ["half a character", "a\ud800b", "a\\u{d800}b"],
    ["a tab", "a\tb", "a    b"],
    [
      "emoji that are joined to one",
      "👩\u200d👩\u200d👧 👩🏽\u200d💻 ❤️\u200d🔥",
      "👩\u200d👩\u200d👧 👩🏽\u200d💻 ❤️\u200d🔥",
    ],
    [
      "a joiner anywhere else",
      "a\u200db 👩\u200d \u200d👩 👩\u200d\u200d👩",
      "a\\u{200d}b 👩\\u{200d} \\u{200d}👩 👩\\u{200d}\\u{200d}👩",
    ],
  ])("%s", (_, text, shown) => {
    expect(safeText(text)).toBe(shown);
  });

  test("never contains a control or format character afterwards, and plain ASCII stays as it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCodePoint }), fc.string(), (anything, ascii) => {
        const joinedEmoji = /\p{Extended_Pictographic}\ufe0f?\u200d(?=\p{Extended_Pictographic})/gu;
        expect(safeText(anything).replace(joinedEmoji, "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(safeText(ascii)).toBe(ascii);
      }),
    );
  });
});
