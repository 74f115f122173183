// Hot. A stream of chunks into batches of lines: those that arrived whole stay where they are.
import { limits } from "../limits.ts";
import type { Decoder, WireFault } from "./protocol.ts";
import { TextBatch } from "./text-batch.ts";
import { TextPartialLine } from "./text-partial-line.ts";

const LINE_FEED = 0x0a;
const NO_BYTES = Buffer.alloc(0);

export interface TextLineOptions {
  /** Whether silence ends a line too. */
  readonly silenceEnds: boolean;
}

/**
 * A line feed ends a line and belongs to it, as does a carriage return before it; and unless told otherwise, silence.
 * One for each connection; batches come from `spares`, which the decoders of a listener share.
 */
export class TextLineDecoder implements Decoder {
  readonly finished = false;
  readonly quietMs: number | undefined;
  readonly #spares: TextBatch[];
  #chunk: Buffer = NO_BYTES;
  #offset = 0;
  #arrivedMs = 0;
  #partial: TextPartialLine | undefined;
  /** The chunk is a line without an ending. */
  #flushed = false;
  #fault: WireFault | undefined;

  constructor(spares: TextBatch[], { silenceEnds }: TextLineOptions = { silenceEnds: true }) {
    this.#spares = spares;
    this.quietMs = silenceEnds ? limits.textQuietMs : undefined;
  }

  get holding(): boolean {
    return this.#offset < this.#chunk.length;
  }

  get partialBytes(): number {
    return this.#partial?.filledBytes ?? 0;
  }

  get fault(): WireFault | undefined {
    return this.#fault;
  }

  push(chunk: Buffer, arrivedMs: number): void {
    if (this.#fault !== undefined) return;
    this.#chunk = chunk;
    this.#offset = 0;
    this.#arrivedMs = arrivedMs;
  }

  flush(): void {
    if (this.holding || this.#partial === undefined || this.quietMs === undefined) return;
    if (this.#partial.filledBytes > limits.textLineBytesMax) return this.#refuse();
    this.#chunk = this.#partial.takeOver();
    this.#partial = undefined;
    this.#flushed = true;
  }

  next(countMax: number): TextBatch | undefined {
    if (!this.holding || countMax <= 0) return undefined;
    if (this.#flushed) return this.#takeWhole();
    if (this.#partial !== undefined) return this.#completePartial(this.#partial);
    return this.#scan(Math.min(countMax, limits.textsPerBatch));
  }

  #scan(countMax: number): TextBatch | undefined {
    const chunk = this.#chunk;
    const batch = this.#spares.pop() ?? new TextBatch(this.#spares, 0);
    const starts = batch.starts;
    let offset = this.#offset;
    let count = 0;
    while (count < countMax) {
      const end = chunk.indexOf(LINE_FEED, offset) + 1;
      if (end === 0) break;
      if (end - offset > limits.textLineBytesMax && new TextPartialLine().tooLongWith(chunk, offset, end)) {
        this.#fault = "wire.line_too_long";
        break;
      }
      starts[count++] = offset;
      offset = end;
    }
    starts[count] = offset;
    this.#offset = offset;
    if (count < countMax || offset === chunk.length) this.#leave();
    if (count > 0) return batch.fill(chunk, count, this.#arrivedMs);
    this.#spares.push(batch);
    return undefined;
  }

  /** What is left of the chunk is the start of one line, if anything: it is copied, and the chunk let go. */
  #leave(): void {
    const { length } = this.#chunk;
    if (this.#fault === undefined && this.#offset < length) {
      const partial = new TextPartialLine();
      if (partial.tooLongWith(this.#chunk, this.#offset, length)) return this.#refuse();
      partial.append(this.#chunk, this.#offset, length);
      this.#partial = partial;
    }
    this.#dropChunk();
  }

  #completePartial(partial: TextPartialLine): TextBatch | undefined {
    const chunk = this.#chunk;
    const newLine = chunk.indexOf(LINE_FEED, this.#offset);
    const end = newLine === -1 ? chunk.length : newLine + 1;
    if (partial.tooLongWith(chunk, this.#offset, end)) return void this.#refuse();
    partial.append(chunk, this.#offset, end);
    this.#offset = end;
    if (!this.holding) this.#dropChunk();
    if (newLine === -1) return undefined;
    this.#partial = undefined;
    return this.#batchOf(partial.takeOver());
  }

  #takeWhole(): TextBatch {
    const line = this.#chunk;
    this.#flushed = false;
    this.#dropChunk();
    return this.#batchOf(line);
  }

  #batchOf(line: Buffer): TextBatch {
    const batch = this.#spares.pop() ?? new TextBatch(this.#spares, 0);
    batch.starts[0] = 0;
    batch.starts[1] = line.length;
    return batch.fill(line, 1, this.#arrivedMs);
  }

  #refuse(): void {
    this.#fault = "wire.line_too_long";
    this.#partial = undefined;
    this.#dropChunk();
  }

  #dropChunk(): void {
    this.#chunk = NO_BYTES;
    this.#offset = 0;
  }
}
