// One timer for all deadlines of a connection: armed for the nearest, and moved only when a nearer one comes.
import type { Clock } from "../base/clock.ts";
import { Timer, type TimerOwner, type TimerWheel } from "../base/timer-wheel.ts";

export class DeadlineTimer {
  readonly #timer: Timer;
  readonly #clock: Clock;
  readonly #wheel: TimerWheel;
  #dueMs = 0;

  constructor(owner: TimerOwner, { clock, wheel }: { readonly clock: Clock; readonly wheel: TimerWheel }) {
    this.#timer = new Timer(owner);
    this.#clock = clock;
    this.#wheel = wheel;
  }

  /** Fires no later than `delayMs` from now. */
  watch(delayMs: number): void {
    const dueMs = this.#clock.monotonicMs() + delayMs;
    if (this.#timer.armed && this.#dueMs <= dueMs) return;
    this.#dueMs = dueMs;
    this.#wheel.arm(this.#timer, delayMs);
  }

  /** Fires `delayMs` from now and not before. */
  set(delayMs: number): void {
    this.disarm();
    this.watch(delayMs);
  }

  disarm(): void {
    this.#wheel.disarm(this.#timer);
  }
}
