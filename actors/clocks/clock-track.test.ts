// Tracking one peer: how close the estimate comes, that the bound is true, and what becomes of a clock that lies.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { limits } from "#runtime/mod.ts";
import { Oscillator } from "#runtime/testing/mod.ts";
import { timesRuns } from "#runtime/testing/times-runs.ts";

import type { ClockSample } from "./clock-sample.ts";
import { type ClockEstimate, ClockTrack, type SampleProblem } from "./clock-track.ts";
import { seededChance } from "./test-cluster.ts";

const POLL_MS = limits.clockPollMs;
const GOOD = { sentMs: 1_000, peerReceivedMs: 9_005, peerSentMs: 9_006, receivedMs: 1_011 };

/** Our clock and a peer's, polled at true times. */
class Pair {
  readonly own = new Oscillator({ offsetMs: 1.7e12, driftPpm: 40 });
  readonly peer = new Oscillator({ offsetMs: 5e9, driftPpm: -60 });
  readonly track = new ClockTrack();
  readonly #pollMs: number;
  trueMs = 0;

  constructor(pollMs: number = POLL_MS) {
    this.#pollMs = pollMs;
  }

  poll(thereMs: number, backMs: number, lieMs = 0): SampleProblem | undefined {
    this.trueMs += this.#pollMs;
    const peerMs = this.peer.at(this.trueMs + thereMs) + lieMs;
    return this.track.add({
      sentMs: this.own.at(this.trueMs),
      peerReceivedMs: peerMs,
      peerSentMs: peerMs,
      receivedMs: this.own.at(this.trueMs + thereMs + backMs),
    });
  }

  /** At a moment after the latest poll. */
  estimate(): ClockEstimate {
    return this.track.estimate(this.own.at(this.trueMs + 100)) as ClockEstimate;
  }

  errorMs(): number {
    return Math.abs(this.estimate().offsetMs - this.offsetMs());
  }

  offsetMs(): number {
    return this.peer.at(this.trueMs + 100) - this.own.at(this.trueMs + 100);
  }

  isInconsistent(): boolean {
    return this.track.isInconsistent(this.own.at(this.trueMs + 100));
  }
}

/** Polled so often, with delays of 8 to 12 ms. */
function polled(pair: Pair, count: number, chance = seededChance(7)): Pair {
  for (let poll = 0; poll < count; poll++) pair.poll(8 + 4 * chance(), 8 + 4 * chance());
  return pair;
}

