// What is remembered of the last turns, for whom, and what it costs: never more than its block of memory.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { limits } from "../limits.ts";
import { FlightRecorder, OUTCOME, type Recorded } from "./recorder.ts";

const TURNS = limits.recordedTurns;
/** Bytes that hold the turns of so many actors, and not one more. */
const bytesFor = (actors: number): number => actors * TURNS * 20;

const owner = (): Recorded => ({ recordSlot: -1 });

/** A slice of one turn of this method, over at that time, as the meter tells of it. */
function ran(recorder: FlightRecorder, who: Recorded, method: number, endedMs = 0): void {
  recorder.begin(who);
  recorder.record(method, OUTCOME.answered, 0);
  recorder.timed(1, 1, endedMs);
  recorder.end();
}

const methodsOf = (recorder: FlightRecorder, who: Recorded): readonly number[] =>
  recorder.turnsOf(who).map(({ method }) => method);

describe("a flight recorder", () => {
  test("knows nothing of an actor that has not run", () => {
    expect(new FlightRecorder(bytesFor(1)).turnsOf(owner())).toEqual([]);
  });

  test("gives method, outcome, wait, duration and end of each turn, newest first", () => {
    const recorder = new FlightRecorder(bytesFor(2));
    const who = owner();
    recorder.begin(who);
    recorder.record(3, OUTCOME.answered, 0.5);
    recorder.timed(1, 2, 100);
    recorder.record(255, OUTCOME.crashed, 4);
    recorder.timed(1, 8, 300.25);
    recorder.end();
    expect(recorder.turnsOf(who)).toEqual([
      { method: 255, outcome: OUTCOME.crashed, endedMs: 300.25, waitMs: 4, durationMs: 8 },
      { method: 3, outcome: OUTCOME.answered, endedMs: 100, waitMs: 0.5, durationMs: 2 },
    ]);
  });

  test.each(Object.entries(OUTCOME))("knows that a turn was %s", (_, outcome) => {
    const recorder = new FlightRecorder(bytesFor(1));
    const who = owner();
    recorder.begin(who);
    recorder.record(7, outcome, 0);
    recorder.end();
    expect(recorder.turnsOf(who)).toMatchObject([{ method: 7, outcome }]);
  });

  test("measures turns together that ran in one go, and none before them", () => {
    const recorder = new FlightRecorder(bytesFor(1));
    const who = owner();
    ran(recorder, who, 0, 10);
    recorder.begin(who);
    for (const method of [1, 2, 3]) recorder.record(method, OUTCOME.answered, 0);
    recorder.timed(3, 0.25, 20);
    recorder.end();
    expect(recorder.turnsOf(who).map(({ durationMs, endedMs }) => [durationMs, endedMs])).toEqual([
      [0.25, 20],
      [0.25, 20],
      [0.25, 20],
      [1, 10],
    ]);
  });

  test("knows the turns of a slice that is not over", () => {
    const recorder = new FlightRecorder(bytesFor(1));
    const who = owner();
    ran(recorder, who, 1);
    recorder.begin(who);
    recorder.record(2, OUTCOME.answered, 0);
    expect(methodsOf(recorder, who)).toEqual([2, 1]);
  });

  test("keeps as many turns of one actor as its limit, and lets the oldest go", () => {
    const recorder = new FlightRecorder(bytesFor(1));
    const who = owner();
    for (let method = 0; method < TURNS; method++) ran(recorder, who, method);
    expect(methodsOf(recorder, who)).toHaveLength(TURNS);
    ran(recorder, who, TURNS);
    expect(methodsOf(recorder, who)).toEqual(Array.from({ length: TURNS }, (_, back) => TURNS - back));
  });

  test("measures no more turns than it keeps", () => {
    const recorder = new FlightRecorder(bytesFor(1));
    const who = owner();
    recorder.begin(who);
    for (let method = 0; method < 100; method++) recorder.record(method, OUTCOME.answered, 0);
    recorder.timed(100, 0.5, 70);
    recorder.end();
    expect(recorder.turnsOf(who).every(({ durationMs, endedMs }) => durationMs === 0.5 && endedMs === 70)).toBe(true);
  });

  test("gives the place of whoever has had it longest to one that has none", () => {
    const recorder = new FlightRecorder(bytesFor(2));
    const [first, second, third] = [owner(), owner(), owner()] as const;
    ran(recorder, first, 1);
    ran(recorder, second, 2);
    ran(recorder, first, 3);
    ran(recorder, third, 4);
    expect([first, second, third].map((who) => methodsOf(recorder, who))).toEqual([[], [2], [4]]);
  });

  test("shows an actor that comes back none of what others did in its place", () => {
    const recorder = new FlightRecorder(bytesFor(1));
    const [first, second] = [owner(), owner()] as const;
    for (const method of [1, 2, 3]) ran(recorder, first, method);
    ran(recorder, second, 4);
    ran(recorder, first, 5);
    expect([methodsOf(recorder, first), methodsOf(recorder, second)]).toEqual([[5], []]);
  });

  test("forgets an actor that leaves memory, and takes nothing from those who came after", () => {
    const recorder = new FlightRecorder(bytesFor(1));
    const [gone, next] = [owner(), owner()] as const;
    ran(recorder, gone, 1);
    recorder.forget(gone);
    ran(recorder, next, 2);
    recorder.forget(gone);
    expect([methodsOf(recorder, gone), methodsOf(recorder, next)]).toEqual([[], [2]]);
  });

  test("has room for one actor however little memory it is given", () => {
    const recorder = new FlightRecorder(1);
    const who = owner();
    ran(recorder, who, 1);
    expect(methodsOf(recorder, who)).toEqual([1]);
  });

  test("hands the place of one that has left to the next, and takes none from others for it", () => {
    const recorder = new FlightRecorder(bytesFor(2));
    const [stays, gone, next] = [owner(), owner(), owner()] as const;
    ran(recorder, stays, 1);
    ran(recorder, gone, 2);
    recorder.forget(gone);
    ran(recorder, next, 3);
    expect([stays, gone, next].map((who) => methodsOf(recorder, who))).toEqual([[1], [], [3]]);
  });

  test("takes memory for those that are there at once, however many come and go", () => {
    const recorder = new FlightRecorder();
    const taken = recorder.bytes;
    for (let actor = 0; actor < 10_000; actor++) {
      const who = owner();
      ran(recorder, who, 1);
      recorder.forget(who);
    }
    expect(recorder.bytes).toBe(taken);
    for (const who of Array.from({ length: 1_025 }, owner)) ran(recorder, who, 1);
    expect(recorder.bytes).toBe(2 * taken);
  });

  test("takes no more than its limit, and a block", () => {
    const recorder = new FlightRecorder();
    for (let actor = 0; actor < 60_000; actor++) ran(recorder, owner(), 1);
    expect(recorder.bytes).toBeLessThanOrEqual(limits.recorderBytes + bytesFor(1_024));
  });

  test("remembers as a list for each actor would, whoever runs and leaves in whatever order", () => {
    const step = fc.record({ who: fc.nat(5), leaves: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const recorder = new FlightRecorder(bytesFor(6));
        const owners = Array.from({ length: 6 }, owner);
        const expected = owners.map((): number[] => []);
        for (const [method, { who, leaves }] of steps.entries()) {
          if (leaves) recorder.forget(owners[who] as Recorded);
          else ran(recorder, owners[who] as Recorded, method);
          expected[who] = leaves ? [] : [method, ...(expected[who] ?? [])].slice(0, TURNS);
        }
        // An actor that lost its place to another starts anew; whoever still has one has all that it should.
        for (const [who, methods] of owners.map((each) => methodsOf(recorder, each)).entries()) {
          expect(methods).toEqual((expected[who] ?? []).slice(0, methods.length));
        }
      }),
      { seed: 24, numRuns: 300 },
    );
  });
});
