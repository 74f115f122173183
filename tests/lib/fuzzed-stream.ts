// Streams of frames with something wrong in them, made from a seed; and what a plain reading says must come of each.
import { CLOSE, frame, request } from "./frames.ts";

const FRAMES_MAX = 50;
const PAYLOAD_BYTES_MAX = 1_048_576;
const MAGIC = [0x12, 0x34, 0x56, 0x78];

export interface FuzzedStream {
  readonly frames: number;
  /** One write each. */
  readonly pieces: readonly Buffer[];
  /** The client resets the connection instead of finishing it. */
  readonly reset: boolean;
  /** What the server must make of the bytes: this many replies, and this end when the client finishes. */
  readonly expected: { readonly replies: number; readonly reason: string };
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Random = () => number;

const below = (random: Random, bound: number): number => Math.floor(random() * bound);
const oneOf = <Item>(random: Random, items: readonly Item[]): Item => items[below(random, items.length)] as Item;

/** The same stream for the same seed and number. */
export function fuzzedStream(seed: number, number: number): FuzzedStream {
  const random = createRandom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
  const frames = Array.from({ length: 1 + below(random, FRAMES_MAX) }, (_, index) => fuzzedFrame(random, index));
  const count = frames.length;
  shuffleSome(random, frames);
  let bytes: Buffer = Buffer.concat(frames);
  for (let left = below(random, 3); left > 0; left--) bytes = oneOf(random, MUTATIONS)(random, bytes);
  return { frames: count, pieces: split(random, bytes), reset: random() < 0.1, expected: readPlainly(bytes) };
}

function fuzzedFrame(random: Random, index: number): Buffer {
  const kind = random();
  if (kind < 0.8) return request(random() < 0.5 ? index : `id-${index}`, oneOf(random, NAMES));
  if (kind < 0.82) return frame(Buffer.alloc(below(random, 60_000), below(random, 256)));
  if (kind < 0.83) return frame("", { type: CLOSE });
  return frame(oneOf(random, PAYLOADS));
}

const NAMES = ["a", "client, 1", '"=1+1"', "line\nbreak", "é".repeat(200), "\u0000", "-2+3"];
const PAYLOADS = [
  "",
  "null",
  "[]",
  "{",
  '{"client_id":"p","message_id":1,"__proto__":{"status":"x"}}',
  '{"client_id":"p","message_id":1e400}',
  '{"client_id":"p","message_id":-0}',
  '{"client_id":"p","message_id":12345678901234567890123}',
  '{"client_id":"p","message_id":"\\ud800"}',
  `${"[".repeat(2_000)}`,
  Buffer.from([0xc3, 0x28, 0xff]),
];

/** Duplicates and swaps whole frames. */
function shuffleSome(random: Random, frames: Buffer[]): void {
  for (let left = below(random, 4); left > 0; left--) {
    const from = below(random, frames.length);
    const to = below(random, frames.length);
    const moved = frames[from] as Buffer;
    if (random() < 0.5) frames.splice(to, 0, moved);
    else [frames[from], frames[to]] = [frames[to] as Buffer, moved];
  }
}

/** Towards the end, so that most of what stands before it is answered. */
function position(random: Random, bytes: Buffer): number {
  return Math.floor(bytes.length * Math.sqrt(random()));
}

const MUTATIONS: readonly ((random: Random, bytes: Buffer) => Buffer)[] = [
  function flipBit(random, bytes) {
    const at = position(random, bytes);
    if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << below(random, 8));
    return bytes;
  },
  function truncate(random, bytes) {
    return bytes.subarray(0, position(random, bytes));
  },
  function repeatPiece(random, bytes) {
    const from = position(random, bytes);
    const end = Math.min(bytes.length, from + below(random, 200));
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(from)]);
  },
  function dropPiece(random, bytes) {
    const from = position(random, bytes);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + below(random, 200))]);
  },
  function insertNoise(random, bytes) {
    const at = position(random, bytes);
    const noise = Buffer.from(Array.from({ length: below(random, 40) }, () => below(random, 256)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
  function editHeader(random, bytes) {
    const at = bytes.indexOf(Buffer.from(MAGIC), position(random, bytes));
    if (at < 0 || at + 12 > bytes.length) return bytes;
    const values = [0, 1, 2, 4, 5, 0xffff_ffff, PAYLOAD_BYTES_MAX, PAYLOAD_BYTES_MAX + 1, below(random, 400)];
    bytes.writeUInt32BE(oneOf(random, values), at + oneOf(random, [0, 4, 8, 8, 8]));
    return bytes;
  },
];

function split(random: Random, bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  const longest = oneOf(random, [bytes.length, 4_096, 100, 100]);
  for (let offset = 0; offset < bytes.length;) {
    const end = pieces.length > 40 ? bytes.length : offset + 1 + below(random, longest);
    pieces.push(bytes.subarray(offset, end));
    offset = end;
  }
  return pieces;
}

/** The protocol as `docs/frames.md` describes it, read slowly from the whole stream at once. */
function readPlainly(bytes: Buffer): { replies: number; reason: string } {
  let replies = 0;
  for (let offset = 0; offset < bytes.length; replies++) {
    const header = bytes.subarray(offset, offset + 12);
    if (MAGIC.some((octet, index) => index < header.length && header[index] !== octet)) {
      return { replies, reason: "wire.bad_magic" };
    }
    if (header.length < 12) return { replies, reason: "wire.truncated" };
    const type = header.readUInt32BE(4);
    const payloadBytes = header.readUInt32BE(8);
    if (type === CLOSE) return { replies, reason: "close" };
    if (type !== 1) return { replies, reason: "wire.unknown_frame_type" };
    if (payloadBytes > PAYLOAD_BYTES_MAX) return { replies, reason: "wire.frame_too_large" };
    offset += 12 + payloadBytes;
    if (offset > bytes.length) return { replies, reason: "wire.truncated" };
  }
  return { replies, reason: "disconnect" };
}
