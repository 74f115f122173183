// The coordinator's work where clocks are estimated: it polls often, and tells each server a line to follow.
import { limits } from "#runtime/mod.ts";

import { type ClockReading, timeOn } from "../clocks/clock-line.ts";
import { GroupClock } from "../clocks/group-clock.ts";
import type { ClockDuty, Correction, Polled } from "./clock-duty.ts";
import type { NodeClocks } from "./node-clocks.ts";

interface ForeignClock {
  readonly offsetMs: number;
  readonly boundMs: number;
  /** Since it was measured. */
  readonly isCorrected: boolean;
}

export class EstimatingDuty implements ClockDuty {
  readonly #ownName: string;
  readonly #clocks: NodeClocks;
  readonly #group: GroupClock;
  readonly #nextPollMs = new Map<string, number>();
  /** The last of each server of this kind. */
  readonly #readings = new Map<string, ClockReading>();
  /** Of foreign servers, which have no part in the time of the group: what their clocks were ahead of it. */
  readonly #foreign = new Map<string, ForeignClock>();
  #nextCorrectionMs: number;
  readonly #startedMs: number;

  /** Goes on with the time that a former coordinator has left; where there is none, it listens before it begins. */
  constructor(ownName: string, clocks: NodeClocks) {
    const { hardwareMs, member } = clocks;
    this.#ownName = ownName;
    this.#clocks = clocks;
    this.#group = new GroupClock(ownName);
    const succession = member.succession(hardwareMs);
    if (succession !== undefined) this.#group.resume(succession, hardwareMs);
    this.#startedMs = hardwareMs;
    this.#nextCorrectionMs = hardwareMs + (succession === undefined ? limits.clockListenMs : 0);
  }

  get dueMs(): number {
    return Math.min(this.#nextCorrectionMs, ...this.#nextPollMs.values());
  }

  duePolls(others: readonly string[], nowMs: number): readonly string[] {
    const known = new Set(others);
    for (const name of this.#nextPollMs.keys()) if (!known.has(name)) this.#forget(name);
    for (const name of others) if (!this.#nextPollMs.has(name)) this.#nextPollMs.set(name, nowMs);
    const [first] = [...this.#nextPollMs].sort(([, oneMs], [, otherMs]) => oneMs - otherMs);
    if (first === undefined || nowMs < first[1]) return [];
    // No other at the same look: answers that come at once wait for each other, and their times are wrong by that.
    const [name] = first;
    // One poll of each at a time: on a slow network more would wait in line, and elections behind them.
    this.#nextPollMs.set(name, nowMs + limits.clockRoundTripMsMax);
    return [name];
  }

  polled({ name, sentMs, arrivedMs, reading }: Polled): void {
    if (isOurs(reading)) this.#observe(name, sentMs, arrivedMs, reading);
    else this.#note(name, reading.timeMs, (arrivedMs - sentMs) / 2, arrivedMs);
    this.#nextPollMs.set(name, sentMs + this.#pollAfterMs(name, arrivedMs));
  }

  corrections(others: readonly string[], nowMs: number): readonly Correction[] {
    if (nowMs < this.#nextCorrectionMs) return [];
    this.#nextCorrectionMs = nowMs + limits.clockCorrectMs;
    const group = this.#group;
    if (group.line === undefined) this.#begin(nowMs);
    group.advance(nowMs);
    const own = group.ownCorrection(nowMs);
    if (own === undefined) return [];
    const all = others.flatMap((name): readonly Correction[] => {
      const correction = group.correctionFor(name, nowMs);
      return correction === undefined ? this.#correctForeign(name, nowMs) : [{ name, correction }];
    });
    return [{ name: this.#ownName, correction: own }, ...all];
  }

  offsetOf(name: string, nowMs: number): { readonly offsetMs: number; readonly boundMs: number } | undefined {
    // Where somebody has set it by hand it is not that of the group.
    const ownMs = this.#clocks.readingAt(nowMs).timeMs;
    if (name === this.#ownName) return { offsetMs: ownMs - this.#groupMs(nowMs), boundMs: 0 };
    const estimate = this.#group.estimate(name, nowMs);
    const reading = this.#readings.get(name);
    if (estimate === undefined || reading === undefined) return this.#foreignOffsetOf(name);
    const timeMs = reading.timeMs + nowMs + estimate.offsetMs - reading.hardwareMs;
    return { offsetMs: timeMs - this.#groupMs(nowMs), boundMs: estimate.boundMs };
  }

  #foreignOffsetOf(name: string): { readonly offsetMs: number; readonly boundMs: number } | undefined {
    const seen = this.#foreign.get(name);
    return seen && { offsetMs: seen.offsetMs, boundMs: seen.boundMs };
  }

  /** Where most clocks are far apart from each other, none of them is better than our own. */
  #begin(nowMs: number): void {
    if (this.#isListening(nowMs)) return;
    const own = this.#clocks.readingAt(nowMs);
    if (this.#group.begin(own) !== undefined || nowMs < this.#startedMs + 2 * limits.clockListenMs) return;
    this.#group.resume({ line: { hardwareMs: nowMs, timeMs: own.timeMs, rate: 1 }, boundMs: 0 }, nowMs);
  }

  /**
   * For so long to clocks that are not known well enough: to one that follows a time already, which is the group's if
   * it does not lie, and where without them there is no majority.
   */
  #isListening(nowMs: number): boolean {
    if (nowMs >= this.#startedMs + limits.clockHandoverMs) return false;
    const unknown = [...this.#readings].filter(([name]) => this.#group.estimate(name, nowMs) === undefined);
    const isMajority = unknown.length * 2 < this.#readings.size + 1;
    return !isMajority || unknown.some(([, { hasJoined }]) => hasJoined === true);
  }

  /** The time of the group; until there is one, our own. */
  #groupMs(nowMs: number): number {
    const { line } = this.#group;
    return line === undefined ? this.#clocks.readingAt(nowMs).timeMs : timeOn(line, nowMs);
  }

  #pollAfterMs(name: string, nowMs: number): number {
    return this.#foreign.has(name) ? limits.berkeleyRoundMs : this.#group.pollAfterMs(name, nowMs);
  }

  #observe(name: string, sentMs: number, arrivedMs: number, reading: ClockReading): void {
    const { hardwareMs } = reading;
    const sample = { sentMs, peerReceivedMs: hardwareMs, peerSentMs: hardwareMs, receivedMs: arrivedMs };
    this.#group.observe(name, sample, reading);
    this.#readings.set(name, reading);
  }

  #note(name: string, timeMs: number, boundMs: number, nowMs: number): void {
    this.#foreign.set(name, { offsetMs: timeMs + boundMs - this.#groupMs(nowMs), boundMs, isCorrected: false });
  }

  /** As existing programs know it: told the time once it is surely wrong. */
  #correctForeign(name: string, nowMs: number): readonly Correction[] {
    const seen = this.#foreign.get(name);
    if (seen === undefined || seen.isCorrected) return [];
    if (Math.abs(seen.offsetMs) <= seen.boundMs + limits.foreignClockMs) return [];
    this.#foreign.set(name, { ...seen, isCorrected: true });
    return [{ name, differenceMs: -seen.offsetMs, timeMs: this.#groupMs(nowMs) }];
  }

  #forget(name: string): void {
    this.#nextPollMs.delete(name);
    this.#foreign.delete(name);
    this.#readings.delete(name);
    this.#group.forget(name);
  }
}

function isOurs(reading: Polled["reading"]): reading is ClockReading {
  return "hardwareMs" in reading;
}
