// The hardware clock of a process: time that runs evenly, also where the machine has slept meanwhile.
import type { Clock } from "./clock.ts";
import type { Oscillator } from "./oscillator.ts";

/** Between two looks the wall clock may gain so much without a sleep: it is set right bit by bit. */
const SLEEP_MS_MIN = 2_000;

/**
 * Monotonic time stands still while the machine sleeps (CLOCK_MONOTONIC, which is what Bun reads), the wall clock does
 * not: what that has gained since the last look is added. It looks at each `nowMs`. A wall clock that somebody sets
 * forward by so much looks the same; one that is set back, and forward again to where it was, does not.
 */
export class HardwareClock {
  /** By the monotonic clock. */
  readonly oscillator: Oscillator;
  readonly #clock: Pick<Clock, "monotonicMs" | "unixMs">;
  readonly #onSleep: (sleptMs: number) => void;
  #lookedMs: number;
  /** What the wall clock is ahead of the monotonic one: the most that was seen. */
  #aheadMs: number;
  #sleepCount = 0;

  constructor(
    clock: Pick<Clock, "monotonicMs" | "unixMs">,
    oscillator: Oscillator,
    onSleep: (sleptMs: number) => void,
  ) {
    this.oscillator = oscillator;
    this.#clock = clock;
    this.#onSleep = onSleep;
    this.#lookedMs = clock.monotonicMs();
    this.#aheadMs = clock.unixMs() - this.#lookedMs;
  }

  /** Times that the machine has slept. */
  get sleepCount(): number {
    return this.#sleepCount;
  }

  /** Never going back. */
  nowMs(): number {
    const monotonicMs = this.#clock.monotonicMs();
    const aheadMs = this.#clock.unixMs() - monotonicMs;
    const sleptMs = aheadMs - this.#aheadMs;
    if (sleptMs > 0) this.#aheadMs = aheadMs;
    if (sleptMs > SLEEP_MS_MIN) this.#wake(sleptMs);
    this.#lookedMs = monotonicMs;
    return this.oscillator.at(monotonicMs);
  }

  /** What it showed at that monotonic time. */
  at(monotonicMs: number): number {
    this.nowMs();
    return this.oscillator.at(monotonicMs);
  }

  #wake(sleptMs: number): void {
    this.oscillator.jump(sleptMs, this.#lookedMs);
    this.#sleepCount++;
    this.#onSleep(sleptMs);
  }
}
