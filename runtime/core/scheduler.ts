// Hot. Runs the actors that have something to do, and tells writers when a step has produced all it will.
import type { Clock } from "../base/clock.ts";
import { RingBuffer } from "../base/ring-buffer.ts";
import { limits } from "../limits.ts";
import type { StepPhase } from "./ports.ts";

export interface Runnable {
  /** Runs at most `turnsMax` turns and returns how many; one that has more to do adds itself again. */
  run(turnsMax: number): number;
}

/**
 * Which of the ready actors runs next, counted from the one that waits longest, and for how many turns. A choice below
 * 0 ends the step: whoever is ready waits for the loop's next look at its sockets.
 */
export interface RunOrder {
  readonly turnsPerSlice: number;
  choose(ready: number): number;
}

const PHASES: readonly StepPhase[] = ["settle", "write", "flush"];

/**
 * A step runs ready actors until none is left or the turns are spent, 8 192 for each look of the loop at its sockets;
 * then it calls the step-end hooks. It starts as soon as the callback that made an actor ready has returned. What is
 * left over waits for that look, and so does what actors start by answering each other.
 */
export class Scheduler {
  /** Monotonic milliseconds, as last read. */
  nowMs: number;
  readonly #clock: Clock;
  readonly #order: RunOrder | undefined;
  readonly #ready = new RingBuffer<Runnable>();
  readonly #hooksOf: Readonly<Record<StepPhase, (() => void)[]>> = { settle: [], write: [], flush: [] };
  #hooks: readonly (() => void)[] = [];
  #scheduled = false;
  /** A step was asked for after the hooks of the last one began. */
  #wanted = false;
  /** Turns since the loop last looked at its sockets. */
  #spent = 0;

  constructor(clock: Clock, order?: RunOrder) {
    this.#clock = clock;
    this.#order = order;
    this.nowMs = clock.monotonicMs();
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

  /** Now, in monotonic milliseconds, to within what runs in one go: a reading costs as much as sending a message. */
  timeMs(): number {
    if (!this.#scheduled) this.nowMs = this.#clock.monotonicMs();
    return this.nowMs;
  }

  /** The loop has looked at its sockets: turns may be spent anew. */
  loopTurned(): void {
    this.#spent = 0;
  }

  /** Hooks are called after the turns of each step, phase by phase, within one in the order they were given. */
  onStepEnd(phase: StepPhase, hook: () => void): void {
    this.#hooksOf[phase].push(hook);
    this.#hooks = PHASES.flatMap((each) => this.#hooksOf[each]);
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
    if (this.#order !== undefined) return this.#runChosen(this.#order);
    while (this.#spent < limits.turnsPerStep) {
      const runnable = this.#ready.shift();
      if (runnable === undefined) return;
      this.#spent += runnable.run(limits.turnsPerSlice);
    }
  }

  /** For tests that look for orders in which something breaks. */
  #runChosen({ turnsPerSlice, choose }: RunOrder): void {
    while (this.#spent < limits.turnsPerStep && this.#ready.count > 0) {
      const chosen = choose(this.#ready.count);
      if (chosen < 0) return;
      for (let skip = chosen; skip > 0; skip--) this.#ready.push(this.#ready.shift() as Runnable);
      this.#spent += (this.#ready.shift() as Runnable).run(turnsPerSlice);
    }
  }
}
