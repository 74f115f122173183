// One poll of a peer's clock: which are possible, what each one says for sure, and which contradict each other.
import { limits } from "#runtime/mod.ts";

/** All of it hardware time: RFC 5905's T1 and T4 are ours, T2 and T3 the peer's. */
export interface ClockSample {
  readonly sentMs: number;
  readonly peerReceivedMs: number;
  readonly peerSentMs: number;
  readonly receivedMs: number;
}

/** The same as what was seen of both ways. Neither delay can be below 0: so each way bounds the difference alone. */
export interface Poll {
  readonly sentMs: number;
  /** The delay on the way there plus what the peer's clock was ahead of ours at `sentMs`. */
  readonly thereMs: number;
  readonly receivedMs: number;
  /** The delay on the way back less what the peer's clock was ahead of ours at `receivedMs`. */
  readonly backMs: number;
}

/** The difference of two clocks changes by so much in a millisecond of ours at most. */
export const SKEW_MAX = (2 * limits.clockDriftMax) / (1 - limits.clockDriftMax);
/** Clocks are not read more exactly than this. */
export const READING_ERROR_MS = 0.001;

/** Undefined for a sample that cannot be, whatever the clocks and the network did. */
export function pollOf(sample: ClockSample): Poll | undefined {
  const { sentMs, peerReceivedMs, peerSentMs, receivedMs } = sample;
  const tookMs = receivedMs - sentMs;
  const peerTookMs = peerSentMs - peerReceivedMs;
  // The peer cannot have had our message for longer than we waited. What is no number fails all of it.
  const isPossible = tookMs >= 0 && peerTookMs >= 0 && peerTookMs <= tookMs * (1 + SKEW_MAX) + READING_ERROR_MS;
  if (!isPossible || !Object.values(sample).every(Number.isFinite)) return undefined;
  return { sentMs, thereMs: peerReceivedMs - sentMs, receivedMs, backMs: receivedMs - peerSentMs };
}

/** Not both can be true, whatever the clocks did in between. */
export function contradict(one: Poll, other: Poll): boolean {
  return isTooQuick(one, other) || isTooQuick(other, one);
}

/** One poll's way there and the other's way back, less what the clocks may have drifted, took less than no time. */
function isTooQuick(there: Poll, back: Poll): boolean {
  const driftMs = SKEW_MAX * Math.abs(back.receivedMs - there.sentMs) + 2 * READING_ERROR_MS;
  return there.thereMs + back.backMs < -driftMs;
}
