// Hot. Looks through the octets of a MessagePack value before anything is made of them: they come from strangers.

/** Why a message is refused. */
export type MessageProblem =
  /** More octets than a message may have, more values, or more of them within one another. */
  | "too_large"
  | "too_many_values"
  | "too_deep"
  /** It ends too soon, or says that more follows than does; or something follows that is no part of it. */
  | "truncated"
  | "trailing"
  /** An extension type, timestamps among them; and the octet that means nothing, 0xc1. */
  | "extension_type"
  | "reserved_octet"
  /** A map's key that is no text, too long, or one of those that JavaScript takes for its own. */
  | "bad_key"
  /** A text that is not UTF-8. */
  | "bad_text"
  /** An integer that a number does not hold exactly, and a number that is infinite or none. */
  | "bad_integer"
  | "bad_number"
  | "bad_json";

export interface MessageBounds {
  readonly bytesMax: number;
  readonly depthMax: number;
  /** Items of arrays and values of maps, and the whole itself. */
  readonly valuesMax: number;
  readonly keyBytesMax: number;
}

/** They would reach an object's prototype where somebody copies a message field by field. */
const FORBIDDEN_KEYS = ["__proto__", "constructor", "prototype"];
const FORBIDDEN_OCTETS = FORBIDDEN_KEYS.map((key) => Buffer.from(key));
const STR_8 = 0xd9;
const BIN_8 = 0xc4;

/**
 * What keeps the octets from being one value of MessagePack as we take it, and no more; undefined where nothing does.
 * The format is that of https://github.com/msgpack/msgpack (its specification of 2017). Data of the type bin become
 * texts: in `bytes` their heads become those of str, which is laid out alike; also in what is refused in the end.
 */
export function checkMessagePack(bytes: Buffer, bounds: MessageBounds): MessageProblem | undefined {
  const check = new Check(bytes, bounds);
  return check.value(0) ?? (check.left > 0 ? "trailing" : undefined);
}

/** RFC 3629, section 4: the shortest form, no halves of surrogate pairs, nothing above U+10FFFF. */
export function isUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  let offset = start;
  while (offset < end) {
    const head = bytes[offset++] as number;
    if (head < 0x80) continue;
    const more = head < 0xe0 ? 1 : head < 0xf0 ? 2 : 3;
    if (head < 0xc2 || head > 0xf4 || offset + more > end) return false;
    const second = bytes[offset] as number;
    if (head === 0xe0 ? second < 0xa0 : head === 0xed ? second > 0x9f : false) return false;
    if (head === 0xf0 ? second < 0x90 : head === 0xf4 ? second > 0x8f : false) return false;
    for (const behind = offset + more; offset < behind; offset++) {
      if (((bytes[offset] as number) & 0xc0) !== 0x80) return false;
    }
  }
  return true;
}

export function isMessageKey(key: string, { keyBytesMax }: Pick<MessageBounds, "keyBytesMax">): boolean {
  return key.isWellFormed() && Buffer.byteLength(key) <= keyBytesMax && !FORBIDDEN_KEYS.includes(key);
}

class Check {
  readonly #bytes: Buffer;
  readonly #bounds: MessageBounds;
  #offset = 0;
  #valuesLeft: number;

  constructor(bytes: Buffer, bounds: MessageBounds) {
    this.#bytes = bytes;
    this.#bounds = bounds;
    this.#valuesLeft = bounds.valuesMax;
  }

  /** Octets not looked at. */
  get left(): number {
    return this.#bytes.length - this.#offset;
  }

