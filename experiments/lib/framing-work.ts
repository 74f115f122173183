// The work that the framing experiment times: the same frames walked, decoded, encoded and parsed.

import { OutboundArena } from "#runtime/net/outbound-arena.ts";
import { FrameDecoder } from "#runtime/wire/frame-decoder.ts";
import { encodeResponse } from "#runtime/wire/frames-protocol.ts";
import type { TextBatch } from "#runtime/wire/text-batch.ts";

const headerBytes = 12;
const magic = 0x12345678;
const requestType = 1;
/** What Bun reads from a socket at once. */
const chunkBytes = 524_288;
/** Below it, what a chunk costs would stand for what a frame costs. */
const framesMin = 32;
const encodedBytesMax = 262_144;

/** A stream: a chunk as full as it comes, of at least 32 frames. Single: a chunk that holds one frame. */
export type ChunkShape = "stream" | "single";

/** One run of each over all frames; what is returned is the payload bytes (or characters) it went through. */
export interface FramingWork {
  readonly shape: ChunkShape;
  readonly payloadBytes: number;
  readonly frames: number;
  /** Frames of one run of `encode`, which fills the arena of a step and no more. */
  readonly encodedFrames: number;
  readonly expected: number;
  readonly walk: () => number;
  readonly decode: () => number;
  readonly decodeText: () => number;
  readonly encode: () => number;
  readonly parse: () => number;
  readonly stringify: () => number;
}

export function createFramingWork(payloadBytes: number, shape: ChunkShape): FramingWork {
  const frameBytes = headerBytes + payloadBytes;
  const frames = shape === "single" ? 1 : Math.max(framesMin, Math.floor(chunkBytes / frameBytes));
  const encodedFrames = Math.max(1, Math.min(frames, Math.floor(encodedBytesMax / frameBytes)));
  const text = payloadOf(payloadBytes);
  const value: unknown = JSON.parse(text);
  const chunk = framesOf(text, frames);
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  const decoder = new FrameDecoder([]);
  const arena = new OutboundArena();
  const parts = [text];
  return {
    shape,
    payloadBytes,
    frames,
    encodedFrames,
    expected: frames * payloadBytes,
    walk: shape === "single" ? () => walkNewChunk(chunk) : () => walkHeaders(view),
    decode: () => decode(decoder, chunk),
    decodeText: () => decodeText(decoder, chunk),
    encode() {
      arena.reset();
      for (let count = 0; count < encodedFrames; count++) encodeResponse(parts, arena);
      return arena.offset - encodedFrames * headerBytes;
    },
    parse() {
      let parsed = 0;
      for (let count = 0; count < frames; count++) if (JSON.parse(text) !== null) parsed += payloadBytes;
      return parsed;
    },
    stringify() {
      let characters = 0;
      for (let count = 0; count < frames; count++) characters += JSON.stringify(value).length;
      return characters;
    },
  };
}

/** The floor: the least that finds every frame. It looks at magic, type and length, and keeps nothing but a sum. */
function walkHeaders(view: DataView): number {
  const end = view.byteLength;
  let payloadBytesSum = 0;
  let offset = 0;
  while (offset + headerBytes <= end) {
    if (view.getUint32(offset) !== magic || view.getUint32(offset + 4) !== requestType) return -1;
    const payloadBytes = view.getUint32(offset + 8);
    payloadBytesSum += payloadBytes;
    offset += headerBytes + payloadBytes;
  }
  return payloadBytesSum;
}

/** The floor for a chunk that has just come: without a view of it, nobody reads its headers. */
function walkNewChunk(chunk: Buffer): number {
  return walkHeaders(new DataView(chunk.buffer, chunk.byteOffset, chunk.length));
}

/** As a connection does it, except that nothing is taken out of the batches. */
function decode(decoder: FrameDecoder, chunk: Buffer): number {
  let payloadBytesSum = 0;
  decoder.push(chunk, 0);
  for (let batch = nextBatch(decoder); batch !== undefined; batch = nextBatch(decoder)) {
    payloadBytesSum += batch.bytes - batch.remaining * headerBytes;
    batch.release();
  }
  return payloadBytesSum;
}

function decodeText(decoder: FrameDecoder, chunk: Buffer): number {
  let characters = 0;
  decoder.push(chunk, 0);
  for (let batch = nextBatch(decoder); batch !== undefined; batch = nextBatch(decoder)) {
    while (batch.remaining > 0) characters += batch.take().length;
    batch.release();
  }
  return characters;
}

function nextBatch(decoder: FrameDecoder): TextBatch | undefined {
  return decoder.next(Number.MAX_SAFE_INTEGER);
}

/** A request of exactly this many bytes; the smallest is a message_id alone. */
function payloadOf(payloadBytes: number): string {
  const request = { client_id: "client_1_4765", message_id: 1, timestamp: 1_752_846_296.406, data: "" };
  const missing = payloadBytes - JSON.stringify(request).length;
  if (missing >= 0) return JSON.stringify({ ...request, data: "x".repeat(missing) });
  return `{"message_id":1${" ".repeat(payloadBytes - 16)}}`;
}

function framesOf(text: string, frames: number): Buffer {
  const frame = Buffer.alloc(headerBytes + text.length);
  frame.writeUInt32BE(magic, 0);
  frame.writeUInt32BE(requestType, 4);
  frame.writeUInt32BE(text.length, 8);
  frame.write(text, headerBytes);
  return Buffer.concat(Array.from({ length: frames }, () => frame));
}
