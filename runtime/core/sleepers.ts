// Handlers that sleep: promises that a timer resolves, or that are rejected together when nobody waits any more.
import { Timer, type TimerOwner, type TimerWheel } from "../base/timer-wheel.ts";
import type { RuntimeError } from "./errors.ts";

export class Sleepers implements TimerOwner {
  /** What `cancel` woke the sleepers with. */
  cancellation: RuntimeError | undefined;
  readonly #wheel: TimerWheel;
  /** Told before a handler goes on. */
  readonly #resumes: () => void;
  readonly #sleeping = new Map<Timer, PromiseWithResolvers<void>>();

  constructor(wheel: TimerWheel, resumes: () => void) {
    this.#wheel = wheel;
    this.#resumes = resumes;
  }

  add(delayMs: number): Promise<void> {
    const timer = new Timer(this);
    const sleeper = Promise.withResolvers<void>();
    this.#wheel.arm(timer, delayMs);
    this.#sleeping.set(timer, sleeper);
    return sleeper.promise;
  }

  timerFired(timer: Timer): void {
    this.#resumes();
    this.#sleeping.get(timer)?.resolve();
    this.#sleeping.delete(timer);
  }

  cancel(error: RuntimeError): void {
    if (this.#sleeping.size === 0) return;
    this.cancellation = error;
    for (const [timer, { reject }] of this.#sleeping) {
      this.#wheel.disarm(timer);
      reject(error);
    }
    this.#sleeping.clear();
  }
}
