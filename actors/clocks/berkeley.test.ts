// A round of Berkeley: whose clocks count, and what each is told.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { timesRuns } from "#runtime/testing/times-runs.ts";

import { berkeleyRound, type PolledClock } from "./berkeley.ts";

const BOUNDS = { agreementMs: 20, roundTripMsMax: 100 };

function clock(name: string, offsetMs: number, roundTripMs = 10): PolledClock {
  return { name, offsetMs, roundTripMs };
}

describe("a round", () => {
  test("tells everybody how far the average is, the coordinator too", () => {
    const { averageMs, corrections } = berkeleyRound("ana", [clock("beto", 12), clock("caio", -6)], BOUNDS);
    expect(averageMs).toBe(2);
    expect(Object.fromEntries(corrections)).toEqual({ ana: 2, beto: -10, caio: 8 });
  });

  test("leaves out of the average who is too far off, and tells him too", () => {
    const round = berkeleyRound("ana", [clock("beto", 10), clock("caio", 5_000)], BOUNDS);
    expect(round.agreeing).toEqual(["ana", "beto"]);
    expect(Object.fromEntries(round.corrections)).toEqual({ ana: 5, beto: -5, caio: -4_995 });
  });

  test("leaves out the coordinator itself, where the others agree", () => {
    const round = berkeleyRound("ana", [clock("beto", 1_000), clock("caio", 1_010)], BOUNDS);
    expect(round.agreeing).toEqual(["beto", "caio"]);
    expect(round.corrections.get("ana")).toBe(1_005);
  });

  test("leaves out who joins, where others have joined before, and sets him to their time", () => {
    const polled = [
      { ...clock("beto", 8), hasJoined: true },
      { ...clock("caio", 12), hasJoined: true },
      clock("foreign", 4),
    ];
    const { agreeing, corrections } = berkeleyRound("ana", polled, BOUNDS, false);
    expect(agreeing).toEqual(["foreign", "beto", "caio"]);
    expect(Object.fromEntries(corrections)).toEqual({ ana: 8, beto: 0, caio: -4, foreign: 4 });
  });

  test("leaves out those who join, though they are more and agree", () => {
    const polled = [
      { ...clock("beto", 1_000), hasJoined: true },
      { ...clock("caio", 1_010), hasJoined: true },
      { ...clock("davi", 1), hasJoined: false },
      { ...clock("eva", 2), hasJoined: false },
    ];
    expect(berkeleyRound("ana", polled, BOUNDS, false).agreeing).toEqual(["beto", "caio"]);
  });

  test("believes the only one that has joined, but against no majority", () => {
    const home = { ...clock("home", 1_000), hasJoined: true };
    expect(berkeleyRound("ana", [home], BOUNDS, false).agreeing).toEqual(["home"]);
    expect(berkeleyRound("ana", [home, clock("foreign", 5_000)], BOUNDS, false).agreeing).toEqual(["home"]);
    const beto = { ...clock("beto", 2), hasJoined: false };
    expect(berkeleyRound("ana", [home, beto], BOUNDS, false).agreeing).toEqual(["ana", "beto"]);
  });

  test.each([
    [20, ["ana", "beto"]],
    [20.5, ["ana"]],
  ])("counts clocks that are as far apart as may be, and not further: %p", (offsetMs, agreeing) => {
    expect(berkeleyRound("ana", [clock("beto", offsetMs)], BOUNDS).agreeing).toEqual(agreeing);
  });

  test("does not count a chain of clocks whose ends are too far apart", () => {
    const round = berkeleyRound("ana", [clock("beto", 15), clock("caio", 30), clock("duda", 31)], BOUNDS);
    expect(round.agreeing).toEqual(["beto", "caio", "duda"]);
  });

  test.each([100.5, -1, Number.NaN])(
    "discards an answer with a round trip of %p, and tells that clock nothing",
    (ms) => {
      const { averageMs, corrections } = berkeleyRound("ana", [clock("beto", 10, ms)], BOUNDS);
      expect(averageMs).toBe(0);
      expect([...corrections.keys()]).toEqual(["ana"]);
    },
  );

  test("takes an answer with the longest round trip", () => {
    expect(berkeleyRound("ana", [clock("beto", 10, 100)], BOUNDS).averageMs).toBe(5);
  });

  test("discards an offset that is no number", () => {
    expect(berkeleyRound("ana", [clock("beto", Number.NaN)], BOUNDS).agreeing).toEqual(["ana"]);
  });

  test.each([
    ["closer to the coordinator's", [clock("beto", -100), clock("caio", -90), clock("duda", 19)], ["ana", "duda"]],
    ["earlier, where both are as close", [clock("beto", 20), clock("caio", -20)], ["caio", "ana"]],
  ])("has of two sets of one size the one that is %s", (_, polled, agreeing) => {
    expect(berkeleyRound("ana", polled, BOUNDS).agreeing).toEqual(agreeing);
  });

  test("does not depend on the order of the answers", () => {
    const offsets = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 6 });
    const property = fc.property(offsets, fc.nat(), (all, turn) => {
      const polled = all.map((offsetMs, index) => clock(`node-${index}`, offsetMs));
      const at = turn % polled.length;
      const turned = [...polled.slice(at), ...polled.slice(0, at)];
      expect(berkeleyRound("ana", turned, BOUNDS)).toEqual(berkeleyRound("ana", polled, BOUNDS));
    });
    fc.assert(property, { seed: 1989, numRuns: timesRuns(200) });
  });
});
