// Hot. A stream of chunks into batches of request frames: payloads that arrived whole stay where they are.
import { limits } from "../limits.ts";
import {
  announcedPayloadBytes,
  FRAME_HEADER_BYTES,
  FRAME_MAGIC,
  frameFault,
  isCloseFrame,
  isRequestHeader,
} from "./frame-header.ts";
import { PartialFrame } from "./partial-frame.ts";
import type { Decoder, WireFault } from "./protocol.ts";
import { TextBatch } from "./text-batch.ts";

const NO_BYTES = Buffer.alloc(0);

/** One for each connection. Batches come from `spares`, which the decoders of a listener share. */
export class FrameDecoder implements Decoder {
  readonly #spares: TextBatch[];
  #chunk: Buffer = NO_BYTES;
  #offset = 0;
  #arrivedMs = 0;
  #partial: PartialFrame | undefined;
  #finished = false;
  #fault: WireFault | undefined;

  constructor(spares: TextBatch[]) {
    this.#spares = spares;
  }

  get holding(): boolean {
    return this.#offset < this.#chunk.length;
  }

  get partialBytes(): number {
    return this.#partial?.filledBytes ?? 0;
  }

  /** A frame says how long it is: no silence makes it whole. */
  get quietMs(): undefined {
    return undefined;
  }

  get finished(): boolean {
    return this.#finished;
  }

  get fault(): WireFault | undefined {
    return this.#fault;
  }

  push(chunk: Buffer, arrivedMs: number): void {
    if (this.#finished || this.#fault !== undefined) return;
    this.#chunk = chunk;
    this.#offset = 0;
    this.#arrivedMs = arrivedMs;
  }

  flush(): void {
    // What is there of a frame is none.
  }

  next(countMax: number): TextBatch | undefined {
    if (!this.holding || countMax <= 0) return undefined;
    if (this.#partial !== undefined) return this.#completePartial(this.#partial, countMax);
    return this.#scan(Math.min(countMax, limits.textsPerBatch));
  }

  /** Walks headers: each is judged before its payload is looked for. */
  #scan(countMax: number): TextBatch | undefined {
    const chunk = this.#chunk;
    const end = chunk.length;
    const batch = this.#spares.pop() ?? new TextBatch(this.#spares, FRAME_HEADER_BYTES);
    const starts = batch.starts;
    let offset = this.#offset;
    let count = 0;
    while (count < countMax && offset + FRAME_HEADER_BYTES <= end) {
      const payloadBytes = announcedPayloadBytes(chunk, offset);
      if (!isRequestHeader(chunk, offset) || payloadBytes > limits.framePayloadBytesMax) {
        this.#stopAt(offset);
        break;
      }
      const frameEnd = offset + FRAME_HEADER_BYTES + payloadBytes;
      if (frameEnd > end) break;
      starts[count++] = offset + FRAME_HEADER_BYTES;
      offset = frameEnd;
    }
    starts[count] = offset + FRAME_HEADER_BYTES;
    this.#offset = offset;
    if (count < countMax || offset === end) this.#leave();
    if (count > 0) return batch.fill(chunk, count, this.#arrivedMs);
    this.#spares.push(batch);
    return undefined;
  }

  /** What is left of the chunk is the start of one frame, if anything: it is copied, and the chunk let go. */
  #leave(): void {
    const open = this.#fault === undefined && !this.#finished;
    if (open && this.#offset < this.#chunk.length) {
      this.#partial = new PartialFrame();
      this.#fillPartial(this.#partial);
    }
    this.#dropChunk();
  }

  #completePartial(partial: PartialFrame, countMax: number): TextBatch | undefined {
    this.#fillPartial(partial);
    if (!partial.complete) {
      this.#dropChunk();
      return undefined;
    }
    this.#partial = undefined;
    const frame = partial.takeOver();
    const batch = this.#spares.pop() ?? new TextBatch(this.#spares, FRAME_HEADER_BYTES);
    batch.starts[0] = FRAME_HEADER_BYTES;
    batch.starts[1] = frame.length + FRAME_HEADER_BYTES;
    if (!this.holding) this.#dropChunk();
    return countMax > 0 ? batch.fill(frame, 1, this.#arrivedMs) : undefined;
  }

  #fillPartial(partial: PartialFrame): void {
    this.#offset = partial.fill(this.#chunk, this.#offset);
    this.#fault = partial.fault;
    this.#finished = partial.closing;
    if (partial.fault !== undefined || partial.closing) this.#partial = undefined;
  }

  /** The header at `offset` is none of a request that could be taken: a close, or a fault. */
  #stopAt(offset: number): void {
    const type = this.#chunk.readUInt32BE(offset + 4);
    if (this.#chunk.readUInt32BE(offset) !== FRAME_MAGIC) this.#fault = "wire.bad_magic";
    else if (isCloseFrame(type)) this.#finished = true;
    else this.#fault = frameFault(type, announcedPayloadBytes(this.#chunk, offset));
  }

  #dropChunk(): void {
    this.#chunk = NO_BYTES;
    this.#offset = 0;
  }
}
