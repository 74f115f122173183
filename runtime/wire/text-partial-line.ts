// A line cut by the end of a chunk: its octets are gathered here, never more than a line may have.
import { limits } from "../limits.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const ENDING_BYTES_MAX = 2;
const FIRST_CAPACITY_BYTES = 64;
const EMPTY = Buffer.alloc(0);

/** Memory follows what has arrived: it doubles, up to the longest line and its ending. */
export class TextPartialLine {
  #bytes: Buffer = EMPTY;
  #filled = 0;

  get filledBytes(): number {
    return this.#filled;
  }

  /** Whether it were too long with these octets behind it, of which only the last may be a line feed. */
  tooLongWith(chunk: Buffer, start: number, end: number): boolean {
    const overBytes = this.#filled + end - start - limits.textLineBytesMax;
    if (overBytes <= 0) return false;
    const ended = chunk[end - 1] === LINE_FEED;
    const last = end - (ended ? 2 : 1);
    const before = last >= start ? chunk[last] : this.#bytes[this.#filled - 1];
    // A carriage return may be the first half of an ending whose second is still on its way.
    return overBytes > (ended ? 1 : 0) + (before === CARRIAGE_RETURN ? 1 : 0);
  }

  /** Copies these octets; the caller has asked whether there may be so many. */
  append(chunk: Buffer, start: number, end: number): void {
    const needed = this.#filled + end - start;
    if (needed > this.#bytes.length) this.#grow(needed);
    chunk.copy(this.#bytes, this.#filled, start, end);
    this.#filled = needed;
  }

  /** Hands the octets out and forgets them. */
  takeOver(): Buffer {
    const octets = this.#bytes.subarray(0, this.#filled);
    this.#bytes = EMPTY;
    this.#filled = 0;
    return octets;
  }

  #grow(neededBytes: number): void {
    const doubled = Math.max(FIRST_CAPACITY_BYTES, this.#bytes.length * 2, neededBytes);
    const grown = Buffer.allocUnsafeSlow(Math.min(doubled, limits.textLineBytesMax + ENDING_BYTES_MAX));
    this.#bytes.copy(grown, 0, 0, this.#filled);
    this.#bytes = grown;
  }
}
