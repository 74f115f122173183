// Where encoders write in the tests of this folder.
import type { ByteSink } from "./protocol.ts";

/** Begins with nothing and gives only what is asked for: an encoder that writes past its reserve is found out. */
export class TightSink implements ByteSink {
  bytes = Buffer.alloc(0);
  view = new DataView(this.bytes.buffer, 0, 0);
  offset = 0;
  readonly #full: Buffer[] = [];
  readonly #spareBytes: number;

  constructor(spareBytes: number) {
    this.#spareBytes = spareBytes;
  }

  reserve(bytesMax: number): void {
    if (this.offset + bytesMax <= this.bytes.length) return;
    this.#full.push(this.bytes.subarray(0, this.offset));
    this.bytes = Buffer.alloc(bytesMax + this.#spareBytes);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    this.offset = 0;
  }

  get written(): Buffer {
    return Buffer.concat([...this.#full, this.bytes.subarray(0, this.offset)]);
  }
}
