// A frame cut by the end of a chunk: its bytes are gathered here, never more than its header has announced.
import { limits } from "../limits.ts";
import { FRAME_HEADER_BYTES, FRAME_MAGIC_BYTES, frameFault, isCloseFrame } from "./frame-header.ts";
import type { WireFault } from "./protocol.ts";

const FIRST_CAPACITY_BYTES = 256;
const EMPTY = Buffer.alloc(0);

/** Memory follows what has arrived, not what was announced: it doubles, up to the size of the frame. */
export class PartialFrame {
  #bytes: Buffer = EMPTY;
  #filled = 0;
  /** Header and payload, known once the header is whole. */
  #frameBytes = 0;
  fault: WireFault | undefined;
  closing = false;

  get filledBytes(): number {
    return this.#filled;
  }

  /** The whole frame, once `complete`; the caller takes it over with `takeOver`. */
  get complete(): boolean {
    return this.#frameBytes > 0 && this.#filled === this.#frameBytes;
  }

  /** Copies what this frame still needs from `chunk`, from `offset` on, and returns the offset behind it. */
  fill(chunk: Buffer, offset: number): number {
    let position = offset;
    if (this.#filled < FRAME_HEADER_BYTES) {
      position = this.#copy(chunk, position, FRAME_HEADER_BYTES);
      this.#readHeader();
    }
    if (this.#frameBytes > 0) position = this.#copy(chunk, position, this.#frameBytes);
    return position;
  }

  /** Hands the bytes out and forgets them. */
  takeOver(): Buffer {
    const whole = this.#bytes.subarray(0, this.#frameBytes);
    this.#bytes = EMPTY;
    this.#filled = 0;
    this.#frameBytes = 0;
    return whole;
  }

  #copy(chunk: Buffer, offset: number, wantedBytes: number): number {
    const count = Math.min(wantedBytes - this.#filled, chunk.length - offset);
    const needed = this.#filled + count;
    if (needed > this.#bytes.length) this.#grow(needed);
    chunk.copy(this.#bytes, this.#filled, offset, offset + count);
    this.#filled = needed;
    return offset + count;
  }

  #grow(neededBytes: number): void {
    const ceiling = this.#frameBytes > 0 ? this.#frameBytes : FRAME_HEADER_BYTES + limits.framePayloadBytesMax;
    const doubled = Math.max(FIRST_CAPACITY_BYTES, this.#bytes.length * 2, neededBytes);
    const grown = Buffer.allocUnsafeSlow(Math.min(doubled, ceiling));
    this.#bytes.copy(grown, 0, 0, this.#filled);
    this.#bytes = grown;
  }

  /** Each octet of the magic is checked as it comes: a text client need not send twelve to be told off. */
  #readHeader(): void {
    for (let index = 0; index < Math.min(this.#filled, FRAME_MAGIC_BYTES.length); index++) {
      if (this.#bytes[index] !== FRAME_MAGIC_BYTES[index]) this.fault = "wire.bad_magic";
    }
    if (this.fault !== undefined || this.#filled < FRAME_HEADER_BYTES) return;
    const type = this.#bytes.readUInt32BE(4);
    const payloadBytes = this.#bytes.readUInt32BE(8);
    this.closing = isCloseFrame(type);
    if (!this.closing) this.fault = frameFault(type, payloadBytes);
    if (this.fault === undefined && !this.closing) this.#frameBytes = FRAME_HEADER_BYTES + payloadBytes;
  }
}
