// Messages of strangers: what is decoded, what is refused and why, and how ours are encoded, to the octet.
import { describe, expect, test } from "bun:test";

import * as unpacking from "msgpackr/unpack";

import { decodeMessage, encodeMessage } from "./message-pack.ts";

const octets = (hex: string): Buffer => Buffer.from(hex.replaceAll(" ", ""), "hex");
const hexOf = (bytes: Buffer): string => bytes.toString("hex").replace(/..(?=.)/g, "$& ");
const packedText = (text: string): Buffer => encodeMessage(text, "msgpack");

/** The value, or why there is none. */
function decoded(bytes: Uint8Array): unknown {
  const message = decodeMessage(bytes);
  return message.kind === "value" ? message.value : message.reason;
}

describe("an encoded value has the octets that MessagePack's specification gives it", () => {
  test.each([
    [null, "c0"],
    [true, "c3"],
    [0, "00"],
    [-0, "00"],
    [127, "7f"],
    [128, "cc 80"],
    [65_535, "cd ff ff"],
    [2 ** 32 - 1, "ce ff ff ff ff"],
    [2 ** 32, "d3 00 00 00 01 00 00 00 00"],
    [Number.MAX_SAFE_INTEGER, "d3 00 1f ff ff ff ff ff ff"],
    [-32, "e0"],
    [-33, "d0 df"],
    [-(2 ** 31), "d2 80 00 00 00"],
    [-(2 ** 31) - 1, "d3 ff ff ff ff 7f ff ff ff"],
    [0.5, "cb 3f e0 00 00 00 00 00 00"],
    [2 ** 53, "cb 43 40 00 00 00 00 00 00"],
    ["", "a0"],
    ["é", "a2 c3 a9"],
    ["\uD800", "a3 ef bf bd"],
    [[1, "a"], "92 01 a1 61"],
    [{ b: 1, a: undefined, c: {} }, "82 a1 62 01 a1 63 80"],
  ])("%j: %s", (value, hex) => {
    expect(hexOf(encodeMessage(value, "msgpack"))).toBe(hex);
  });

  test("a text, an array and a map have the shortest head for their length", () => {
    expect(hexOf(packedText("x".repeat(31)).subarray(0, 2))).toBe("bf 78");
    expect(hexOf(packedText("x".repeat(32)).subarray(0, 3))).toBe("d9 20 78");
    expect(hexOf(packedText("é".repeat(128)).subarray(0, 4))).toBe("da 01 00 c3");
    expect(hexOf(encodeMessage(Array(16).fill(0), "msgpack").subarray(0, 4))).toBe("dc 00 10 00");
    const fields = Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`k${index}`, 0]));
    expect(hexOf(encodeMessage(fields, "msgpack").subarray(0, 4))).toBe("de 00 10 a2");
  });

  test("in JSON fields keep their order and undefined ones are left out, too", () => {
    expect(encodeMessage({ b: 1, a: undefined, c: "é" }, "json").toString()).toBe('{"b":1,"c":"é"}');
  });

  test.each([
    ["infinity", Number.POSITIVE_INFINITY],
    ["no number", Number.NaN],
    ["undefined in an array", [undefined]],
    ["a date", new Date(0)],
    ["a map", new Map()],
    ["octets", Buffer.of(1)],
    ["a bigint", 1n],
    ["a function", () => 0],
    ["a key that is not decoded", { constructor: 1 }],
  ])("%s is a bug", (_, value) => {
    expect(() => encodeMessage(value, "msgpack")).toThrow("Assertion failed");
    expect(() => encodeMessage(value, "json")).toThrow("Assertion failed");
  });
});

describe("decoding", () => {
  test.each([
    ["ca 3f 80 00 00", 1],
    ["ca 7f 7f ff ff", 3.4028234663852886e38],
    ["cb bf f0 00 00 00 00 00 00", -1],
    ["cf 00 1f ff ff ff ff ff ff", Number.MAX_SAFE_INTEGER],
    ["d3 ff e0 00 00 00 00 00 01", Number.MIN_SAFE_INTEGER],
    ["d9 01 61", "a"],
    ["da 00 01 61", "a"],
    ["db 00 00 00 01 61", "a"],
    ["dc 00 01 05", [5]],
    ["dd 00 00 00 01 05", [5]],
    ["de 00 01 a1 61 05", { a: 5 }],
    ["df 00 00 00 01 d9 01 61 05", { a: 5 }],
    ["82 a1 61 01 a1 61 02", { a: 2 }],
    ["7b", 123],
  ])("takes %s for %j", (hex, value) => {
    expect(decoded(octets(hex))).toEqual(value);
  });

  test.each(["c4 02 c3 a9", "c5 00 02 c3 a9", "c6 00 00 00 02 c3 a9"])("makes a text of octets: %s", (hex) => {
    const bytes = octets(hex);
    expect(decoded(bytes)).toBe("é");
    expect(hexOf(bytes)).toBe(hex);
  });

  test("says in which of both a message came", () => {
    expect(decodeMessage(octets("81 a1 61 05"))).toEqual({ kind: "value", value: { a: 5 }, encoding: "msgpack" });
    const json = Buffer.from(' \r\n\t{"a": 5}\n');
    expect(decodeMessage(json)).toEqual({ kind: "value", value: { a: 5 }, encoding: "json" });
  });

  test("takes U+FEFF from the beginning of a text of more than 64 octets, and of no shorter one", () => {
    expect(decoded(packedText(`\uFEFF${"x".repeat(61)}`))).toBe(`\uFEFF${"x".repeat(61)}`);
    expect(decoded(packedText(`\uFEFF${"x".repeat(62)}`))).toBe("x".repeat(62));
  });

  test("is done without the packer's native addon, which Bun would load", () => {
    expect((unpacking as { isNativeAccelerationEnabled?: boolean }).isNativeAccelerationEnabled).toBe(false);
  });
});

