// A network for tests of elections: time that jumps to what happens next, and messages that come late, twice or never.

/** Xorshift32 (Marsaglia 2003): the same numbers for the same seed, from 0 to less than 1. */
export function createChance(seed: number): () => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Whole ticks of true time, which nobody in it can read. */
export class TestTime {
  now = 0;
  readonly #happenings: (Array<() => void> | undefined)[] = [];

  at(tick: number, happen: () => void): void {
    const due = Math.max(tick, this.now);
    (this.#happenings[due] ??= []).push(happen);
  }

  /** What is due at the last tick happens too. */
  runUntil(tick: number): void {
    for (; this.now <= tick; this.now++) {
      // They may become more meanwhile.
      for (const happen of this.#happenings[this.now] ?? []) happen();
      this.#happenings[this.now] = undefined;
    }
    this.now = tick;
  }
}

export interface Quality {
  readonly loss: number;
  readonly copies: number;
  /** Of one way, in ticks. */
  readonly delayMax: number;
}

export const GOOD: Quality = { loss: 0, copies: 0, delayMax: 2 };

/** Places are numbers; a cut is of one direction. */
export class TestNetwork {
  quality = GOOD;
  readonly #time: TestTime;
  readonly #chance: () => number;
  readonly #cuts = new Set<number>();

  constructor(time: TestTime, chance: () => number) {
    this.#time = time;
    this.#chance = chance;
  }

  send(from: number, to: number, deliver: () => void): void {
    const { loss, copies } = this.quality;
    if (this.isCut(from, to) || (loss > 0 && this.#chance() < loss)) return;
    this.#deliver(deliver);
    if (copies > 0 && this.#chance() < copies) this.#deliver(deliver);
  }

  isCut(from: number, to: number): boolean {
    return this.#cuts.has(wayOf(from, to));
  }

  cut(from: number, to: number): void {
    this.#cuts.add(wayOf(from, to));
  }

  mend(): void {
    this.#cuts.clear();
  }

  #deliver(deliver: () => void): void {
    this.#time.at(this.#time.now + Math.floor(this.#chance() * (this.quality.delayMax + 1)), deliver);
  }
}

const PLACES_MAX = 64;
const wayOf = (from: number, to: number): number => from * PLACES_MAX + to;
