// How two clocks drift apart, from messages whose delays nobody knows: the straight line that explains them best.
import { type Poll, READING_ERROR_MS, SKEW_MAX } from "./clock-sample.ts";
import { edgeCount, LowEdge } from "./edge.ts";

/** The peer's clock is ahead by `offsetMs` at the origin, and by `skew` more with each millisecond of ours. */
export interface SkewFit {
  readonly skew: number;
  readonly offsetMs: number;
  /** The least delays of both ways together. */
  readonly roundTripMs: number;
}

/** One way of all polls, with the skew taken out. */
interface Way {
  readonly leastMs: number;
  /** By how much the likelihood of what was seen grows with the skew, for each poll. */
  readonly growth: number;
}

/** What the rates of two clocks usually differ by: the standard deviation of what is expected before any poll. */
const USUAL_SKEW = 1e-4;
const HALVINGS = 18;

/**
 * The skew with which the delays are likeliest: exponential beyond a least one, or even between a least one and a most,
 * for each way by itself (maximum likelihood: Jeske, "On Maximum-Likelihood Estimation of Clock Offset", 2005; to find
 * skew by the line under all delays: Moon, Skelly and Towsley, "Estimation and Removal of Clock Skew from Network Delay
 * Measurements", 1999). The offset is that by which the least delays of both ways are the same: they need not belong to
 * one poll. Least and most are edges, averages of a few. Few polls are not believed when they say that the skew is
 * unusual; it is never beyond ±`SKEW_MAX`.
 */
export function fitSkew(polls: readonly Poll[], originMs: number): SkewFit {
  let low = -SKEW_MAX;
  let high = SKEW_MAX;
  for (let halving = 0; halving < HALVINGS; halving++) {
    const skew = (low + high) / 2;
    const growth = wayThere(polls, originMs, skew).growth - wayBack(polls, originMs, skew).growth;
    if (polls.length * growth > skew / USUAL_SKEW ** 2) low = skew;
    else high = skew;
  }
  const skew = (low + high) / 2;
  const { leastMs: thereMs } = wayThere(polls, originMs, skew);
  const { leastMs: backMs } = wayBack(polls, originMs, skew);
  return { skew, offsetMs: (thereMs - backMs) / 2, roundTripMs: thereMs + backMs };
}

function wayThere(polls: readonly Poll[], originMs: number, skew: number): Way {
  return wayOf(
    polls,
    (poll) => poll.sentMs - originMs,
    (poll, atMs) => poll.thereMs - skew * atMs,
  );
}

/** Its delays shrink where the skew grows: so its likelihood grows the other way. */
function wayBack(polls: readonly Poll[], originMs: number, skew: number): Way {
  return wayOf(
    polls,
    (poll) => poll.receivedMs - originMs,
    (poll, atMs) => poll.backMs + skew * atMs,
  );
}

function wayOf(
  polls: readonly Poll[],
  atOf: (poll: Poll) => number,
  delayOf: (poll: Poll, atMs: number) => number,
): Way {
  const count = edgeCount(polls.length);
  const low = new LowEdge(count);
  const high = new LowEdge(count);
  let sumMs = 0;
  let sumAtMs = 0;
  for (const poll of polls) {
    const atMs = atOf(poll);
    const delayMs = delayOf(poll, atMs);
    low.add(delayMs, atMs);
    high.add(-delayMs, atMs);
    sumMs += delayMs;
    sumAtMs += atMs;
  }
  const [least, most] = [low.average(), high.average()];
  const rangeMs = Math.max(-most.delayMs - least.delayMs, READING_ERROR_MS);
  const excessMs = Math.max(sumMs / polls.length - least.delayMs, READING_ERROR_MS);
  // The likelihood of n even delays is rangeMs⁻ⁿ, that of n exponential ones (e · excessMs)⁻ⁿ.
  const growth =
    rangeMs < Math.E * excessMs ? (most.atMs - least.atMs) / rangeMs : (sumAtMs / polls.length - least.atMs) / excessMs;
  return { leastMs: least.delayMs, growth };
}
