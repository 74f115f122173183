// Hot. Runs the actors that have something to do, and tells the writers when a step has produced all it will.
import type { Clock } from "../base/clock.ts";
import { RingBuffer } from "../base/ring-buffer.ts";
import { limits } from "../limits.ts";

export interface Runnable {
  /** Runs at most `turnsMax` turns and returns how many; one that has more to do adds itself again. */
  run(turnsMax: number): number;
}

/**
 * A step runs ready actors until none is left or the turns are spent, 8 192 for each look of the loop at its sockets;
 * then it calls the step-end hooks. It starts as soon as the callback that made an actor ready has returned. What is
 * left over waits for that look, and so does what actors start by answering each other.
 */
export class Scheduler {
  readonly #clock: Clock;
  readonly #ready = new RingBuffer<Runnable>();
  readonly #hooks: (() => void)[] = [];
  #scheduled = false;
  /** A step was asked for after the hooks of the last one began. */
  #wanted = false;
  /** Turns since the loop last looked at its sockets. */
  #spent = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(runnable: Runnable): void {
    this.#ready.push(runnable);
    this.ensureStep();
  }

  /** Makes sure that the step-end hooks are called soon, though no actor may be ready. */
  ensureStep(): void {
    this.#wanted = true;
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (this.#spent < limits.turnsPerStep) this.#clock.soon(this.#step);
    else this.#clock.afterIo(this.#stepAfterIo);
  }

  /** The loop has looked at its sockets: turns may be spent anew. */
  loopTurned(): void {
    this.#spent = 0;
  }

  /** Hooks are called in the order they were given, after the turns of each step. */
  onStepEnd(hook: () => void): void {
    this.#hooks.push(hook);
  }

  /** Whatever throws in it, the next step comes. */
  readonly #step = (): void => {
    try {
      this.#runReady();
      this.#wanted = false;
      for (let index = 0; index < this.#hooks.length; index++) (this.#hooks[index] as () => void)();
    } finally {
      this.#scheduled = this.#ready.count > 0 || this.#wanted;
      if (this.#scheduled) this.#clock.afterIo(this.#stepAfterIo);
    }
  };

  readonly #stepAfterIo = (): void => {
    this.#spent = 0;
    this.#step();
  };

  #runReady(): void {
    while (this.#spent < limits.turnsPerStep) {
      const runnable = this.#ready.shift();
      if (runnable === undefined) return;
      this.#spent += runnable.run(limits.turnsPerSlice);
    }
  }
}
