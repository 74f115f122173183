// Marzullo's algorithm: who agrees, on what, and when nobody can say.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { timesRuns } from "#runtime/testing/times-runs.ts";

import { agreementOf, type Interval } from "./interval-agreement.ts";

function interval(lowMs: number, highMs: number): Interval {
  return { lowMs, highMs };
}

describe("the agreement", () => {
  test("is where most intervals meet, as in Marzullo's example", () => {
    const [first, second, third] = [interval(8, 12), interval(11, 13), interval(10, 12)];
    expect(agreementOf([first, second, third])).toEqual({
      lowMs: 11,
      highMs: 12,
      agreeing: [first, second, third],
      outside: [],
    });
  });

  test("tells who is outside", () => {
    const [liar, ...others] = [interval(90, 99), interval(8, 12), interval(10, 12)];
    expect(agreementOf([liar as Interval, ...others])).toEqual({
      lowMs: 10,
      highMs: 12,
      agreeing: others,
      outside: [liar as Interval],
    });
  });

  test("of one is what it says", () => {
    expect(agreementOf([interval(3, 4)])).toMatchObject({ lowMs: 3, highMs: 4 });
  });

  test("of intervals that touch is the point where they do", () => {
    expect(agreementOf([interval(1, 2), interval(2, 3)])).toMatchObject({ lowMs: 2, highMs: 2 });
  });

  test.each([
    ["of nobody", []],
    ["of half", [interval(1, 2), interval(3, 4)]],
    ["of two and two", [interval(1, 3), interval(2, 4), interval(11, 13), interval(12, 14)]],
    ["of those that are none", [interval(2, 1), interval(Number.NaN, 3), interval(1, Number.NaN)]],
    ["where one that is none is half", [interval(1, 2), interval(Number.NaN, Number.NaN)]],
  ])("is not there without a majority: %s", (_, intervals) => {
    expect(agreementOf(intervals)).toBeUndefined();
  });

  test("that more have, beats an earlier one", () => {
    const intervals = [interval(0, 9), interval(1, 2), interval(4, 6), interval(5, 7)];
    expect(agreementOf(intervals)).toMatchObject({ lowMs: 5, highMs: 6, outside: [interval(1, 2)] });
  });

  test("of as many at two places is the earlier one", () => {
    const intervals = [interval(0, 9), interval(1, 2), interval(4, 6)];
    expect(agreementOf(intervals)).toMatchObject({ lowMs: 1, highMs: 2 });
  });
});

test("no point lies in more intervals than agree, and those that agree share what is said to be common", () => {
  const intervals = fc.array(
    fc.record({ lowMs: fc.nat(20), widthMs: fc.nat(10) }).map(({ lowMs, widthMs }) => interval(lowMs, lowMs + widthMs)),
    { maxLength: 6 },
  );
  const property = fc.property(intervals, (all) => {
    const depthAt = (ms: number): number => all.filter(({ lowMs, highMs }) => lowMs <= ms && ms <= highMs).length;
    const deepest = Math.max(0, ...all.map(({ lowMs }) => depthAt(lowMs)));
    const agreement = agreementOf(all);
    expect(agreement !== undefined).toBe(deepest * 2 > all.length);
    if (agreement === undefined) return;
    expect(agreement.agreeing).toHaveLength(deepest);
    expect([depthAt(agreement.lowMs), depthAt(agreement.highMs)]).toEqual([deepest, deepest]);
    expect(agreement.outside).toHaveLength(all.length - deepest);
  });
  fc.assert(property, { seed: 1984, numRuns: timesRuns(300) });
});
