// The coordinator: what the group begins with, how it goes on, and what each member is told.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";
import { Oscillator, type OscillatorOptions } from "#runtime/testing/mod.ts";

import { type ClockCorrection, type ClockReading, timeOn } from "./clock-line.ts";
import { GroupClock } from "./group-clock.ts";

const DELAY_MS = 10;
const SETTLED = 130;

/** A coordinator whose hardware shows true time, and peers whose answers always take as long. */
class Group {
  readonly clock = new GroupClock("ana");
  readonly peers = new Map<string, Oscillator>();
  /** Of those who follow the time of a group already. */
  readonly boundsMs = new Map<string, number>();
  /** Of those who have followed one, but have not heard of it for too long. */
  readonly joined = new Set<string>();
  nowMs = 0;

  constructor(peers: Readonly<Record<string, OscillatorOptions>> = {}) {
    for (const [name, options] of Object.entries(peers)) this.peers.set(name, new Oscillator(options));
  }

  /** Polls everybody so often, with 50 ms between. Virtual clocks show what the hardware shows and `aheadMs`. */
  poll(count: number, aheadMs: Readonly<Record<string, number>> = {}, boundMs?: number): this {
    for (let round = 0; round < count; round++) {
      this.nowMs += 50;
      for (const name of this.peers.keys()) this.#pollOne(name, aheadMs[name] ?? 0, boundMs ?? this.boundsMs.get(name));
    }
    return this;
  }

  begin(): readonly string[] | undefined {
    return this.clock.begin(this.own())?.agreeing.map(({ name }) => name);
  }

  own(): ClockReading {
    return { timeMs: this.nowMs, hardwareMs: this.nowMs, boundMs: undefined };
  }

  #pollOne(name: string, aheadMs: number, boundMs: number | undefined): void {
    const hardwareMs = (this.peers.get(name) as Oscillator).at(this.nowMs);
    const sample = {
      sentMs: this.nowMs - DELAY_MS,
      peerReceivedMs: hardwareMs,
      peerSentMs: hardwareMs,
      receivedMs: this.nowMs + DELAY_MS,
    };
    this.clock.observe(name, sample, {
      timeMs: hardwareMs + aheadMs,
      hardwareMs,
      boundMs,
      hasJoined: this.joined.has(name),
    });
  }
}

