// Hot. Frames: what stands in a data packet behind its header, written one after the other, read one by one.
import { limits } from "../limits.ts";
import { readU16, readU32, writeU16, writeU32 } from "./octets.ts";
import { FRAMES_BYTES_MAX } from "./packet-header.ts";

export const frameKind = { pad: 0, ping: 1, challenge: 2, response: 3, close: 4, message: 0x10 } as const;

/** The lower bits of a message frame's kind. */
const UNORDERED = 1;
const COMPRESSED = 2;
const FRAGMENT = 4;

const MESSAGE_HEADER_BYTES = 7;
const FRAGMENT_HEADER_BYTES = 9;
export const PROOF_BYTES = 8;
export const PROOF_FRAME_BYTES = 1 + PROOF_BYTES;
/** A message up to this size travels whole; a longer one in fragments of up to the second. */
export const WHOLE_MESSAGE_BYTES_MAX = FRAMES_BYTES_MAX - MESSAGE_HEADER_BYTES;
export const FRAGMENT_BYTES_MAX = FRAMES_BYTES_MAX - FRAGMENT_HEADER_BYTES;

/** 0: in order. 1: as they come. */
export type Lane = 0 | 1;

/** Reads the frames of a packet one after the other; its fields are those of the frame that `next` has read. */
export class FrameReader {
  kind = 0;
  lane: Lane = 0;
  compressed = false;
  /** Number of the message in its lane, of the fragment in its message, and fragments in all. */
  message = 0;
  index = 0;
  count = 1;
  code = 0;
  /** Where the octets of the frame are: of a message, a proof, the text of a close. */
  start = 0;
  end = 0;
  /** What was read is no frame: there is no next one. */
  broken = false;
  #packet: Uint8Array = new Uint8Array(0);
  #offset = 0;
  #limit = 0;

  open(packet: Uint8Array, offset: number, end: number): void {
    this.#packet = packet;
    this.#offset = offset;
    this.#limit = end;
    this.broken = false;
  }

  /** False at the end, and where the packet is broken. */
  next(): boolean {
    while (this.#offset < this.#limit && this.#packet[this.#offset] === frameKind.pad) this.#offset++;
    if (this.#offset >= this.#limit) return false;
    this.broken = !this.#read();
    return !this.broken;
  }

  /** The octets of the frame, where they are: they belong to the packet. */
  get bytes(): Uint8Array {
    return this.#packet.subarray(this.start, this.end);
  }

  #read(): boolean {
    const kind = this.#packet[this.#offset] as number;
    if (kind >= frameKind.message && kind <= (frameKind.message | UNORDERED | COMPRESSED | FRAGMENT)) {
      this.kind = frameKind.message;
      return this.#readMessage(kind);
    }
    this.kind = kind;
    if (kind === frameKind.ping) return this.#span(1, 0);
    if (kind === frameKind.challenge || kind === frameKind.response) return this.#span(1, PROOF_BYTES);
    return kind === frameKind.close && this.#readClose();
  }

  #readMessage(kind: number): boolean {
    const at = this.#offset;
    const headerBytes = (kind & FRAGMENT) === 0 ? MESSAGE_HEADER_BYTES : FRAGMENT_HEADER_BYTES;
    if (at + headerBytes > this.#limit) return false;
    this.lane = (kind & UNORDERED) === 0 ? 0 : 1;
    this.compressed = (kind & COMPRESSED) !== 0;
    this.message = readU32(this.#packet, at + 1);
    this.index = headerBytes === MESSAGE_HEADER_BYTES ? 0 : (this.#packet[at + 5] as number);
    this.count = headerBytes === MESSAGE_HEADER_BYTES ? 1 : (this.#packet[at + 6] as number);
    if (this.index >= this.count || this.count > limits.datagramFragmentsMax) return false;
    return this.#span(headerBytes, readU16(this.#packet, at + headerBytes - 2));
  }

  #readClose(): boolean {
    if (this.#offset + 3 > this.#limit) return false;
    this.code = this.#packet[this.#offset + 1] as number;
    const length = this.#packet[this.#offset + 2] as number;
    return length <= limits.datagramCloseTextBytesMax && this.#span(3, length);
  }

  #span(headerBytes: number, length: number): boolean {
    this.start = this.#offset + headerBytes;
    this.end = this.start + length;
    this.#offset = this.end;
    return this.end <= this.#limit;
  }
}

/** Every frame of the packet is one, as far as it can be seen without knowing the connection. */
export function areFrames(reader: FrameReader): boolean {
  while (reader.next());
  return !reader.broken;
}

/** What the writer of a message frame needs of a fragment. */
export interface WrittenFragment {
  readonly message: {
    readonly lane: Lane;
    readonly number: number;
    readonly count: number;
    readonly wire: Uint8Array;
    readonly compressed: boolean;
  };
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

export function fragmentFrameBytes({ message, start, end }: WrittenFragment): number {
  return (message.count === 1 ? MESSAGE_HEADER_BYTES : FRAGMENT_HEADER_BYTES) + end - start;
}

/** Each writer returns the offset behind what it wrote. */
export function writeFragment(packet: Uint8Array, offset: number, fragment: WrittenFragment): number {
  const { message, start, end } = fragment;
  const whole = message.count === 1;
  const flags = (message.lane === 1 ? UNORDERED : 0) | (message.compressed ? COMPRESSED : 0) | (whole ? 0 : FRAGMENT);
  packet[offset] = frameKind.message | flags;
  writeU32(packet, offset + 1, message.number);
  if (!whole) {
    packet[offset + 5] = fragment.index;
    packet[offset + 6] = message.count;
  }
  const at = offset + (whole ? MESSAGE_HEADER_BYTES : FRAGMENT_HEADER_BYTES);
  writeU16(packet, at - 2, end - start);
  packet.set(whole ? message.wire : message.wire.subarray(start, end), at);
  return at + end - start;
}

export function writePing(packet: Uint8Array, offset: number): number {
  packet[offset] = frameKind.ping;
  return offset + 1;
}

export function writeProof(
  packet: Uint8Array,
  offset: number,
  kind: typeof frameKind.challenge | typeof frameKind.response,
  proof: Uint8Array,
): number {
  packet[offset] = kind;
  packet.set(proof, offset + 1);
  return offset + PROOF_FRAME_BYTES;
}

export function writeClose(packet: Uint8Array, offset: number, code: number, text: Uint8Array): number {
  packet[offset] = frameKind.close;
  packet[offset + 1] = code;
  packet[offset + 2] = text.length;
  packet.set(text, offset + 3);
  return offset + 3 + text.length;
}
