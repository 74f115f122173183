// Keeps what actors take in memory within a budget: those that are idle longest hibernate before their time.
import { Timer, type TimerOwner, type TimerWheel } from "../base/timer-wheel.ts";
import { limits } from "../limits.ts";
import type { TypeHost } from "./type-host.ts";

export interface MemoryBudget {
  /** 0: none, at the moment. */
  bytes(): number;
  /** What is in use now, as the platform measures it. */
  used(): number;
}

/** Of the idle actors, how many go at each look: memory is given back only when it is collected. */
const SHARE = 0.1;
const AT_LEAST = 1_000;

export class MemoryKeeper implements TimerOwner {
  readonly #wheel: TimerWheel;
  readonly #hosts: readonly TypeHost[];
  readonly #budget: MemoryBudget;
  readonly #timer = new Timer(this);
  /** Actors that left memory for this. */
  hibernated = 0;

  constructor(wheel: TimerWheel, hosts: readonly TypeHost[], budget: MemoryBudget) {
    this.#wheel = wheel;
    this.#hosts = hosts;
    this.#budget = budget;
    wheel.arm(this.#timer, limits.memoryLookMs);
  }

  stop(): void {
    this.#wheel.disarm(this.#timer);
  }

  timerFired(): void {
    this.#wheel.arm(this.#timer, limits.memoryLookMs);
    const bytes = this.#budget.bytes();
    if (bytes === 0 || this.#budget.used() <= bytes) return;
    const idle = this.#hosts.reduce((sum, host) => sum + host.idle.count, 0);
    for (let count = Math.min(idle, Math.max(AT_LEAST, Math.ceil(idle * SHARE))); count > 0; count--) {
      if (this.#longestIdle()?.hibernateFirst() === true) this.hibernated++;
    }
  }

  #longestIdle(): TypeHost | undefined {
    let longest: TypeHost | undefined;
    for (const host of this.#hosts) {
      const since = host.idle.first?.idleSinceMs ?? Number.POSITIVE_INFINITY;
      if (since < (longest?.idle.first?.idleSinceMs ?? Number.POSITIVE_INFINITY)) longest = host;
    }
    return longest;
  }
}
