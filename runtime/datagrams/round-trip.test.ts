// The estimator, rule by rule of RFC 6298, and the waits made of it.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { RoundTrip } from "./round-trip.ts";

const wide = (): RoundTrip => new RoundTrip({ local: false, quick: false });
const local = (): RoundTrip => new RoundTrip({ local: true, quick: false });

describe("the round trip", () => {
  test("before the first sample is waited for as the profile says (rule 2.1)", () => {
    expect(wide()).toMatchObject({ smoothedMs: 0, timeoutMs: 1_000, probeMs: 1_000 });
    expect(local()).toMatchObject({ smoothedMs: 0, timeoutMs: 100, probeMs: 100 });
  });

  test("begins with the first sample, and half of it as variance (rule 2.2)", () => {
    const roundTrip = wide();
    roundTrip.sample(120, 0);
    expect(roundTrip).toMatchObject({ smoothedMs: 120, varianceMs: 60 });
    expect(roundTrip.timeoutMs).toBe(120 + 4 * 60 + limits.datagramAckDelayMs);
  });

  test("moves by an eighth, its variance by a quarter, the variance first (rule 2.3)", () => {
    const roundTrip = wide();
    roundTrip.sample(120, 0);
    roundTrip.sample(200, 0);
    expect(roundTrip.varianceMs).toBe(0.75 * 60 + 0.25 * 80);
    expect(roundTrip.smoothedMs).toBe(0.875 * 120 + 0.125 * 200);
  });

  test("that does not vary still leaves the clock a step (G of rule 2.3)", () => {
    const roundTrip = local();
    for (let sample = 0; sample < 100; sample++) roundTrip.sample(80, 0);
    expect(roundTrip.timeoutMs).toBeCloseTo(80 + 1 + limits.datagramAckDelayMs, 6);
  });

  test("is waited for no less than the floor of the profile, and no more than the limit (rules 2.4 and 2.5)", () => {
    for (const [roundTrip, floorMs] of [
      [local(), limits.datagramLanTimeoutMs],
      [wide(), limits.datagramWideTimeoutMs],
    ] as const) {
      for (let sample = 0; sample < 50; sample++) roundTrip.sample(1, 0);
      expect(roundTrip.timeoutMs).toBe(floorMs);
      roundTrip.sample(60_000, 0);
      expect(roundTrip.timeoutMs).toBe(limits.datagramTimeoutMaxMs);
    }
  });

  test("is doubled for each wait in a row, up to the limit (rules 5.5 and 5.6)", () => {
    const roundTrip = local();
    for (let sample = 0; sample < 50; sample++) roundTrip.sample(1, 0);
    expect([1, 2, 3, 4].map((backoff) => roundTrip.waitMs(backoff))).toEqual([20, 40, 80, 160]);
    expect(roundTrip.waitMs(1_000)).toBe(limits.datagramTimeoutMaxMs);
  });

  test("is without what the receiver says it waited, and never below the least", () => {
    const roundTrip = wide();
    roundTrip.sample(100, 0);
    roundTrip.sample(104, 4);
    expect(roundTrip.smoothedMs).toBe(100);
    roundTrip.sample(104, 6_553);
    expect(roundTrip.smoothedMs).toBe(100);
  });

  test("is none the longer where an acknowledgement was lost, and a later packet brought it", () => {
    const roundTrip = local();
    for (let sample = 0; sample < 50; sample++) roundTrip.sample(20, 0);
    roundTrip.sample(70, 50);
    expect(roundTrip).toMatchObject({ smoothedMs: 20, timeoutMs: 21 + limits.datagramAckDelayMs });
  });

  test("is first that of the handshake, and then what the first data packet shows", () => {
    const roundTrip = local();
    roundTrip.guess(60);
    expect(roundTrip.smoothedMs).toBe(60);
    roundTrip.sample(20, 0);
    expect(roundTrip).toMatchObject({ smoothedMs: 20, varianceMs: 10 });
  });

  test("of a path that is left says nothing of the next", () => {
    const roundTrip = local();
    roundTrip.sample(100, 0);
    roundTrip.forget();
    expect(roundTrip).toMatchObject({ smoothedMs: 0, timeoutMs: limits.datagramLanFirstTimeoutMs });
  });
});

describe("the first probe", () => {
  test.each([
    ["two round trips", wide(), 2],
    ["one and a half on a local path", local(), 1.5],
  ])("leaves after %s and the receiver's delay, where that is before the timeout", (_, roundTrip, trips) => {
    for (let sample = 0; sample < 100; sample++) roundTrip.sample(sample % 2 === 0 ? 20 : 40, 0);
    expect(roundTrip.timeoutMs).toBeGreaterThan(trips * roundTrip.smoothedMs + limits.datagramAckDelayMs);
    expect(roundTrip.probeMs).toBeCloseTo(trips * roundTrip.smoothedMs + limits.datagramAckDelayMs, 6);
    expect(roundTrip.waitMs(0)).toBe(roundTrip.probeMs);
  });

  test("leaves with the timeout where that is earlier, and not before datagramProbeMs", () => {
    const [slow, quick] = [local(), local()];
    for (let sample = 0; sample < 100; sample++) slow.sample(80, 0);
    expect(slow.probeMs).toBe(slow.timeoutMs);
    for (let sample = 0; sample < 100; sample++) quick.sample(0.1, 0);
    expect(quick.probeMs).toBe(limits.datagramProbeMs);
  });
});

test("a packet is lost nine eighths of a round trip after it left, when a later one has arrived", () => {
  const roundTrip = local();
  roundTrip.sample(80, 0);
  expect(roundTrip.lossMs).toBe(90);
  roundTrip.sample(160, 0);
  expect(roundTrip.lossMs).toBe(180);
});
