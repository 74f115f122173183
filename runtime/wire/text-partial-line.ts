// A line cut by the end of a chunk: its octets are gathered here, never more than a line may have.
import { limits } from "../limits.ts";
import { GatheredOctets } from "./gathered-octets.ts";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const ENDING_BYTES_MAX = 2;
const FIRST_CAPACITY_BYTES = 64;

export class TextPartialLine {
  readonly #gathered = new GatheredOctets(FIRST_CAPACITY_BYTES);

  get filledBytes(): number {
    return this.#gathered.filled;
  }

  /** Whether it were too long with these octets behind it, of which only the last may be a line feed. */
  tooLongWith(chunk: Buffer, start: number, end: number): boolean {
    const overBytes = this.filledBytes + end - start - limits.textLineBytesMax;
    if (overBytes <= 0) return false;
    const ended = chunk[end - 1] === LINE_FEED;
    const last = end - (ended ? 2 : 1);
    const before = last >= start ? chunk[last] : this.#gathered.octets[this.filledBytes - 1];
    // A carriage return may be the first half of an ending whose second is still on its way.
    return overBytes > (ended ? 1 : 0) + (before === CARRIAGE_RETURN ? 1 : 0);
  }

  /** Copies these octets; the caller has asked whether there may be so many. */
  append(chunk: Buffer, start: number, end: number): void {
    this.#gathered.append(chunk, start, end, limits.textLineBytesMax + ENDING_BYTES_MAX);
  }

  /** Hands the octets out and forgets them. */
  takeOver(): Buffer {
    return this.#gathered.takeOver();
  }
}
