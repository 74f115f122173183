// The main connection's life: opened, kept alive by PINGs, taken for lost when it is silent, opened again.
import type { Clock } from "#runtime/base/clock.ts";
import type { Random } from "#runtime/base/random.ts";

import type { Actions } from "./actions.ts";
import { type Backoff, backoffMs } from "./backoff.ts";

export interface LifelineParts {
  readonly actions: Actions;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly random: Random;
  /** Asks for a sign of life; without it, nobody asks. */
  readonly ping?: () => void;
  /** Between two of them, at first. */
  readonly pingEveryMs?: number;
}

/** Before the connection is tried again. */
export const RECONNECT: Backoff = { firstMs: 250, maxMs: 10_000 };
/** A link must be open by then. */
export const OPEN_WITHIN_MS = 10_000;
/** Between two PINGs; halved when the server finds that too long, down to the second. */
export const PING_EVERY_MS = 15_000;
export const PING_EVERY_MS_MIN = 1_000;
/** A PING is answered within this time, or the connection is taken for lost. */
export const PONG_WITHIN_MS = 5_000;
/** A connection that has held for so long was a good one: the next loss is tried anew without much delay. */
export const GOOD_AFTER_MS = 5_000;

type Phase =
  | { readonly kind: "waiting"; readonly untilMs: number }
  | { readonly kind: "opening"; readonly untilMs: number }
  | { readonly kind: "open"; readonly sinceMs: number }
  /** Until somebody wants it. */
  | { readonly kind: "resting" };

export class Lifeline {
  readonly #parts: LifelineParts;
  #phase: Phase;
  #tries = 0;
  #pingEveryMs: number;
  #pingAtMs = Number.POSITIVE_INFINITY;
  /** Something must be heard by then. */
  #silentAtMs = Number.POSITIVE_INFINITY;

  constructor(parts: LifelineParts) {
    this.#parts = parts;
    this.#pingEveryMs = parts.pingEveryMs ?? PING_EVERY_MS;
    this.#phase = { kind: "waiting", untilMs: parts.clock.monotonicMs() };
  }

  get isOpen(): boolean {
    return this.#phase.kind === "open";
  }

  get wakeAtMs(): number {
    if (this.#phase.kind === "open") return Math.min(this.#pingAtMs, this.#silentAtMs);
    return this.#phase.kind === "resting" ? Number.POSITIVE_INFINITY : this.#phase.untilMs;
  }

  opened(): void {
    const nowMs = this.#parts.clock.monotonicMs();
    this.#phase = { kind: "open", sinceMs: nowMs };
    this.#pingAtMs = this.#parts.ping === undefined ? Number.POSITIVE_INFINITY : nowMs + this.#pingEveryMs;
    this.#silentAtMs = Number.POSITIVE_INFINITY;
  }

  /** Something has come: whatever it is, the connection lives. */
  heard(): void {
    this.#silentAtMs = Number.POSITIVE_INFINITY;
  }

  /** The server closes connections that are silent for less than our pause: from now on it is shorter. */
  closedAsIdle(): void {
    this.#pingEveryMs = Math.max(PING_EVERY_MS_MIN, this.#pingEveryMs / 2);
  }

  /** Returns how long it will be until the next try, in milliseconds. */
  lost(): number {
    const nowMs = this.#parts.clock.monotonicMs();
    if (this.#phase.kind === "open" && nowMs - this.#phase.sinceMs >= GOOD_AFTER_MS) this.#tries = 0;
    const waitMs = backoffMs(this.#tries++, this.#parts.random, RECONNECT);
    this.#phase = { kind: "waiting", untilMs: nowMs + waitMs };
    return waitMs;
  }

  /** It is lost, and nobody needs it now. */
  rest(): void {
    this.#phase = { kind: "resting" };
  }

  /** Ends a rest: the connection is opened at once. */
  wanted(): void {
    if (this.#phase.kind === "resting") this.#phase = { kind: "waiting", untilMs: this.#parts.clock.monotonicMs() };
  }

  /** True when the connection has just been given up, and closed: it is lost. */
  woken(nowMs: number): boolean {
    if (nowMs < this.wakeAtMs) return false;
    if (this.#phase.kind === "waiting") {
      this.#phase = { kind: "opening", untilMs: nowMs + OPEN_WITHIN_MS };
      this.#parts.actions.add({ kind: "open", link: "main" });
      return false;
    }
    if (this.#phase.kind === "opening" || nowMs >= this.#silentAtMs) {
      this.#parts.actions.add({ kind: "close", link: "main" });
      return true;
    }
    this.#parts.ping?.();
    this.#silentAtMs = Math.min(this.#silentAtMs, nowMs + PONG_WITHIN_MS);
    this.#pingAtMs = nowMs + this.#pingEveryMs;
    return false;
  }
}