describe("a group begins", () => {
  test("with the average of the virtual clocks that agree", () => {
    const group = new Group({ beto: { offsetMs: 300 }, caio: { offsetMs: -60 } }).poll(20);
    expect(group.begin()).toEqual(["ana", "beto", "caio"]);
    expect(group.clock.line?.timeMs).toBeCloseTo(group.nowMs + 80, 2);
    expect(group.clock.line?.rate).toBe(1);
  });

  test("with what the virtual clocks show, wherever the hardware is", () => {
    const group = new Group({ beto: { offsetMs: 9e9 } }).poll(20, { beto: 300 - 9e9 });
    expect(group.begin()).toEqual(["ana", "beto"]);
    expect(group.clock.line?.timeMs).toBeCloseTo(group.nowMs + 150, 2);
  });

  test("without who is too far off", () => {
    const group = new Group({ beto: { offsetMs: 30 }, caio: { offsetMs: 5_000 } }).poll(20);
    expect(group.begin()).toEqual(["ana", "beto"]);
    expect(group.clock.line?.timeMs).toBeCloseTo(group.nowMs + 15, 2);
  });

  test("without the coordinator, where it is the one that is too far off", () => {
    const group = new Group({ beto: { offsetMs: 5_000 }, caio: { offsetMs: 5_010 } }).poll(20);
    expect(group.begin()).toEqual(["beto", "caio"]);
    expect(group.clock.line?.timeMs).toBeCloseTo(group.nowMs + 5_005, 2);
  });

  test("with clocks that are as far apart as may be, and not further", () => {
    const atMs = limits.clockAgreementMs;
    expect(new Group({ beto: { offsetMs: atMs - 1 } }).poll(20).begin()).toEqual(["ana", "beto"]);
    expect(new Group({ beto: { offsetMs: atMs + 1 } }).poll(20).begin()).toBeUndefined();
  });

  test("not without a majority", () => {
    const group = new Group({ beto: { offsetMs: 9_000 }, caio: { offsetMs: -9_000 } }).poll(20);
    expect(group.begin()).toBeUndefined();
    expect(group.clock.line).toBeUndefined();
    group.clock.advance(group.nowMs);
    expect(group.clock.ownCorrection(group.nowMs)).toBeUndefined();
    expect(group.clock.correctionFor("beto", group.nowMs)).toBeUndefined();
  });

  test("with what the coordinator shows, where it is alone", () => {
    const group = new Group();
    group.nowMs = 700;
    expect(group.begin()).toEqual(["ana"]);
    expect(group.clock.line).toEqual({ hardwareMs: 700, timeMs: 700, rate: 1 });
  });

  test("with the time of those who follow one already, and adds what they do not know of it to every bound", () => {
    const group = new Group({ beto: { offsetMs: 300 }, caio: { offsetMs: 310 }, davi: { offsetMs: -60 } });
    group.boundsMs.set("beto", 4).set("caio", 7);
    group.poll(20);
    expect(group.begin()).toEqual(["beto", "caio"]);
    expect(group.clock.line?.timeMs).toBeCloseTo(group.nowMs + 305, 2);
    const { boundMs } = group.clock.ownCorrection(group.nowMs) as ClockCorrection;
    expect(boundMs).toBeGreaterThan(7 + DELAY_MS);
    expect(boundMs).toBeLessThan(7 + DELAY_MS + 2);
  });

  test("with nobody's time who is too far off, though he says that he follows one", () => {
    const group = new Group({ beto: { offsetMs: 30 }, caio: { offsetMs: 5_000 } });
    group.boundsMs.set("caio", 1);
    group.poll(20);
    expect(group.begin()).toEqual(["ana", "beto"]);
    expect(group.clock.line?.timeMs).toBeCloseTo(group.nowMs + 15, 2);
  });

  test.each(["follows the time of a group", "followed one before"])(
    "with the time of the only one that %s",
    (which) => {
      const group = new Group({ beto: { offsetMs: 60_000 } });
      if (which.startsWith("follows")) group.boundsMs.set("beto", 4);
      else group.joined.add("beto");
      group.poll(20);
      expect(group.begin()).toEqual(["beto"]);
      expect(group.clock.line?.timeMs).toBeCloseTo(group.nowMs + 60_000, 2);
    },
  );

  test("with the time of those who follow one, though more than these join with another", () => {
    const group = new Group({ beto: { offsetMs: 60_000 }, caio: { offsetMs: 60_010 }, davi: {}, eva: {} });
    group.boundsMs.set("beto", 4);
    group.joined.add("caio");
    group.poll(20);
    expect(group.begin()).toEqual(["beto", "caio"]);
    expect(group.clock.line?.timeMs).toBeCloseTo(group.nowMs + 60_000, 2);
  });

  test.each([
    [60_000, 60_010],
    [30, 20],
  ])("without a liar that says that he follows a time too, where honest clocks are at %p and %p", (...aheadMs) => {
    const [betoMs = 0, caioMs = 0] = aheadMs;
    const group = new Group({
      beto: { offsetMs: betoMs },
      caio: { offsetMs: caioMs },
      liar: { offsetMs: 5_000 },
    });
    group.boundsMs.set("beto", 4).set("caio", 4).set("liar", 0);
    group.poll(20);
    expect(group.begin()).toEqual(["beto", "caio"]);
    expect(group.clock.line?.timeMs).toBeCloseTo(group.nowMs + (betoMs + caioMs) / 2, 2);
  });

  test("without a say for whom little is known of, and for whom contradicts himself", () => {
    const group = new Group({ beto: { offsetMs: 100 } }).poll(7);
    expect(group.begin()).toEqual(["ana"]);
    group.poll(20);
    expect(group.begin()).toEqual(["ana", "beto"]);
    group.peers.set("beto", new Oscillator({ offsetMs: 200 }));
    expect(group.poll(20).clock.isInconsistent("beto", group.nowMs)).toBe(true);
    expect(group.begin()).toEqual(["ana"]);
  });

  test("with what was said in samples that count", () => {
    const group = new Group({ beto: { offsetMs: 100 } }).poll(20);
    const bad = { sentMs: 0, peerReceivedMs: 0, peerSentMs: 0, receivedMs: -1 };
    expect(group.clock.observe("beto", bad, { timeMs: 9e9, hardwareMs: 0, boundMs: 0 })).toBe("bad_sample");
    expect(group.begin()).toEqual(["ana", "beto"]);
  });

  test("with clocks that may agree, where little is known of one any more", () => {
    const group = new Group({ beto: { offsetMs: limits.clockAgreementMs + 100 } }).poll(20);
    expect(group.begin()).toBeUndefined();
    group.nowMs += 1_200_000;
    expect(group.begin()).toEqual(["ana", "beto"]);
  });

  test("without who is forgotten", () => {
    const group = new Group({ beto: { offsetMs: 100 } }).poll(20);
    group.clock.forget("beto");
    expect(group.clock.estimate("beto", group.nowMs)).toBeUndefined();
    expect(group.begin()).toEqual(["ana"]);
  });
});

