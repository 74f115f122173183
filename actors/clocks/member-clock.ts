// A member's clock in a group: a virtual clock that is told what to follow, and says how far from the group it may be.
import { limits } from "#runtime/mod.ts";

import type { ClockCorrection, ClockReading } from "./clock-line.ts";
import { type ClockProblem, VirtualClock } from "./virtual-clock.ts";

/**
 * How much the group's time and ours may part in a millisecond when nobody corrects us: our hardware and the
 * coordinator's drift, and the group's rate is within two drifts of the coordinator's hardware; with a little for their
 * products. What our line differs from our hardware comes on top.
 */
const PARTING_RATE = 4 * limits.clockDriftMax * 1.01;

export class MemberClock {
  readonly #clock: VirtualClock;
  #correction: ClockCorrection | undefined = undefined;

  /** Runs as its hardware does from `timeMs` on. */
  constructor(hardwareMs: number, timeMs: number) {
    this.#clock = new VirtualClock(hardwareMs, timeMs);
  }

  /** Times that it was stepped. */
  get stepCount(): number {
    return this.#clock.stepCount;
  }

  /** What the coordinator is told, and whoever asks for the time. */
  reading(hardwareMs: number): ClockReading {
    return { timeMs: this.#clock.at(hardwareMs), hardwareMs, boundMs: this.#boundMs(hardwareMs) };
  }

  /** Where there is a problem nothing has changed. */
  follow(correction: ClockCorrection, hardwareMs: number): ClockProblem | undefined {
    return this.#accept(correction, this.#clock.follow(correction.line, hardwareMs));
  }

  /** Steps to the line, also back: only for a clock that nobody has relied on yet. */
  join(correction: ClockCorrection, hardwareMs: number): ClockProblem | undefined {
    return this.#accept(correction, this.#clock.step(correction.line, hardwareMs));
  }

  /** Steps by so much, also back: as `join`, in Berkeley's way. */
  joinBy(differenceMs: number, hardwareMs: number): ClockProblem | undefined {
    const line = { hardwareMs, timeMs: this.#clock.at(hardwareMs) + differenceMs, rate: 1 };
    return this.#accept(undefined, this.#clock.step(line, hardwareMs));
  }

  /** Its hardware clock has jumped: how far from the group it is, is not known any more. */
  forget(): void {
    this.#correction = undefined;
  }

  /** Berkeley's way: see `VirtualClock.slewBy`. How far it is from the group is not known then. */
  slewBy(differenceMs: number, hardwareMs: number): ClockProblem | undefined {
    return this.#accept(undefined, this.#clock.slewBy(differenceMs, hardwareMs));
  }

  /** What it would lead the group by, were it the coordinator from now on. Undefined where it is not synchronised. */
  succession(hardwareMs: number): ClockCorrection | undefined {
    const boundMs = this.#boundMs(hardwareMs);
    return boundMs === undefined ? undefined : { line: this.#clock.target, boundMs };
  }

  #accept(correction: ClockCorrection | undefined, problem: ClockProblem | undefined): ClockProblem | undefined {
    if (problem === undefined) this.#correction = correction;
    return problem;
  }

  #boundMs(hardwareMs: number): number | undefined {
    if (this.#correction === undefined) return undefined;
    const { line, boundMs } = this.#correction;
    const ageMs = Math.abs(hardwareMs - line.hardwareMs);
    if (ageMs > limits.clockHandoverMs) return undefined;
    const partingMs = ageMs * (PARTING_RATE + Math.abs(line.rate - 1));
    return boundMs + partingMs + this.#clock.remainingMs(hardwareMs);
  }
}
