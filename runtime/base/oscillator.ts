// A hardware clock that is wrong by as much as one likes: what a test or an experiment puts in the place of a real one.

export interface OscillatorOptions {
  /** What it shows at the true time 0. */
  readonly offsetMs?: number;
  /** Parts per million by which it runs too fast; below 0: too slow. */
  readonly driftPpm?: number;
}

interface Stretch {
  readonly fromTrueMs: number;
  readonly shownMs: number;
  readonly rate: number;
}

/** Runs evenly between changes of its drift, and jumps only where it is told to. */
export class Oscillator {
  readonly #stretches: [Stretch, ...Stretch[]];

  constructor({ offsetMs = 0, driftPpm = 0 }: OscillatorOptions = {}) {
    this.#stretches = [{ fromTrueMs: 0, shownMs: offsetMs, rate: rateOf(driftPpm) }];
  }

  /** What it shows at that true time. */
  at(trueMs: number): number {
    const [first] = this.#stretches;
    const { fromTrueMs, shownMs, rate } = this.#stretches.findLast((stretch) => stretch.fromTrueMs <= trueMs) ?? first;
    return shownMs + (trueMs - fromTrueMs) * rate;
  }

  /** From that true time on, which is no earlier than that of the change before. */
  setDrift(driftPpm: number, fromTrueMs: number): void {
    this.#stretches.push({ fromTrueMs, shownMs: this.at(fromTrueMs), rate: rateOf(driftPpm) });
  }

  /** From that true time on, which is no earlier than that of the change before. */
  jump(byMs: number, fromTrueMs: number): void {
    const rate = this.#stretches.at(-1)?.rate ?? 1;
    this.#stretches.push({ fromTrueMs, shownMs: this.at(fromTrueMs) + byMs, rate });
  }
}

function rateOf(driftPpm: number): number {
  return 1 + driftPpm / 1_000_000;
}
