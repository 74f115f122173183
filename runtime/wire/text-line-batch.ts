// Hot. Lines one behind the other in a chunk, remembered by where they start; reused, never per line.
import type { MessageBatch } from "../core/ports.ts";
import { limits } from "../limits.ts";

/** What `toString` calls: 5 to 10 ns less for a short line, but not in the types. */
type SliceableBuffer = Buffer & { utf8Slice(start: number, end: number): string };

const NO_BYTES = Buffer.alloc(0) as SliceableBuffer;

export class TextLineBatch implements MessageBatch {
  /** Where each line starts, and one entry more: where the last one ends. */
  readonly starts = new Uint32Array(limits.linesPerBatch + 1);
  arrivedMs = 0;
  bytes = 0;
  next: object | undefined = undefined;
  #chunk = NO_BYTES;
  #index = 0;
  #count = 0;
  readonly #spares: TextLineBatch[];

  constructor(spares: TextLineBatch[]) {
    this.#spares = spares;
  }

  get remaining(): number {
    return this.#count - this.#index;
  }

  /** `starts` holds `count` + 1 entries for lines in `chunk`. */
  fill(chunk: Buffer, count: number, arrivedMs: number): this {
    this.#chunk = chunk as SliceableBuffer;
    this.#index = 0;
    this.#count = count;
    this.arrivedMs = arrivedMs;
    this.bytes = (this.starts[count] as number) - (this.starts[0] as number);
    return this;
  }

  /** The next line with the ending it came with, if any; octets that are not UTF-8 become U+FFFD. */
  take(): string {
    const start = this.starts[this.#index] as number;
    return this.#chunk.utf8Slice(start, this.starts[++this.#index] as number);
  }

  release(): void {
    this.#chunk = NO_BYTES;
    this.#count = 0;
    this.#index = 0;
    if (this.#spares.length < limits.spareBatchesMax) this.#spares.push(this);
  }
}
