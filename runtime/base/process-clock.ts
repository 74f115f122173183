// The clock of one node that ends before the process, or the fake clock, does: once killed, nothing calls it back.
import type { Clock } from "./clock.ts";

export class ProcessClock implements Clock {
  readonly #clock: Clock;
  /** Monotonic time counts from here. */
  readonly #startMs: number;
  readonly #cancels = new Set<() => void>();
  #alive = true;

  constructor(clock: Clock, startMs = 0) {
    this.#clock = clock;
    this.#startMs = startMs;
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs() - this.#startMs;
  }

  unixMs(): number {
    return this.#clock.unixMs();
  }

  after(delayMs: number, callback: () => void): () => void {
    if (!this.#alive) return () => undefined;
    const cancelTimer = this.#clock.after(delayMs, () => {
      this.#cancels.delete(cancel);
      callback();
    });
    const cancel = (): void => {
      this.#cancels.delete(cancel);
      cancelTimer();
    };
    this.#cancels.add(cancel);
    return cancel;
  }

  soon(callback: () => void): void {
    this.#clock.soon(() => this.#call(callback));
  }

  afterIo(callback: () => void): void {
    this.#clock.afterIo(() => this.#call(callback));
  }

  /** What waits is forgotten. */
  kill(): void {
    this.#alive = false;
    for (const cancel of Array.from(this.#cancels)) cancel();
  }

  #call(callback: () => void): void {
    if (this.#alive) callback();
  }
}