describe("the estimate", () => {
  test("is not there before there are eight samples", () => {
    expect(polled(new Pair(), 7).estimate()).toBeUndefined();
    expect(polled(new Pair(), 8).estimate()).toMatchObject({ sampleCount: 8 });
  });

  test("is exact where the delay is always the same", () => {
    const pair = new Pair();
    for (let poll = 0; poll < 40; poll++) pair.poll(10, 10);
    expect(pair.errorMs()).toBeLessThan(0.002);
    expect(pair.estimate().rate).toBeCloseTo((1 - 60e-6) / (1 + 40e-6), 6);
  });

  test("gets much better than the jitter of single delays", () => {
    expect(polled(new Pair(), 400).errorMs()).toBeLessThan(0.05);
  });

  test.each([
    ["even", 10, 0.45],
    ["even", 64, 0.22],
    ["even", 300, 0.09],
    ["exponential", 10, 0.45],
    ["exponential", 64, 0.15],
    ["exponential", 300, 0.05],
  ] as const)("with %s jitter is after %p samples within %p ms, nine times in ten", (jitter, count, errorMsMax) => {
    const errors = Array.from({ length: 100 }, (_, seed) => {
      const chance = seededChance(seed + 1);
      return polled(new Pair(), count, () => (jitter === "even" ? chance() : -Math.log(chance()) / 2)).errorMs();
    });
    expect(errors.sort((one, other) => one - other)[90]).toBeLessThan(errorMsMax);
  });

  test("is not worse for delays that are long now and then", () => {
    const pair = new Pair();
    const chance = seededChance(11);
    const delayMs = (): number => 0.1 - 0.05 * Math.log(chance()) + (chance() < 0.2 ? 50 * chance() : 0);
    for (let poll = 0; poll < 400; poll++) pair.poll(delayMs(), delayMs());
    expect(pair.errorMs()).toBeLessThan(0.002);
  });

  test("is not misled while one way is slower", () => {
    const pair = polled(new Pair(), 200);
    const chance = seededChance(13);
    for (let poll = 0; poll < 40; poll++) pair.poll(28 + 4 * chance(), 8 + 4 * chance());
    expect(pair.errorMs()).toBeLessThan(0.1);
    expect(pair.estimate().sampleCount).toBe(240);
  });

  test("is off by half of what the ways differ, and says that it may be", () => {
    const pair = new Pair();
    for (let poll = 0; poll < 40; poll++) pair.poll(15, 5);
    expect(pair.errorMs()).toBeCloseTo(5, 2);
    expect(pair.estimate().boundMs).toBeGreaterThan(5);
  });

  test("forgets what was before the drifts changed, within some seconds", () => {
    const pair = polled(new Pair(), 400);
    pair.peer.setDrift(140, pair.trueMs);
    polled(pair, 120, seededChance(17));
    expect(pair.estimate().sampleCount).toBeLessThan(200);
    expect(pair.errorMs()).toBeLessThan(0.5);
    expect(pair.isInconsistent()).toBe(false);
  });

  test("rests on so many samples at most", () => {
    const pair = new Pair(limits.clockFirstPollMs);
    expect(polled(pair, limits.clockSamplesMax).estimate().sampleCount).toBe(limits.clockSamplesMax);
    expect(polled(pair, 1).estimate().sampleCount).toBe(limits.clockSamplesMax);
  });

  test("rests on no samples that are older than may be", () => {
    const pair = polled(new Pair(), 40);
    pair.trueMs += limits.clockSampleAgeMs - 19.5 * POLL_MS;
    expect(polled(pair, 1).estimate().sampleCount).toBe(20);
  });
});

describe("the bound", () => {
  test("holds whatever the delays are and however the drifts change within what is allowed", () => {
    const most = limits.clockDriftMax * 1_000_000;
    const drifts = fc.record({
      own: fc.integer({ min: -most, max: most }),
      peer: fc.integer({ min: -most, max: most }),
    });
    const delays = fc.record({ there: fc.double({ min: 0, max: 60, noNaN: true }), back: fc.nat(60) });
    const stretches = fc.array(fc.record({ drifts, delays: fc.array(delays, { maxLength: 30 }) }), { maxLength: 8 });
    const property = fc.property(stretches, (all) => {
      const pair = new Pair();
      for (const stretch of all) {
        pair.own.setDrift(stretch.drifts.own, pair.trueMs);
        pair.peer.setDrift(stretch.drifts.peer, pair.trueMs);
        for (const { there, back } of stretch.delays) {
          expect(pair.poll(there, back)).toBeUndefined();
          const estimate = pair.estimate();
          if (estimate !== undefined) expect(pair.errorMs()).toBeLessThanOrEqual(estimate.boundMs);
        }
      }
    });
    fc.assert(property, { seed: 5905, numRuns: timesRuns(60) });
  });

  test("is never less than what clocks can be read to", () => {
    const pair = new Pair();
    for (let poll = 0; poll < 40; poll++) pair.poll(0, 0);
    const estimate = pair.track.estimate(pair.own.at(pair.trueMs)) as ClockEstimate;
    // What the clocks show is rounded; this is not.
    const offsetMs = 5e9 - 1.7e12 - pair.trueMs * 100e-6;
    expect(Math.abs(estimate.offsetMs - offsetMs)).toBeLessThan(0.001);
    expect(estimate.boundMs).toBeGreaterThanOrEqual(0.001);
  });

  test("is little more than the least delay", () => {
    const { boundMs } = polled(new Pair(), 400).estimate();
    expect(boundMs).toBeGreaterThan(8);
    expect(boundMs).toBeLessThan(10);
  });

  test("grows by what the clocks may drift while nothing is heard", () => {
    const pair = polled(new Pair(), 400);
    const before = pair.estimate().boundMs;
    pair.trueMs += 10_000;
    // Two drifts of 500 parts in a million, and the 100 that the clocks are expected to part.
    expect(pair.estimate().boundMs - before).toBeCloseTo(11, 1);
  });
});

