// Cuts a stream of response frames into payloads, however it was split; hot: nothing is allocated per reply.

import { FRAME_HEADER_BYTES, FRAME_MAGIC, FRAME_TYPE_CLOSE, FRAME_TYPE_RESPONSE } from "#runtime/wire/frame-header.ts";

import { REPLY_PAYLOAD_BYTES_MAX } from "./limits.ts";

export type ReaderFaultReason = "bad_magic" | "unexpected_type" | "reply_too_large";

export interface ReaderFault {
  readonly reason: ReaderFaultReason;
  readonly detail: string;
}

const EMPTY = Buffer.alloc(0);
const CARRY_BYTES_MIN = 512;
const MAGIC_BYTES = Buffer.from([0x12, 0x34, 0x56, 0x78]);

/**
 * `feed` a chunk, then call `next` until it answers false. While `next` answers true the payload is
 * `payloadBytes[payloadStart, payloadEnd)`, valid until the following call. A fault is final: the frames are lost.
 */
export class ResponseReader {
  payloadBytes: Buffer = EMPTY;
  payloadStart = 0;
  payloadEnd = 0;
  fault: ReaderFault | undefined;

  #chunk: Buffer = EMPTY;
  #offset = 0;
  /** The beginning of a frame whose end has not come yet. */
  #carry: Buffer = EMPTY;
  #carryBytes = 0;

  /** True while the stream stands in the middle of a frame. */
  get isInsideFrame(): boolean {
    return this.#carryBytes > 0;
  }

  /** The previous chunk must have been read to its end. */
  feed(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#offset = 0;
  }

  next(): boolean {
    if (this.fault !== undefined) return false;
    if (this.#carryBytes > 0) return this.#nextFromCarry();
    const availableBytes = this.#chunk.length - this.#offset;
    if (availableBytes < FRAME_HEADER_BYTES) {
      this.#reserve(FRAME_HEADER_BYTES);
      this.#take(availableBytes);
      this.#checkMagicSoFar();
      return false;
    }
    const frameBytes = this.#frameBytes(this.#chunk, this.#offset);
    if (frameBytes === 0) return false;
    if (availableBytes < frameBytes) {
      this.#reserve(frameBytes);
      this.#take(availableBytes);
      return false;
    }
    this.payloadBytes = this.#chunk;
    this.payloadStart = this.#offset + FRAME_HEADER_BYTES;
    this.payloadEnd = this.#offset + frameBytes;
    this.#offset = this.payloadEnd;
    return true;
  }

  #nextFromCarry(): boolean {
    this.#take(FRAME_HEADER_BYTES - this.#carryBytes);
    if (this.#carryBytes < FRAME_HEADER_BYTES) {
      this.#checkMagicSoFar();
      return false;
    }
    const frameBytes = this.#frameBytes(this.#carry, 0);
    if (frameBytes === 0) return false;
    this.#reserve(frameBytes);
    this.#take(frameBytes - this.#carryBytes);
    if (this.#carryBytes < frameBytes) return false;
    this.payloadBytes = this.#carry;
    this.payloadStart = FRAME_HEADER_BYTES;
    this.payloadEnd = frameBytes;
    this.#carryBytes = 0;
    return true;
  }

  /** Moves up to `wantedBytes` of the chunk to the end of the carry; the room for them is there. */
  #take(wantedBytes: number): void {
    const end = Math.min(this.#offset + Math.max(wantedBytes, 0), this.#chunk.length);
    this.#carryBytes += this.#chunk.copy(this.#carry, this.#carryBytes, this.#offset, end);
    this.#offset = end;
  }

  #reserve(frameBytes: number): void {
    if (this.#carry.length >= frameBytes) return;
    const larger = Buffer.allocUnsafe(Math.max(frameBytes, CARRY_BYTES_MIN));
    this.#carry.copy(larger, 0, 0, this.#carryBytes);
    this.#carry = larger;
  }

  /** Header and payload together, or 0 with the fault set; the header is whole, nothing is allocated for the rest. */
  #frameBytes(bytes: Buffer, offset: number): number {
    if (readU32(bytes, offset) !== FRAME_MAGIC) return this.#refuseMagic(bytes.subarray(offset, offset + 4));
    const type = readU32(bytes, offset + 4);
    if (type !== FRAME_TYPE_RESPONSE) {
      const name = type === FRAME_TYPE_CLOSE ? "4, a close frame," : String(type);
      this.fault = { reason: "unexpected_type", detail: `frame type ${name} where a reply (2) should be` };
      return 0;
    }
    const payloadBytes = readU32(bytes, offset + 8);
    if (payloadBytes > REPLY_PAYLOAD_BYTES_MAX) {
      const detail = `a reply of ${payloadBytes} bytes, the limit is ${REPLY_PAYLOAD_BYTES_MAX}`;
      this.fault = { reason: "reply_too_large", detail };
      return 0;
    }
    return FRAME_HEADER_BYTES + payloadBytes;
  }

  /** Garbage shorter than a header is known as garbage too, once its first byte differs. */
  #checkMagicSoFar(): void {
    const knownBytes = Math.min(this.#carryBytes, MAGIC_BYTES.length);
    const start = this.#carry.subarray(0, knownBytes);
    if (!start.equals(MAGIC_BYTES.subarray(0, knownBytes))) this.#refuseMagic(start);
  }

  #refuseMagic(found: Buffer): 0 {
    const detail = `bytes ${found.toHex()} where the magic ${MAGIC_BYTES.toHex()} should be`;
    this.fault = { reason: "bad_magic", detail };
    return 0;
  }
}

function readU32(bytes: Buffer, offset: number): number {
  return (
    (((bytes[offset] ?? 0) << 24) |
      ((bytes[offset + 1] ?? 0) << 16) |
      ((bytes[offset + 2] ?? 0) << 8) |
      (bytes[offset + 3] ?? 0)) >>>
    0
  );
}
