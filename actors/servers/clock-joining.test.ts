// Two servers of which one joins with a wrong clock and coordinates at once, simulated: whose time it is in the end.
import { describe, expect, test } from "bun:test";

import { Oscillator } from "#runtime/testing/mod.ts";

import { BerkeleyDuty } from "./berkeley-duty.ts";
import type { ClockDuty } from "./clock-duty.ts";
import { EstimatingDuty } from "./estimating-duty.ts";
import { NodeClocks } from "./node-clocks.ts";

const UNIX_MS = 1.7e12;
const STEP_MS = 10;
const WRONG_MS = 60_000;
const DUTIES = [
  ["estimates", EstimatingDuty],
  ["does as Berkeley", BerkeleyDuty],
] as const;

type Name = "home" | "two";

interface Event {
  readonly atMs: number;
  readonly run: () => void;
}

/** Whoever coordinates polls the other one; a message takes `delayMs` each way. */
class Pair {
  readonly home: NodeClocks;
  readonly two: NodeClocks;
  readonly #Duty: (typeof DUTIES)[number][1];
  readonly #delayMs: number;
  #duty: ClockDuty | undefined;
  #coordinator: Name = "home";
  #events: readonly Event[] = [];
  #trueMs = 0;

  constructor(Duty: (typeof DUTIES)[number][1], delayMs = 10) {
    const home = new Oscillator({ offsetMs: UNIX_MS, driftPpm: 20 });
    const two = new Oscillator({ offsetMs: UNIX_MS + WRONG_MS, driftPpm: -30 });
    this.home = new NodeClocks(() => home.at(this.#trueMs));
    this.two = new NodeClocks(() => two.at(this.#trueMs));
    this.#Duty = Duty;
    this.#delayMs = delayMs;
  }

  lead(name: Name): void {
    this.#coordinator = name;
    this.#duty = new this.#Duty(name, this[name]);
  }

  run(forMs: number, others: readonly Name[]): void {
    for (const endMs = this.#trueMs + forMs; this.#trueMs < endMs; this.#trueMs += STEP_MS) {
      const due = this.#events.filter(({ atMs }) => atMs <= this.#trueMs);
      this.#events = this.#events.filter(({ atMs }) => atMs > this.#trueMs);
      for (const { run } of due) run();
      this.#serve(others);
    }
  }

  /** Nobody coordinates. */
  wait(forMs: number): void {
    this.#trueMs += forMs;
  }

  /** What the clocks show more than true time. */
  aheadMs(): Record<Name, number> {
    const trueMs = UNIX_MS + this.#trueMs;
    return { home: this.home.timeMs - trueMs, two: this.two.timeMs - trueMs };
  }

  #serve(others: readonly Name[]): void {
    const own = this[this.#coordinator];
    const duty = this.#duty as ClockDuty;
    for (const name of duty.duePolls(others, own.hardwareMs)) this.#poll(duty, name as Name, own.hardwareMs);
    for (const { name, ...what } of duty.corrections(others, own.hardwareMs)) {
      if (name === this.#coordinator) own.correct(what);
      else this.#after(this.#delayMs, () => this[name as Name].correct(what));
    }
  }

  #poll(duty: ClockDuty, name: Name, sentMs: number): void {
    const own = this[this.#coordinator];
    this.#after(this.#delayMs, () => {
      const reading = this[name].readingAt(this[name].hardwareMs);
      this.#after(this.#delayMs, () => duty.polled({ name, sentMs, arrivedMs: own.hardwareMs, reading }));
    });
  }

  #after(delayMs: number, run: () => void): void {
    this.#events = [...this.#events, { atMs: this.#trueMs + delayMs, run }];
  }
}

describe.each(DUTIES)("a coordinator that joins with a wrong clock and %s", (_, Duty) => {
  test("steps to the time of the home, whose clock nobody moves", () => {
    const pair = new Pair(Duty);
    pair.lead("home");
    pair.run(20_000, []);
    pair.lead("two");
    pair.run(30_000, ["home"]);
    const { home, two } = pair.aheadMs();
    expect(Math.abs(home)).toBeLessThan(5);
    expect(Math.abs(two)).toBeLessThan(5);
    expect([pair.home.member.stepCount, pair.two.member.stepCount]).toEqual([1, 1]);
  });

  test("does so too where nobody has coordinated for so long that the home is no longer sure of its time", () => {
    const pair = new Pair(Duty);
    pair.lead("home");
    pair.run(5_000, []);
    pair.wait(30_000);
    pair.lead("two");
    pair.run(30_000, ["home"]);
    const { home, two } = pair.aheadMs();
    expect(Math.abs(home)).toBeLessThan(5);
    expect(Math.abs(two)).toBeLessThan(5);
  });
});

test("a coordinator that joins waits for the answers of a slow network before it has a time of its own", () => {
  const pair = new Pair(EstimatingDuty, 450);
  pair.lead("home");
  pair.run(20_000, []);
  pair.lead("two");
  pair.run(40_000, ["home"]);
  expect(Math.abs(pair.aheadMs().home)).toBeLessThan(5);
  expect(Math.abs(pair.aheadMs().two)).toBeLessThan(5);
});

describe.each(DUTIES)("a server that joins with a wrong clock, where the home %s", (_, Duty) => {
  test("steps to the time of the home", () => {
    const pair = new Pair(Duty);
    pair.lead("home");
    pair.run(20_000, []);
    pair.run(20_000, ["two"]);
    const { home, two } = pair.aheadMs();
    expect(Math.abs(home)).toBeLessThan(5);
    expect(Math.abs(two)).toBeLessThan(5);
    expect(pair.two.member.stepCount).toBe(1);
  });
});
