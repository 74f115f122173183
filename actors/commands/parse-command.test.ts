// Lines into commands: whatever comes, it is a command with arguments that fit, or it is named what is wrong.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { limits, t } from "#runtime/mod.ts";
import { anyCodePoint } from "#runtime/testing/code-points.ts";

import { command, type Vocabulary } from "./command.ts";
import { parseCommand, restOfLine } from "./parse-command.ts";

const put = command({
  name: "PUT",
  usage: "PUT nome quantos [texto]",
  help: "",
  input: t.Object({ name: t.String(), count: t.Integer({ minimum: 1 }), text: t.Optional(restOfLine()) }),
  run: () => "",
});
const vocabulary: Vocabulary = new Map([["PUT", put]]);

/** The arguments, or why there are none. */
function read(line: string): unknown {
  const parsed = parseCommand(line, vocabulary);
  if (parsed.kind === "empty") return parsed.kind;
  return parsed.kind === "command" ? parsed.input : parsed.code;
}

describe("arguments", () => {
  test.each([
    ["PUT a 1", { name: "a", count: 1 }],
    ["put  a \t 1  ", { name: "a", count: 1 }],
    ["PUT a 1 two  words", { name: "a", count: 1, text: "two  words" }],
    ["PUT a 1 tab\there", { name: "a", count: 1, text: "tab\there" }],
    ["#x PUT a 1", { name: "a", count: 1 }],
  ])("of %j are read", (line, input) => {
    expect(read(line)).toEqual(input);
  });

  test.each(["PUT", "PUT a", "PUT a b", "PUT a 0", "PUT a -1", "PUT a 1.5", "PUT a 9999999999999999"])(
    "of %j do not fit",
    (line) => {
      expect(read(line)).toBe("text.bad_arguments");
    },
  );
});

describe("a line", () => {
  test.each([
    ["", "empty"],
    [" \t ", "empty"],
    ["#x", "text.unknown_command"],
    ["#", "text.unknown_command"],
    ["#a b PUT a 1", "text.unknown_command"],
    [`#${"a".repeat(33)} PUT a 1`, "text.unknown_command"],
    ["constructor", "text.unknown_command"],
    ["__proto__ a", "text.unknown_command"],
    ["PUT a 1 \u0007", "text.control_character"],
    ["PUT a 1 \uFFFD", "text.not_utf8"],
    [`PUT a 1 ${"x".repeat(limits.textLineBytesMax)}`, "text.line_too_long"],
    [`PUT a 1 ${"€".repeat(1_363)}`, "text.line_too_long"],
    [`#tag PUT a 1 ${"x".repeat(limits.textLineBytesMax - 12)}`, "text.line_too_long"],
  ])("%j is named: %s", (line, what) => {
    expect(read(line)).toBe(what);
  });

  test("of any text is a command, nothing, or wrong, and never throws", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: anyCodePoint }), fc.string()), (text) => {
        const parsed = parseCommand(text, vocabulary);
        expect(["command", "empty", "wrong"]).toContain(parsed.kind);
      }),
    );
  });

  test("made of words that fit is read as them", () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(word, fc.nat({ max: 1_000 }), fc.array(word, { minLength: 1 }), (name, count, words) => {
        const text = words.join(" ");
        expect(read(`PUT ${name} ${count + 1} ${text}`)).toEqual({ name, count: count + 1, text });
      }),
    );
  });
});
