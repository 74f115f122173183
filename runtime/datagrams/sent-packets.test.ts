// Packets on their way: lost by number, by time, or asked after, and each of these when it is due.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { Congestion } from "./congestion.ts";
import { type OutboundFragment, OutboundMessages } from "./outbound-messages.ts";
import { DataHeader, FRAMES_BYTES_MAX } from "./packet-header.ts";
import { RoundTrip } from "./round-trip.ts";
import { SentPackets } from "./sent-packets.ts";

const ROUND_TRIP_MS = 100;
const PROBE_MS = ROUND_TRIP_MS + 1 + limits.datagramAckDelayMs;

/** The round trip is 100 ms and does not vary. */
class Bench {
  readonly outbound = new OutboundMessages();
  readonly congestion = new Congestion();
  readonly sent: SentPackets;
  #number = 0;

  constructor() {
    const roundTrip = new RoundTrip({ local: true, quick: false });
    for (let sample = 0; sample < 200; sample++) roundTrip.sample(ROUND_TRIP_MS, 0);
    this.sent = new SentPackets(this.outbound, roundTrip, this.congestion);
  }

  /** A packet with one message, or a ping. */
  send(nowMs: number, ping = false): number {
    const packet = this.sent.create();
    packet.number = ++this.#number;
    packet.sentMs = nowMs;
    packet.bytes = 100;
    packet.ping = ping;
    if (!ping) {
      this.outbound.add({ wire: new Uint8Array(10), compressed: false }, 0);
      packet.fragments.push(this.outbound.next(FRAMES_BYTES_MAX) as OutboundFragment);
    }
    this.sent.add(packet);
    return this.#number;
  }

  acknowledge(largest: number, ackedLow: number, nowMs: number): void {
    this.sent.acknowledged(Object.assign(new DataHeader(), { largest, ackedLow }), nowMs);
  }

  /** Numbers of the messages that are to be sent again. */
  repeats(): number[] {
    const numbers: number[] = [];
    while (this.outbound.repeating)
      numbers.push((this.outbound.next(FRAMES_BYTES_MAX) as OutboundFragment).message.number);
    return numbers;
  }
}

describe("a packet is lost", () => {
  test("when one is acknowledged that was sent three numbers later, and not two", () => {
    const bench = new Bench();
    for (let count = 0; count < 4; count++) bench.send(count);
    bench.acknowledge(3, 0, 5);
    expect(bench.sent.lostCount).toBe(0);
    bench.acknowledge(4, 1, 6);
    expect(bench.sent.lostCount).toBe(1);
    expect(bench.repeats()).toEqual([0]);
    expect(bench.sent.inFlightBytes).toBe(100);
    expect(bench.congestion.windowBytes).toBe(5 * limits.datagramBytesMax);
  });

  test("nine eighths of a round trip after it left, when any later one is acknowledged", () => {
    const bench = new Bench();
    bench.send(0);
    bench.send(1);
    bench.acknowledge(2, 0, 101);
    const lostMs = ROUND_TRIP_MS * 1.125;
    expect(bench.sent.dueMs).toBeCloseTo(PROBE_MS, 6);
    bench.sent.look(PROBE_MS);
    expect(bench.sent.lostCount).toBe(0);
    expect(bench.sent.dueMs).toBeCloseTo(lostMs, 6);
    bench.sent.look(lostMs + 0.001);
    expect(bench.sent.lostCount).toBe(1);
    expect(bench.sent.count).toBe(0);
  });

  test("and with it its ping, which is wanted again", () => {
    const bench = new Bench();
    bench.send(0, true);
    for (let count = 0; count < 3; count++) bench.send(1);
    bench.acknowledge(4, 0b11, 10);
    expect(bench.sent.pingWanted).toBe(true);
  });
});

describe("a packet that nothing is heard of", () => {
  test("is asked after by two packets, whatever the congestion window says", () => {
    const bench = new Bench();
    for (let count = 0; count < 120; count++) bench.send(0);
    expect(bench.sent.mayLeave).toBe(false);
    expect(bench.sent.dueMs).toBeCloseTo(PROBE_MS, 6);
    bench.sent.look(bench.sent.dueMs);
    expect(bench.sent.mayLeave).toBe(true);
    bench.send(PROBE_MS);
    expect(bench.sent.mayLeave).toBe(true);
    bench.send(PROBE_MS);
    expect(bench.sent.mayLeave).toBe(false);
    expect(bench.repeats()[0]).toBe(2);
  });

  test("is asked after again after the timeout, then after twice as long each time", () => {
    const bench = new Bench();
    bench.send(0, true);
    const times: number[] = [];
    for (let probe = 0; probe < 5; probe++) {
      const dueMs = bench.sent.dueMs;
      times.push(dueMs);
      bench.sent.look(dueMs);
      expect(bench.sent.pingWanted).toBe(true);
      bench.send(dueMs, true);
    }
    const waits = times.map((atMs, index) => atMs - (times[index - 1] ?? 0));
    expect(waits.map((wait) => Math.round(wait))).toEqual([103, 103, 206, 412, 824]);
  });

  test("and the next, and the next: the path is stalled, and the window at its least", () => {
    const bench = new Bench();
    bench.send(0, true);
    for (let probe = 0; probe < 3; probe++) {
      expect(bench.congestion.windowBytes).toBe(10 * limits.datagramBytesMax);
      const dueMs = bench.sent.dueMs;
      bench.sent.look(dueMs);
      bench.send(dueMs, true);
    }
    expect(bench.congestion.windowBytes).toBe(4 * limits.datagramBytesMax);
  });

  test("is given up as the oldest when twice datagramsInFlightMax are on their way", () => {
    const bench = new Bench();
    for (let count = 0; count < 2 * limits.datagramsInFlightMax; count++) bench.send(0);
    expect(bench.sent.lostCount).toBe(0);
    bench.send(0);
    expect(bench.sent.count).toBe(2 * limits.datagramsInFlightMax);
    expect(bench.repeats()).toEqual([0]);
  });
});

test("datagramsInFlightMax packets may be on their way, and not one more", () => {
  const bench = new Bench();
  for (let count = 0; count < limits.datagramsInFlightMax; count++) {
    expect(bench.sent.mayLeave).toBe(true);
    bench.send(0);
  }
  expect(bench.sent.mayLeave).toBe(false);
});
