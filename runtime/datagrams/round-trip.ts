// How long to wait for an acknowledgement: the estimator of RFC 6298, with other floors and RFC 8985's early probe.
import { limits } from "../limits.ts";
import type { Profile } from "./profile.ts";

/** Granularity of the clock that wakes the sender (G of RFC 6298). */
const CLOCK_STEP_MS = 1;

/** Of section 7.2 of RFC 8985; within a house a packet that was asked after in vain costs little. */
const WIDE_PROBE_ROUND_TRIPS = 2;
const LOCAL_PROBE_ROUND_TRIPS = 1.5;

/** A packet number is never used twice, so it is never in doubt which packet a sample is of. */
export class RoundTrip {
  readonly #floorMs: number;
  readonly #firstMs: number;
  readonly #probeRoundTrips: number;
  #sampled = false;
  /** What is known comes from the handshake alone: the other side had its cold start in it. */
  #guessed = false;
  #smoothedMs = 0;
  #varianceMs = 0;
  #latestMs = 0;
  #minMs = Number.POSITIVE_INFINITY;

  constructor({ local }: Profile) {
    this.#floorMs = local ? limits.datagramLanTimeoutMs : limits.datagramWideTimeoutMs;
    this.#firstMs = local ? limits.datagramLanFirstTimeoutMs : limits.datagramWideFirstTimeoutMs;
    this.#probeRoundTrips = local ? LOCAL_PROBE_ROUND_TRIPS : WIDE_PROBE_ROUND_TRIPS;
  }

  /** 0 before the first sample. */
  get smoothedMs(): number {
    return this.#smoothedMs;
  }

  get varianceMs(): number {
    return this.#varianceMs;
  }

  /**
   * Takes what the receiver says it waited out of the sample, down to the quickest that the path ever was. All of it,
   * not only what it may wait: where an acknowledgement was lost, a later packet brings it, and says since when.
   */
  sample(measuredMs: number, ackDelayMs: number): void {
    const measured = Math.max(measuredMs, 0);
    this.#minMs = Math.min(this.#minMs, measured);
    const roundTrip = Math.max(measured - ackDelayMs, this.#minMs);
    this.#latestMs = roundTrip;
    if (!this.#sampled || this.#guessed) {
      this.#sampled = true;
      this.#guessed = false;
      this.#smoothedMs = roundTrip;
      this.#varianceMs = roundTrip / 2;
      return;
    }
    this.#varianceMs = 0.75 * this.#varianceMs + 0.25 * Math.abs(this.#smoothedMs - roundTrip);
    this.#smoothedMs = 0.875 * this.#smoothedMs + 0.125 * roundTrip;
  }

  /** What the handshake took, until something better is known. */
  guess(measuredMs: number): void {
    this.sample(measuredMs, 0);
    this.#guessed = true;
    this.#minMs = Number.POSITIVE_INFINITY;
  }

  /** The path is another: nothing is known of it. */
  forget(): void {
    this.#sampled = false;
    this.#smoothedMs = 0;
    this.#varianceMs = 0;
    this.#latestMs = 0;
    this.#minMs = Number.POSITIVE_INFINITY;
  }

  /** RTO of RFC 6298, and the time that the receiver may keep its acknowledgement; not yet backed off. */
  get timeoutMs(): number {
    if (!this.#sampled) return this.#firstMs;
    const estimate = this.#smoothedMs + Math.max(CLOCK_STEP_MS, 4 * this.#varianceMs) + limits.datagramAckDelayMs;
    return Math.min(Math.max(estimate, this.#floorMs), limits.datagramTimeoutMaxMs);
  }

  /** Some round trips and the receiver's delay, never later than the timeout. */
  get probeMs(): number {
    if (!this.#sampled) return this.#firstMs;
    const early = this.#probeRoundTrips * this.#smoothedMs + limits.datagramAckDelayMs;
    return Math.min(Math.max(early, limits.datagramProbeMs), this.timeoutMs);
  }

  /** How long to wait for the `backoff`th probe in a row, which is counted from 0. */
  waitMs(backoff: number): number {
    if (backoff === 0) return this.probeMs;
    return Math.min(this.timeoutMs * 2 ** Math.min(backoff - 1, 16), limits.datagramTimeoutMaxMs);
  }

  /** A packet older than this is lost when a later one has been acknowledged (section 6.1.2 of RFC 9002). */
  get lossMs(): number {
    return Math.max(1.125 * Math.max(this.#smoothedMs, this.#latestMs), CLOCK_STEP_MS);
  }
}