describe("a group's time", () => {
  test("goes on where it is, and comes to the average rate of the hardware bit by bit", () => {
    const group = new Group({ beto: { driftPpm: 90 }, caio: { driftPpm: -30 } }).poll(SETTLED);
    group.begin();
    const [rates, jumps]: [number[], number[]] = [[], []];
    for (let round = 0; round < 40; round++) {
      const before = group.clock.line as NonNullable<GroupClock["line"]>;
      group.poll(1).clock.advance(group.nowMs);
      const after = group.clock.line as NonNullable<GroupClock["line"]>;
      rates.push(after.rate);
      jumps.push(Math.abs(after.timeMs - timeOn(before, after.hardwareMs)));
    }
    expect(Math.max(...jumps)).toBe(0);
    expect(rates[0]).toBeCloseTo(1 + 20e-6 / 8, 6);
    expect(rates.at(-1)).toBeCloseTo(1 + 20e-6, 6);
  });

  test.each([
    ["drifts much more than most", { beto: { driftPpm: 10 }, caio: { driftPpm: 10 }, liar: { driftPpm: 900 } }],
    ["drifts impossibly", { beto: { driftPpm: 10 }, caio: { driftPpm: 10 }, liar: { driftPpm: 10_000 } }],
  ])("does not get the rate of a clock that %s", (_, peers) => {
    const group = new Group(peers).poll(SETTLED);
    group.begin();
    for (let round = 0; round < 60; round++) group.clock.advance(group.nowMs);
    expect(group.clock.line?.rate).toBeCloseTo(1 + 20e-6 / 3, 6);
  });

  test("does not get the rate of a clock that is not well known yet", () => {
    const group = new Group({ beto: { driftPpm: 90 } }).poll(SETTLED - 5);
    group.begin();
    for (let round = 0; round < 60; round++) group.clock.advance(group.nowMs);
    expect(group.clock.line?.rate).toBe(1);
  });

  test("does not get the rate of a clock that has contradicted itself lately", () => {
    const group = new Group({ beto: { driftPpm: 90 } }).poll(SETTLED);
    group.begin();
    group.peers.set("beto", new Oscillator({ offsetMs: 500 }));
    group.poll(1);
    for (let round = 0; round < 60; round++) group.clock.advance(group.nowMs);
    expect(group.clock.line?.rate).toBe(1);
  });
});

describe("a member is told", () => {
  test("the line of the group over its own hardware, and a bound that is little more than the delay", () => {
    const group = new Group({ beto: { offsetMs: 7e6, driftPpm: 90 } }).poll(SETTLED, { beto: -7e6 });
    group.begin();
    group.nowMs += 3_000;
    const { line, boundMs } = group.clock.correctionFor("beto", group.nowMs) as ClockCorrection;
    const beto = group.peers.get("beto") as Oscillator;
    for (const laterMs of [0, 5_000]) {
      const groupMs = timeOn(group.clock.line as NonNullable<GroupClock["line"]>, group.nowMs + laterMs);
      expect(timeOn(line, beto.at(group.nowMs + laterMs))).toBeCloseTo(groupMs, 1);
    }
    expect(boundMs).toBe((group.clock.estimate("beto", group.nowMs)?.boundMs ?? 0) * line.rate);
    // Three seconds without a poll, in which the clocks may part by a thousandth.
    expect(boundMs).toBeGreaterThan(DELAY_MS);
    expect(boundMs).toBeLessThan(DELAY_MS + 4);
  });

  test("nothing while too little is known of it", () => {
    const group = new Group({ beto: {} }).poll(7);
    group.begin();
    expect(group.clock.correctionFor("beto", group.nowMs)).toBeUndefined();
    expect(group.poll(1).clock.correctionFor("beto", group.nowMs)).toBeDefined();
    expect(group.clock.correctionFor("caio", group.nowMs)).toBeUndefined();
  });
});

