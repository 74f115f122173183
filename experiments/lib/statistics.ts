// What is said about samples: a summary of runs, and how far their median can be trusted.

import { max, mean, median, min, sampleStandardDeviation } from "simple-statistics";

import { bootstrapInterval } from "./bootstrap.ts";

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
  const { value, low, high } = bootstrapInterval(
    samples.length,
    (indices) => median(indices.map((index) => samples[index]!)),
    seed,
  );
  return { count: samples.length, median: value, low, high };
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
