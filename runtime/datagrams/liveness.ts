// Whether the other side is still there: a ping when nothing was said for a while, an end when nothing was heard.
import { limits } from "../limits.ts";
import type { Profile } from "./profile.ts";

export class Liveness {
  readonly #intervalMs: number;
  #heardMs: number;
  #sentMs: number;

  constructor({ quick }: Profile, nowMs: number) {
    this.#intervalMs = quick ? limits.datagramQuickKeepAliveMs : limits.datagramKeepAliveMs;
    this.#heardMs = nowMs;
    this.#sentMs = nowMs;
  }

  heard(nowMs: number): void {
    this.#heardMs = nowMs;
  }

  sent(nowMs: number): void {
    this.#sentMs = nowMs;
  }

  wantsPing(nowMs: number): boolean {
    return nowMs >= this.#sentMs + this.#intervalMs;
  }

  isLost(nowMs: number): boolean {
    return nowMs >= this.#lostMs;
  }

  /** When one of the two must be looked at: while packets wait for acknowledgements, probes are pings enough. */
  dueMs(isProbing: boolean): number {
    return isProbing ? this.#lostMs : Math.min(this.#sentMs + this.#intervalMs, this.#lostMs);
  }

  get #lostMs(): number {
    return this.#heardMs + this.#intervalMs * limits.datagramKeepAlivesMissed;
  }
}
