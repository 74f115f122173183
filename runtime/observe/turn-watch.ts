// Judges, from a few looks a second, whether the loop stands still for too long, and when that is to be said again.

/** Looks in the time after which the loop is said to be blocked. */
const LOOKS_PER_BLOCK = 4;
/** One look counts for at most this many intervals: a process that was halted has not been blocked by its own code. */
const INTERVALS_PER_LOOK_MAX = 2;

export type Verdict =
  | { readonly kind: "blocked"; readonly heldMs: number }
  /** It had been said that it is. `heldMsMax`: from the look before it, or the start, to the look after it. */
  | { readonly kind: "over"; readonly heldMs: number; readonly heldMsMax: number };

/**
 * `heldMs` is what was seen: whatever blocks began up to one look earlier, and has ended up to one look later. That is
 * true also between slices, if an idle loop is asked for a beat after each look.
 */
export class TurnWatch {
  /** The time from one look to the next. */
  readonly everyMs: number;
  readonly #blockedMs: number;
  #position: string | undefined;
  #lookedMs: number;
  /** The last look before the one that first saw this position. */
  #otherMs: number;
  #heldMs = 0;
  #sayAtMs: number;

  constructor(blockedMs: number, nowMs: number) {
    this.everyMs = blockedMs / LOOKS_PER_BLOCK;
    this.#blockedMs = blockedMs;
    this.#sayAtMs = blockedMs;
    this.#lookedMs = nowMs;
    this.#otherMs = nowMs;
  }

  /** A loop that is not blocked has another position each time. Something is to be said after 1, 2, 4 … bounds. */
  look(nowMs: number, position: string): Verdict | undefined {
    const beforeMs = this.#lookedMs;
    this.#lookedMs = nowMs;
    if (position !== this.#position) return this.#changed(position, beforeMs);
    this.#heldMs += Math.min(nowMs - beforeMs, INTERVALS_PER_LOOK_MAX * this.everyMs);
    if (this.#heldMs < this.#sayAtMs) return undefined;
    this.#sayAtMs *= 2;
    return { kind: "blocked", heldMs: this.#heldMs };
  }

  #changed(position: string, beforeMs: number): Verdict | undefined {
    const over = { kind: "over", heldMs: this.#heldMs, heldMsMax: this.#lookedMs - this.#otherMs } as const;
    const wasSaid = this.#sayAtMs > this.#blockedMs;
    this.#position = position;
    this.#otherMs = beforeMs;
    this.#heldMs = 0;
    this.#sayAtMs = this.#blockedMs;
    return wasSaid ? over : undefined;
  }
}
