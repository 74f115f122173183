// The congestion window: up by what is acknowledged, down by half, never below four packets.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { Congestion } from "./congestion.ts";

const packet = limits.datagramBytesMax;

describe("the window", () => {
  test("begins with ten packets, and lets out what keeps it below", () => {
    const congestion = new Congestion();
    expect(congestion.windowBytes).toBe(10 * packet);
    expect(congestion.allows(10 * packet - 1)).toBe(true);
    expect(congestion.allows(10 * packet)).toBe(false);
  });

  test("grows by what is acknowledged, up to datagramsInFlightMax packets", () => {
    const congestion = new Congestion();
    congestion.acknowledged(packet, 1, 10 * packet);
    expect(congestion.windowBytes).toBe(11 * packet);
    for (let index = 0; index < 1_000; index++) congestion.acknowledged(packet, 1, 1_000 * packet);
    expect(congestion.windowBytes).toBe(limits.datagramsInFlightMax * packet);
  });

  test("does not grow while it is not made use of", () => {
    const congestion = new Congestion();
    congestion.acknowledged(packet, 1, 4 * packet);
    expect(congestion.windowBytes).toBe(10 * packet);
  });

  test("halves on a loss, once for all that was sent before, and then grows by a packet in a round trip", () => {
    const congestion = new Congestion();
    congestion.lost(90, 100);
    congestion.lost(95, 101);
    congestion.lost(100, 102);
    expect(congestion.windowBytes).toBe(5 * packet);
    congestion.acknowledged(packet, 100, 5 * packet);
    expect(congestion.windowBytes).toBe(5 * packet);
    for (let index = 0; index < 5; index++) congestion.acknowledged(packet, 110, 5 * packet);
    expect(congestion.windowBytes).toBeGreaterThan(5.8 * packet);
    expect(congestion.windowBytes).toBeLessThanOrEqual(6 * packet);
    congestion.lost(110, 120);
    expect(congestion.windowBytes).toBeLessThanOrEqual(4 * packet);
  });

  test("never falls below four packets", () => {
    const congestion = new Congestion();
    for (let atMs = 1; atMs < 100; atMs++) congestion.lost(atMs, atMs);
    expect(congestion.windowBytes).toBe(4 * packet);
  });

  test("is four packets after a stall, and grows fast up to half of what it was", () => {
    const congestion = new Congestion();
    for (let index = 0; index < 54; index++) congestion.acknowledged(packet, 1, 64 * packet);
    congestion.stalled(100);
    expect(congestion.windowBytes).toBe(4 * packet);
    for (let index = 0; index < 28; index++) congestion.acknowledged(packet, 101, 64 * packet);
    expect(congestion.windowBytes).toBe(32 * packet);
    congestion.acknowledged(packet, 101, 64 * packet);
    expect(congestion.windowBytes).toBeLessThan(32.1 * packet);
  });

  test("of another path begins anew, and losses of the former do not count", () => {
    const congestion = new Congestion();
    congestion.lost(1, 2);
    congestion.forget(10);
    congestion.lost(9, 11);
    expect(congestion.windowBytes).toBe(10 * packet);
  });
});
