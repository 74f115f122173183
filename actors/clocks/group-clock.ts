// The coordinator's side: the time of the group as a line over its own hardware clock, and as lines for all others.
import { limits } from "#runtime/mod.ts";

import { type ClockCorrection, type ClockLine, type ClockReading, timeOn } from "./clock-line.ts";
import type { ClockSample } from "./clock-sample.ts";
import { type ClockEstimate, ClockTrack, type SampleProblem } from "./clock-track.ts";
import { type Agreement, agreementOf, type Interval } from "./interval-agreement.ts";

interface Peer {
  readonly track: ClockTrack;
  reading: ClockReading;
}

/** A track with fewer samples is no better than what a synchronised clock has already, nor good for the rate. */
const SETTLED_SAMPLES = 128;
/** Of what the group's rate is to change by, at once: until they are corrected, members go on with the old one. */
const RATE_SHARE = 1 / 8;
/** Members judge by their own clocks, and with what is known of them, how long ago they were corrected. */
const HANDOVER_MARGIN = 1.1;

/** What a virtual clock is ahead of ours, and within which limits we take it to agree with others. */
export interface VirtualOffset extends Interval {
  readonly name: string;
  readonly offsetMs: number;
  /** It follows the time of a group already, and is no further from that; undefined where it follows none. */
  readonly boundMs: number | undefined;
  /** It follows one, or has followed one. */
  readonly hasJoined: boolean;
}

/**
 * The group's time never jumps: it begins once, with what most virtual clocks show, and then runs at the average rate
 * of the hardware clocks. All hardware times are those of the coordinator. Members are told lines, not differences: so
 * it does not matter how long that takes.
 */
export class GroupClock {
  readonly #ownName: string;
  readonly #peers = new Map<string, Peer>();
  #line: ClockLine | undefined = undefined;
  /** From a coordinator before this one: what it has left to the group, and until when that matters. */
  #inheritedBoundMs = 0;
  #handoverEndsMs = -Infinity;

  constructor(ownName: string) {
    this.#ownName = ownName;
  }

  /** The time of the group over our hardware clock. Undefined until it has begun. */
  get line(): ClockLine | undefined {
    return this.#line;
  }

