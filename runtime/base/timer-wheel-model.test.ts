// The timer wheel beside a plain map of due times, under random arming, moving, disarming, waiting and blocking.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { FakeClock } from "../testing/fake-clock.ts";
import { Timer, type TimerOwner, TimerWheel } from "./timer-wheel.ts";

const TIMER_COUNT = 24;
const DAY_MS = 86_400_000;

type Step =
  | { readonly kind: "arm"; readonly index: number; readonly delayMs: number }
  | { readonly kind: "disarm"; readonly index: number }
  | { readonly kind: "advance" | "block"; readonly delayMs: number };

/** Quarters of a millisecond, so that sums are exact; every level of the wheel, its bounds, and several days. */
const delayMs = fc
  .oneof(
    fc.integer({ min: 0, max: 1_200 }),
    fc.integer({ min: 0, max: 4 * 20_000 }),
    fc.integer({ min: 0, max: 4 * 2_000_000 }),
    fc.integer({ min: 0, max: 4 * 5 * DAY_MS }),
    fc.constantFrom(
      ...[8, 14, 20, 26].flatMap((bits) => [2 ** bits - 1, 2 ** bits, 2 ** bits + 1].map((ms) => ms * 4)),
    ),
  )
  .map((quarters) => quarters / 4);
const index = fc.nat(TIMER_COUNT - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("arm" as const), index, delayMs }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("disarm" as const), index }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom("advance" as const, "block" as const), delayMs }) },
);

class Comparison implements TimerOwner {
  readonly clock = new FakeClock(12_345.75);
  readonly wheel = new TimerWheel(this.clock);
  readonly timers = Array.from({ length: TIMER_COUNT }, () => new Timer(this));
  /** The model: when each armed timer is due. */
  readonly dueMs = new Map<Timer, number>();
  /** Delays with which the next timers to fire arm themselves again. */
  readonly rearmings: number[];
  /** Until when the loop was blocked: what was due before may be late. */
  #blockedUntilMs = 0;

  constructor(rearmings: readonly number[]) {
    this.rearmings = [...rearmings];
  }

  arm(timer: Timer, delay: number): void {
    this.wheel.arm(timer, delay);
    this.dueMs.set(timer, this.clock.monotonicMs() + delay);
  }

  timerFired(timer: Timer): void {
    const nowMs = this.clock.monotonicMs();
    const dueMs = this.dueMs.get(timer);
    if (dueMs === undefined) throw new Error("Fired a timer that was not armed");
    if (nowMs < dueMs) throw new Error(`Fired ${dueMs - nowMs} ms early`);
    const lateMs = nowMs - Math.max(dueMs, this.#blockedUntilMs);
    if (lateMs > 1) throw new Error(`Fired ${lateMs} ms late`);
    this.dueMs.delete(timer);
    const again = this.rearmings.pop();
    if (again !== undefined) this.arm(timer, again);
  }

  async apply(action: Step): Promise<void> {
    if (action.kind === "arm") return this.arm(this.timers[action.index] as Timer, action.delayMs);
    if (action.kind === "disarm") {
      this.wheel.disarm(this.timers[action.index] as Timer);
      this.dueMs.delete(this.timers[action.index] as Timer);
      return;
    }
    if (action.kind === "block") {
      this.clock.block(action.delayMs);
      this.#blockedUntilMs = this.clock.monotonicMs();
      return this.clock.advance(0);
    }
    return this.clock.advance(action.delayMs);
  }

  check(): void {
    const overdue = Array.from(this.dueMs.values()).filter((dueMs) => dueMs + 1 <= this.clock.monotonicMs());
    expect(overdue).toEqual([]);
    expect(this.wheel.count).toBe(this.dueMs.size);
    expect(this.timers.filter((timer) => timer.armed).length).toBe(this.dueMs.size);
    expect(this.clock.pendingTimers).toBeLessThanOrEqual(1);
  }
}

describe("a timer wheel and a map of due times", () => {
  test("agree on what fires: never early, at most one step late, nothing twice, nothing forgotten", async () => {
    const run = fc.asyncProperty(
      fc.array(step, { minLength: 10, maxLength: 100, size: "max" }),
      fc.array(delayMs, { maxLength: 30, size: "max" }),
      async (steps, rearmings) => {
        const comparison = new Comparison(rearmings);
        for (const each of steps) {
          await comparison.apply(each);
          comparison.check();
        }
        await comparison.clock.advance(400 * DAY_MS);
        expect(comparison.wheel.count).toBe(0);
      },
    );
    await fc.assert(run, { seed: 3, numRuns: 150 });
  });
});
