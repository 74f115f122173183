// Logical time: numbers that never contradict cause and effect, whatever the clocks of the processes say.
import { limits } from "#runtime/mod.ts";

export type LamportProblem = "bad_clock" | "clock_from_future";

/** Beyond this nobody is followed, so that no message uses up the numbers that are left for `tick`. */
const RECEIVED_MAX = Number.MAX_SAFE_INTEGER - limits.lamportLeapMax;

/** Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System", 1978: the rules IR1 and IR2. */
export class LamportClock {
  #now: number;

  /** `now` is 0 or what another clock of this process has come to. */
  constructor(now = 0) {
    this.#now = now;
  }

  /** The number of the latest event: 0 before any. */
  get now(): number {
    return this.#now;
  }

  /** IR1, before every event of our own; the sending of a message is one. The event's number. */
  tick(): number {
    return ++this.#now;
  }

  /** IR2, for the number that came with a message, from whomever. Where there is a problem nothing has changed. */
  receive(received: unknown): LamportProblem | undefined {
    if (!isLamportTime(received)) return "bad_clock";
    if (received > Math.min(this.#now + limits.lamportLeapMax, RECEIVED_MAX)) return "clock_from_future";
    this.#now = Math.max(this.#now, received) + 1;
    return undefined;
  }
}

function isLamportTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
