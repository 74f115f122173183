// Hot. Texts one behind the other in a chunk, remembered by where they start; reused, never one object for each.
import type { MessageBatch } from "../core/ports.ts";
import { limits } from "../limits.ts";

/** What `toString` calls: 5 to 10 ns less for a short text, but not in the types. */
type SliceableBuffer = Buffer & { utf8Slice(start: number, end: number): string };

const NO_BYTES = Buffer.alloc(0) as SliceableBuffer;

export class TextBatch implements MessageBatch {
  /** Where each text starts, and one entry more: where a following one would. */
  readonly starts = new Uint32Array(limits.textsPerBatch + 1);
  arrivedMs = 0;
  bytes = 0;
  next: object | undefined = undefined;
  #chunk = NO_BYTES;
  #index = 0;
  #count = 0;
  readonly #spares: TextBatch[];
  readonly #gapBytes: number;

  /** `gapBytes` lie between the end of one text and the start of the next: those of a header. */
  constructor(spares: TextBatch[], gapBytes: number) {
    this.#spares = spares;
    this.#gapBytes = gapBytes;
  }

  get remaining(): number {
    return this.#count - this.#index;
  }

  /** `starts` holds `count` + 1 entries for texts in `chunk`. */
  fill(chunk: Buffer, count: number, arrivedMs: number): this {
    this.#chunk = chunk as SliceableBuffer;
    this.#index = 0;
    this.#count = count;
    this.arrivedMs = arrivedMs;
    this.bytes = (this.starts[count] as number) - (this.starts[0] as number);
    return this;
  }

  /** The next text; octets that are not UTF-8 become U+FFFD. */
  take(): string {
    const start = this.starts[this.#index] as number;
    const end = (this.starts[++this.#index] as number) - this.#gapBytes;
    return this.#chunk.utf8Slice(start, end);
  }

  release(): void {
    this.#chunk = NO_BYTES;
    this.#count = 0;
    this.#index = 0;
    if (this.#spares.length < limits.spareBatchesMax) this.#spares.push(this);
  }
}
