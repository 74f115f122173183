// The coordinator's rounds as Gusella and Zatti have them: everybody is asked once, then told how far off he is.
import { limits } from "#runtime/mod.ts";

import { berkeleyRound, type PolledClock } from "../clocks/berkeley.ts";
import type { ClockDuty, Correction, Polled } from "./clock-duty.ts";
import type { NodeClocks } from "./node-clocks.ts";

const BOUNDS = { agreementMs: limits.clockAgreementMs, roundTripMsMax: limits.berkeleyRoundTripMsMax };

/** A round comes each `limits.berkeleyRoundMs`, and sooner after `limits.berkeleyRoundMessages` requests of clients. */
export class BerkeleyDuty implements ClockDuty {
  readonly #ownName: string;
  readonly #clocks: NodeClocks;
  readonly #answers = new Map<string, PolledClock>();
  #nextRoundMs = -Infinity;
  #requestsAtRound: number;
  #lookedMs = -Infinity;
  /** While a round is open: until when answers count. */
  #closesMs: number | undefined;

  constructor(ownName: string, clocks: NodeClocks) {
    this.#ownName = ownName;
    this.#clocks = clocks;
    this.#requestsAtRound = clocks.requestCount;
  }

  /** A round may become due by messages at any time. */
  get dueMs(): number {
    return this.#closesMs ?? this.#lookedMs + limits.berkeleyLookMs;
  }

  duePolls(others: readonly string[], nowMs: number): readonly string[] {
    this.#lookedMs = nowMs;
    const isBusy = this.#clocks.requestCount - this.#requestsAtRound >= limits.berkeleyRoundMessages;
    if (this.#closesMs !== undefined || (nowMs < this.#nextRoundMs && !isBusy)) return [];
    this.#nextRoundMs = nowMs + limits.berkeleyRoundMs;
    this.#requestsAtRound = this.#clocks.requestCount;
    this.#closesMs = nowMs + limits.berkeleyAnswerMs;
    this.#answers.clear();
    return others;
  }

  polled({ name, sentMs, arrivedMs, reading }: Polled): void {
    if (this.#closesMs === undefined) return;
    const roundTripMs = arrivedMs - sentMs;
    const ownMs = this.#clocks.member.reading(arrivedMs).timeMs;
    const offsetMs = reading.timeMs + roundTripMs / 2 - ownMs;
    const hasJoined = "hardwareMs" in reading ? reading.hasJoined : undefined;
    this.#answers.set(name, { name, offsetMs, roundTripMs, hasJoined });
  }

  corrections(others: readonly string[], nowMs: number): readonly Correction[] {
    const isComplete = others.every((name) => this.#answers.has(name));
    if (this.#closesMs === undefined || (nowMs < this.#closesMs && !isComplete)) return [];
    this.#closesMs = undefined;
    const { timeMs, hasJoined } = this.#clocks.readingAt(nowMs);
    const { corrections } = berkeleyRound(this.#ownName, [...this.#answers.values()], BOUNDS, hasJoined);
    return Array.from(corrections, ([name, differenceMs]) => {
      const offsetMs = this.#answers.get(name)?.offsetMs ?? 0;
      return { name, differenceMs, timeMs: timeMs + offsetMs + differenceMs };
    });
  }

  offsetOf(name: string): { readonly offsetMs: number; readonly boundMs: number } | undefined {
    const answer = this.#answers.get(name);
    return answer && { offsetMs: answer.offsetMs, boundMs: answer.roundTripMs / 2 };
  }
}
