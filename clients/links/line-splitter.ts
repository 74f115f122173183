// Octets into lines, wherever they are cut; a line without end is cut too, so that nobody fills our memory.

/** No line of a server is so long: names of fifty members are the longest. */
export const LINE_BYTES_MAX = 65_536;

const LINE_FEED = 0x0a;
const EMPTY = new Uint8Array(0);

export class LineSplitter {
  readonly #decoder = new TextDecoder();
  #partial: Uint8Array[] = [];
  #partialBytes = 0;

  /** The lines that this chunk ends, without their endings. What is over the limit comes as a line of its own. */
  *lines(chunk: Uint8Array): Generator<string> {
    let start = 0;
    while (true) {
      const limit = start + LINE_BYTES_MAX - this.#partialBytes;
      const found = chunk.indexOf(LINE_FEED, start);
      const isEnded = found >= 0 && found <= limit;
      const end = isEnded ? found : Math.min(chunk.length, limit);
      this.#keep(chunk.subarray(start, end));
      start = isEnded ? end + 1 : end;
      if (!isEnded && this.#partialBytes < LINE_BYTES_MAX) return;
      yield this.rest();
    }
  }

  /** What came after the last line. */
  rest(): string {
    const bytes = this.#partial.length === 1 ? (this.#partial[0] ?? EMPTY) : Buffer.concat(this.#partial);
    this.#partial = [];
    this.#partialBytes = 0;
    const text = this.#decoder.decode(bytes);
    return text.endsWith("\r") ? text.slice(0, -1) : text;
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#partial.push(bytes.slice());
    this.#partialBytes += bytes.length;
  }
}
