// Logical time: numbers that never contradict cause and effect, whatever the clocks of the processes say.
import { limits } from "#runtime/mod.ts";

export type LamportProblem = "bad_clock" | "clock_from_future";

/** Half of all numbers: so far a clock is led in leaps, then in steps. Whatever clients send, numbers are left. */
const LEAPS_END = 2 ** 52;
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

  /** IR2, for the number that came with a message. Where there is a problem nothing has changed. */
  receive(received: unknown): LamportProblem | undefined {
    const problem = this.problemOf(received);
    if (problem === undefined) this.#now = Math.max(this.#now, received as number) + 1;
    return problem;
  }

  /**
   * What keeps a message from being received, between a server and its home, or its client. It passes on what others
   * have said, in whatever leaps: refused for that, it would be refused for ever.
   */
  problemOf(received: unknown): LamportProblem | undefined {
    return problemAbove(received, Math.max(LEAPS_END, this.#now + limits.lamportLeapMax));
  }

  /** The same for a message of whom nobody knows. `stepMax`: where half of all numbers are used up. */
  problemOfStranger(received: unknown, stepMax: number): LamportProblem | undefined {
    const leap = Math.min(LEAPS_END, this.#now + limits.lamportLeapMax);
    return problemAbove(received, Math.max(leap, this.#now + stepMax));
  }
}

function problemAbove(received: unknown, receivedMax: number): LamportProblem | undefined {
  if (!Number.isSafeInteger(received) || (received as number) < 0) return "bad_clock";
  return (received as number) > Math.min(receivedMax, RECEIVED_MAX) ? "clock_from_future" : undefined;
}
