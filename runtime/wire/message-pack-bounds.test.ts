// What strangers' messages may have of each thing, and that one more is refused before anything is made of it.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { decodeMessage, encodeMessage } from "./message-pack.ts";

const { packedBytesMax, packedDepthMax, packedKeyBytesMax, packedValuesMax } = limits;

const octets = (hex: string): Buffer => Buffer.from(hex.replaceAll(" ", ""), "hex");
const repeated = (hex: string, count: number): Buffer => Buffer.concat(Array(count).fill(octets(hex)));
const packed = (value: unknown): Buffer => encodeMessage(value, "msgpack");
const listJson = (items: string): Buffer => Buffer.from(`{"a":[${items}]}`);
const deepJson = (depth: number): string => `${'{"a":'.repeat(depth - 1)}{}${"}".repeat(depth - 1)}`;
const underKey = (length: number) => ({ ["k".repeat(length)]: 5 });

/** `value`, or why there is none. */
function verdict(...[bytes, bounds]: Parameters<typeof decodeMessage>): string {
  const message = decodeMessage(bytes, bounds);
  return message.kind === "value" ? "value" : message.reason;
}

describe("a message may have so many", () => {
  test.each([
    ["MessagePack", (length: number) => packed("x".repeat(length - 5))],
    ["JSON", (length: number) => Buffer.from(`{"a":"${"x".repeat(length - 8)}"}`)],
  ])("octets and not one more: %s", (_, ofOctets) => {
    expect(ofOctets(packedBytesMax)).toHaveLength(packedBytesMax);
    expect(verdict(ofOctets(packedBytesMax))).toBe("value");
    expect(verdict(ofOctets(packedBytesMax + 1))).toBe("too_large");
  });

  test.each([
    ["arrays", (depth: number) => Buffer.concat([repeated("91", depth - 1), octets("90")])],
    ["long arrays", (depth: number) => Buffer.concat([repeated("dd 00 00 00 01", depth - 1), octets("90")])],
    ["maps", (depth: number) => Buffer.concat([repeated("81 a1 61", depth - 1), octets("80")])],
    ["objects of JSON", (depth: number) => Buffer.from(deepJson(depth))],
    ["arrays in JSON", (depth: number) => listJson("[".repeat(depth - 2) + "]".repeat(depth - 2))],
  ])("values within one another and not one more: %s", (_, ofDepth) => {
    expect(verdict(ofDepth(packedDepthMax))).toBe("value");
    expect(verdict(ofDepth(packedDepthMax + 1))).toBe("too_deep");
    expect(verdict(ofDepth(10_000))).toBe("too_deep");
  });

  test.each([
    ["an array", (count: number) => packed(Array(count - 1).fill(0))],
    ["an array in an array", (count: number) => packed([Array(count - 2).fill(0)])],
    ["an array in JSON", (count: number) => listJson(`${"0,".repeat(count - 3)}0`)],
  ])("values and not one more: %s", (_, ofValues) => {
    expect(verdict(ofValues(packedValuesMax))).toBe("value");
    expect(verdict(ofValues(packedValuesMax + 1))).toBe("too_many_values");
  });

  test.each([
    ["MessagePack", (length: number) => Buffer.concat([octets("81"), packed("k".repeat(length)), octets("05")])],
    ["JSON", (length: number) => Buffer.from(JSON.stringify(underKey(length)))],
  ])("octets of a key and not one more: %s", (_, ofKey) => {
    expect(verdict(ofKey(packedKeyBytesMax))).toBe("value");
    expect(verdict(ofKey(packedKeyBytesMax + 1))).toBe("bad_key");
  });

  test("of everything as the caller says", () => {
    const bounds = { bytesMax: 4, depthMax: 1, valuesMax: 2, keyBytesMax: 1 };
    expect(verdict(octets("81 a1 61 05"), bounds)).toBe("value");
    expect(verdict(octets("92 05 05 05"), bounds)).toBe("too_many_values");
    expect(verdict(octets("91 91 05"), bounds)).toBe("too_deep");
    expect(verdict(octets("81 a2 61 61"), bounds)).toBe("bad_key");
    expect(verdict(octets("81 a1 61 cc 80"), bounds)).toBe("too_large");
  });
});

describe("what we encode ourselves", () => {
  test("is as deep as is decoded, and not deeper", () => {
    expect(verdict(packed(JSON.parse(deepJson(packedDepthMax))))).toBe("value");
    expect(() => packed(JSON.parse(deepJson(packedDepthMax + 1)))).toThrow("Assertion failed");
  });

  test("has keys that are decoded, and no longer ones", () => {
    expect(verdict(packed(underKey(packedKeyBytesMax)))).toBe("value");
    expect(() => packed(underKey(packedKeyBytesMax + 1))).toThrow("Assertion failed");
  });
});
