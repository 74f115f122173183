// When each request was handed to the writer, kept as one entry per block of requests.

const COMPACT_AT = 1_024;

export class SendTimes {
  readonly #lastIds: number[] = [];
  readonly #sentAtMs: number[] = [];
  #head = 0;

  /** Notes that all requests after the previous note up to `lastId` were handed over at `sentAtMs`. */
  note(lastId: number, sentAtMs: number): void {
    if (this.#head >= COMPACT_AT) {
      this.#lastIds.splice(0, this.#head);
      this.#sentAtMs.splice(0, this.#head);
      this.#head = 0;
    }
    this.#lastIds.push(lastId);
    this.#sentAtMs.push(sentAtMs);
  }

  /** The time of a noted id; ids must be asked for in rising order. */
  of(id: number): number {
    while ((this.#lastIds[this.#head] ?? Number.POSITIVE_INFINITY) < id) this.#head += 1;
    return this.#sentAtMs[this.#head] ?? 0;
  }
}
