// The system's clock, except that it can be set ahead: what is due by then happens at once, and nobody has to wait.

import { type Clock, systemClock } from "#runtime/base/clock.ts";

interface Waiting {
  readonly dueMs: number;
  readonly fire: () => void;
}

export class JumpingClock implements Clock {
  readonly soon = systemClock.soon;
  readonly afterIo = systemClock.afterIo;
  readonly #waiting = new Set<Waiting>();
  #aheadMs = 0;

  monotonicMs(): number {
    return systemClock.monotonicMs() + this.#aheadMs;
  }

  unixMs(): number {
    return systemClock.unixMs() + this.#aheadMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    const cancel = (): void => {
      cancelTimer();
      this.#waiting.delete(waiting);
    };
    const fire = (): void => {
      cancel();
      callback();
    };
    const waiting: Waiting = { dueMs: this.monotonicMs() + delayMs, fire };
    const cancelTimer = systemClock.after(delayMs, fire);
    this.#waiting.add(waiting);
    return cancel;
  }

  /** Sets the clock ahead and calls back who waited for a time that has come; who waits for a later one, waits on. */
  jump(aheadMs: number): void {
    this.#aheadMs += aheadMs;
    const nowMs = this.monotonicMs();
    const due = Array.from(this.#waiting).filter(({ dueMs }) => dueMs <= nowMs);
    for (const waiting of due) {
      if (this.#waiting.has(waiting)) waiting.fire();
    }
  }
}
