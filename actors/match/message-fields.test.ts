// Messages of match clients into fields and back: whatever comes is fields, or it is named what is wrong with it.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { limits } from "#runtime/mod.ts";

import { joinFields, parseCount, parseFields, parsePort } from "./message-fields.ts";

const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.string());
const sendable = fc.stringMatching(/^[^;\p{Cc}\u2028\u2029\uFFFD]{0,20}$/u);

describe("a message", () => {
  test.each([
    ["list", ["list"]],
    ["begin;bea;ana", ["begin", "bea", "ana"]],
    ["login;ana; a b ", ["login", "ana", " a b "]],
    ["adduser;;", ["adduser", "", ""]],
    ["", [""]],
  ])("%j is its fields, blanks and empty ones included", (text, fields) => {
    expect(parseFields(text)).toEqual(fields);
  });

  test.each(["\0", "\t", "\n", "\r", "\u001B[2J", "\u007F", "\u0085", "\u009B", "\u2028", "\u2029"])(
    "has no %j in it",
    (text) => {
      expect(parseFields(`login;ana${text};b`)).toBe("control_character");
    },
  );

  test("that was not UTF-8 is told so, whatever else is wrong with it", () => {
    expect(parseFields(`\uFFFD\0${"a".repeat(limits.textLineBytesMax)}`)).toBe("not_utf8");
  });

  test.each(["a", "é", "€", "\u{1F600}"])("has so many octets and not one more, as %s has", (character) => {
    const octets = Buffer.byteLength(character);
    const count = Math.floor(limits.textLineBytesMax / octets);
    const longest = character.repeat(count) + "a".repeat(limits.textLineBytesMax - count * octets);
    expect(parseFields(longest)).toEqual([longest]);
    expect(parseFields(`${longest}a`)).toBe("too_long");
  });

  test("of any text is fields or a problem, and never throws", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const parsed = parseFields(text);
        if (typeof parsed === "string") expect(["not_utf8", "control_character", "too_long"]).toContain(parsed);
        else expect(parsed.join(";")).toBe(text);
      }),
    );
  });
});

describe("fields that are joined", () => {
  test("are read as they were", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(sendable, fc.nat()), { minLength: 1 }), (fields) => {
        expect(parseFields(joinFields(...fields))).toEqual(fields.map(String));
      }),
    );
  });

  test("are never more than were given: what would be read otherwise is a bug, and thrown at", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const isOne = !/[;\p{Cc}\u2028\u2029]/u.test(text);
        if (isOne) expect(joinFields("invite", text)).toBe(`invite;${text}`);
        else expect(() => joinFields("invite", text)).toThrow("Cannot join 2 fields");
      }),
    );
  });

  test("may be longer together than what is taken: answers are", () => {
    expect(joinFields("listACK", "a".repeat(limits.textLineBytesMax))).toHaveLength(limits.textLineBytesMax + 8);
  });
});

describe("a number", () => {
  test.each(["1024", "8080", "65535"])("is a port: %s", (text) => {
    expect(parsePort(text)).toBe(Number(text));
  });

  test.each(["0", "80", "1023", "65536", "99999"])("is none that a client may have: %s", (text) => {
    expect(parsePort(text)).toBeUndefined();
  });

  test("counts from 1 to the most, and not one more", () => {
    expect(parseCount("1", 9)).toBe(1);
    expect(parseCount("9", 9)).toBe(9);
    expect(parseCount("0", 9)).toBeUndefined();
    expect(parseCount("10", 9)).toBeUndefined();
  });

  test.each(["", " 8080", "8080 ", "08080", "+8080", "-8080", "8080.0", "8e3", "0x1F90", "8_080", "٨٠٨٠", "8080\n"])(
    "is written in digits alone: not %j",
    (text) => {
      expect(parsePort(text)).toBeUndefined();
      expect(parseCount(text, 1_000_000)).toBeUndefined();
    },
  );

  test("is what prints as the text, or there is none", () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat({ max: 70_000 }).map(String), anyText), fc.nat({ max: 70_000 }), (text, max) => {
        const count = parseCount(text, max);
        if (count === undefined) return;
        expect(String(count)).toBe(text);
        expect(count >= 1 && count <= max).toBe(true);
      }),
    );
  });
});
