// Hot. The one buffer that every connection's replies of this step are encoded into, one behind the other.
import { limits } from "../limits.ts";
import type { ByteSink } from "../wire/protocol.ts";
import { SharedEncoder } from "./shared-encoder.ts";

/** Bytes that one connection is to write. */
export interface Region {
  readonly bytes: Uint8Array;
  start: number;
  end: number;
}

/**
 * Between steps it is empty: at a step's end each writer hands its regions to the kernel and copies what was not taken.
 * So an idle connection holds no buffer, and a step that writes to a thousand needs one.
 */
export class OutboundArena implements ByteSink {
  bytes: Buffer = Buffer.allocUnsafeSlow(limits.outboundArenaBytes);
  view: DataView = viewOf(this.bytes);
  offset = 0;
  readonly shared = new SharedEncoder(this);
  /** Where one writer's pieces are put together, to be written at once. */
  readonly joined: Buffer = Buffer.allocUnsafeSlow(limits.outboundJoinedBytes);
  /** Empty, to be filled again: one for each writer that has something to write in the same step. */
  readonly spareLists: Region[][] = [];
  readonly #first: Buffer = this.bytes;

  /** When the buffer is full a new one takes its place; regions in the old one stay valid for their writers. */
  reserve(bytesMax: number): void {
    if (this.offset + bytesMax <= this.bytes.length) return;
    this.bytes = Buffer.allocUnsafeSlow(Math.max(limits.outboundArenaBytes, bytesMax));
    this.view = viewOf(this.bytes);
    this.offset = 0;
  }

  /** Every region has been written or copied: start over. */
  reset(): void {
    this.offset = 0;
    if (this.bytes === this.#first) return;
    this.bytes = this.#first;
    this.view = viewOf(this.bytes);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
