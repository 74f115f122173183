// Hot. How long turns take: the clock is read for a few short turns together, for a reading costs as much as one.
import type { Clock } from "../base/clock.ts";
import { limits } from "../limits.ts";
import type { Method } from "./definition.ts";
import type { FlightRecorder, Outcome, Recorded } from "./recorder.ts";
import type { TurnStats } from "./turn-stats.ts";

/** Turns that are measured together while they are short. */
const TOGETHER = 16;
/** Longer turns are measured one by one, in milliseconds. */
const SHORT_MS = 0.005;

export interface Measured extends Recorded {
  readonly host: { readonly stats: TurnStats };
}

/** `turns` ran in that time, the last of them this method. */
export type OverBudget = (owner: Measured, method: TimedMethod, tookMs: number, turns: number) => void;

type TimedMethod = Pick<Method, "name" | "index" | "definedAt">;

interface TimedTurn {
  readonly method: TimedMethod;
  /** From the mailbox to its beginning. */
  readonly waitMs: number;
  readonly turnStartedMs: number;
}

/** One for all cells of a node: only one slice runs at a time. */
export class SliceMeter {
  /** The last reading: when the running turn began, or one of the few before it. */
  nowMs = 0;
  readonly recorder: FlightRecorder;
  readonly #clock: Clock;
  readonly #overBudget: OverBudget;
  #unixMs = 0;
  #turns = 0;
  #together = TOGETHER;
  #last: TimedMethod | undefined;

  constructor(clock: Clock, recorder: FlightRecorder, overBudget: OverBudget) {
    this.#clock = clock;
    this.recorder = recorder;
    this.#overBudget = overBudget;
  }

  /** Unix milliseconds, read once a slice. */
  get unixMs(): number {
    if (this.#unixMs === 0) this.#unixMs = this.#clock.unixMs();
    return this.#unixMs;
  }

  /** A slice begins. */
  begin(owner: Measured): void {
    this.recorder.begin(owner);
    this.nowMs = this.#clock.monotonicMs();
    this.#unixMs = 0;
    this.#turns = 0;
    this.#together = TOGETHER;
  }

  /** Reads the clock, unless it was read just now, for a turn that has to know its beginning; measures those before. */
  read(owner: Measured): number {
    if (this.#turns > 0) this.#measure(owner, this.#clock.monotonicMs());
    return this.nowMs;
  }

  /** A turn that did not wait is over. `endedMs`, where somebody has read the clock already, saves a reading. */
  turnOver(owner: Measured, turn: TimedTurn, outcome: Outcome, endedMs?: number): void {
    this.recorder.record(turn.method.index, outcome, turn.waitMs);
    this.#last = turn.method;
    this.#turns++;
    if (endedMs !== undefined) this.#measure(owner, endedMs);
    else if (this.#turns >= this.#together) this.#measure(owner, this.#clock.monotonicMs());
  }

  /** The running turn begins to wait: what it has computed by then has a budget, like that of turns before it. */
  waits(owner: Measured, method: TimedMethod): void {
    this.#last = method;
    this.#measure(owner, this.#clock.monotonicMs(), this.#turns + 1);
  }

  /** A turn that waited is over; other slices have run since it began. Returns its end, in monotonic milliseconds. */
  waitedTurnOver(owner: Measured, turn: TimedTurn, outcome: Outcome): number {
    const endedMs = this.#clock.monotonicMs();
    const tookMs = endedMs - turn.turnStartedMs;
    this.recorder.begin(owner);
    this.recorder.record(turn.method.index, outcome, turn.waitMs);
    this.recorder.timed(1, tookMs, endedMs);
    this.recorder.end();
    owner.host.stats.durations.record(tookMs);
    return endedMs;
  }

  /** A slice is over. */
  end(owner: Measured): void {
    if (this.#turns > 0) this.#measure(owner, this.#clock.monotonicMs());
    this.recorder.end();
  }

  /** `shared`: turns that the time is shared by, where one of them is not over yet. */
  #measure(owner: Measured, nowMs: number, shared = this.#turns): void {
    const turns = this.#turns;
    const tookMs = nowMs - this.nowMs;
    const eachMs = tookMs / shared;
    if (turns > 0) {
      owner.host.stats.durations.record(eachMs, turns);
      this.recorder.timed(turns, eachMs, nowMs);
    }
    if (tookMs > limits.turnBudgetMs) this.#overBudget(owner, this.#last as TimedMethod, tookMs, shared);
    this.#together = eachMs > SHORT_MS ? 1 : TOGETHER;
    this.#turns = 0;
    this.nowMs = nowMs;
  }
}
