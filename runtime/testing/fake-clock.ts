// A clock that stands still until a test moves it, and a loop that runs only when a test says so: nothing ever sleeps.
import { assert } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";

interface PendingTimer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** Rounds of the loop after which a system that never comes to rest is a bug of the test or of the system. */
const ROUNDS_MAX = 10_000;
/** Unix time at which the clock starts, apart from the monotonic time so that nobody can mistake one for the other. */
const UNIX_START_MS = 1_763_640_000_000;

export class FakeClock implements Clock {
  #nowMs: number;
  #unixOffsetMs: number;
  readonly #timers = new Set<PendingTimer>();
  #soon: (() => void)[] = [];
  #afterIo: (() => void)[] = [];

  constructor(startMs = 1_000) {
    this.#nowMs = startMs;
    this.#unixOffsetMs = UNIX_START_MS - startMs;
  }

  /** Callbacks of `after` that have neither run nor been cancelled. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  unixMs(): number {
    return this.#nowMs + this.#unixOffsetMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    assert(delayMs >= 0 && delayMs < Number.POSITIVE_INFINITY, "a callback needs a finite delay");
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  soon(callback: () => void): void {
    this.#soon.push(callback);
  }

  afterIo(callback: () => void): void {
    this.#afterIo.push(callback);
  }

  /** Lets `delayMs` pass: what is due runs at its own time, in order, and all that follows from it before the next. */
  async advance(delayMs: number): Promise<void> {
    const untilMs = this.#nowMs + delayMs;
    await this.settle();
    while (this.callNext(untilMs)) await this.settle();
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** The next callback of `after` up to that monotonic time, called at its own time; what it leads to waits. */
  callNext(untilMs: number): boolean {
    const timer = this.#nextDue(untilMs);
    if (timer === undefined) return false;
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    this.#timers.delete(timer);
    timer.callback();
    return true;
  }

  /** Time passes while the loop is busy: nothing runs, and what became due runs late, with the next `advance`. */
  block(delayMs: number): void {
    this.#nowMs += delayMs;
  }

  /** The wall clock is set forward or back; monotonic time does not notice. */
  stepUnix(changeMs: number): void {
    this.#unixOffsetMs += changeMs;
  }

  /** Runs what waits for the loop, and the microtasks that follow, until nothing does; no time passes. */
  async settle(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      if (!(await this.turnOfLoop())) return;
    }
    throw new Error(`Assertion failed: the loop is not quiet after ${ROUNDS_MAX} rounds`);
  }

  /** One turn of the loop: everything `soon`, then what `afterIo` held before it. False when nothing was waiting. */
  async turnOfLoop(): Promise<boolean> {
    await microtasks();
    const waited = this.#soon.length > 0 || this.#afterIo.length > 0;
    await this.runSoon();
    const afterIo = this.#afterIo;
    this.#afterIo = [];
    for (const callback of afterIo) {
      callback();
      await this.runSoon();
    }
    return waited;
  }

  /** Runs what waits for the end of the current callback, as far as it leads; what waits for I/O goes on waiting. */
  async runSoon(): Promise<void> {
    await microtasks();
    while (this.#soon.length > 0) {
      const callbacks = this.#soon;
      this.#soon = [];
      for (const callback of callbacks) callback();
      await microtasks();
    }
  }

  #nextDue(untilMs: number): PendingTimer | undefined {
    let earliest: PendingTimer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= untilMs && (earliest === undefined || timer.dueMs < earliest.dueMs)) earliest = timer;
    }
    return earliest;
  }
}

/** Comes back when no microtask is left: they all run before the loop takes its next macrotask. */
function microtasks(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
