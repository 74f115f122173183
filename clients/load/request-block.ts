// Encodes many requests into one shared block, so that they leave in one write; hot.

import { FRAME_HEADER_BYTES, FRAME_TYPE_REQUEST, writeFrameHeader } from "#runtime/wire/frame-header.ts";

import { REQUEST_BLOCK_BYTES } from "./limits.ts";

/** Everything of a request before its message id; made once per client. */
export function requestHead(clientId: string): Buffer {
  return Buffer.from(`{"client_id":${JSON.stringify(clientId)},"message_id":`);
}

/** One block for all connections: what a socket does not accept is copied by its writer before the next `fill`. */
export class RequestBlock {
  readonly bytes: Buffer;
  /** Bytes of the last `fill`. */
  lengthBytes = 0;

  readonly #view: DataView;
  readonly #dataTail: string;
  #tail: Buffer = Buffer.alloc(0);
  #tailUnixMs = -1;

  constructor(data: string) {
    this.#dataTail = `,"data":${JSON.stringify(data)}}`;
    const requestBytesMax = Buffer.byteLength(this.#dataTail) + 1_024;
    this.bytes = Buffer.allocUnsafe(Math.max(REQUEST_BLOCK_BYTES, requestBytesMax));
    this.#view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  }

  /** Encodes requests from `firstMessageId` on, at most `countMax` and what fits; answers how many, at least one. */
  fill(head: Buffer, firstMessageId: number, countMax: number, unixMs: number): number {
    this.#setTime(unixMs);
    const bytes = this.bytes;
    const tail = this.#tail;
    const roomBytes = FRAME_HEADER_BYTES + head.length + 16 + tail.length;
    let offset = 0;
    let count = 0;
    while (count < countMax && offset + roomBytes <= bytes.length) {
      const payloadStart = offset + FRAME_HEADER_BYTES;
      bytes.set(head, payloadStart);
      let end = writeDigits(bytes, payloadStart + head.length, firstMessageId + count);
      bytes.set(tail, end);
      end += tail.length;
      writeFrameHeader(this.#view, offset, FRAME_TYPE_REQUEST, end - payloadStart);
      offset = end;
      count += 1;
    }
    this.lengthBytes = offset;
    return count;
  }

  /** All requests of a block carry the time at which the block was filled. */
  #setTime(unixMs: number): void {
    if (unixMs === this.#tailUnixMs) return;
    this.#tailUnixMs = unixMs;
    this.#tail = Buffer.from(`,"timestamp":${(unixMs / 1_000).toFixed(3)}${this.#dataTail}`);
  }
}

/** Writes a positive whole number in decimal; answers the offset after it. */
function writeDigits(bytes: Buffer, offset: number, value: number): number {
  let digitCount = 1;
  for (let bound = 10; bound <= value; bound *= 10) digitCount += 1;
  let rest = value;
  for (let position = offset + digitCount - 1; position >= offset; position -= 1) {
    const next = Math.floor(rest / 10);
    bytes[position] = 48 + rest - next * 10;
    rest = next;
  }
  return offset + digitCount;
}
