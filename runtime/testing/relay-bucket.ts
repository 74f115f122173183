// A token bucket: how long bytes wait for a link of limited speed, with the bound of what may wait.
import type { Link } from "./relay-faults.ts";

/** Tokens below zero are bytes that wait: nothing is kept here, and nobody has to be woken. */
export class TokenBucket {
  #tokens = Number.POSITIVE_INFINITY;
  #countedAtMs = 0;

  /** Milliseconds until these bytes have left; undefined, and nothing taken, when they find no room to wait. */
  take(link: Link, bytes: number, nowMs: number): number | undefined {
    if (link.rateBitsPerSecond === 0) return 0;
    this.#refill(link, nowMs);
    return this.#tokens - bytes < -link.rateQueueBytes ? undefined : this.takeAnyway(link, bytes, nowMs);
  }

  /** For streams, which wait at their sender: no bound. */
  takeAnyway(link: Link, bytes: number, nowMs: number): number {
    if (link.rateBitsPerSecond === 0) return 0;
    this.#refill(link, nowMs);
    this.#tokens -= bytes;
    return Math.max(0, -this.#tokens / bytesPerMs(link));
  }

  waitingBytes(link: Link, nowMs: number): number {
    if (link.rateBitsPerSecond === 0) return 0;
    this.#refill(link, nowMs);
    return Math.max(0, -this.#tokens);
  }

  #refill(link: Link, nowMs: number): void {
    const earned = (nowMs - this.#countedAtMs) * bytesPerMs(link);
    this.#countedAtMs = nowMs;
    this.#tokens = Math.min(link.rateBurstBytes, this.#tokens + earned);
  }
}

function bytesPerMs(link: Link): number {
  return link.rateBitsPerSecond / 8_000;
}
