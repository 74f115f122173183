// Figures of clocks, from samples made up by hand.
import { describe, expect, test } from "bun:test";

import { clockFigures, type ClockSample, type ShownClock } from "./clock-figures.ts";

const ALL = { fromMs: 0, toMs: 1_000 };

function shown(timeMs: number, boundMs?: number, steps = 0): ShownClock {
  return { timeMs, boundMs, steps };
}

/** A sample each 100 ms, of clocks that show true time and this much more. */
function samplesOf(...offsets: readonly (readonly (number | undefined)[])[]): readonly ClockSample[] {
  return offsets.map((all, index) => ({
    atMs: index * 100,
    shown: all.map((offset) => (offset === undefined ? undefined : shown(index * 100 + offset))),
  }));
}

describe("errors", () => {
  test("are those of every two clocks, whatever their order", () => {
    const figures = clockFigures(samplesOf([0, 3, 1]), ALL);
    expect(figures).toMatchObject({ pairs: 3, p50Ms: 2, maxMs: 3, meanMs: 2 });
  });

  test("are not those of the dead", () => {
    expect(clockFigures(samplesOf([0, 5, 1], [0, undefined, 1]), { fromMs: 100, toMs: 100 })).toMatchObject({
      pairs: 1,
      maxMs: 1,
    });
  });

  test("count only from and until when they are to", () => {
    expect(clockFigures(samplesOf([0, 9], [0, 2], [0, 8]), { fromMs: 100, toMs: 199 }).maxMs).toBe(2);
  });
});

describe("bounds", () => {
  test("are broken by clocks further apart than both together, also before it counts", () => {
    const samples = [
      { atMs: 0, shown: [shown(0, 1), shown(3.5, 2)] },
      { atMs: 100, shown: [shown(100, 1), shown(103, 2)] },
    ];
    expect(clockFigures(samples, { fromMs: 100, toMs: 100 })).toMatchObject({ boundPairs: 2, boundsBroken: 1 });
  });

  test("that are missing are counted where it counts", () => {
    const samples = [
      { atMs: 0, shown: [shown(0), shown(0)] },
      { atMs: 100, shown: [shown(100, 4), shown(100)] },
      { atMs: 200, shown: [shown(200, 4), shown(200, 6)] },
    ];
    const figures = clockFigures(samples, { fromMs: 100, toMs: 200 });
    expect(figures).toMatchObject({ boundPairs: 1, boundsBroken: 0, unboundShare: 0.5, boundMedianMs: 4 });
  });
});

describe("a clock", () => {
  test("that shows less than before has gone back", () => {
    expect(clockFigures(stepping(shown(50), shown(49)), ALL).backwardSteps).toBe(1);
  });

  test("may be stepped back once, when it joins", () => {
    const samples = stepping(shown(50, undefined, 0), shown(20, undefined, 1), shown(30, undefined, 1));
    expect(clockFigures(samples, ALL)).toMatchObject({ backwardSteps: 0, furtherSteps: 0 });
  });

  test("that is stepped again has done so once too often", () => {
    const samples = stepping(shown(50, undefined, 1), shown(20, undefined, 2));
    expect(clockFigures(samples, ALL).furtherSteps).toBe(1);
  });

  test("jumps by what it goes on more or less than true time", () => {
    expect(clockFigures(stepping(shown(0), shown(103), shown(198)), ALL).jumpMaxMs).toBe(5);
  });
});

describe("clocks are close", () => {
  test("after the last time that two of them were not", () => {
    expect(clockFigures(samplesOf([0, 2], [0, 50], [0, 9], [0, 1]), ALL).closeAfterMs).toBe(200);
  });

  test("never where they are not in the end", () => {
    expect(clockFigures(samplesOf([0, 2], [0, 50]), ALL).closeAfterMs).toBeUndefined();
  });

  test("whatever they are once something has happened", () => {
    const samples = samplesOf([0, 2], [0, 2], [0, 50]);
    expect(clockFigures(samples, { fromMs: 0, eventMs: 150, toMs: 200 }).closeAfterMs).toBe(0);
  });
});

/** Of one clock, every 100 ms. */
function stepping(...clocks: readonly ShownClock[]): readonly ClockSample[] {
  return clocks.map((clock, index) => ({ atMs: index * 100, shown: [clock] }));
}
