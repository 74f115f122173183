// Judges, from a few looks a second, whether one turn holds the loop for too long, and when that is to be said again.

/** Looks in the time after which a turn is said to block. */
const LOOKS_PER_BLOCK = 4;
/** One look counts for at most this many intervals: a process that was halted has not been blocked by a turn. */
const INTERVALS_PER_LOOK_MAX = 2;

export type Verdict =
  | { readonly kind: "blocked"; readonly heldMs: number }
  /** It had been said that it blocks. `heldMsMax`: from the look before it, or the start, to the look after it. */
  | { readonly kind: "over"; readonly heldMs: number; readonly heldMsMax: number };

/** `heldMs` is what was seen: the turn began up to one look earlier, and has ended up to one look later. */
export class TurnWatch {
  /** The time from one look to the next. */
  readonly everyMs: number;
  readonly #blockedMs: number;
  #sequence: number | undefined;
  #lookedMs: number;
  /** The last look before the one that first saw this turn. */
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

  /** `sequence` is that of the running turn, if any. Something is to be said after 1, 2, 4 … times the bound. */
  look(nowMs: number, sequence: number | undefined): Verdict | undefined {
    const beforeMs = this.#lookedMs;
    this.#lookedMs = nowMs;
    if (sequence !== this.#sequence) return this.#changed(sequence, beforeMs);
    if (sequence === undefined) return undefined;
    this.#heldMs += Math.min(nowMs - beforeMs, INTERVALS_PER_LOOK_MAX * this.everyMs);
    if (this.#heldMs < this.#sayAtMs) return undefined;
    this.#sayAtMs *= 2;
    return { kind: "blocked", heldMs: this.#heldMs };
  }

  #changed(sequence: number | undefined, beforeMs: number): Verdict | undefined {
    const over = { kind: "over", heldMs: this.#heldMs, heldMsMax: this.#lookedMs - this.#otherMs } as const;
    const wasSaid = this.#sayAtMs > this.#blockedMs;
    this.#sequence = sequence;
    this.#otherMs = beforeMs;
    this.#heldMs = 0;
    this.#sayAtMs = this.#blockedMs;
    return wasSaid ? over : undefined;
  }
}
