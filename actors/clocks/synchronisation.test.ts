// Whole groups, simulated: how close their clocks get, whether their bounds are true, and who can do them harm.
import { describe, expect, test } from "bun:test";

import { Oscillator } from "#runtime/testing/mod.ts";
import { timesRuns } from "#runtime/testing/times-runs.ts";

import type { ClockReading } from "./clock-line.ts";
import { type ClusterOptions, type Observation, seededChance, TestCluster } from "./test-cluster.ts";

const UNIX_MS = 1.7e12;
const NODES = [0, 1, 2, 3, 4];
const LIAR = 3;
const WARM_UP_MS = 20_000;
const HALF_MS = 40_000;
const END_MS = 80_000;
/** Between two observations: a tenth of a second at 100 parts in a million, and what is corrected at once. */
const CHANGE_MS_MAX = 0.1;
const SEEDS = Array.from({ length: timesRuns(2) }, (_, index) => index + 1);

type Chance = () => number;

interface Setting extends Partial<Pick<ClusterOptions, "delayMs" | "told">> {
  /** What happens; unless it is said, node 0 leads from the beginning. */
  readonly plan?: (cluster: TestCluster, oscillators: readonly Oscillator[]) => void;
}

interface Outcome {
  readonly observations: readonly Observation[];
  /** Of every two honest clocks once they are warm, in order. */
  readonly errorsMs: readonly number[];
  /** Pairs of honest clocks further apart than both their bounds together, from the beginning. */
  readonly brokenBounds: number;
  /** Pairs of honest clocks of which one has no bound though they are warm. */
  readonly missingBounds: number;
  /** Times that any clock went back, from the beginning. */
  readonly backwardSteps: number;
}

/** Five nodes, up to 500 ms and 100 parts in a million off, on a network of 8 to 12 ms each way. */
function simulate(seed: number, settingOf: (chance: Chance) => Setting = () => ({})): Outcome {
  const chance = seededChance(seed);
  const oscillators = NODES.map(
    () => new Oscillator({ offsetMs: UNIX_MS + (chance() - 0.5) * 1_000, driftPpm: (chance() - 0.5) * 200 }),
  );
  const { plan = lead0, ...setting } = settingOf(chance);
  const cluster = new TestCluster({ oscillators, chance, delayMs: () => wide(chance), ...setting });
  plan(cluster, oscillators);
  cluster.run(END_MS);
  return outcomeOf(cluster.observations, setting.told !== undefined);
}

function lead0(cluster: TestCluster): void {
  cluster.lead(0);
}

function outcomeOf(observations: readonly Observation[], hasLiar: boolean): Outcome {
  const errorsMs: number[] = [];
  let brokenBounds = 0;
  let missingBounds = 0;
  let backwardSteps = 0;
  observations.forEach(({ trueMs, readings }, index) => {
    for (const [one, other] of pairsOf(honest(readings, hasLiar))) {
      const errorMs = Math.abs(one.timeMs - other.timeMs);
      const boundMs = (one.boundMs ?? Infinity) + (other.boundMs ?? Infinity);
      if (errorMs > boundMs) brokenBounds++;
      if (trueMs < WARM_UP_MS) continue;
      errorsMs.push(errorMs);
      if (boundMs === Infinity) missingBounds++;
    }
    const before = observations[index - 1]?.readings ?? [];
    backwardSteps += readings.filter((now, node) => isEarlier(now, before[node])).length;
  });
  errorsMs.sort((one, other) => one - other);
  return { observations, errorsMs, brokenBounds, missingBounds, backwardSteps };
}

function honest(readings: Observation["readings"], hasLiar: boolean): readonly ClockReading[] {
  return readings.filter((reading, node) => reading !== undefined && !(hasLiar && node === LIAR)) as ClockReading[];
}

function pairsOf(readings: readonly ClockReading[]): readonly (readonly [ClockReading, ClockReading])[] {
  return readings.flatMap((one, index) => readings.slice(index + 1).map((other) => [one, other] as const));
}

