// Messages of the ZeroMQ family, octets ↔ values: MessagePack as Python, Java and Node read it, and JSON.
import { Packr } from "msgpackr/pack";

import { assert } from "../base/assert.ts";
import { limits } from "../limits.ts";
import { checkMessagePack, isMessageKey, type MessageBounds, type MessageProblem } from "./message-pack-check.ts";
import { parseJson } from "./message-pack-json.ts";

export type MessageEncoding = "msgpack" | "json";

export type DecodedMessage =
  | { readonly kind: "value"; readonly value: unknown; readonly encoding: MessageEncoding }
  | { readonly kind: "refused"; readonly reason: MessageProblem };

const BOUNDS: MessageBounds = {
  bytesMax: limits.packedBytesMax,
  depthMax: limits.packedDepthMax,
  valuesMax: limits.packedValuesMax,
  keyBytesMax: limits.packedKeyBytesMax,
};

const OPENING_BRACE = 0x7b;
const JSON_SPACES: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

const packer = new Packr({ useRecords: false, variableMapSize: true, int64AsType: "number" });

/**
 * One value, from octets of strangers: never throws, and takes time and memory as the octets are many. Data of the type
 * bin become texts, as old Python and Java clients pack theirs. What is not UTF-8 is refused, in bin, str and JSON. A
 * key that comes twice has its last value. A text of more than 64 octets loses a U+FEFF that it begins with.
 *
 * JSON is what begins with `{`, behind spaces or not: in MessagePack that is the number 123, which is a message only
 * where nothing follows. So JSON that is no object is refused, and JSON with a byte order mark.
 */
export function decodeMessage(bytes: Uint8Array, bounds: MessageBounds = BOUNDS): DecodedMessage {
  if (bytes.length > bounds.bytesMax) return refused("too_large");
  // A copy: to make texts of bin, heads are changed, and the octets may be sent on to somebody else as they are.
  const own = Buffer.from(bytes);
  if (!isJson(own)) {
    const problem = checkMessagePack(own, bounds);
    return problem === undefined ? { kind: "value", value: packer.unpack(own), encoding: "msgpack" } : refused(problem);
  }
  const parsed = parseJson(own, bounds);
  return "problem" in parsed ? refused(parsed.problem) : { kind: "value", value: parsed.value, encoding: "json" };
}

/**
 * Of texts, finite numbers, booleans, null, and arrays and plain objects of those; anything else, and a key or a depth
 * that would not be decoded, is a bug. Fields keep their order; undefined ones are left out. Whole numbers that are
 * exact become integers, all others floats of 64 bits; -0 is 0; half of a surrogate pair is U+FFFD.
 */
export function encodeMessage(value: unknown, encoding: MessageEncoding): Buffer {
  return encoding === "msgpack" ? packer.pack(plain(value, packable)) : Buffer.from(JSON.stringify(plain(value, same)));
}

function refused(reason: MessageProblem): DecodedMessage {
  return { kind: "refused", reason };
}

function isJson(bytes: Buffer): boolean {
  const first = bytes.findIndex((octet) => !JSON_SPACES.includes(octet));
  return bytes[first] === OPENING_BRACE && bytes.length > 1;
}

const same = (number: number): number => number;

/** The packer makes integers of 64 bits of these only. */
function packable(number: number): number | bigint {
  const isLong = Number.isSafeInteger(number) && number !== number >>> 0 && number !== number >> 0;
  return isLong ? BigInt(number) : number;
}

/** A copy in which everything can be encoded; `numbers` are made what they are encoded from. */
function plain(value: unknown, numbers: (number: number) => number | bigint, depth = 0): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value === "boolean" || value === null) return value;
  if (typeof value === "number") {
    assert(Number.isFinite(value), `a message has no ${value}`);
    return numbers(value);
  }
  assert(typeof value === "object" && depth < BOUNDS.depthMax, "a message has plain values, not too deep");
  if (Array.isArray(value)) return value.map((item) => plain(item, numbers, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  assert(prototype === Object.prototype || prototype === null, "a message has plain objects");
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    assert(isMessageKey(key, BOUNDS), `a message has no field "${key}"`);
    if (item !== undefined) copy[key] = plain(item, numbers, depth + 1);
  }
  return copy;
}
