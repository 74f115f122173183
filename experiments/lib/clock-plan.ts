// What the clock experiment asks: in which scenarios, with which parameters, and what its answers look like.

import { createRandom } from "#runtime/base/random.ts";
import type { NetworkFaults } from "#runtime/testing/mod.ts";

import type { ClockFigures } from "./clock-figures.ts";
import type { Environment } from "./environment.ts";
import type { Level } from "./level.ts";

/** As `CORREIO_CLOCK_SYNC` has them. */
export const CLOCK_WAYS = ["berkeley", "estimate"] as const;
export type ClockWay = (typeof CLOCK_WAYS)[number];

export const CLOCK_WAY_TITLES: Readonly<Record<ClockWay, string>> = {
  berkeley: "Berkeley, as published",
  estimate: "estimated",
};

export const CLOCK_SCENARIO_NAMES = [
  "constant",
  "jitter",
  "loss",
  "asymmetry",
  "reversal",
  "liar-ahead",
  "liar-random",
  "kill",
] as const;
export type ClockScenarioName = (typeof CLOCK_SCENARIO_NAMES)[number];

/** What a server's clocks are off, at the beginning and in each million milliseconds. */
export interface ClockError {
  readonly offsetMs: number;
  readonly driftPpm: number;
}

export interface ClockScenario {
  readonly title: string;
  /** Up is from who asks a server to that server. */
  readonly faults: NetworkFaults;
  /** In the middle: all drifts turn round, or the coordinator dies. */
  readonly event?: "reversal" | "kill";
  /** What one server that is not coordinator adds to both its clocks where it is asked: for a chance from 0 to 1. */
  readonly lieMs?: (chance: number) => number;
}

const USUAL: NetworkFaults = { delayMs: 10, jitterMs: 2 };

export const CLOCK_SCENARIOS: Readonly<Record<ClockScenarioName, ClockScenario>> = {
  constant: { title: "constant delay: 10 ms each way", faults: { delayMs: 10 } },
  jitter: { title: "jitter: 10 ± 2 ms each way", faults: USUAL },
  loss: { title: "jitter and loss: 10 ± 2 ms, 10 % of the segments lost", faults: { ...USUAL, loss: 0.1 } },
  asymmetry: { title: "asymmetry: 5 ms there, 15 ms back", faults: { up: { delayMs: 5 }, down: { delayMs: 15 } } },
  reversal: { title: "jitter, and drifts of ±100 ppm that turn round", faults: USUAL, event: "reversal" },
  "liar-ahead": { title: "jitter, and a liar 5 s ahead", faults: USUAL, lieMs: () => 5_000 },
  "liar-random": {
    title: "jitter, and a liar that is off by up to ±50 ms at random",
    faults: USUAL,
    lieMs: (chance) => (chance * 2 - 1) * 50,
  },
  kill: { title: "jitter, and a coordinator that dies", faults: USUAL, event: "kill" },
};

const SERVER_COUNT = 5;
/** Never the coordinator: that is the one of the highest rank, which is the last to come. */
export const LIAR_INDEX = 2;
const OFFSET_MS_MAX = 500;
const DRIFT_PPM_MAX = 100;

/** Of all servers in the order in which they come, the same for the same seed. */
export function clockErrorsOf({ event }: ClockScenario, seed: number): readonly ClockError[] {
  const random = createRandom(seed);
  const within = (most: number): number => Math.round((random.next() * 2 - 1) * most);
  return Array.from({ length: SERVER_COUNT }, (_, index) => {
    const [offsetMs, driftPpm] = [within(OFFSET_MS_MAX), within(DRIFT_PPM_MAX)];
    return { offsetMs, driftPpm: event === "reversal" ? DRIFT_PPM_MAX * (index % 2 === 0 ? 1 : -1) : driftPpm };
  });
}

export interface ClockParameters {
  readonly only: readonly ClockScenarioName[];
  /** Each of a scenario has its own seed. */
  readonly rounds: number;
  /** From the moment that the last server coordinates both clusters. */
  readonly warmUpMs: number;
  /** What counts; where something happens in the middle, until then. */
  readonly measuredMs: number;
  /** And from then on. */
  readonly afterEventMs: number;
  readonly everyMs: number;
  readonly heartbeatMs: number;
}

/** In all about eleven minutes. The fourth round of Berkeley is over when the warm-up is. */
export const DEFAULT_CLOCKS: ClockParameters = {
  only: CLOCK_SCENARIO_NAMES,
  rounds: 1,
  warmUpMs: 40_000,
  measuredMs: 20_000,
  afterEventMs: 35_000,
  everyMs: 100,
  heartbeatMs: 5_000,
};

/** Less than two minutes. */
export const QUICK_CLOCKS: ClockParameters = {
  ...DEFAULT_CLOCKS,
  warmUpMs: 6_000,
  measuredMs: 5_000,
  afterEventMs: 5_000,
  heartbeatMs: 500,
};

/** Seconds are since the servers of both clusters were all started. */
export interface ClockMark {
  readonly name: string;
  readonly atSeconds: number;
}

/** What a cluster did. */
export interface ClockWork {
  /** Segments that came to the servers through the relays, nearly all polls and instructions, and those back. */
  readonly requests: number;
  readonly replies: number;
  readonly lostSegments: number;
  /** Lines or differences that servers took, and those that they refused. */
  readonly corrections: number;
  readonly correctionsRefused: number;
  /** Of those, what the coordinators told themselves: one in each round. */
  readonly rounds: number;
}

/** One server's clock over time. */
export interface ClockCurve {
  readonly name: string;
  /** From the median of the honest; null where the server is dead. */
  readonly errorMs: readonly (number | null)[];
}

/** Of a killed coordinator. */
export interface ClockSuccession {
  /** From its death until another one coordinates. */
  readonly electedAfterMs: number | undefined;
  /** And until all that live have been corrected by that one. */
  readonly correctedAfterMs: number | undefined;
}

export interface ClockWayResult {
  readonly figures: ClockFigures;
  readonly work: ClockWork;
  readonly succession?: ClockSuccession;
  readonly curves: readonly ClockCurve[];
  /** The largest that any honest server declares; null where one declares none. */
  readonly boundMs: readonly (number | null)[];
  readonly marks: readonly ClockMark[];
}

export interface ClockRun {
  readonly name: ClockScenarioName;
  readonly round: number;
  readonly atSeconds: readonly number[];
  readonly ways: Readonly<Record<ClockWay, ClockWayResult>>;
  /** How late this process looked at the clocks; where that is more than a sample, figures of the run are not valid. */
  readonly lagP99Ms: number;
  readonly isValid: boolean;
  /** Of this process: its processor time as a share of a core. */
  readonly cpuShare: number;
  /** Of the machine, over the minute before the end. */
  readonly load: number;
  /** What went wrong in what was verified. */
  readonly wrong: readonly string[];
}

export interface ClockReport {
  readonly environment: Environment;
  readonly parameters: ClockParameters;
  readonly runs: readonly ClockRun[];
  readonly levels: readonly Level[];
  /** Nothing is a result where there is any. */
  readonly wrong: readonly string[];
}
