// A frame cut by the end of a chunk: its bytes are gathered here, never more than its header has announced.
import { limits } from "../limits.ts";
import { FRAME_HEADER_BYTES, FRAME_MAGIC_BYTES, frameFault, isCloseFrame } from "./frame-header.ts";
import { GatheredOctets } from "./gathered-octets.ts";
import type { WireFault } from "./protocol.ts";

const FIRST_CAPACITY_BYTES = 256;

export class PartialFrame {
  readonly #gathered = new GatheredOctets(FIRST_CAPACITY_BYTES);
  /** Header and payload, known once the header is whole. */
  #frameBytes = 0;
  fault: WireFault | undefined;
  closing = false;

  get filledBytes(): number {
    return this.#gathered.filled;
  }

  /** The whole frame, once `complete`; the caller takes it over with `takeOver`. */
  get complete(): boolean {
    return this.#frameBytes > 0 && this.filledBytes === this.#frameBytes;
  }

  /** Copies what this frame still needs from `chunk`, from `offset` on, and returns the offset behind it. */
  fill(chunk: Buffer, offset: number): number {
    let position = offset;
    if (this.filledBytes < FRAME_HEADER_BYTES) {
      position = this.#copy(chunk, position, FRAME_HEADER_BYTES);
      this.#readHeader();
    }
    if (this.#frameBytes > 0) position = this.#copy(chunk, position, this.#frameBytes);
    return position;
  }

  /** Hands the bytes out and forgets them. */
  takeOver(): Buffer {
    const whole = this.#gathered.takeOver(this.#frameBytes);
    this.#frameBytes = 0;
    return whole;
  }

  #copy(chunk: Buffer, offset: number, wantedBytes: number): number {
    const end = offset + Math.min(wantedBytes - this.filledBytes, chunk.length - offset);
    const ceiling = this.#frameBytes > 0 ? this.#frameBytes : FRAME_HEADER_BYTES + limits.framePayloadBytesMax;
    this.#gathered.append(chunk, offset, end, ceiling);
    return end;
  }

  /** Each octet of the magic is checked as it comes: a text client need not send twelve to be told off. */
  #readHeader(): void {
    const { octets, filled } = this.#gathered;
    for (let index = 0; index < Math.min(filled, FRAME_MAGIC_BYTES.length); index++) {
      if (octets[index] !== FRAME_MAGIC_BYTES[index]) this.fault = "wire.bad_magic";
    }
    if (this.fault !== undefined || filled < FRAME_HEADER_BYTES) return;
    const type = octets.readUInt32BE(4);
    const payloadBytes = octets.readUInt32BE(8);
    this.closing = isCloseFrame(type);
    if (!this.closing) this.fault = frameFault(type, payloadBytes);
    if (this.fault === undefined && !this.closing) this.#frameBytes = FRAME_HEADER_BYTES + payloadBytes;
  }
}
