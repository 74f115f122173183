// Octets of something that came in more than one chunk, gathered until it is whole.

const EMPTY = Buffer.alloc(0);

/** Memory follows what has arrived, not what was announced: it doubles, up to what the whole may have. */
export class GatheredOctets {
  octets: Buffer = EMPTY;
  filled = 0;
  readonly #firstCapacityBytes: number;

  constructor(firstCapacityBytes: number) {
    this.#firstCapacityBytes = firstCapacityBytes;
  }

  /** Copies these behind what is there; there will never be more than `bytesMax` in all. */
  append(chunk: Buffer, start: number, end: number, bytesMax: number): void {
    const needed = this.filled + end - start;
    if (needed > this.octets.length) this.#grow(needed, bytesMax);
    chunk.copy(this.octets, this.filled, start, end);
    this.filled = needed;
  }

  /** Hands the first `bytes` out and forgets everything. */
  takeOver(bytes = this.filled): Buffer {
    const octets = this.octets.subarray(0, bytes);
    this.octets = EMPTY;
    this.filled = 0;
    return octets;
  }

  #grow(neededBytes: number, bytesMax: number): void {
    const doubled = Math.max(this.#firstCapacityBytes, this.octets.length * 2, neededBytes);
    const grown = Buffer.allocUnsafeSlow(Math.min(doubled, bytesMax));
    this.octets.copy(grown, 0, 0, this.filled);
    this.octets = grown;
  }
}
