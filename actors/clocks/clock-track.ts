// One peer's hardware clock as seen from ours: how far ahead it is and how fast it runs, and how sure that is.
import { limits } from "#runtime/mod.ts";

import { type ClockSample, contradict, type Poll, pollOf, READING_ERROR_MS, SKEW_MAX } from "./clock-sample.ts";
import type { SkewFit } from "./skew-fit.ts";
import { straightPart } from "./straight-part.ts";

export interface ClockEstimate {
  /** What the peer's hardware clock is ahead of ours. */
  readonly offsetMs: number;
  /** Milliseconds of its hardware clock for each one of ours. */
  readonly rate: number;
  /** The true offset is no further from `offsetMs`. */
  readonly boundMs: number;
  readonly sampleCount: number;
}

/** `in_doubt`: it contradicts those before it, and will be taken if the next ones bear it out. */
export type SampleProblem = "bad_sample" | "round_trip_too_long" | "in_doubt";

/** Fewer say too little. */
const SAMPLES_MIN = 8;
/** So many in a row that agree are believed against all before them. */
const DOUBTED_MAX = 3;

/**
 * The bound holds whatever the delays are and however the drifts change, as long as neither clock drifts by more than
 * `limits.clockDriftMax` or jumps (the two sure bounds of each poll: Cristian, "Probabilistic Clock Synchronization",
 * 1989). The estimate is better than that: it takes both clocks to run evenly, which they do for minutes, and forgets
 * what was before a change. Where the least delays of both ways differ it is off by half of that.
 */
export class ClockTrack {
  /** In the order of their arrival. */
  #polls: readonly Poll[] = [];
  #doubted: readonly Poll[] = [];
  #contradictedMs = -Infinity;
  #fit: SkewFit | undefined = undefined;

  /** Samples that the estimate rests on. */
  get sampleCount(): number {
    return this.#polls.length;
  }

  /** Samples come in the order of `receivedMs`. One with a problem is not used. */
  add(sample: ClockSample): SampleProblem | undefined {
    const poll = pollOf(sample);
    if (poll === undefined || poll.receivedMs < this.#latestMs) return "bad_sample";
    if (poll.receivedMs - poll.sentMs > limits.clockRoundTripMsMax) return "round_trip_too_long";
    if (this.#polls.some((other) => contradict(poll, other))) return this.#doubt(poll);
    this.#doubted = [];
    const oldestMs = poll.receivedMs - limits.clockSampleAgeMs;
    const recent = this.#polls.filter(({ receivedMs }) => receivedMs >= oldestMs);
    this.#use([...recent, poll].slice(-limits.clockSamplesMax));
    return undefined;
  }

  /** At that reading of our hardware clock. Undefined while there are too few samples. */
  estimate(hardwareMs: number): ClockEstimate | undefined {
    if (this.#polls.length < SAMPLES_MIN) return undefined;
    this.#fit ??= this.#fitStraight();
    const { offsetMs: latestOffsetMs, skew } = this.#fit;
    const { mostMs, leastMs } = this.#sureAt(hardwareMs);
    const offsetMs = latestOffsetMs + skew * (hardwareMs - this.#latestMs);
    const boundMs = Math.max(mostMs - offsetMs, offsetMs - leastMs) + READING_ERROR_MS;
    return { offsetMs, rate: 1 + skew, boundMs, sampleCount: this.#polls.length };
  }

  /** It has contradicted itself lately: it lies, has jumped, or drifts more than clocks do. */
  isInconsistent(hardwareMs: number): boolean {
    return hardwareMs - this.#contradictedMs < limits.clockDoubtMs;
  }

  get #latestMs(): number {
    return this.#polls.at(-1)?.receivedMs ?? -Infinity;
  }

  #use(polls: readonly Poll[]): void {
    this.#polls = polls;
    this.#fit = undefined;
  }

  #doubt(poll: Poll): SampleProblem {
    this.#contradictedMs = poll.receivedMs;
    const agrees = !this.#doubted.some((other) => contradict(poll, other));
    this.#doubted = agrees ? [...this.#doubted, poll] : [poll];
    if (this.#doubted.length === DOUBTED_MAX) {
      this.#use(this.#doubted);
      this.#doubted = [];
    }
    return "in_doubt";
  }

  #fitStraight(): SkewFit {
    const { polls, fit } = straightPart(this.#polls, this.#latestMs, SAMPLES_MIN);
    this.#polls = polls;
    return fit;
  }

  /** Between what the offset is for sure: each poll bounds it, and the less the longer ago it was. */
  #sureAt(hardwareMs: number): { mostMs: number; leastMs: number } {
    let mostMs = Infinity;
    let leastMs = -Infinity;
    for (const { sentMs, thereMs, receivedMs, backMs } of this.#polls) {
      mostMs = Math.min(mostMs, thereMs + SKEW_MAX * Math.abs(hardwareMs - sentMs));
      leastMs = Math.max(leastMs, -backMs - SKEW_MAX * Math.abs(hardwareMs - receivedMs));
    }
    return { mostMs, leastMs };
  }
}
