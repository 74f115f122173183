// What a coordinator does for the clocks of all servers, in whichever way: whom it polls, and what it tells them.
import type { ClockCorrection, ClockReading } from "../clocks/clock-line.ts";

/** One poll of a server: own times by the own hardware clock. */
export interface Polled {
  readonly name: string;
  readonly sentMs: number;
  readonly arrivedMs: number;
  /** Of a foreign server only its time is known. */
  readonly reading: ClockReading | { readonly timeMs: number };
}

/** For one server, the coordinator itself included: a line to follow, or a difference to slew by. */
export type Correction = { readonly name: string } & (
  { readonly correction: ClockCorrection } | { readonly differenceMs: number; readonly timeMs: number }
);

/** Begins with the office, and ends with it. All times are by the own hardware clock. */
export interface ClockDuty {
  /** When there is something to do next, as far as is known now. */
  readonly dueMs: number;
  /** Those of the others that are to be asked now. */
  duePolls(others: readonly string[], nowMs: number): readonly string[];
  polled(poll: Polled): void;
  /** What is to be done now; nothing as a rule. */
  corrections(others: readonly string[], nowMs: number): readonly Correction[];
  /** What its clock is ahead of the time of the group, and how sure that is; undefined where that is not known. */
  offsetOf(name: string, nowMs: number): { readonly offsetMs: number; readonly boundMs: number } | undefined;
}