describe("refused is", () => {
  test.each([
    ["nothing at all", "", "truncated"],
    ["a value without its end", "92 01", "truncated"],
    ["a number without its end", "cd 01", "truncated"],
    ["a map without its last value", "81 a1 61", "truncated"],
    ["a length without its end", "db 00 00", "truncated"],
    ["an array of 2^32 - 1 items", "dd ff ff ff ff 00", "truncated"],
    ["a map of 2^32 - 1 keys", "df ff ff ff ff a1 61 00", "truncated"],
    ["a text of 2^32 - 1 octets", "db ff ff ff ff 61", "truncated"],
    ["data of 2^32 - 1 octets", "c6 ff ff ff ff 61", "truncated"],
    ["something behind the value", "81 a1 61 05 05", "trailing"],
    ["0xc1", "91 c1", "reserved_octet"],
    ["an extension of one octet", "d4 72 40", "extension_type"],
    ["a record of the packer's own", "d5 72 40 00 91 a1 61", "extension_type"],
    ["a time", "d6 ff 00 00 00 00", "extension_type"],
    ["extensions within one another", "c7 05 01 c7 02 01 c0 c0", "extension_type"],
    ["an extension of 2^32 - 1 octets", "c9 ff ff ff ff 01", "extension_type"],
    ["a key that is a number", "81 05 05", "bad_key"],
    ["a key of bin", "81 c4 01 61 05", "bad_key"],
    ["a key that is not UTF-8", "81 a1 ff 05", "bad_text"],
    ["an integer of more than 2^53 - 1", "cf 00 20 00 00 00 00 00 00", "bad_integer"],
    ["the largest integer", "cf ff ff ff ff ff ff ff ff", "bad_integer"],
    ["an integer of less than 1 - 2^53", "d3 ff e0 00 00 00 00 00 00", "bad_integer"],
    ["infinity", "ca 7f 80 00 00", "bad_number"],
    ["minus infinity", "cb ff f0 00 00 00 00 00 00", "bad_number"],
    ["no number", "cb 7f f8 00 00 00 00 00 00", "bad_number"],
    ["data that is not UTF-8", "c4 01 ff", "bad_text"],
  ])("%s: %s", (_, hex, reason) => {
    expect(decoded(octets(hex))).toBe(reason);
  });

  test.each(["__proto__", "constructor", "prototype"])("the key %s, in either encoding", (key) => {
    expect(decoded(Buffer.concat([octets("81"), packedText(key), octets("05")]))).toBe("bad_key");
    expect(decoded(Buffer.from(JSON.stringify({ a: { [key]: 5 } })))).toBe("bad_key");
    expect(decoded(Buffer.from(`{"\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}":5}`))).toBe("bad_key");
  });

  test.each([
    ["a continuation alone", "80"],
    ["two octets for what takes one", "c1 bf"],
    ["three for what takes two", "e0 9f bf"],
    ["four for what takes three", "f0 8f bf bf"],
    ["half of a surrogate pair", "ed a0 80"],
    ["more than U+10FFFF", "f4 90 80 80"],
    ["a head that heads nothing", "ff"],
    ["a sequence without its end", "e2 82"],
  ])("a text that is not UTF-8: %s", (_, hex) => {
    const text = octets(hex);
    expect(decoded(Buffer.concat([Buffer.of(0xa0 + text.length), text]))).toBe("bad_text");
    expect(decoded(Buffer.concat([Buffer.from('{"a":"'), text, Buffer.from('"}')]))).toBe("bad_text");
  });

  test.each(["\u007F", "\u0080", "\u07FF", "\u0800", "\uD7FF", "\uE000", "\uFFFF", "\u{10000}", "\u{10FFFF}"])(
    "no text for its first or last character of a length: %j",
    (text) => expect(decoded(packedText(text))).toBe(text),
  );

  test.each([
    ["no end", '{"a":5', "bad_json"],
    ["something behind it", '{"a":5}{', "bad_json"],
    ["two braces too many behind it", '{"a":5}}}', "bad_json"],
    ["a number that is too large", '{"a":1e999}', "bad_number"],
    ["half of a surrogate pair", '{"a":"\\ud800"}', "bad_text"],
    ["half of a surrogate pair as its key", '{"\\ud800":5}', "bad_key"],
    ["an array around it", '[{"a":5}]', "trailing"],
    ["a byte order mark", '\uFEFF{"a":5}', "trailing"],
  ])("JSON with %s: %s", (_, json, reason) => {
    expect(decoded(Buffer.from(json))).toBe(reason);
  });
});
