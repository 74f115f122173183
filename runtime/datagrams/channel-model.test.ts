// Two channels and a bad path, for many seeds: every message once, in order where promised, and within bounds.
import { describe, expect, test } from "bun:test";

import { createRandom, type Random } from "../base/random.ts";
import { limits } from "../limits.ts";
import { timesRuns } from "../testing/times-runs.ts";
import type { Lane } from "./frames.ts";
import { type End, type Faults, TestNetwork } from "./test-network.ts";

/** More of them: `TIMES_RUNS=50 bun test runtime/datagrams/channel-model.test.ts`. */
const SEEDS = timesRuns(30);

interface Script {
  readonly sent: readonly [string[], string[]];
  readonly refused: number;
}

/** Bursts of messages of all sizes in both lanes; what is refused is said again later. */
function speak(network: TestNetwork, end: End, random: Random, count: number): Script {
  const sent: [string[], string[]] = [[], []];
  const script = { sent, refused: 0 };
  const say = (lane: Lane, text: string): void => {
    if (end.say(text, lane) === "queued") {
      sent[lane].push(text);
      return;
    }
    script.refused++;
    network.at(network.nowMs + 50, () => say(lane, text));
  };
  let atMs = 0;
  for (let index = 0; index < count; index++) {
    if (random.next() < 0.3) atMs += random.next() * 40;
    const length = random.next() < 0.02 ? random.next() * 60_000 : random.next() * 200;
    const lane = random.next() < 0.5 ? 0 : 1;
    const words = Array.from({ length: length / 8 }, () => random.next().toString(36).slice(2, 10));
    const text = `${index} ${words.join("")}`;
    network.at(atMs, () => say(lane, text));
  }
  return script;
}

function anyFaults(random: Random): Faults {
  const some = (most: number): number => (random.next() < 0.5 ? 0 : random.next() * most);
  const delayMs = random.next() * 50;
  const faults = { loss: some(0.3), duplication: some(0.3), reordering: some(0.3), corruption: some(0.1) };
  const startMs = random.next() * 3_000;
  const blackoutMs = random.next() < 0.3 ? ([startMs, startMs + random.next() * 8_000] as const) : undefined;
  return { delayMs, jitterMs: some(delayMs), ...faults, ...(blackoutMs === undefined ? {} : { blackoutMs }) };
}

function expectAll(end: End, { sent }: Script): void {
  expect(end.texts(0)).toEqual(sent[0]);
  expect(end.texts(1).toSorted()).toEqual(sent[1].toSorted());
}

function expectBounds(end: End): void {
  expect(end.heldMaxBytes).toBeLessThanOrEqual(limits.datagramWindowBytes);
  expect(end.inFlightMaxPackets).toBeLessThanOrEqual(2 * limits.datagramsInFlightMax);
  expect(end.channel.health.congestionWindowBytes).toBeLessThanOrEqual(64 * limits.datagramBytesMax);
}

describe("two channels", () => {
  test("say everything once and in order, whatever the path does", () => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const random = createRandom(seed);
      const faults = anyFaults(random);
      const profile = { local: random.next() < 0.5, quick: false };
      const network = new TestNetwork(seed, faults, { profile, compress: random.next() < 0.2 });
      const { left, right } = network;
      const scripts = [speak(network, left, random, 150), speak(network, right, random, 150)] as const;
      network.run(240_000);
      const ends = [left, right].map(({ channel }) => [channel.state, channel.queuedBytes]);
      expect({ seed, faults, ends }).toEqual({
        seed,
        faults,
        ends: [
          ["open", 0],
          ["open", 0],
        ],
      });
      expectAll(right, scripts[0]);
      expectAll(left, scripts[1]);
      for (const end of [left, right]) expectBounds(end);
    }
  });

  test("say thousands of messages through a path that does everything at once", () => {
    const faults = { delayMs: 10, jitterMs: 10, loss: 0.1, duplication: 0.1, reordering: 0.1, corruption: 0.05 };
    const network = new TestNetwork(99, { ...faults, blackoutMs: [2_000, 5_000] }, { compress: false });
    const { left, right } = network;
    const random = createRandom(99);
    const scripts = [speak(network, left, random, 2_000), speak(network, right, random, 2_000)] as const;
    network.run(600_000);
    expectAll(right, scripts[0]);
    expectAll(left, scripts[1]);
    for (const end of [left, right]) {
      expectBounds(end);
      expect(end.channel.figures.duplicates).toBeGreaterThan(0);
      expect(end.channel.figures.bad).toBeGreaterThan(0);
    }
  });

  test("go on within a second and a round trip when a path heals that was dead for ten seconds", () => {
    for (let seed = 0; seed < 20; seed++) {
      const healedMs = 11_000 + seed * 37;
      const network = new TestNetwork(seed, { delayMs: 10, blackoutMs: [1_000, healedMs] });
      network.at(2_000, () => void network.left.say("through the dark"));
      network.run(healedMs + limits.datagramTimeoutMaxMs + 20);
      expect(network.right.texts(0)).toEqual(["through the dark"]);
    }
  });
});

describe("congestion", () => {
  const text = "x".repeat(10_000);

  function bulk(faults: Faults): TestNetwork {
    const network = new TestNetwork(5, faults, { compress: false });
    for (let count = 0; count < 90; count++) network.left.say(text);
    return network;
  }

  test("of a good path lets the window grow to all that may be on its way", () => {
    const network = bulk({ delayMs: 10 });
    network.run(2_000);
    expect(network.left.inFlightMaxPackets).toBeLessThanOrEqual(limits.datagramsInFlightMax);
    expect(network.left.channel.health.congestionWindowBytes).toBeGreaterThan(40 * limits.datagramBytesMax);
    expect(network.right.arrived).toHaveLength(90);
  });

  test("of a bad one holds the window near its least, and everything arrives", () => {
    const network = bulk({ delayMs: 10, loss: 0.2 });
    network.run(1_000);
    expect(network.left.channel.health.congestionWindowBytes).toBeLessThan(10 * limits.datagramBytesMax);
    network.run(60_000);
    expect(network.right.arrived).toHaveLength(90);
  });

  test("of a path that is dead wakes nobody without need, however quick the keep-alive", () => {
    const network = new TestNetwork(5, { delayMs: 10 }, { compress: false, profile: { local: true, quick: true } });
    for (let count = 0; count < 90; count++) network.left.say(text);
    network.faults = { delayMs: 10, blackoutMs: [100, 10_000] };
    network.run(10_000);
    expect(network.left.channel.state).toBe("lost");
    expect(network.left.channel.health.inFlightPackets).toBeGreaterThan(0);
  });

  test("of a path that is dead lets out probes alone, fewer and fewer", () => {
    const network = bulk({ delayMs: 10, blackoutMs: [100, 10_000] });
    network.run(3_000);
    const before = network.left.channel.figures.packetsOut;
    network.run(9_000);
    expect(network.left.channel.figures.packetsOut - before).toBeLessThanOrEqual(14);
    expect(network.left.inFlightMaxPackets).toBeLessThanOrEqual(2 * limits.datagramsInFlightMax);
    network.run(60_000);
    expect(network.right.arrived).toHaveLength(90);
  });
});
