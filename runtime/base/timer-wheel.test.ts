// Single promises of the timer wheel; timer-wheel-model.test.ts compares it with a sorted list.
import { describe, expect, test } from "bun:test";

import { FakeClock } from "../testing/fake-clock.ts";
import { Timer, TimerWheel } from "./timer-wheel.ts";

const START_MS = 1_000;
const DAY_MS = 86_400_000;

interface Bench {
  readonly clock: FakeClock;
  readonly wheel: TimerWheel;
  /** Milliseconds since the start at which something fired, with its name. */
  readonly fired: string[];
  timer(name: string, onFire?: (timer: Timer) => void): Timer;
}

function bench(): Bench {
  const clock = new FakeClock(START_MS);
  const fired: string[] = [];
  const timer = (name: string, onFire?: (timer: Timer) => void): Timer =>
    new Timer({
      timerFired(self) {
        fired.push(`${name} at ${clock.monotonicMs() - START_MS}`);
        onFire?.(self);
      },
    });
  return { clock, wheel: new TimerWheel(clock), fired, timer };
}

describe("a timer wheel", () => {
  test.each([
    1,
    255,
    256,
    257,
    16_383,
    16_384,
    16_385,
    1_048_575,
    1_048_576,
    1_048_577,
    67_108_863,
    67_108_864,
    DAY_MS,
  ])("fires after exactly %d ms when that is a whole number", async (delayMs) => {
    const { clock, wheel, fired, timer } = bench();
    wheel.arm(timer("a"), delayMs);
    await clock.advance(delayMs + 2);
    expect(fired).toEqual([`a at ${delayMs}`]);
  });

  test("knows whose timers are armed, wherever they stand", () => {
    const { wheel, timer } = bench();
    const timers = [1, 300, 20_000, DAY_MS].map((delayMs) => ({ delayMs, timer: timer(`${delayMs}`) }));
    expect(wheel.owners()).toEqual([]);
    for (const each of timers) wheel.arm(each.timer, each.delayMs);
    expect(new Set(wheel.owners())).toEqual(new Set(timers.map((each) => each.timer.owner)));
    for (const each of timers) wheel.disarm(each.timer);
    expect(wheel.owners()).toEqual([]);
  });

  test("rounds a fraction up to the next step, never down", async () => {
    const { clock, wheel, fired, timer } = bench();
    wheel.arm(timer("a"), 10.25);
    await clock.advance(12);
    expect(fired).toEqual(["a at 11"]);
  });

  test("fires a delay of zero with the next step, not within `arm`", async () => {
    const { clock, wheel, fired, timer } = bench();
    wheel.arm(timer("a"), 0);
    expect(fired).toEqual([]);
    await clock.advance(1);
    expect(fired).toEqual(["a at 1"]);
  });

  test("fires a timer once", async () => {
    const { clock, wheel, fired, timer } = bench();
    wheel.arm(timer("a"), 5);
    await clock.advance(DAY_MS);
    expect(fired).toEqual(["a at 5"]);
  });

  test("moves an armed timer to an earlier time", async () => {
    const { clock, wheel, fired, timer } = bench();
    const moved = timer("a");
    wheel.arm(moved, 500);
    wheel.arm(moved, 20);
    await clock.advance(1_000);
    expect(fired).toEqual(["a at 20"]);
  });

  test("moves an armed timer to a later time", async () => {
    const { clock, wheel, fired, timer } = bench();
    const moved = timer("a");
    wheel.arm(moved, 20);
    wheel.arm(moved, 500);
    await clock.advance(1_000);
    expect(fired).toEqual(["a at 500"]);
  });

  test("does not fire a disarmed timer", async () => {
    const { clock, wheel, fired, timer } = bench();
    const disarmed = timer("a");
    wheel.arm(disarmed, 20);
    wheel.disarm(disarmed);
    await clock.advance(1_000);
    expect(fired).toEqual([]);
  });

  test("takes the disarming of a timer that is not armed", () => {
    const { wheel, timer } = bench();
    wheel.disarm(timer("a"));
    expect(wheel.count).toBe(0);
  });

  test("counts the timers that are armed", async () => {
    const { clock, wheel, timer } = bench();
    const [soon, moved, late] = [timer("a"), timer("b"), timer("c")];
    for (const each of [soon, moved, late, moved]) wheel.arm(each, each === soon ? 1 : 500);
    wheel.disarm(late);
    await clock.advance(10);
    expect([wheel.count, soon.armed, moved.armed, late.armed]).toEqual([1, false, true, false]);
  });

  test("lets a firing timer arm itself again", async () => {
    const { clock, wheel, fired, timer } = bench();
    wheel.arm(
      timer("a", (self) => fired.length < 3 && wheel.arm(self, 300)),
      100,
    );
    await clock.advance(1_000);
    expect(fired).toEqual(["a at 100", "a at 400", "a at 700"]);
  });

  test("gives a timer that is armed with zero from a firing timer the next step", async () => {
    const { clock, wheel, fired, timer } = bench();
    wheel.arm(
      timer("a", () => wheel.arm(timer("b"), 0)),
      100,
    );
    await clock.advance(200);
    expect(fired).toEqual(["a at 100", "b at 101"]);
  });

  test("does not fire a timer that one of the same step has disarmed", async () => {
    const { clock, wheel, fired, timer } = bench();
    const second = timer("b");
    wheel.arm(
      timer("a", () => wheel.disarm(second)),
      50,
    );
    wheel.arm(second, 50);
    await clock.advance(100);
    expect(fired).toEqual(["a at 50"]);
  });

  test("moves a timer of the same step that a firing one arms for later", async () => {
    const { clock, wheel, fired, timer } = bench();
    const second = timer("b");
    wheel.arm(
      timer("a", () => wheel.arm(second, 400)),
      50,
    );
    wheel.arm(second, 50);
    await clock.advance(1_000);
    expect(fired).toEqual(["a at 50", "b at 450"]);
  });

  test("fires everything that became due while the loop was busy for days, in the order of due times", async () => {
    const { clock, wheel, fired, timer } = bench();
    for (const delayMs of [3 * DAY_MS, 7, 300_000, 2_000, 300]) wheel.arm(timer(String(delayMs)), delayMs);
    clock.block(4 * DAY_MS);
    await clock.advance(0);
    const order = fired.map((line) => Number.parseInt(line, 10));
    expect(order).toEqual([7, 300, 2_000, 300_000, 3 * DAY_MS]);
  });

  test("does not spin on a timer that arms itself with zero after a long block", async () => {
    const { clock, wheel, fired, timer } = bench();
    wheel.arm(
      timer("a", (self) => wheel.arm(self, 0)),
      1,
    );
    clock.block(DAY_MS);
    await clock.advance(0);
    expect(fired.length).toBeLessThanOrEqual(2);
  });

  test("is on time for a timer that is armed long after the wheel was last used", async () => {
    const { clock, wheel, fired, timer } = bench();
    await clock.advance(3 * DAY_MS);
    wheel.arm(timer("a"), 5);
    await clock.advance(10);
    expect(fired).toEqual([`a at ${3 * DAY_MS + 5}`]);
  });

  test("asks its clock for nothing once its last timer has fired", async () => {
    const { clock, wheel, timer } = bench();
    wheel.arm(timer("a"), 5);
    await clock.advance(5);
    expect(clock.pendingTimers).toBe(0);
  });

  test("fires at a time that was given, and at once when that has passed", async () => {
    const { clock, wheel, fired, timer } = bench();
    await clock.advance(100);
    wheel.armAt(timer("later"), START_MS + 250);
    wheel.armAt(timer("passed"), START_MS + 50);
    await clock.advance(200);
    expect(fired).toEqual(["passed at 100", "later at 250"]);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("does not accept the time %d", (dueMs) => {
    const { wheel, timer } = bench();
    expect(() => wheel.armAt(timer("a"), dueMs)).toThrow("a finite time");
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("does not accept a delay of %d", (delayMs) => {
    const { wheel, timer } = bench();
    expect(() => wheel.arm(timer("a"), delayMs)).toThrow("a timer needs a");
  });
});
