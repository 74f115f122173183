// How turns are measured: short ones together, long ones by themselves, and what took longer than it may is named.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { FlightRecorder, OUTCOME } from "./recorder.ts";
import { SliceMeter } from "./slice-meter.ts";
import { TurnStats } from "./turn-stats.ts";

/** A clock that counts how often it is read. */
class CountingClock extends FakeClock {
  readings = 0;

  override monotonicMs(): number {
    this.readings++;
    return super.monotonicMs();
  }
}

const method = (name: string) => ({ name, index: 0, definedAt: "" });

function turnOf(name: string, turnStartedMs = 0) {
  return { method: method(name), waitMs: 0, turnStartedMs };
}

function bench() {
  const clock = new CountingClock();
  const overBudget: string[] = [];
  const meter = new SliceMeter(clock, new FlightRecorder(), (_, { name }, tookMs, turns) => {
    overBudget.push(`${name}: ${turns} took ${tookMs}`);
  });
  const owner = { recordSlot: -1, host: { stats: new TurnStats() } };
  return {
    clock,
    meter,
    owner,
    overBudget,
    stats: owner.host.stats,
    /** One turn that takes so long and reads no clock. */
    turn(tookMs: number, name = "go"): void {
      clock.block(tookMs);
      meter.turnOver(owner, turnOf(name), OUTCOME.answered);
    },
    durations: () => meter.recorder.turnsOf(owner).map(({ durationMs }) => durationMs),
  };
}

describe("a slice of short turns", () => {
  test("is measured for sixteen turns together", () => {
    const { clock, meter, owner, turn } = bench();
    meter.begin(owner);
    const before = clock.readings;
    for (let count = 0; count < 15; count++) turn(0);
    expect(clock.readings).toBe(before);
    turn(0);
    expect(clock.readings).toBe(before + 1);
  });

  test("shares what they took evenly, and counts each", () => {
    const { meter, owner, stats, turn, durations } = bench();
    meter.begin(owner);
    for (const tookMs of [0, 0.25, 0.5]) turn(tookMs);
    meter.end(owner);
    expect([durations(), stats.durations.count, stats.durations.sumMs]).toEqual([[0.25, 0.25, 0.25], 3, 0.75]);
  });

  test("is measured at its end where fewer have run", () => {
    const { clock, meter, owner, turn } = bench();
    meter.begin(owner);
    turn(0.25);
    meter.end(owner);
    expect(meter.nowMs).toBe(clock.monotonicMs());
  });

  test("costs no reading at its end where none has run since the last", () => {
    const { clock, meter, owner } = bench();
    meter.begin(owner);
    const before = clock.readings;
    meter.end(owner);
    expect(clock.readings).toBe(before);
  });
});

describe("a turn that is not short", () => {
  test("has those after it measured one by one", () => {
    const { meter, owner, turn, durations } = bench();
    meter.begin(owner);
    for (let count = 0; count < 16; count++) turn(1);
    for (const tookMs of [2, 3]) turn(tookMs);
    expect(durations().slice(0, 3)).toEqual([3, 2, 1]);
  });

  test("is measured by itself where somebody has read the clock at its end", () => {
    const { clock, meter, owner, durations } = bench();
    meter.begin(owner);
    for (const tookMs of [2, 3]) {
      clock.block(tookMs);
      meter.turnOver(owner, turnOf("go"), OUTCOME.answered, clock.monotonicMs());
    }
    expect(durations()).toEqual([3, 2]);
  });

  test("leaves the next slice nothing: short turns are measured together again", () => {
    const { clock, meter, owner, turn } = bench();
    meter.begin(owner);
    for (let count = 0; count < 16; count++) turn(1);
    meter.end(owner);
    meter.begin(owner);
    const before = clock.readings;
    for (let count = 0; count < 15; count++) turn(0);
    expect(clock.readings).toBe(before);
  });
});

describe("a turn that has to know when it begins", () => {
  test("has those before it measured up to then", () => {
    const { clock, meter, owner, turn, durations } = bench();
    meter.begin(owner);
    turn(1);
    turn(3);
    clock.block(0.5);
    expect(meter.read(owner)).toBe(clock.monotonicMs());
    turn(8);
    meter.end(owner);
    expect(durations()).toEqual([8, 2.25, 2.25]);
  });
});

describe("a turn that waited", () => {
  test("is measured from its own beginning, whatever ran meanwhile", () => {
    const { clock, meter, owner, stats, durations } = bench();
    const startedMs = clock.monotonicMs();
    clock.block(250);
    const endedMs = meter.waitedTurnOver(owner, turnOf("wait", startedMs), OUTCOME.answered);
    expect([endedMs - startedMs, durations(), stats.durations.sumMs]).toEqual([250, [250], 250]);
  });

  test("is never over its budget for having waited", () => {
    const { clock, meter, owner, overBudget } = bench();
    const startedMs = clock.monotonicMs();
    clock.block(100_000);
    meter.waitedTurnOver(owner, turnOf("wait", startedMs), OUTCOME.answered);
    expect(overBudget).toEqual([]);
  });
});

describe("a turn that begins to wait", () => {
  test("is named where it has computed for too long by then", () => {
    const { clock, meter, owner, overBudget } = bench();
    meter.begin(owner);
    clock.block(150);
    meter.waits(owner, method("slow"));
    meter.end(owner);
    expect(overBudget).toEqual(["slow: 1 took 150"]);
  });

  test("leaves those before it none of what comes after", () => {
    const { clock, meter, owner, overBudget, turn, stats, durations } = bench();
    meter.begin(owner);
    turn(1, "before");
    clock.block(1);
    meter.waits(owner, method("slow"));
    clock.block(500);
    meter.end(owner);
    expect([durations(), stats.durations.count, overBudget]).toEqual([[1], 1, []]);
  });
});

describe("the budget of turns", () => {
  test("is not passed by what takes exactly that long", () => {
    const { meter, owner, overBudget, turn } = bench();
    meter.begin(owner);
    turn(limits.turnBudgetMs);
    meter.end(owner);
    expect(overBudget).toEqual([]);
  });

  test("names the turn that passed it", () => {
    const { meter, owner, overBudget, turn } = bench();
    meter.begin(owner);
    turn(limits.turnBudgetMs + 1, "slow");
    meter.end(owner);
    expect(overBudget).toEqual([`slow: 1 took ${limits.turnBudgetMs + 1}`]);
  });

  test("names the last of turns that passed it together, and how many they were", () => {
    const { meter, owner, overBudget, turn } = bench();
    meter.begin(owner);
    turn(0, "first");
    turn(150, "second");
    turn(0, "third");
    meter.end(owner);
    expect(overBudget).toEqual(["third: 3 took 150"]);
  });
});

describe("Unix time in a slice", () => {
  test("is the same from beginning to end", () => {
    const { clock, meter, owner } = bench();
    meter.begin(owner);
    const first = meter.unixMs;
    clock.block(70);
    expect(meter.unixMs).toBe(first);
  });

  test("is read anew in the next", () => {
    const { clock, meter, owner } = bench();
    meter.begin(owner);
    void meter.unixMs;
    clock.block(70);
    meter.begin(owner);
    expect(meter.unixMs).toBe(clock.unixMs());
  });
});
