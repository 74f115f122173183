// How often may be asked from one address: at all, and with tokens that turn out to be wrong.

import { TokenBuckets } from "#actors/accounts/token-buckets.ts";

import { addressBlock } from "./address-block.ts";
import { HTTP_LIMITS } from "./limits.ts";

const { requestsBurst, requestsEveryMs, wrongTokensBurst, wrongTokensEveryMs } = HTTP_LIMITS;
const { refusalsBurst, refusalsEveryMs, addressesMax: bucketsMax } = HTTP_LIMITS;

export interface MonotonicClock {
  monotonicMs(): number;
}

/** Addresses that are forgotten, as there are too many, may ask as if they never had. */
export class RequestRates {
  readonly #clock: MonotonicClock;
  readonly #all = new TokenBuckets({ burst: requestsBurst, everyMs: requestsEveryMs, bucketsMax });
  readonly #wrong = new TokenBuckets({ burst: wrongTokensBurst, everyMs: wrongTokensEveryMs, bucketsMax });
  readonly #refusals = new TokenBuckets({ burst: refusalsBurst, everyMs: refusalsEveryMs, bucketsMax: 1 });
  /** Addresses whose refusals for asking too often are written down already, and when that was. */
  readonly #told = new TokenBuckets({ burst: 1, everyMs: HTTP_LIMITS.refusedWindowMs, bucketsMax });

  constructor(clock: MonotonicClock) {
    this.#clock = clock;
  }

  /** Counts a request. False where there were too many from there. */
  mayAsk(address: string): boolean {
    return taken(this.#all, addressBlock(address), this.#clock.monotonicMs());
  }

  /** Whether a token may be tried from there. It is the wrong ones that count. */
  mayTryToken(address: string): boolean {
    return this.#wrong.has(addressBlock(address), this.#clock.monotonicMs());
  }

  wrongToken(address: string): void {
    this.#wrong.take(addressBlock(address), this.#clock.monotonicMs());
  }

  /** Whether a refusal is to be written down: so many in all, and of those for asking too often one in a while. */
  isToBeWritten(status: number, address: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (status === 429 && !taken(this.#told, addressBlock(address), nowMs)) return false;
    return taken(this.#refusals, "", nowMs);
  }
}

function taken(buckets: TokenBuckets, key: string, nowMs: number): boolean {
  if (!buckets.has(key, nowMs)) return false;
  buckets.take(key, nowMs);
  return true;
}
