// Any values, any octets, and valid messages with any octets changed: they come back, or are refused; nothing throws.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { timesRuns } from "../testing/times-runs.ts";
import { decodeMessage, encodeMessage } from "./message-pack.ts";

const FORBIDDEN_KEYS: readonly string[] = ["__proto__", "constructor", "prototype"];

const keys = fc.string({ unit: "grapheme", maxLength: 10 }).filter((key) => !FORBIDDEN_KEYS.includes(key));
/** Long ones lose a U+FEFF at their beginning. */
const texts = fc.string({ unit: "binary", maxLength: 300 }).filter((text) => !text.startsWith("\uFEFF"));
const numbers = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -70_000, max: 70_000 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
);

const { map: messages } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 8 }, texts, numbers, fc.boolean(), fc.constant(null), tie("array"), tie("map")),
  array: fc.array(tie("value"), { maxLength: 20 }),
  map: fc.dictionary(keys, tie("value"), { maxKeys: 20, noNullPrototype: true }),
}));

const changes = fc.array(fc.record({ at: fc.nat(), octet: fc.integer({ min: 0, max: 255 }) }), { maxLength: 4 });
/** Octets that head something come as often as all others together. */
const wild = fc.array(fc.oneof(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0x80, max: 0xdf })), {
  maxLength: 200,
});

describe("a message", () => {
  test.each(["msgpack", "json"] as const)("comes back from %s as it was", (encoding) => {
    const property = fc.property(messages, (value) => {
      expect(decodeMessage(encodeMessage(value, encoding))).toEqual({ kind: "value", value, encoding });
    });
    fc.assert(property, { numRuns: timesRuns(500), seed: 1 });
  });

  test("is the same in both encodings", () => {
    const property = fc.property(messages, (value) => {
      const [packed, json] = [encodeMessage(value, "msgpack"), encodeMessage(value, "json")].map((bytes) =>
        decodeMessage(bytes),
      );
      expect(packed).toEqual({ ...json, encoding: "msgpack" } as never);
    });
    fc.assert(property, { numRuns: timesRuns(200), seed: 2 });
  });
});

/** What is decoded can be encoded, and is the same then: nothing in it is what a message cannot have. */
function expectSound(bytes: Uint8Array): void {
  const before = Buffer.from(bytes);
  const message = decodeMessage(bytes);
  expect(Buffer.compare(before, bytes)).toBe(0);
  if (message.kind === "refused") return;
  // As texts, in which -0 is 0.
  const again = decodeMessage(encodeMessage(message.value, "msgpack")) as typeof message;
  expect(JSON.stringify(again.value)).toBe(JSON.stringify(message.value));
}

describe("no octets do anything but to be decoded or refused, and they stay as they are:", () => {
  test("any at all", () => {
    const property = fc.property(wild, (octets) => expectSound(Buffer.from(octets)));
    fc.assert(property, { numRuns: timesRuns(5_000), seed: 3 });
  });

  test("those of a message, some of them changed", () => {
    const property = fc.property(messages, fc.constantFrom("msgpack", "json"), changes, (value, encoding, changed) => {
      const bytes = encodeMessage(value, encoding);
      for (const { at, octet } of changed) bytes[at % bytes.length] = octet;
      expectSound(bytes);
    });
    fc.assert(property, { numRuns: timesRuns(1_000), seed: 4 });
  });

  test("those of a message that is cut off, which is refused", () => {
    const property = fc.property(messages, fc.nat(), (value, at) => {
      const bytes = encodeMessage(value, "msgpack");
      expect(decodeMessage(bytes.subarray(0, at % bytes.length)).kind).toBe("refused");
    });
    fc.assert(property, { numRuns: timesRuns(500), seed: 5 });
  });
});
