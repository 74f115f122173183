// Counts that only grow, such as octets of a network: how quickly they grew from sample to sample, and how far in all.

/** Null before it was counted, and while it cannot be read. */
export interface RecordedRate {
  readonly name: string;
  readonly perSecond: readonly (number | null)[];
  /** From the first reading to the last; null where there was none. */
  readonly total: number | null;
}

type Counts = readonly number[] | undefined;

/** One for each name, read together. */
export class RecordedCounts {
  readonly #read: () => Counts;
  readonly #rates: readonly { readonly name: string; readonly perSecond: (number | null)[] }[];
  readonly #first: Counts;
  #before: Counts;
  #readAtMs = performance.now();

  /** `missed` samples have been taken already. */
  constructor(names: readonly string[], read: () => Counts, missed: number) {
    this.#read = read;
    this.#rates = names.map((name) => ({ name, perSecond: Array.from({ length: missed }, () => null) }));
    this.#first = read();
    this.#before = this.#first;
  }

  sample(): void {
    const counts = this.#read();
    const nowMs = performance.now();
    const seconds = (nowMs - this.#readAtMs) / 1_000;
    for (const [index, { perSecond }] of this.#rates.entries()) {
      const grown = difference(this.#before?.[index], counts?.[index]);
      perSecond.push(grown === null ? null : grown / seconds);
    }
    this.#before = counts;
    this.#readAtMs = nowMs;
  }

  rates(): readonly RecordedRate[] {
    const last = this.#read();
    return this.#rates.map((rate, index) => ({ ...rate, total: difference(this.#first?.[index], last?.[index]) }));
  }
}

const difference = (before: number | undefined, now: number | undefined): number | null =>
  before === undefined || now === undefined ? null : now - before;
