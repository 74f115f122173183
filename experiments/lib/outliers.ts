// Values without those that lie far from the rest: by z-score, as the first document asks, and by median deviation.

import { mean, median, medianAbsoluteDeviation, sampleStandardDeviation } from "simple-statistics";

export interface Filtered {
  /** In the order given. */
  readonly kept: readonly number[];
  readonly removed: number;
}

/** Makes a median deviation of normal values a standard deviation: the third quartile of the standard normal. */
const normalShare = 0.6745;

/**
 * Keeps what is at most `limit` sample standard deviations (n − 1) from the mean. Among n values no |z| can exceed
 * (n − 1) / √n (Shiffler 1988), so with ten or fewer none can exceed 3: then a limit of 3 removes nothing, whatever the
 * values are. Values without deviation are all kept.
 */
export function withoutOutliersByZ(values: readonly number[], limit = 3): Filtered {
  if (values.length < 2) return { kept: values, removed: 0 };
  return withinReach(values, mean([...values]), limit * sampleStandardDeviation([...values]));
}

/**
 * Keeps what has a modified z-score, 0.6745 × (value − median) / MAD, of at most `limit` (Iglewicz and Hoaglin 1993).
 * It also finds outliers in ten runs, and several at once do not hide each other. A MAD of 0 (half of the values are
 * equal) removes nothing: it knows no measure of "far", and would remove all others, however near.
 */
export function withoutOutliersByMad(values: readonly number[], limit = 3.5): Filtered {
  if (values.length < 2) return { kept: values, removed: 0 };
  return withinReach(values, median([...values]), (limit * medianAbsoluteDeviation([...values])) / normalShare);
}

function withinReach(values: readonly number[], middle: number, reach: number): Filtered {
  const kept = reach === 0 ? values : values.filter((value) => Math.abs(value - middle) <= reach);
  return { kept, removed: values.length - kept.length };
}