describe("a coordinator that takes over", () => {
  const LEFT: ClockCorrection = { line: { hardwareMs: -500, timeMs: 90_000, rate: 1.0002 }, boundMs: 12 };

  test("goes on with the line that it followed", () => {
    const { clock } = new Group();
    clock.resume(LEFT, 0);
    clock.advance(1_000);
    expect(clock.line).toEqual({ hardwareMs: 1_000, timeMs: timeOn(LEFT.line, 1_000), rate: 1.0002 });
  });

  test("does not take over a rate that clocks cannot have", () => {
    const { clock } = new Group();
    clock.resume({ ...LEFT, line: { ...LEFT.line, rate: 1.009 } }, 0);
    expect(clock.line?.rate).toBe(1 + 2 * limits.clockDriftMax);
  });

  test("adds what it does not know of the old time to every bound, until nobody follows that any more", () => {
    const group = new Group({ beto: {} });
    group.clock.resume(LEFT, 0);
    group.poll(SETTLED);
    expect(group.clock.ownCorrection(group.nowMs)?.boundMs).toBe(12);
    expect(group.clock.correctionFor("beto", group.nowMs)?.boundMs).toBeGreaterThan(12 + DELAY_MS);
    group.nowMs = limits.clockHandoverMs * 1.05;
    expect(group.clock.ownCorrection(group.nowMs)?.boundMs).toBe(12);
    group.nowMs = limits.clockHandoverMs * 1.1;
    group.poll(1);
    expect(group.clock.ownCorrection(group.nowMs)?.boundMs).toBe(0);
    expect(group.clock.correctionFor("beto", group.nowMs)?.boundMs).toBeLessThan(12);
  });

  test("leaves a synchronised member alone until it knows better, but not one that is not", () => {
    const group = new Group({ beto: {} });
    group.clock.resume(LEFT, 0);
    group.poll(20, {}, 9);
    expect(group.clock.correctionFor("beto", group.nowMs)).toBeUndefined();
    expect(group.poll(SETTLED, {}, 9).clock.correctionFor("beto", group.nowMs)).toBeDefined();
    const other = new Group({ beto: {} });
    other.clock.resume(LEFT, 0);
    expect(other.poll(20).clock.correctionFor("beto", other.nowMs)).toBeDefined();
  });
});

describe("a coordinator polls", () => {
  test("often while it knows little of a clock, then less often", () => {
    const group = new Group({ beto: {} });
    expect(group.clock.pollAfterMs("beto", 0)).toBe(limits.clockFirstPollMs);
    group.poll(limits.clockFirstSamples - 1);
    expect(group.clock.pollAfterMs("beto", group.nowMs)).toBe(limits.clockFirstPollMs);
    group.poll(1);
    expect(group.clock.pollAfterMs("beto", group.nowMs)).toBe(limits.clockPollMs);
  });

  test("less often a clock that contradicts itself", () => {
    const group = new Group({ beto: {} }).poll(20);
    group.peers.set("beto", new Oscillator({ offsetMs: 500 }));
    group.poll(1);
    expect(group.clock.pollAfterMs("beto", group.nowMs)).toBe(limits.clockPollMs);
  });

  test("so many clocks and not one more", () => {
    const group = new Group(
      Object.fromEntries(Array.from({ length: limits.clockPeersMax }, (_, at) => [`n${at}`, {}])),
    );
    group.poll(1);
    const sample = { sentMs: 0, peerReceivedMs: 5, peerSentMs: 5, receivedMs: 10 };
    expect(group.clock.observe("one-more", sample, group.own())).toBe("too_many_peers");
    group.clock.forget("n0");
    expect(group.clock.observe("one-more", sample, group.own())).toBeUndefined();
  });
});