function isEarlier(now: ClockReading | undefined, before: ClockReading | undefined): boolean {
  return now !== undefined && before !== undefined && now.timeMs < before.timeMs;
}

function most(sorted: readonly number[]): number {
  return sorted.at(-1) as number;
}

/** What the time of the group is ahead of true time, at each observation once it is warm. */
function groupAheadMs({ observations }: Outcome, nodes: readonly number[]): readonly number[] {
  return observations
    .filter(({ trueMs }) => trueMs >= WARM_UP_MS)
    .map((observation) => averageOf(nodes.map((node) => aheadAt(observation, node))));
}

function aheadAt({ trueMs, readings }: Observation, node: number): number {
  return (readings[node] as ClockReading).timeMs - UNIX_MS - trueMs;
}

function averageOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function largestChange(values: readonly number[]): number {
  return Math.max(...values.slice(1).map((value, index) => Math.abs(value - (values[index] as number))));
}

function outcomesOf(plan: (cluster: TestCluster) => void): readonly Outcome[] {
  return SEEDS.map((seed) => simulate(seed, () => ({ plan })));
}

function p99Of(outcomes: readonly Outcome[]): number {
  const all = outcomes.flatMap(({ errorsMs }) => errorsMs).sort((one, other) => one - other);
  return all[Math.floor(all.length * 0.99)] as number;
}

describe("a group on a network with jitter", () => {
  const published = outcomesOf((cluster) => cluster.leadAsInBerkeley(0));

  test.each([
    ["polled as its coordinator wants it", undefined, 0.12, 25],
    ["polled ten times a second from the beginning", 100, 0.15, 20],
  ])("%s has clocks that are much closer than those of Berkeley as published", (_, pollMs, errorMsMax, times) => {
    const trackedMs = p99Of(outcomesOf((cluster) => cluster.lead(0, pollMs)));
    expect(trackedMs).toBeLessThan(errorMsMax);
    expect(p99Of(published) / trackedMs).toBeGreaterThan(times);
  });

  test("has clocks that do not go back where they are slewed as in Berkeley, either", () => {
    expect(published.map(({ backwardSteps }) => backwardSteps)).toEqual(SEEDS.map(() => 0));
  });
});

/** What is claimed of every group. */
function describeClaims(outcome: Outcome, errorMsMax: number): void {
  test("no clock ever goes back", () => {
    expect(outcome.backwardSteps).toBe(0);
  });

  test("no two clocks are further apart than their bounds say", () => {
    expect(outcome.brokenBounds).toBe(0);
  });

  test("every clock has a bound once it is warm", () => {
    expect(outcome.missingBounds).toBe(0);
  });

  test(`all clocks are within ${errorMsMax} ms of each other`, () => {
    expect(most(outcome.errorsMs)).toBeLessThan(errorMsMax);
  });
}

const SETTINGS: readonly (readonly [string, (chance: Chance) => Setting, errorMsMax: number])[] = [
  ["delays that are always the same", () => ({ delayMs: () => 10 }), 0.01],
  ["a fifth of all messages lost", (chance) => ({ delayMs: () => (chance() < 0.2 ? undefined : wide(chance)) }), 0.25],
  ["one way three times as slow", () => ({ delayMs: (from, to) => (from < to ? 5 : 15) }), 5.01],
  ["a local network that is slow now and then", (chance) => ({ delayMs: () => local(chance) }), 0.02],
  ["drifts as large as may be that change", (chance) => ({ plan: wander, delayMs: () => wild(chance) }), 20],
];

describe.each(SETTINGS)("with %s", (_, settingOf, errorMsMax) => {
  describeClaims(simulate(1, settingOf), errorMsMax);
});

describe("with drifts that turn round in the middle", () => {
  const outcome = simulate(1, () => ({ plan: turnRound }));
  describeClaims(outcome, 2.5);

  test("all clocks are as close as before some seconds later", () => {
    const later = outcome.observations.filter(({ trueMs }) => trueMs > HALF_MS + 15_000);
    expect(most(outcomeOf(later, false).errorsMs)).toBeLessThan(0.5);
  });
});

