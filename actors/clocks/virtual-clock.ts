// A clock over the hardware clock, which is corrected by letting it run a little faster or slower.
import { limits } from "#runtime/mod.ts";

import { type ClockLine, timeOn } from "./clock-line.ts";

export type ClockProblem = "bad_correction" | "rate_out_of_range" | "correction_too_large";

/**
 * It follows a line over its hardware clock. A new line is not jumped to but approached, and the clock is read as never
 * going back, whatever it is told. All hardware times are those of one clock; one that is earlier than another before
 * it, which only a mistake can bring about, counts as the same.
 */
export class VirtualClock {
  readonly #slewRateMax: number;
  #target: ClockLine;
  /** Followed until the hardware clock shows `#arrivalMs`, and from then on the target. */
  #approach: ClockLine;
  #arrivalMs: number;
  #latestHardwareMs: number;
  #latestMs: number;
  #stepCount = 0;

  /** Runs as its hardware does from `timeMs` on. `slewRateMax` is above `limits.clockLineRateMax` and below 1. */
  constructor(hardwareMs: number, timeMs: number, slewRateMax: number = limits.clockSlewRateMax) {
    this.#slewRateMax = slewRateMax;
    this.#target = this.#approach = { hardwareMs, timeMs, rate: 1 };
    this.#arrivalMs = this.#latestHardwareMs = hardwareMs;
    this.#latestMs = timeMs;
  }

  /** The line that it runs along when nothing remains to be slewed. */
  get target(): ClockLine {
    return this.#target;
  }

  /** Times that it was stepped. */
  get stepCount(): number {
    return this.#stepCount;
  }

  /** The time. No less than at any call before, but for a step in between. */
  at(hardwareMs: number): number {
    if (hardwareMs > this.#latestHardwareMs) this.#latestHardwareMs = hardwareMs;
    const line = this.#latestHardwareMs < this.#arrivalMs ? this.#approach : this.#target;
    const timeMs = timeOn(line, this.#latestHardwareMs);
    // Where two lines meet, rounding may take it back by a hair.
    if (timeMs > this.#latestMs) this.#latestMs = timeMs;
    return this.#latestMs;
  }

  /** How far it is from its target: 0 or more. */
  remainingMs(hardwareMs: number): number {
    const timeMs = this.at(hardwareMs);
    return Math.abs(timeOn(this.#target, this.#latestHardwareMs) - timeMs);
  }

  /** Runs towards that line as fast as is allowed, then along it. Where there is a problem nothing has changed. */
  follow(line: ClockLine, hardwareMs: number): ClockProblem | undefined {
    const problem = this.#problemOf(line, hardwareMs);
    if (problem === undefined) this.#approachLine(line, hardwareMs, 0);
    return problem;
  }

  /**
   * Shows so much more in the end, or less below 0, than it would with the rate of its target. What remained to be
   * slewed is given up. It takes `spreadMs` of its hardware clock, and longer where that would be too fast.
   */
  slewBy(differenceMs: number, hardwareMs: number, spreadMs = 0): ClockProblem | undefined {
    const line = { hardwareMs, timeMs: this.at(hardwareMs) + differenceMs, rate: this.#target.rate };
    const problem = this.#problemOf(line, hardwareMs);
    if (problem === undefined) this.#approachLine(line, hardwareMs, spreadMs);
    return problem;
  }

  /** Jumps to that line, also back. Only for a clock that nobody has relied on yet: one that joins. */
  step(line: ClockLine, hardwareMs: number): ClockProblem | undefined {
    const problem = this.#problemOf(line, hardwareMs);
    if (problem !== undefined) return problem;
    this.#target = line;
    this.#latestHardwareMs = this.#arrivalMs = hardwareMs;
    this.#latestMs = timeOn(line, hardwareMs);
    this.#stepCount++;
    return undefined;
  }

  #problemOf(line: ClockLine, hardwareMs: number): ClockProblem | undefined {
    const differenceMs = timeOn(line, hardwareMs) - this.at(hardwareMs);
    if (!Number.isFinite(differenceMs)) return "bad_correction";
    if (Math.abs(line.rate - 1) > limits.clockLineRateMax) return "rate_out_of_range";
    return Math.abs(differenceMs) > limits.clockCorrectionMsMax ? "correction_too_large" : undefined;
  }

  #approachLine(line: ClockLine, hardwareMs: number, spreadMs: number): void {
    const timeMs = this.at(hardwareMs);
    const fromMs = this.#latestHardwareMs;
    const gapMs = timeOn(line, fromMs) - timeMs;
    // With no time to spread over, the rate is as high or low as may be.
    const wanted = line.rate + (gapMs === 0 ? 0 : gapMs / Math.max(spreadMs, 0));
    const rate = Math.min(Math.max(wanted, 1 - this.#slewRateMax), 1 + this.#slewRateMax);
    this.#target = line;
    this.#approach = { hardwareMs: fromMs, timeMs, rate };
    this.#arrivalMs = gapMs === 0 ? fromMs : fromMs + gapMs / (rate - line.rate);
  }
}
