// The main connection's life: opened, kept alive by PINGs, taken for lost when it is silent, opened again.
import type { Clock } from "#runtime/base/clock.ts";
import type { Random } from "#runtime/base/random.ts";

import { backoffMs } from "../links/backoff.ts";
import type { Actions } from "./actions.ts";
import {
  GOOD_AFTER_MS,
  OPEN_WITHIN_MS,
  PING_EVERY_MS,
  PING_EVERY_MS_MIN,
  PONG_WITHIN_MS,
  RECONNECT,
} from "./limits.ts";
import type { Requests } from "./requests.ts";

type Phase =
  | { readonly kind: "waiting"; readonly untilMs: number }
  | { readonly kind: "opening"; readonly untilMs: number }
  | { readonly kind: "open"; readonly sinceMs: number };

export class Lifeline {
  readonly #actions: Actions;
  readonly #requests: Requests;
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #random: Random;
  #phase: Phase;
  #tries = 0;
  #pingEveryMs = PING_EVERY_MS;
  #pingAtMs = Number.POSITIVE_INFINITY;
  /** Something must be heard by then. */
  #silentAtMs = Number.POSITIVE_INFINITY;

  constructor(actions: Actions, requests: Requests, clock: Pick<Clock, "monotonicMs">, random: Random) {
    this.#actions = actions;
    this.#requests = requests;
    this.#clock = clock;
    this.#random = random;
    this.#phase = { kind: "waiting", untilMs: clock.monotonicMs() };
  }

  get isOpen(): boolean {
    return this.#phase.kind === "open";
  }

  get wakeAtMs(): number {
    return this.#phase.kind === "open" ? Math.min(this.#pingAtMs, this.#silentAtMs) : this.#phase.untilMs;
  }

  opened(): void {
    const nowMs = this.#clock.monotonicMs();
    this.#phase = { kind: "open", sinceMs: nowMs };
    this.#pingAtMs = nowMs + this.#pingEveryMs;
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
    const nowMs = this.#clock.monotonicMs();
    if (this.#phase.kind === "open" && nowMs - this.#phase.sinceMs >= GOOD_AFTER_MS) this.#tries = 0;
    const waitMs = backoffMs(this.#tries++, this.#random, RECONNECT);
    this.#phase = { kind: "waiting", untilMs: nowMs + waitMs };
    return waitMs;
  }

  /** True when the connection has just been given up, and closed: it is lost. */
  woken(nowMs: number): boolean {
    if (nowMs < this.wakeAtMs) return false;
    if (this.#phase.kind === "waiting") {
      this.#phase = { kind: "opening", untilMs: nowMs + OPEN_WITHIN_MS };
      this.#actions.add({ kind: "open", link: "main" });
      return false;
    }
    if (this.#phase.kind === "opening" || nowMs >= this.#silentAtMs) {
      this.#actions.add({ kind: "close", link: "main" });
      return true;
    }
    this.#requests.send("main", "PING", { kind: "ping" });
    this.#silentAtMs = nowMs + PONG_WITHIN_MS;
    this.#pingAtMs = nowMs + this.#pingEveryMs;
    return false;
  }
}