describe.each([
  ["a coordinator that dies", replaceOnce],
  ["two coordinators that die, one soon after the other", replaceTwice],
])("with %s", (_, plan) => {
  const outcome = simulate(1, () => ({ plan }));
  describeClaims(outcome, 0.5);

  test("the time of the group does not jump", () => {
    expect(largestChange(groupAheadMs(outcome, [2, 3, 4]))).toBeLessThan(CHANGE_MS_MAX);
  });
});

const LIES: readonly (readonly [string, (reading: ClockReading, chance: Chance) => ClockReading])[] = [
  ["has both its clocks 5 s ahead", (reading) => moved(reading, 5_000)],
  ["has its virtual clock 5 s ahead", (reading) => ({ ...reading, timeMs: reading.timeMs + 5_000 })],
  ["says something else each time", (reading, chance) => moved(reading, (chance() - 0.5) * 100)],
  ["drifts by one in a hundred", (reading) => moved(reading, (reading.hardwareMs - UNIX_MS) / 100)],
];

describe.each(LIES)("with a liar that %s", (_, lie) => {
  const outcome = simulate(1, (chance) => ({
    told: (node, reading) => (node === LIAR ? lie(reading, chance) : reading),
  }));
  describeClaims(outcome, 0.5);

  test("the time of the group is the average of the others, and does not jump", () => {
    const nodes = NODES.filter((node) => node !== LIAR);
    const aheadMs = groupAheadMs(outcome, nodes);
    const startMs = averageOf(nodes.map((node) => aheadAt(outcome.observations[0] as Observation, node)));
    expect(Math.abs((aheadMs[0] as number) - startMs)).toBeLessThan(2);
    expect(largestChange(aheadMs)).toBeLessThan(CHANGE_MS_MAX);
  });
});

/** A twentieth of a millisecond and a little, and up to 5 ms for one message of ten. */
function local(chance: Chance): number {
  return 0.05 - 0.05 * Math.log(chance()) + (chance() < 0.1 ? 5 * chance() : 0);
}

/** 10 ms, and 2 more or less. */
function wide(chance: Chance): number {
  return 8 + 4 * chance();
}

/** From nearly nothing to 200 ms, or lost. */
function wild(chance: Chance): number | undefined {
  if (chance() < 0.1) return undefined;
  return 0.1 - 3 * Math.log(chance()) + (chance() < 0.05 ? 200 * chance() : 0);
}

function turnRound(cluster: TestCluster, oscillators: readonly Oscillator[]): void {
  cluster.lead(0);
  oscillators.forEach((oscillator, node) => {
    oscillator.setDrift(node % 2 === 0 ? 100 : -100, 0);
    oscillator.setDrift(node % 2 === 0 ? -100 : 100, HALF_MS);
  });
}

function wander(cluster: TestCluster, oscillators: readonly Oscillator[]): void {
  cluster.lead(0);
  oscillators.forEach((oscillator, node) => {
    for (let turn = 0; turn < 12; turn++) oscillator.setDrift((((turn * 7 + node * 3) % 5) - 2) * 250, turn * 10_000);
  });
}

function replaceOnce(cluster: TestCluster): void {
  cluster.lead(0);
  cluster.at(HALF_MS, () => cluster.kill(0));
  cluster.at(HALF_MS + 3_000, () => cluster.lead(1));
}

function replaceTwice(cluster: TestCluster): void {
  replaceOnce(cluster);
  cluster.at(HALF_MS + 6_000, () => cluster.kill(1));
  cluster.at(HALF_MS + 9_000, () => cluster.lead(2));
}

function moved(reading: ClockReading, byMs: number): ClockReading {
  return { ...reading, timeMs: reading.timeMs + byMs, hardwareMs: reading.hardwareMs + byMs };
}