describe("a sample is refused", () => {
  test.each([
    ["that came before it was sent", { ...GOOD, receivedMs: 999 }],
    ["that the peer sent before it had ours", { ...GOOD, peerSentMs: 9_004 }],
    ["that the peer had for longer than we waited", { ...GOOD, peerSentMs: 9_017 }],
    ["with a time that is no number", { ...GOOD, peerSentMs: Number.NaN }],
    ["with times that are not finite", { ...GOOD, sentMs: -Infinity, receivedMs: Infinity }],
  ] satisfies readonly (readonly [string, ClockSample])[])("%s", (_, sample) => {
    const track = new ClockTrack();
    expect(track.add(sample)).toBe("bad_sample");
    expect(track.sampleCount).toBe(0);
  });

  test("that came before another", () => {
    const track = new ClockTrack();
    expect(track.add(GOOD)).toBeUndefined();
    expect(track.add({ ...GOOD, receivedMs: GOOD.receivedMs - 0.5 })).toBe("bad_sample");
  });

  test("that took longer than may be, and not one that took just as long", () => {
    const most = GOOD.sentMs + limits.clockRoundTripMsMax;
    expect(new ClockTrack().add({ ...GOOD, receivedMs: most })).toBeUndefined();
    expect(new ClockTrack().add({ ...GOOD, receivedMs: most + 0.5 })).toBe("round_trip_too_long");
  });
});

describe("a clock that contradicts itself", () => {
  test("is in doubt, and what it said before still counts", () => {
    const pair = polled(new Pair(), 40);
    expect(pair.poll(10, 10, 5_000)).toBe("in_doubt");
    expect(pair.isInconsistent()).toBe(true);
    expect(pair.errorMs()).toBeLessThan(1);
  });

  test("is believed when it goes on the same way three times in a row", () => {
    const pair = polled(new Pair(), 40);
    for (let poll = 0; poll < 3; poll++) expect(pair.poll(10, 10, 5_000)).toBe("in_doubt");
    for (let poll = 0; poll < 10; poll++) expect(pair.poll(10, 10, 5_000)).toBeUndefined();
    expect(pair.estimate().offsetMs - pair.offsetMs()).toBeCloseTo(5_000, 0);
  });

  test("is not believed for what it says now and then", () => {
    const pair = polled(new Pair(), 40);
    for (let poll = 0; poll < 5; poll++) {
      expect(pair.poll(10, 10, 5_000)).toBe("in_doubt");
      expect(pair.poll(10, 10)).toBeUndefined();
    }
  });

  test("is not believed when it says something else each time", () => {
    const pair = polled(new Pair(), 40);
    for (let poll = 1; poll < 10; poll++) expect(pair.poll(10, 10, poll * 1_000)).toBe("in_doubt");
    expect(pair.errorMs()).toBeLessThan(1);
  });

  test("is trusted again only after a while", () => {
    const pair = polled(new Pair(), 40);
    pair.poll(10, 10, 5_000);
    polled(pair, limits.clockDoubtMs / POLL_MS - 2);
    expect(pair.isInconsistent()).toBe(true);
    polled(pair, 3);
    expect(pair.isInconsistent()).toBe(false);
  });

  test.each([
    ["lies at random", (_: number, chance: number) => (chance - 0.5) * 100],
    ["drifts by one in a hundred", (trueMs: number) => trueMs / 100],
  ])("stays inconsistent as long as it %s", (_, lieMs) => {
    const pair = new Pair();
    const chance = seededChance(19);
    const trusted: number[] = [];
    for (let poll = 0; poll < 400; poll++) {
      pair.poll(8 + 4 * chance(), 8 + 4 * chance(), lieMs(pair.trueMs, chance()));
      if (poll > 20 && !pair.isInconsistent()) trusted.push(poll);
    }
    expect(trusted).toEqual([]);
  });
});
