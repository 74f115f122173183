// Faults by chance, each with a number of its own, so that a run can be repeated with all of them, or with some.
import { createRandom, type Random } from "../base/random.ts";

/** How likely each is, from 0 to 1; 0 unless given. */
export interface Faults {
  /** At each step: the node is killed, and starts again with what is stored. */
  readonly crash?: number;
  /** At each commit: it is refused with `store.full`, `store.locked` or `store.failed`, and nothing is stored. */
  readonly commitFails?: number;
  /** At each commit: it is stored, but the answer is lost, and the actors are told `store.failed`. */
  readonly answerLost?: number;
  /** Whenever the store is read: it fails with `store.failed`. */
  readonly readFails?: number;
}

export class FaultChance {
  /** The numbers of those that happened. */
  readonly happened: number[] = [];
  /** While false nothing happens, and nothing is counted. */
  enabled = false;
  readonly #random: Random;
  /** Undefined: every one may happen. */
  readonly #only: ReadonlySet<number> | undefined;
  #count = 0;

  constructor(seed: number, only: readonly number[] | undefined) {
    this.#random = createRandom(seed);
    this.#only = only && new Set(only);
  }

  /** The number of the fault that happens now, undefined when it does not. */
  happens(probability = 0): number | undefined {
    if (!this.enabled) return undefined;
    const number = ++this.#count;
    const isDue = this.#random.next() < probability;
    if (!isDue || this.#only?.has(number) === false) return undefined;
    this.happened.push(number);
    return number;
  }
}