  /** What is wrong with the value that begins here, which is within `depth` others; its octets count as looked at. */
  value(depth: number): MessageProblem | undefined {
    if (this.left === 0) return "truncated";
    if (this.#valuesLeft-- === 0) return "too_many_values";
    const head = this.#bytes[this.#offset++] as number;
    if (head < 0x80 || head >= 0xe0) return undefined;
    if (head < 0x90) return this.#map(head & 0x0f, depth);
    if (head < 0xa0) return this.#array(head & 0x0f, depth);
    if (head < 0xc0) return this.#text(head & 0x1f);
    switch (head) {
      case 0xc0: // nil
      case 0xc2: // false
      case 0xc3: // true
        return undefined;
      case 0xc1:
        return "reserved_octet";
      case BIN_8:
      case BIN_8 + 1:
      case BIN_8 + 2:
        this.#bytes[this.#offset - 1] = head - BIN_8 + STR_8;
        return this.#text(this.#length(1 << (head - BIN_8)));
      case 0xca:
        return this.#float(4, 0x80);
      case 0xcb:
        return this.#float(8, 0xf0);
      case 0xcc: // uint 8, 16, 32
      case 0xcd:
      case 0xce:
        return this.#skip(1 << (head - 0xcc));
      case 0xd0: // int 8, 16, 32
      case 0xd1:
      case 0xd2:
        return this.#skip(1 << (head - 0xd0));
      case 0xcf:
      case 0xd3:
        return this.#longInteger(head === 0xd3);
      case STR_8:
      case STR_8 + 1:
      case STR_8 + 2:
        return this.#text(this.#length(1 << (head - STR_8)));
      case 0xdc: // array 16, 32
      case 0xdd:
        return this.#array(this.#length(2 << (head - 0xdc)), depth);
      case 0xde: // map 16, 32
      case 0xdf:
        return this.#map(this.#length(2 << (head - 0xde)), depth);
      default:
        return "extension_type";
    }
  }

  #array(count: number, depth: number): MessageProblem | undefined {
    // Each takes an octet at least.
    if (count > this.left) return "truncated";
    if (depth >= this.#bounds.depthMax) return "too_deep";
    for (let index = 0; index < count; index++) {
      const problem = this.value(depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #map(count: number, depth: number): MessageProblem | undefined {
    if (2 * count > this.left) return "truncated";
    if (depth >= this.#bounds.depthMax) return "too_deep";
    for (let index = 0; index < count; index++) {
      const problem = this.#key() ?? this.value(depth + 1);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #key(): MessageProblem | undefined {
    if (this.left === 0) return "truncated";
    const head = this.#bytes[this.#offset++] as number;
    const isShort = head >= 0xa0 && head < 0xc0;
    if (!isShort && (head < STR_8 || head > STR_8 + 2)) return "bad_key";
    const length = isShort ? head & 0x1f : this.#length(1 << (head - STR_8));
    const start = this.#offset;
    const problem = this.#text(length);
    if (problem !== undefined) return problem;
    return length > this.#bounds.keyBytesMax || this.#isForbidden(start, length) ? "bad_key" : undefined;
  }

  #isForbidden(start: number, length: number): boolean {
    for (const key of FORBIDDEN_OCTETS) {
      if (key.length === length && this.#bytes.compare(key, 0, length, start, start + length) === 0) return true;
    }
    return false;
  }

  #text(length: number): MessageProblem | undefined {
    const start = this.#offset;
    return this.#skip(length) ?? (isUtf8(this.#bytes, start, this.#offset) ? undefined : "bad_text");
  }

  /** `mask`: what of the second octet belongs to the exponent, which is all ones in what is no finite number. */
  #float(octets: 4 | 8, mask: number): MessageProblem | undefined {
    if (this.left < octets) return "truncated";
    const first = this.#bytes[this.#offset] as number;
    const second = this.#bytes[this.#offset + 1] as number;
    this.#offset += octets;
    return (first & 0x7f) === 0x7f && (second & mask) === mask ? "bad_number" : undefined;
  }

  #longInteger(isSigned: boolean): MessageProblem | undefined {
    if (this.left < 8) return "truncated";
    const high = isSigned ? this.#bytes.readInt32BE(this.#offset) : this.#bytes.readUInt32BE(this.#offset);
    const low = this.#bytes.readUInt32BE(this.#offset + 4);
    this.#offset += 8;
    return Number.isSafeInteger(high * 2 ** 32 + low) ? undefined : "bad_integer";
  }

  #skip(octets: number): MessageProblem | undefined {
    if (octets > this.left) return "truncated";
    this.#offset += octets;
    return undefined;
  }

  /** A length, big-endian; one that is cut off is more than anything has. */
  #length(octets: number): number {
    if (octets > this.left) return Number.POSITIVE_INFINITY;
    this.#offset += octets;
    return this.#bytes.readUIntBE(this.#offset - octets, octets);
  }
}
