// What a failed turn means for its actor: how long it rests, which message is to blame, and when its key is shut.
import { limits } from "../limits.ts";

export type Verdict =
  /** The next message starts the actor afresh, once the rest is over. */
  | "rest"
  /** As `rest`; and the message has done it too often. */
  | "poison"
  | "quarantine";

/** The crashes of one key: kept while the actor sleeps, until turns go well again. */
export class FailureRecord {
  /** Crashes since a turn last went well. */
  inARow = 0;
  /** No turn before this, in monotonic milliseconds. */
  notBeforeMs = 0;
  /** The last few, in monotonic milliseconds. */
  readonly #crashes: number[] = [];
  /** How often messages that come again have crashed, by their ids. */
  readonly #byMessage = new Map<string, number>();

  /** `message` is the id of one that will come again, if it has one. */
  crashed(nowMs: number, message: string | undefined): Verdict {
    this.inARow++;
    this.notBeforeMs = nowMs + restMs(this.inARow);
    this.#crashes.push(nowMs);
    if (this.#crashes.length > limits.quarantineCrashes) this.#crashes.shift();
    const first = this.#crashes[0] as number;
    if (this.#crashes.length >= limits.quarantineCrashes && nowMs - first <= limits.quarantineWindowMs)
      return "quarantine";
    return message !== undefined && this.#crashedAgain(message) ? "poison" : "rest";
  }

  /** As many keys are shut as may be: instead of that, no turn for as long as a rest can be. */
  restLongest(nowMs: number): void {
    this.notBeforeMs = nowMs + limits.backoffMaxMs;
  }

  wentWell(): void {
    this.inARow = 0;
    this.notBeforeMs = 0;
  }

  /** Crashed too often already: it is not tried any more. */
  isPoison(message: string): boolean {
    return (this.#byMessage.get(message) ?? 0) >= limits.poisonCrashes;
  }

  /** Its actor was destroyed: another one's messages may have the same ids. */
  forgetMessages(): void {
    this.#byMessage.clear();
  }

  #crashedAgain(message: string): boolean {
    const times = (this.#byMessage.get(message) ?? 0) + 1;
    this.#byMessage.delete(message);
    this.#byMessage.set(message, times);
    const [oldest] = this.#byMessage.keys();
    if (this.#byMessage.size > limits.poisonMessagesKept) this.#byMessage.delete(oldest as string);
    return times >= limits.poisonCrashes;
  }
}

/** None after one crash, then doubled with each. */
function restMs(inARow: number): number {
  return inARow < 2 ? 0 : Math.min(limits.backoffMs * 2 ** (inARow - 2), limits.backoffMaxMs);
}

/** Handlers may throw anything, also what throws again when it is looked at. */
export function textOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return "what was thrown has no text";
  }
}
