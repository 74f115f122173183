// What a load of hosted matches has seen: counts of everything, and latencies in histograms that keep their tails.

import { build, type Histogram } from "hdr-histogram-js";

/** Of all pairs together. */
export interface LoadTally {
  plays: number;
  acknowledged: number;
  /** `moved`, which both players are sent for each move. */
  moved: number;
  gamesBegun: number;
  gamesEnded: number;
  /** `ended` that did not say what the script's end is. */
  wrongEnds: number;
  /** A game that could not begin as the server had not seen the end of the one before. */
  beganAgain: number;
  readonly errors: string[];
  /** In microseconds, from when the move was due: to its acknowledgement, and to the opponent's `moved`. */
  readonly acknowledgedUs: Histogram;
  readonly movedUs: Histogram;
  /** How late this program itself was with moves that nothing else held up. */
  readonly lagUs: Histogram;
  /** Latencies of acknowledgements by the second in which they came. */
  readonly ofSeconds: readonly number[][];
  /** Of `performance.now`: when the first of those seconds began. */
  readonly startMs: number;
}

export interface LatencySummary {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** From 10 000 samples on. */
  readonly p999Ms: number | null;
  readonly maxMs: number;
  /** Shares of all in percent, and within which time they came. */
  readonly curve: readonly { readonly percent: number; readonly ms: number }[];
}

export interface LoadPlayed {
  readonly wanted: number;
  readonly plays: number;
  readonly acknowledged: number;
  readonly moved: number;
  readonly gamesBegun: number;
  readonly gamesEnded: number;
  readonly wrongEnds: number;
  readonly beganAgain: number;
  /** Due moves that were not acknowledged and seen in the end. */
  readonly open: number;
  readonly errors: readonly string[];
  /** From the time a move was due: to its acknowledgement, and until the opponent knew. */
  readonly acknowledgement: LatencySummary;
  readonly opponent: LatencySummary;
  readonly lagP99Ms: number;
  readonly lagMaxMs: number;
  /** Of each second, within which time 99 in 100 of its acknowledgements came. */
  readonly secondP99Ms: readonly (number | null)[];
  readonly cpuShare: number;
  readonly seconds: number;
}

const US_PER_MS = 1_000;
const HISTOGRAM_US_MAX = 120_000_000;
const RARE_SAMPLES_MIN = 10_000;
const PERCENTS = [0, 25, 50, 75, 90, 95, 98, 99, 99.5, 99.8, 99.9, 100];

const createHistogram = (): Histogram =>
  build({ highestTrackableValue: HISTOGRAM_US_MAX, numberOfSignificantValueDigits: 3 });

export function recordMs(us: Histogram, ms: number): void {
  us.recordValue(Math.min(HISTOGRAM_US_MAX, Math.max(0, Math.round(ms * US_PER_MS))));
}

export function createTally(startMs: number, seconds: number): LoadTally {
  return {
    plays: 0,
    acknowledged: 0,
    moved: 0,
    gamesBegun: 0,
    gamesEnded: 0,
    wrongEnds: 0,
    beganAgain: 0,
    errors: [],
    acknowledgedUs: createHistogram(),
    movedUs: createHistogram(),
    lagUs: createHistogram(),
    ofSeconds: Array.from({ length: seconds }, () => []),
    startMs,
  };
}

export function playedOf(tally: LoadTally) {
  const { acknowledgedUs, movedUs, lagUs, ofSeconds, startMs: _, ...counts } = tally;
  return {
    ...counts,
    acknowledgement: summaryOf(acknowledgedUs),
    opponent: summaryOf(movedUs),
    lagP99Ms: lagUs.getValueAtPercentile(99) / US_PER_MS,
    lagMaxMs: lagUs.maxValue / US_PER_MS,
    secondP99Ms: ofSeconds.map(p99Of),
  };
}

function summaryOf(us: Histogram): LatencySummary {
  const msAt = (percent: number): number => us.getValueAtPercentile(percent) / US_PER_MS;
  const isRich = us.totalCount >= RARE_SAMPLES_MIN;
  return {
    count: us.totalCount,
    p50Ms: msAt(50),
    p99Ms: msAt(99),
    p999Ms: isRich ? msAt(99.9) : null,
    maxMs: us.maxValue / US_PER_MS,
    curve: PERCENTS.filter((percent) => isRich || percent <= 99 || percent === 100).map((percent) => ({
      percent,
      ms: msAt(percent),
    })),
  };
}

function p99Of(latencies: readonly number[]): number | null {
  const sorted = latencies.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * 0.99) - 1)] ?? null;
}
