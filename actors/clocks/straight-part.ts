// Since when two clocks have drifted apart evenly: what was seen before their drift changed must not count any more.
import { type Poll, READING_ERROR_MS } from "./clock-sample.ts";
import { edgeCount } from "./edge.ts";
import { fitSkew, type SkewFit } from "./skew-fit.ts";

export interface StraightPart {
  readonly polls: readonly Poll[];
  readonly fit: SkewFit;
}

/**
 * Clocks bend where the least delays of both parts are longer by so many times the error that so few polls have as a
 * rule. With even jitter, the hardest case, clocks that run evenly do not seem to bend once in 19 000 fits.
 */
const BEND = 7;

/**
 * All polls if one line fits them, else the latest that one line fits, but no fewer than `countMin`. A line through
 * clocks that bend makes the least delays shorter than either part has them by itself. Where only one way has become
 * slower, that is so for one part alone, and nothing is forgotten.
 */
export function straightPart(polls: readonly Poll[], originMs: number, countMin: number): StraightPart {
  const fit = fitSkew(polls, originMs);
  const excessMs = usualExcessMs(polls);
  const isLonger = (part: readonly Poll[]): boolean =>
    fitSkew(part, originMs).roundTripMs - fit.roundTripMs > BEND * excessMs * usualError(part.length);
  for (let count = polls.length >> 1; count >= countMin; count >>= 1) {
    const latest = polls.slice(-count);
    if (isLonger(latest) && isLonger(polls.slice(0, -count))) return straightPart(latest, originMs, countMin);
  }
  return { polls, fit };
}

/** Of where even delays begin, as a share of how far they reach: that of the average of the k least of n is √k ÷ n. */
function usualError(messageCount: number): number {
  return Math.sqrt(edgeCount(messageCount)) / messageCount;
}

/** What a way usually takes beyond its least delay. A median: crowds that pass do not change it. */
function usualExcessMs(polls: readonly Poll[]): number {
  const roundTrips = polls.map(({ thereMs, backMs }) => thereMs + backMs).sort((one, other) => one - other);
  const leastMs = roundTrips[0] as number;
  const medianMs = roundTrips[roundTrips.length >> 1] as number;
  return Math.max((medianMs - leastMs) / 2, READING_ERROR_MS);
}
