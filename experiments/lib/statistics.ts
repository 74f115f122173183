// What is said about samples: a summary of runs, and how far their median can be trusted.

import { max, mean, median, min, quantileSorted, sampleStandardDeviation } from "simple-statistics";

export interface Summary {
  readonly count: number;
  readonly median: number;
  readonly mean: number;
  /** Of the sample (n − 1); 0 for one run. */
  readonly sd: number;
  readonly min: number;
  readonly max: number;
}

/** A median and its 95 % bootstrap interval. */
export interface MedianInterval {
  readonly count: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

const resamples = 2_000;

export function summarise(samples: readonly number[]): Summary {
  const values = [...samples];
  return {
    count: values.length,
    median: median(values),
    mean: mean(values),
    sd: values.length > 1 ? sampleStandardDeviation(values) : 0,
    min: min(values),
    max: max(values),
  };
}

/** Percentile bootstrap over runs; the same seed gives the same interval. With five runs it is wide: it should be. */
export function medianInterval(samples: readonly number[], seed = 1): MedianInterval {
  const random = createRandom(seed);
  const medians: number[] = [];
  for (let round = 0; round < resamples; round++) {
    medians.push(median(samples.map(() => samples[Math.floor(random() * samples.length)]!)));
  }
  medians.sort((left, right) => left - right);
  return {
    count: samples.length,
    median: median([...samples]),
    low: quantileSorted(medians, 0.025),
    high: quantileSorted(medians, 0.975),
  };
}

/** A figure that one run has, such as a maximum: its interval is itself. */
export function onceMeasured(value: number): MedianInterval {
  return { count: 1, median: value, low: value, high: value };
}

/** `ours[i] / theirs[i]`: runs of the same round are paired, so that noise they share cancels. */
export function pairedRatio(ours: readonly number[], theirs: readonly number[]): MedianInterval {
  return medianInterval(pairs(ours, theirs).map(([our, their]) => our / their));
}

/** `ours[i] − theirs[i]`, paired likewise. */
export function pairedDifference(ours: readonly number[], theirs: readonly number[]): MedianInterval {
  return medianInterval(pairs(ours, theirs).map(([our, their]) => our - their));
}

function pairs(ours: readonly number[], theirs: readonly number[]): [number, number][] {
  const count = Math.min(ours.length, theirs.length);
  return Array.from({ length: count }, (_, index) => [ours[index]!, theirs[index]!]);
}

/** Mulberry32: 0 up to, not including, 1. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
