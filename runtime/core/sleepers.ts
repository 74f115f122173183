// Handlers that sleep: promises that a timer resolves, or that are rejected together when nobody waits any more.
import type { Clock } from "../base/clock.ts";
import { Timer, type TimerWheel } from "../base/timer-wheel.ts";
import type { RuntimeError } from "./errors.ts";

type Sleeper = PromiseWithResolvers<void>;

/** The wheel turns in steps of a millisecond: shorter sleeps would become longer by a part that counts. */
const EXACT_BELOW_MS = 100;

export class Sleepers {
  /** What `cancel` woke the sleepers with. */
  cancellation: RuntimeError | undefined;
  readonly #clock: Clock;
  readonly #wheel: TimerWheel;
  /** Told before a handler goes on. */
  readonly #resumes: () => void;
  /** Each with what disarms its timer. */
  readonly #sleeping = new Map<Sleeper, () => void>();

  constructor(clock: Clock, wheel: TimerWheel, resumes: () => void) {
    this.#clock = clock;
    this.#wheel = wheel;
    this.#resumes = resumes;
  }

  add(delayMs: number): Promise<void> {
    const sleeper: Sleeper = Promise.withResolvers();
    const disarm = this.#arm(delayMs, () => {
      this.#sleeping.delete(sleeper);
      this.#resumes();
      sleeper.resolve();
    });
    this.#sleeping.set(sleeper, disarm);
    return sleeper.promise;
  }

  cancel(error: RuntimeError): void {
    if (this.#sleeping.size === 0) return;
    this.cancellation = error;
    for (const [{ reject }, disarm] of this.#sleeping) {
      disarm();
      reject(error);
    }
    this.#sleeping.clear();
  }

  #arm(delayMs: number, wake: () => void): () => void {
    if (delayMs < EXACT_BELOW_MS) return this.#clock.after(delayMs, wake);
    const timer = new Timer({ timerFired: wake });
    this.#wheel.arm(timer, delayMs);
    return () => this.#wheel.disarm(timer);
  }
}