  /** Takes one poll of a peer, with the reading that the peer gave when it answered. */
  observe(name: string, sample: ClockSample, reading: ClockReading): SampleProblem | "too_many_peers" | undefined {
    const peer = this.#peers.get(name) ?? { track: new ClockTrack(), reading };
    if (!this.#peers.has(name) && this.#peers.size >= limits.clockPeersMax) return "too_many_peers";
    const problem = peer.track.add(sample);
    if (problem === undefined) peer.reading = reading;
    this.#peers.set(name, peer);
    return problem;
  }

  /** For a peer that is gone, or comes back as another process. */
  forget(name: string): void {
    this.#peers.delete(name);
  }

  /** Its clock contradicts itself: it has no part in the rate of the group. */
  isInconsistent(name: string, hardwareMs: number): boolean {
    return this.#peers.get(name)?.track.isInconsistent(hardwareMs) ?? false;
  }

  estimate(name: string, hardwareMs: number): ClockEstimate | undefined {
    return this.#peers.get(name)?.track.estimate(hardwareMs);
  }

  /** Until the next poll of that peer: soon while little is known of its clock, like the bursts of RFC 5905. */
  pollAfterMs(name: string, hardwareMs: number): number {
    const track = this.#peers.get(name)?.track;
    const isNew =
      track === undefined || (track.sampleCount < limits.clockFirstSamples && !track.isInconsistent(hardwareMs));
    return isNew ? limits.clockFirstPollMs : limits.clockPollMs;
  }

  /**
   * Begins with the average of the virtual clocks that agree: of those that follow the time of a group already, so that
   * it goes on; where none does, of all whose hardware clock is known, ours included. Who has not been heard, or is
   * inconsistent, has no say. Undefined without a majority: nothing has begun.
   */
  begin(own: ClockReading): Agreement<VirtualOffset> | undefined {
    const ours = offsetWithin({ name: this.#ownName, offsetMs: 0, hasJoined: own.hasJoined === true }, 0);
    const agreement = agreementOnTime([ours, ...this.#virtualOffsets(own)]);
    if (agreement === undefined) return undefined;
    const { agreeing } = agreement;
    const boundsMs = agreeing.flatMap(({ boundMs }) => boundMs ?? []);
    const counting = [agreeing.filter(isSynchronised), agreeing.filter(hasJoined), agreeing].find(isNotEmpty) ?? [];
    const timeMs = own.timeMs + averageOf(counting.map(({ offsetMs }) => offsetMs));
    const line = { hardwareMs: own.hardwareMs, timeMs, rate: 1 };
    if (boundsMs.length === 0) this.#line = line;
    else this.resume({ line, boundMs: Math.max(...boundsMs) }, own.hardwareMs);
    return agreement;
  }

  /** Goes on with the time that a former coordinator has left us: see `MemberClock.succession`. */
  resume({ line, boundMs }: ClockCorrection, hardwareMs: number): void {
    const rate = Math.min(Math.max(line.rate, 1 - 2 * limits.clockDriftMax), 1 + 2 * limits.clockDriftMax);
    this.#line = { hardwareMs, timeMs: timeOn(line, hardwareMs), rate };
    this.#inheritedBoundMs = boundMs;
    this.#handoverEndsMs = hardwareMs + limits.clockHandoverMs * HANDOVER_MARGIN;
  }

  /** Goes on to this moment with the rate that the clocks have now: once before each round of corrections. */
  advance(hardwareMs: number): void {
    if (this.#line === undefined) return;
    const { rate } = this.#line;
    const changed = this.#isHandover(hardwareMs) ? 0 : (this.#averageRate(hardwareMs) - rate) * RATE_SHARE;
    this.#line = { hardwareMs, timeMs: timeOn(this.#line, hardwareMs), rate: rate + changed };
  }

  /** What our own clock is to follow. Undefined until the group's time has begun. */
  ownCorrection(hardwareMs: number): ClockCorrection | undefined {
    return this.#line && { line: this.#line, boundMs: this.#inherited(hardwareMs) };
  }

  /** What that peer is to follow. Undefined while too little is known of its clock. */
  correctionFor(name: string, hardwareMs: number): ClockCorrection | undefined {
    const peer = this.#peers.get(name);
    const estimate = peer?.track.estimate(hardwareMs);
    if (this.#line === undefined || peer === undefined || estimate === undefined) return undefined;
    if (this.#isHandover(hardwareMs) && isSynchronised(peer.reading) && !isSettled(estimate)) return undefined;
    const line = {
      hardwareMs: hardwareMs + estimate.offsetMs,
      timeMs: timeOn(this.#line, hardwareMs),
      rate: this.#line.rate / estimate.rate,
    };
    return { line, boundMs: estimate.boundMs * line.rate + this.#inherited(hardwareMs) };
  }

  #virtualOffsets(own: ClockReading): readonly VirtualOffset[] {
    return [...this.#peers].flatMap(([name, { track, reading }]) => {
      const estimate = track.estimate(own.hardwareMs);
      if (estimate === undefined || track.isInconsistent(own.hardwareMs)) return [];
      const sinceMs = own.hardwareMs + estimate.offsetMs - reading.hardwareMs;
      const moreMs = estimate.boundMs + Math.abs(sinceMs) * limits.clockLineRateMax;
      const boundMs = reading.boundMs === undefined ? undefined : reading.boundMs + moreMs;
      const offsetMs = reading.timeMs + sinceMs - own.timeMs;
      const joined = isSynchronised(reading) || reading.hasJoined === true;
      return offsetWithin({ name, offsetMs, boundMs, hasJoined: joined }, estimate.boundMs);
    });
  }

  /** Of the clocks that are well known and close to the median, over our own; ours included. */
  #averageRate(hardwareMs: number): number {
    const estimates = [...this.#peers.values()].flatMap(({ track }) =>
      track.isInconsistent(hardwareMs) ? [] : (track.estimate(hardwareMs) ?? []),
    );
    const rates = [1, ...estimates.filter(isSettled).map(({ rate }) => rate)].sort((one, other) => one - other);
    const median = rates[rates.length >> 1] ?? 1;
    return averageOf(rates.filter((rate) => Math.abs(rate - median) <= limits.clockDriftMax));
  }

  #isHandover(hardwareMs: number): boolean {
    return hardwareMs < this.#handoverEndsMs;
  }

  #inherited(hardwareMs: number): number {
    return this.#isHandover(hardwareMs) ? this.#inheritedBoundMs : 0;
  }
}

/**
 * Who joins has no say where several follow a time that they agree on, however many join. One alone may lie: it is
 * believed against no majority, but against those of whom each shows something else.
 */
function agreementOnTime(clocks: readonly VirtualOffset[]): Agreement<VirtualOffset> | undefined {
  const following = [clocks.filter(isSynchronised), clocks.filter(hasJoined)];
  const several = following.filter(({ length }) => length > 1);
  return [...several, clocks, ...following].map(agreementOf).find((agreement) => agreement !== undefined);
}

/** It is that within `withinMs`. */
function offsetWithin(
  offset: Pick<VirtualOffset, "name" | "offsetMs" | "hasJoined"> & { readonly boundMs?: number | undefined },
  withinMs: number,
): VirtualOffset {
  const { offsetMs } = offset;
  const reachMs = Math.max(withinMs, limits.clockAgreementMs / 2);
  return { boundMs: undefined, ...offset, lowMs: offsetMs - reachMs, highMs: offsetMs + reachMs };
}

function isSynchronised({ boundMs }: Pick<ClockReading, "boundMs">): boolean {
  return boundMs !== undefined;
}

function hasJoined(offset: VirtualOffset): boolean {
  return offset.hasJoined;
}

function isNotEmpty(list: readonly unknown[]): boolean {
  return list.length > 0;
}

function isSettled({ sampleCount }: ClockEstimate): boolean {
  return sampleCount >= SETTLED_SAMPLES;
}

function averageOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
