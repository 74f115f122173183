// Hot. Runs the actors that have something to do, and tells the writers when a step has produced all it will.
import type { Clock } from "../base/clock.ts";
import { RingBuffer } from "../base/ring-buffer.ts";
import { limits } from "../limits.ts";

export interface Runnable {
  /** Runs at most `turnsMax` turns and returns how many; one that has more to do adds itself again. */
  run(turnsMax: number): number;
}

/**
 * A step runs ready actors until none is left or 8 192 turns are spent, then calls the step-end hooks. It starts as
 * soon as the callback that made an actor ready has returned; what is left over waits until the loop has looked at its
 * sockets.
 */
export class Scheduler {
  readonly #clock: Clock;
  readonly #ready = new RingBuffer<Runnable>();
  readonly #hooks: (() => void)[] = [];
  #scheduled = false;
  /** A step was asked for after the hooks of the last one began. */
  #wanted = false;

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
    this.#clock.soon(this.#step);
  }

  /** Hooks are called in the order they were given, after the turns of each step. */
  onStepEnd(hook: () => void): void {
    this.#hooks.push(hook);
  }

  readonly #step = (): void => {
    let turns = 0;
    while (turns < limits.turnsPerStep) {
      const runnable = this.#ready.shift();
      if (runnable === undefined) break;
      turns += runnable.run(limits.turnsPerSlice);
    }
    this.#wanted = false;
    for (let index = 0; index < this.#hooks.length; index++) (this.#hooks[index] as () => void)();
    if (this.#ready.count > 0 || this.#wanted) {
      this.#clock.afterIo(this.#step);
    } else {
      this.#scheduled = false;
    }
  };
}
